"""Pages of the example data as a visitor meets them: opened, waited for, and looked through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from dashboard.pages import PAGES
from tests.ui.servers import EXAMPLE, dashboard_serve

TITLES = [page.title for page in PAGES]
THEMES = ["light", "dark"]
PATIENCE_MS = 60_000
"""Pages take a second; a machine that does something else as well may take many."""

STILL_MS, STILL_LOOKS = 150, 5
"""What has been in one place for so many looks, so far apart, is still."""

DEEP = Path(__file__).with_name("walking.js").read_text("utf-8")
"""JavaScript that sees into shadow roots; scripts of the tests begin with it."""

BAR = """(box, name) => {
  const figures = views => [...views].flatMap(
    view => view.model.type === "Figure" ? [view] : figures(view.child_views ?? []))
  const view = figures(Bokeh.index.roots).find(one => box.contains(one.el))
  const { left, top } = view.el.getBoundingClientRect(), { bbox, x_scale, y_scale } = view.frame
  return [left + x_scale.compute(0) + 20, top + y_scale.compute(name)]
}"""
"""JavaScript that tells where the bar of a name is on the screen, given what holds its figure."""


@contextmanager
def example_served(folder: Path) -> Iterator[str]:
    """The address of the example data, served with nothing saved beside them."""
    with dashboard_serve(EXAMPLE, folder / "log", DASHBOARD_SAVE_TO=str(folder / "saved")) as url:
        yield url


def run(page: Page, body: str, argument: Any = None) -> Any:
    """What a function in JavaScript returns that may use `everywhere`, `active` and the others."""
    return page.evaluate(f"argument => {{ {DEEP}\nreturn ({body})(argument) }}", argument)


def opened(page: Page, address: str, title: str) -> Locator:
    """Open a page and wait for it; its section."""
    page.goto(f"{address}?page={title.lower().replace(' ', '-')}", timeout=PATIENCE_MS)
    return waited(page, title)


def waited(page: Page, title: str) -> Locator:
    """Wait until a page is in view, painted and at rest; its section."""
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(title, timeout=PATIENCE_MS)
    section = page.locator("main > section:visible")
    expect(section).to_have_accessible_name(title)
    expect(section.get_by_role("heading", level=2).first).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    return section


def settled(page: Page) -> None:
    """Wait until every figure in view is painted and the server has nothing more to say."""
    for _ in range(2):  # what the first look sets off is over at the second
        page.wait_for_function(f"() => {{ {DEEP}\nreturn atRest() }}", timeout=PATIENCE_MS)
        page.wait_for_timeout(100)


def bar(figure: Locator, name: str) -> tuple[float, float]:
    """Where the bar of a name is on the screen, once it stays there: what is above may grow."""
    places: list[tuple[float, float]] = []
    for _ in range(PATIENCE_MS // STILL_MS):
        left, top = figure.evaluate(BAR, name)
        places.append((left, top))
        if len(places) > STILL_LOOKS and len(set(places[-STILL_LOOKS:])) == 1:
            break
        figure.page.wait_for_timeout(STILL_MS)
    return places[-1]
