"""What a visitor waits for on every page: a change, a tap, the way to it, the first paint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle, repeat
from pathlib import Path
from statistics import median

import psutil
from playwright.sync_api import Browser, Page

from benchmarks.screen import (
    HOST,
    Changes,
    cpu,
    path,
    press_still,
    running,
    settle,
    take,
    visitor,
    wait_for,
)
from dashboard.pages import PAGES
from tests.ui.guard import stays_here


@dataclass(frozen=True)
class Seen:
    """One page: changes, the same sent again (where it has figures), taps, and the way to it."""

    title: str
    changes: Changes
    floor: Changes = field(default_factory=Changes)
    taps: Changes = field(default_factory=Changes)
    fresh: Changes = field(default_factory=Changes)
    stale: Changes = field(default_factory=Changes)


@dataclass(frozen=True)
class Opening:
    """Of each visit the milliseconds until the first paint and the whole page, and the bytes."""

    first: tuple[float, ...]
    complete: tuple[float, ...]
    kilobytes: float

    @property
    def first_median(self) -> float:
        """Half of the visits see something later."""
        return median(self.first)

    @property
    def complete_median(self) -> float:
        """Half of the visits are complete later."""
        return median(self.complete)


@dataclass(frozen=True)
class Session:
    """All pages of one visitor.

    ``opening`` is the server's CPU in seconds until every page was built, mostly while idle;
    ``outside`` counts requests to other machines; ``shift`` is how far things jumped that nobody
    had touched, ``shift_in_all`` with what an input moved.
    """

    pages: tuple[Seen, ...]
    opening: float
    outside: int
    shift: float
    shift_in_all: float


def openings(browser: Browser, place: Path, count: int) -> tuple[Opening, Opening]:
    """Visits with an empty cache, each a new visitor, and visits of one who comes back.

    The server is warm: somebody was there before.
    """
    empty: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    arguments = ("serve", str(place), "--port", "{port}")
    with running("dashboard", *arguments) as (server, port):
        wait_for(port, server)
        for at in range(count + 1):
            with visitor(browser) as (page, _):
                for kept in (empty, warm):
                    opened = _opened(page, port)
                    if at:  # the first visitor warms the server
                        kept.append(opened)
    return _summary(empty), _summary(warm)


def _opened(page: Page, port: int) -> dict[str, float]:
    page.goto(f"http://{HOST}:{port}/", wait_until="commit")
    complete = page.evaluate("stopwatch.complete()") - page.evaluate("performance.timeOrigin")
    page.wait_for_timeout(500)
    loaded: dict[str, float] = page.evaluate("stopwatch.loaded()")
    page.goto("about:blank")
    return {**loaded, "complete": complete}


def _summary(visits: list[dict[str, float]]) -> Opening:
    return Opening(
        first=tuple(visit["first"] for visit in visits),
        complete=tuple(visit["complete"] for visit in visits),
        kilobytes=median(visit["bytes"] for visit in visits) / 1000,
    )


def session(browser: Browser, place: Path, count: int) -> Session:
    """Open every page, change and tap on each, and go from one to the next."""
    with (
        running("benchmarks.served", str(place), "{port}") as (server, port),
        visitor(browser) as (page, asked),
    ):
        wait_for(port, server)
        started = cpu(server)
        page.goto(f"http://{HOST}:{port}/", wait_until="commit")
        page.evaluate("stopwatch.complete()")
        settle(page)
        opening = (cpu(server) - started) / 1000
        ways = _ways(page, server, count)
        pages = tuple(_page(page, server, title, count, *ways[title]) for title in ways)
        jumped = page.evaluate("stopwatch.shifts()")
    outside = sum(not stays_here(url) for url in asked)
    return Session(pages, opening, outside, jumped["unasked"], jumped["all"])


def slowest(browser: Browser, place: Path, count: int, tries: int) -> tuple[Seen, Seen]:
    """Changes of the first page, and of the one that takes longest among the others.

    Which one that is a few changes on each say; they are not counted.
    """
    first, *others = (one.title for one in PAGES)
    with (
        running("benchmarks.served", str(place), "{port}") as (server, port),
        visitor(browser) as (page, _),
    ):
        wait_for(port, server)
        page.goto(f"http://{HOST}:{port}/", wait_until="commit")
        page.evaluate("stopwatch.complete()")
        settle(page)
        seen = _page(page, server, first, count)
        tried = {title: _page(page, server, title, tries, floor=False) for title in others}
        last = max(others, key=lambda title: tried[title].changes.median)
        return seen, _page(page, server, last, count)


def _page(
    page: Page,
    server: psutil.Process,
    title: str,
    count: int,
    fresh: Changes | None = None,
    stale: Changes | None = None,
    *,
    floor: bool = True,
) -> Seen:
    """One page; it may be open. Without ways to it no taps are given either."""
    _go(page, title)()
    page.evaluate("stopwatch.arm()")
    _to_the_top(page)
    least = min(1, page.evaluate("stopwatch.figures()"))
    take(page, server, path(page), 4, least=least)  # not counted: the first of each kind compiles
    changes = take(page, server, path(page), count, least=least)
    taps = _taps(page, server, count // 3) if fresh else Changes()
    still = Changes()
    _to_the_top(page)
    if least and floor:
        press_still(page)
        still = take(page, server, path(page), count)
        press_still(page)
    _clear(page)
    return Seen(title, changes, still, taps, fresh or Changes(), stale or Changes())


def _to_the_top(page: Page) -> None:
    """Scroll up, and let the server hear what is in sight."""
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)


def _taps(page: Page, server: psutil.Process, count: int) -> Changes:
    """Tap the first mark on and off; nothing where the page has no figure that hears it."""
    if page.evaluate("stopwatch.mark()") is None:
        return Changes()

    def tap() -> None:  # where it stands now: what is filtered may have moved it
        at = page.evaluate("stopwatch.mark()")
        page.mouse.click(at["x"], at["y"])

    return take(page, server, repeat(tap), count + count % 2)


def _ways(page: Page, server: psutil.Process, count: int) -> dict[str, tuple[Changes, Changes]]:
    """Go to each page as often as asked: when nothing has changed since, and when something has."""
    titles = [one.title for one in PAGES]
    for title in (*titles[1:], titles[0]):  # it stands on the first
        take(page, server, [_go(page, title)], 1, least=0)
    ways = {title: (Changes(), Changes()) for title in titles}
    periods = cycle([_quick(page, "Last 30 days"), _quick(page, "Last 90 days")])
    for _ in range(max(3, count // 10)):
        for title in titles:
            away = titles[titles.index(title) - 1]
            for changed, kept in zip((False, True), ways[title], strict=True):
                if page.get_by_role("heading", level=1).inner_text() != away:
                    take(page, server, [_go(page, away)], 1, least=0)
                if changed:
                    take(page, server, periods, 1, least=0)
                once = take(page, server, [_go(page, title)], 1, least=0)
                kept.took.extend(once.took)
                kept.cpu += once.cpu
    _clear(page)
    return ways


def _go(page: Page, title: str) -> Callable[[], None]:
    return page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click


def _quick(page: Page, label: str) -> Callable[[], None]:
    return page.get_by_role("button", name=label, exact=True).click


def _clear(page: Page) -> None:
    """Leave no filter behind."""
    page.keyboard.press("Escape")
    clear = page.locator("[data-clear='']")
    if clear.count():
        clear.first.click()
        page.wait_for_timeout(500)
