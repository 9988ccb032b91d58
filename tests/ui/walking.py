"""Pages of the example data as a visitor meets them: opened, waited for, and looked through."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from dashboard.pages import PAGES
from tests.ui.servers import dashboard_serve

EXAMPLE = Path(__file__).parents[2] / "data"
TITLES = [page.title for page in PAGES]
THEMES = ["light", "dark"]

DEEP = """
const everywhere = function* (node) {
  for (const element of node.querySelectorAll("*")) {
    yield element
    if (element.shadowRoot) yield* everywhere(element.shadowRoot)
  }
}
const active = () => {
  let element = document.activeElement
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
  return element
}
const isShown = element => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && element.getClientRects().length > 0
const nameOf = element => {
  const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent
  return (label || element.textContent || element.title || element.tagName).trim().replace(/\\s+/g, " ")
}
const figuresIn = function* (views) {
  for (const view of views) {
    if (view?.model?.type === "Figure") yield view
    yield* figuresIn(view?.child_views ?? [])
  }
}
const figures = () => [...figuresIn(window.Bokeh?.index?.roots ?? [])].filter(one => one.is_displayed)
"""
"""JavaScript that sees into shadow roots; scripts of the tests begin with it."""

_AT_REST = """() => {
  if (!window.Bokeh?.documents?.[0]?.is_idle) return false
  for (const element of everywhere(document.body)) {
    if (element.getAttribute("aria-busy") === "true" && isShown(element)) return false
  }
  return figures().every(figure => figure._render_count > 0)
}"""


@contextmanager
def example_served(folder: Path) -> Iterator[str]:
    """The address of the example data, served with nothing saved beside them."""
    with dashboard_serve(EXAMPLE, folder / "log", DASHBOARD_SAVE_TO=str(folder / "saved")) as url:
        yield url


def run(page: Page, body: str, argument: Any = None) -> Any:
    """What a function in JavaScript returns that may use `everywhere`, `active` and the others."""
    return page.evaluate(f"argument => {{ {DEEP}; return ({body})(argument) }}", argument)


def opened(page: Page, address: str, title: str) -> Locator:
    """Open a page and wait for it; its section."""
    page.goto(f"{address}?page={title.lower().replace(' ', '-')}")
    return waited(page, title)


def waited(page: Page, title: str) -> Locator:
    """Wait until a page is in view, painted and at rest; its section."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    section = page.locator("main > section:visible")
    expect(section).to_have_accessible_name(title)
    expect(section.get_by_role("heading", level=2).first).to_be_visible()
    settled(page)
    return section


def settled(page: Page) -> None:
    """Wait until every figure in view is painted and the server has nothing more to say."""
    page.wait_for_function(f"() => {{ {DEEP}; return ({_AT_REST})() }}")
    page.wait_for_timeout(150)
    page.wait_for_function(f"() => {{ {DEEP}; return ({_AT_REST})() }}")
