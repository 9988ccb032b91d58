"""What every browser test gets: a browser, pages that are watched, and a camera."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.ui.browser import FLAGS, find
from tests.ui.guard import Guard, Visitors, guarded
from tests.ui.walking import PATIENCE_MS, example_served

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("ui")


def pytest_sessionfinish() -> None:
    """Stop what a failed test left running: a server's thread would keep the run from ending."""
    if "panel" in sys.modules:
        sys.modules["panel"].state.kill_all_servers()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder; where there is none the test fails, it is not skipped.

    It is closed before other folders' tests: while it is open, asyncio.run is not to be had.
    """
    executable = find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def example(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the example data, served once for all tests that change nothing."""
    with example_served(tmp_path_factory.mktemp("example")) as address:
        yield address


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """Call it for a page of a new visitor: `visitors()`, `visitors(color_scheme="dark")`."""
    with guarded(browser) as opened:
        yield opened


@pytest.fixture
def page(visitors: Visitors) -> Page:
    """Return the page of one visitor. What the guard finds fails the test."""
    return visitors()


@pytest.fixture
def guard(visitors: Visitors) -> Guard:
    """Return what watches the pages of this test: `guard.requests`, `guard.expect(pattern)`."""
    return visitors.guard


@pytest.fixture
def screenshot() -> Callable[[Page, str], None]:
    """Return the camera: `screenshot(page, "overview-dark")` writes into $SCREENSHOTS, if set."""
    folder = os.environ.get("SCREENSHOTS")

    def shoot(page: Page, name: str, *, whole: bool = False) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=whole)

    return shoot
