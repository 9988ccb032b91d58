"""What a visitor waits for, measured in a real browser: the first page, and every change of it."""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.places import ESTIMATES
from tests.ui.browser import FLAGS, find
from tests.ui.guard import VISITOR
from tests.ui.servers import free_port

STOPWATCH = Path(__file__).with_name("stopwatch.js")
PATIENCE = 120.0
HOST = "127.0.0.1"


@dataclass
class Changes:
    """Milliseconds of each change, and the server's CPU milliseconds over all of them."""

    took: list[float] = field(default_factory=list)
    cpu: float = 0.0

    @property
    def median(self) -> float:
        """Half of the changes take longer."""
        return statistics.median(self.took)

    @property
    def slow(self) -> float:
        """One change in twenty takes longer."""
        return statistics.quantiles(self.took, n=20, method="inclusive")[-1]

    @property
    def cpu_each(self) -> float:
        """CPU of the server for one change."""
        return self.cpu / len(self.took)


@dataclass(frozen=True)
class Start:
    """Seconds from the start of the process until it answers, and until the page is complete."""

    answers: float
    complete: float


@dataclass(frozen=True)
class Loaded:
    """A server with one visitor: seconds until it answers, and the MB that it holds.

    ``first`` is when the first page is complete, ``rest`` when all pages are built.
    """

    answers: float
    first: float
    rest: float


@dataclass(frozen=True)
class Memory:
    """MB for each open session, and MB more for each when as many come after they have left."""

    open: float
    again: float


# ------------------------------------------------------------------------------------ the servers


@contextmanager
def running(
    module: str, *arguments: str, kept: Path = ESTIMATES
) -> Iterator[tuple[psutil.Process, int]]:
    """A server on a free port, stopped at the end; it need not answer yet.

    ``kept`` is where it finds and leaves what came because of campaigns.
    """
    port = free_port()
    command = [sys.executable, "-m", module, *(one.format(port=port) for one in arguments)]
    server = psutil.Popen(
        command,
        env={**os.environ, "DASHBOARD_CACHE": str(kept)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield server, port
    finally:
        server.terminate()
        server.wait(15)


def wait_for(port: int, server: psutil.Process) -> None:
    """Until something listens there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not server.is_running() or server.status() == psutil.STATUS_ZOMBIE:
            raise RuntimeError("The server ended before it answered.")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.01)
    raise TimeoutError(f"Nothing listens on port {port}.")


# ------------------------------------------------------------------------------------ the browser


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        yield browser
        browser.close()


@contextmanager
def visitor(browser: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A new visitor's page with a stopwatch in it, and every address it asks for."""
    context = browser.new_context(**VISITOR)
    context.set_default_timeout(PATIENCE * 1000)
    context.add_init_script(path=STOPWATCH)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("websocket", lambda ws: asked.append(ws.url))
    yield page, asked
    context.close()


def cold_start(browser: Browser, place: Path) -> Start:
    """Start ``dashboard serve`` and open its first page as soon as it listens."""
    arguments = ("serve", str(place), "--port", "{port}")
    with visitor(browser) as (page, _):
        began = time.time()
        with running("dashboard", *arguments) as (server, port):
            wait_for(port, server)
            page.goto(f"http://{HOST}:{port}/", wait_until="commit")
            answered = time.time() - began
            complete = page.evaluate("stopwatch.complete()") / 1000 - began
            page.goto("about:blank")
    return Start(answered, complete)


def loaded(browser: Browser, place: Path) -> Loaded:
    """Start ``dashboard serve``, open its first page, and wait until nothing is left to do."""
    arguments = ("serve", str(place), "--port", "{port}")
    with visitor(browser) as (page, _):
        began = time.time()
        with running("dashboard", *arguments) as (server, port):
            wait_for(port, server)
            page.goto(f"http://{HOST}:{port}/", wait_until="commit")
            answered = time.time() - began
            page.evaluate("stopwatch.complete()")
            first = server.memory_info().rss / 1e6
            settle(page)
            rest = _resident(server)
            page.goto("about:blank")
    return Loaded(answered, first, rest)


def settle(page: Page) -> None:
    """Wait until the pages that nobody opened are built too."""
    models, same = 0, 0
    while same < 4:
        page.wait_for_timeout(1000)
        found = page.evaluate("stopwatch.models()")
        same = same + 1 if found == models else 0
        models = found


def take(
    page: Page,
    server: psutil.Process,
    inputs: Iterable[Callable[[], None]],
    count: int,
    *,
    least: int = 1,
) -> Changes:
    """Give so many inputs and time what each sets off, at least so many figures painted."""
    changes = Changes()
    before = cpu(server)
    for one in islice(inputs, count):
        page.evaluate("stopwatch.arm()")
        one()
        changes.took.append(page.evaluate("least => stopwatch.done(least)", least)["milliseconds"])
    changes.cpu = cpu(server) - before
    return changes


def cpu(server: psutil.Process) -> float:
    """Milliseconds of work so far."""
    times = server.cpu_times()
    return (times.user + times.system) * 1000


def press_still(page: Page) -> None:
    """Press the button that only the benchmark's server knows; there is none on the page."""
    page.evaluate(
        """() => {
            const button = document.createElement("button")
            button.dataset.still = "1"
            document.body.append(button)
            button.click()
            button.remove()
        }"""
    )


def path(page: Page) -> Iterator[Callable[[], None]]:
    """A visitor's changes without end: values on and off in three filters, the period, both."""
    while True:
        for label in ("Brand", "Platform", "Category"):
            for at in (0, 1, 0, 1):
                yield _option(page, label, at)
        yield _quick(page, "Last 90 days")
        yield _quick(page, "Last 30 days")
        yield _option(page, "Platform", 0)
        yield _quick(page, "All days")
        yield _option(page, "Platform", 0)


def _option(page: Page, label: str, at: int) -> Callable[[], None]:
    """Open a filter, if it is not, and return the click on one of its options."""
    button = page.get_by_role("button", name=re.compile(f"^{label}"))
    if button.get_attribute("aria-expanded") != "true":
        button.click()
    group = page.get_by_role("group", name=label, exact=True)
    return group.get_by_role("checkbox").nth(at).click


def _quick(page: Page, label: str) -> Callable[[], None]:
    return page.get_by_role("button", name=label).click


# ------------------------------------------------------------------------------------ many visitors


def memory(place: Path, sessions: int) -> Memory:
    """Open sessions with every page built, twice; no browser, so that many fit."""
    with running("benchmarks.served", str(place), "{port}") as (server, port):
        wait_for(port, server)
        _session(port).close()  # not counted: the first uses much that is kept
        at_first = _resident(server)
        first, second = (_opened(server, port, sessions) for _ in range(2))
    return Memory((first - at_first) / sessions, (second - first) / sessions)


def _opened(server: psutil.Process, port: int, sessions: int) -> float:
    """MB of the server while so many sessions are open; they have ended on return."""
    held = [_session(port) for _ in range(sessions)]
    resident = _resident(server)
    for one in held:
        one.close()
    time.sleep(3)
    return resident


def _session(port: int) -> http.client.HTTPConnection:
    """Ask for the page and hold its websocket open, as a browser does."""
    with urllib.request.urlopen(f"http://{HOST}:{port}/?whole=1", timeout=PATIENCE) as response:
        token = re.search(r'"token":"([^"]+)"', response.read().decode())
    if token is None:
        raise RuntimeError("The page holds no session.")
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    connection.request(
        "GET",
        "/ws",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "MDAwMDAwMDAwMDAwMDAwMA==",
            "Sec-WebSocket-Protocol": f"bokeh, {token[1]}",
        },
    )
    connection.getresponse()
    return connection


def _resident(server: psutil.Process) -> float:
    """MB of a server that has come to rest."""
    while server.cpu_percent(1.0) > 10:
        pass
    return server.memory_info().rss / 1e6
