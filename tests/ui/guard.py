"""Watches what the pages of a test do, and fails the test on what no visitor may meet."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError

HERE = {"127.0.0.1", "localhost", "::1"}
WITHOUT_A_HOST = {"about", "blob", "data", "file"}
VISITOR = {
    "viewport": {"width": 1440, "height": 900},
    "locale": "en-IN",
    "timezone_id": "Asia/Kolkata",
    "reduced_motion": "reduce",
}
PATIENCE_MS = 60_000


def stays_here(url: str) -> bool:
    """Whether a request to this address stays on this machine."""
    parts = urlsplit(url)
    return parts.scheme in WITHOUT_A_HOST or parts.hostname in HERE


class Guard:
    """Faults of the pages of one test: page and console errors, requests to other machines."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Let this page or console error pass: the test is about it. Requests never pass."""
        self._expected.append(pattern)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page, popup and websocket of this context."""
        context.on("request", lambda request: self._asked(request.url))
        context.on("weberror", self._failed)
        context.on("console", self._said)
        context.on("page", lambda page: page.on("websocket", lambda ws: self._asked(ws.url)))

    def check(self) -> None:
        """Fail the test if there is a fault."""
        if self.faults:
            pytest.fail("In the browser:\n" + "\n".join(self.faults), pytrace=False)

    def _asked(self, url: str) -> None:
        self.requests.append(url)
        if not stays_here(url):
            self.faults.append(f"request to another machine: {url[:300]}")

    def _failed(self, error: WebError) -> None:
        self._note(f"page error: {error.error.stack or error.error.message}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console error: {message.text} ({message.location.get('url', '')})")

    def _note(self, fault: str) -> None:
        if not any(re.search(pattern, fault) for pattern in self._expected):
            self.faults.append(fault)


class Visitors:
    """Opens pages for one test: each visitor has a browser session of its own."""

    def __init__(self, browser: Browser, guard: Guard) -> None:
        self.guard = guard
        self._browser = browser
        self._contexts: list[BrowserContext] = []

    def __call__(self, **options: Any) -> Page:
        """Return an empty page of a new visitor, by Playwright's options: color_scheme="dark"."""
        context = self._browser.new_context(**{**VISITOR, **options})
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        self.guard.watch(context)
        return context.new_page()

    def leave(self) -> None:
        """Close everything that was opened."""
        for context in self._contexts:
            context.close()


@contextmanager
def guarded(browser: Browser) -> Iterator[Visitors]:
    """Visitors for the length of a test; faults that nobody expected fail it at the end."""
    visitors = Visitors(browser, Guard())
    try:
        yield visitors
    finally:
        visitors.leave()
    visitors.guard.check()
