"""What makes a change quick: few messages, nothing asked of style sheets, nothing for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, WebSocket, expect

from tests.ui.test_overview import choose, kpi
from tests.ui.walking import opened, settled, waited

COUNTED = """(() => {
  window.asked = []
  const asks = CSSStyleDeclaration.prototype.getPropertyValue
  CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
    if (name.startsWith("--bk-")) asked.push(name)
    return asks.call(this, name)
  }
  window.painted = 0
  const paints = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (...words) {
    painted += 1
    return paints.apply(this, words)
  }
})()"""
"""JavaScript that counts what Bokeh asks of style sheets, and the words it paints."""


@contextmanager
def frames(page: Page, sockets: list[WebSocket]) -> Iterator[list[str]]:
    """What the server sends meanwhile, as text."""
    heard: list[str] = []

    def hear(frame: str | bytes) -> None:
        heard.append(frame if isinstance(frame, str) else "")

    for socket in sockets:
        socket.on("framereceived", hear)
    yield heard
    settled(page)
    for socket in sockets:
        socket.remove_listener("framereceived", hear)


def overview(page: Page, example: str) -> list[WebSocket]:
    """Open the Overview; what it listens to."""
    sockets: list[WebSocket] = []

    def join(socket: WebSocket) -> None:
        sockets.append(socket)

    page.on("websocket", join)
    opened(page, example, "Overview")
    return sockets


def test_painting_asks_no_style_sheet_for_colours(page: Page, example: str) -> None:
    page.add_init_script(COUNTED)
    overview(page, example)
    page.evaluate("() => { asked.length = painted = 0 }")
    before = kpi(page, "Revenue").inner_text()
    choose(page, "Brand", "Gritzo")
    expect(kpi(page, "Revenue")).not_to_have_text(before)
    settled(page)
    assert page.evaluate("painted") > 20
    assert page.evaluate("asked") == []


def test_columns_come_with_the_message(page: Page, example: str) -> None:
    sockets = overview(page, example)
    before = kpi(page, "Revenue").inner_text()
    with frames(page, sockets) as heard:
        choose(page, "Brand", "Gritzo")
        expect(kpi(page, "Revenue")).not_to_have_text(before)
    assert any("ModelChanged" in one for one in heard)
    assert "" not in heard  # a column that follows comes as bytes


def test_a_page_that_is_fresh_needs_nothing_to_be_drawn(page: Page, example: str) -> None:
    sockets = overview(page, example)
    links = page.get_by_role("navigation")
    for title in ("Campaigns", "Overview"):
        links.get_by_role("link", name=title, exact=True).click()
        waited(page, title)
    with frames(page, sockets) as heard:
        links.get_by_role("link", name="Campaigns", exact=True).click()
        waited(page, "Campaigns")
    assert any('"fresh"' in one for one in heard)  # not a refresh
    assert not [one for one in heard if "ModelChanged" in one]


WATCHED = """() => {
  window.touched = 0
  const watch = new MutationObserver(records => { touched += records.length })
  const walk = node => {
    for (const one of node.querySelectorAll("*")) {
      if (one.matches(".tabulator")) {
        watch.observe(one, { subtree: true, childList: true, attributeFilter: ["style"] })
      }
      if (one.shadowRoot) walk(one.shadowRoot)
    }
  }
  walk(document)
}"""
"""JavaScript that counts what is placed anew in tables from now on."""


def test_tables_of_a_page_that_is_fresh_are_not_laid_out_again(page: Page, example: str) -> None:
    overview(page, example)
    links = page.get_by_role("navigation")
    for title in ("Payouts", "Definitions"):
        links.get_by_role("link", name=title, exact=True).click()
        waited(page, title)
    settled(page)
    page.evaluate(WATCHED)
    links.get_by_role("link", name="Payouts", exact=True).click()
    waited(page, "Payouts")
    expect(page.locator(".tabulator-row").filter(visible=True).first).to_be_visible()
    settled(page)
    assert page.evaluate("touched") == 0


def test_the_menu_offers_the_numbers_of_the_page_in_view(page: Page, example: str) -> None:
    overview(page, example)
    for title, there, away in (
        ("Campaigns", "Campaigns", "Key figures"),
        ("Overview", "Key figures", "Campaigns"),
    ):
        page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()
        waited(page, title)
        page.get_by_text("Export", exact=True).click()
        menu = page.locator(".menu.tip")
        expect(menu.get_by_role("button", name=there, exact=True)).to_be_visible()
        expect(menu.get_by_role("button", name=away, exact=True)).to_have_count(0)
        page.keyboard.press("Escape")
        page.get_by_text("Export", exact=True).click()
