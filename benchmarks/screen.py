"""The dashboard in a real browser: how long a visitor waits, and what it costs the server."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.worlds import ROOT
from tests.ui.guard import VISITOR, Guard, stays_here
from tests.ui.servers import free_port

PATIENCE = 120.0
STEADY = 3.0
"""Seconds without a new model after which the pages in the background are taken as built."""

INSTRUMENT = (Path(__file__).parent / "screen.js").read_text(encoding="utf-8")
COMPLETE = """
() => {
  const figures = []
  const walk = view => {
    if (view.model?.type === "Figure" && view.el.getClientRects().length) figures.push(view)
    for (const child of view.child_views ?? []) walk(child)
  }
  for (const root of window.Bokeh?.index?.roots ?? []) walk(root)
  const texts = root => [...root.querySelectorAll("*")].flatMap(element => [
    ...(element.matches(".kpi .value") ? [element.textContent.trim()] : []),
    ...(element.shadowRoot ? texts(element.shadowRoot) : []),
  ])
  const painted = view => view.has_finished() && !view._needs_paint
  return figures.length >= 4 && figures.every(painted)
    && texts(document).filter(Boolean).length === 6
    && performance.timeOrigin + performance.now()
}
"""
PICKS = ("Brand", "Platform", "Category")
OPTIONS = 3
"""Options tried of each filter: each is checked, then unchecked."""

PERIODS = ("Last 30 days", "Last 90 days", "All days")


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process until it listens, and until the page is complete."""

    listens: float
    complete: float


@dataclass(frozen=True)
class Changes:
    """Milliseconds from each event to the last paint, and the server's CPU time for each."""

    painted: tuple[float, ...]
    cpu: float

    def quantile(self, share: float) -> float:
        """The time within which so many of the changes were painted."""
        ranked = sorted(self.painted)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


@dataclass(frozen=True)
class Screen:
    """Everything measured with a browser on one folder."""

    filtered: Changes
    floor: Changes
    requests_outside: int


# ------------------------------------------------------------------ servers


@contextmanager
def running(module: str, *arguments: str) -> Iterator[psutil.Process]:
    """A server while it runs."""
    server = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(server.pid)
    finally:
        server.terminate()
        server.wait(15)


@contextmanager
def measured(place: Path) -> Iterator[tuple[psutil.Process, str]]:
    """The dashboard with its one button more, and its address."""
    port = free_port()
    with running("benchmarks.served", str(place), str(port)) as server:
        url = f"http://localhost:{port}/"
        wait(lambda: _answers(url), f"{url} does not answer")
        yield server, url


def wait(is_done: Callable[[], object], complaint: str, every: float = 0.02) -> None:
    """Wait until something is so, or complain."""
    end = time.monotonic() + PATIENCE
    while not is_done():
        if time.monotonic() > end:
            raise TimeoutError(complaint)
        time.sleep(every)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=PATIENCE).close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


# ------------------------------------------------------------------ cold start


def cold_start(browser: Browser, place: Path, times: int) -> tuple[Start, int]:
    """From the start of ``dashboard serve`` to a complete Overview, and requests to elsewhere.

    The browser runs already; its cache is empty. The median of some starts.
    """
    starts, outside = [], 0
    for _ in range(times):
        port = free_port()
        with _visit(browser) as (page, guard):
            began = time.time()
            with running("dashboard", "serve", str(place), "--port", str(port)) as server:
                wait(lambda: _listens(server, port), "The server does not listen", every=0.005)
                listens = time.time()
                page.goto(f"http://localhost:{port}/", wait_until="commit")
                complete = page.wait_for_function(COMPLETE, polling="raf").json_value() / 1000
        starts.append(Start(listens - began, complete - began))
        outside += _outside(guard)
    return sorted(starts, key=lambda one: one.complete)[len(starts) // 2], outside


def _listens(server: psutil.Process, port: int) -> bool:
    found = server.net_connections("tcp")
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in found)


@contextmanager
def _visit(browser: Browser) -> Iterator[tuple[Page, Guard]]:
    """A page of a new visitor, watched."""
    guard = Guard()
    context = browser.new_context(**VISITOR)
    context.set_default_timeout(PATIENCE * 1000)
    guard.watch(context)
    try:
        yield context.new_page(), guard
    finally:
        context.close()


def _outside(guard: Guard) -> int:
    return sum(not stays_here(url) for url in guard.requests)


# ------------------------------------------------------------------ a filter change


def changes(browser: Browser, place: Path, count: int) -> Screen:
    """Change filters on the Overview by real clicks, then patch the same page without a question.

    Pages in the background are built before the first change.
    """
    with measured(place) as (server, url), _visit(browser) as (page, guard):
        page.goto(url)
        page.wait_for_function(COMPLETE)
        _wait_until_steady(page)
        page.evaluate(INSTRUMENT)
        filtered = _time(page, server, islice(cycle(_clicks(page)), count))
        page.evaluate(_FLOOR)
        floor = _time(page, server, [_by_click(page, "#floor")] * max(5, count // 2))
        return Screen(filtered, floor, _outside(guard))


_FLOOR = """
() => {
  const button = document.createElement("button")
  button.id = "floor"
  button.dataset.floor = ""
  button.textContent = "floor"
  button.style = "position: fixed; right: 0; bottom: 0; z-index: 99"
  document.body.append(button)
}
"""


def _wait_until_steady(page: Page) -> None:
    """Wait until the pages nobody has opened are built too: that would disturb the timing."""
    models, since = -1, time.monotonic()
    while time.monotonic() - since < STEADY:
        page.wait_for_timeout(200)
        now = page.evaluate("Bokeh.documents[0]._all_models.size")
        if now != models:
            models, since = now, time.monotonic()


Click = tuple[str, Callable[[], None], Callable[[], None]]
"""The event to time from, what opens the control, and the click itself."""


def _clicks(page: Page) -> list[Click]:
    """Options of three filters checked and unchecked, and the quick choices of the period."""
    clicks: list[Click] = []
    for label in PICKS:
        opener = page.locator("button.open", has_text="").and_(
            page.get_by_role("button", name=label)
        )

        def ready(opener=opener) -> None:
            if opener.get_attribute("aria-expanded") != "true":
                opener.click()

        ready()
        boxes = page.get_by_role("group", name=label, exact=True).get_by_role("checkbox")
        for at in range(min(OPTIONS, boxes.count())):
            box = boxes.nth(at)
            clicks += [("input", ready, box.click)] * 2
    clicks += [
        ("click", _nothing, page.get_by_role("button", name=words, exact=True).click)
        for words in PERIODS
    ]
    return clicks


def _by_click(page: Page, selector: str) -> Click:
    return "click", _nothing, page.locator(selector).click


def _nothing() -> None:
    """The control is open to see already."""


def _time(page: Page, server: psutil.Process, clicks: Iterator[Click] | list[Click]) -> Changes:
    painted = []
    cpu = 0.0
    for event, ready, click in clicks:
        ready()
        page.wait_for_timeout(100)
        page.evaluate("kind => bench.begin(kind)", event)
        before = _cpu(server)
        click()
        found = page.wait_for_function("bench.result()", polling=50).json_value()
        cpu += _cpu(server) - before
        if found["ms"] is None:
            raise RuntimeError("A click changed nothing on the page")
        painted.append(found["ms"])
    return Changes(tuple(painted), 1000 * cpu / len(painted))


def _cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return times.user + times.system


# ------------------------------------------------------------------ memory


def memory_per_session(place: Path, sessions: int) -> float:
    """Megabytes that the server grows by with each open session, every page built.

    The first few sessions are not counted: they bring code and caches that all share.
    """
    first = 3
    with measured(place) as (server, url):
        held: list[WebSocketClientConnection] = []

        async def visit(count: int) -> None:
            for _ in range(count):
                held.append(await _connect(url + "?built"))

        loop = IOLoop()
        loop.run_sync(lambda: visit(first))
        before = server.memory_info().rss
        loop.run_sync(lambda: visit(sessions))
        grown = server.memory_info().rss - before
        for connection in held:
            connection.close()
        loop.close()
    return grown / sessions / 1e6


async def _connect(url: str) -> WebSocketClientConnection:
    """Open a session as a browser does: fetch the page, then its websocket with its token."""
    page = await AsyncHTTPClient().fetch(url, request_timeout=PATIENCE)
    token = page.body.decode().partition('"token":"')[2].partition('"')[0]
    address = url.replace("http", "ws").partition("?")[0] + "ws"
    request = HTTPRequest(address, headers={"Origin": url.partition("/?")[0]})
    return await websocket_connect(request, subprotocols=["bokeh", token])
