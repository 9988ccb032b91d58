"""With keys only: the main path, a focus that can always be seen, and no trap."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.ui.guard import Visitors
from tests.ui.test_overview import kpi
from tests.ui.walking import TITLES, opened, run, settled, waited

FAR = 400
"""More stops than any page has: who has tabbed so often is in a trap."""


def press(page: Page, key: str) -> dict[str, Any] | None:
    """Press a key and return where the focus is then, or nothing where it left the page.

    It must be seen wherever it is: an outline, on the screen, with nothing in front.
    """
    page.keyboard.press(key)
    place: dict[str, Any] | None = run(page, "place")
    if place is not None:
        assert place["outlined"], f"No focus is to be seen: {place}"
        assert place["onScreen"], f"The focus is out of sight: {place}"
        assert place["free"], f"Something covers the focus: {place}"
    return place


def tab_to(page: Page, name: str, kind: str = "", *, key: str = "Tab") -> None:
    """Press Tab until the focus is on what is called so; the whole name, or a pattern."""
    seen = []
    for _ in range(FAR):
        place = press(page, key)
        seen.append(place["name"] if place else "(the browser)")
        if place and re.fullmatch(name, place["name"]) and kind in ("", place["kind"]):
            return
    pytest.fail(f"{name!r} is not reached with {key}. Passed: {dict.fromkeys(seen)}")


def test_the_main_path_needs_keys_only(example: str, page: Page) -> None:
    """Skip link, pages, a filter, its chip, an explanation, a card's tools, a table."""
    opened(page, example, "Overview")
    press(page, "Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    press(page, "Tab")
    expect(page.get_by_role("link", name="Overview")).to_be_focused()
    tab_to(page, "Campaigns", "a")
    page.keyboard.press("Enter")
    waited(page, "Campaigns")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(page, "Overview", "a", key="Shift+Tab")
    page.keyboard.press("Enter")
    waited(page, "Overview")

    revenue = kpi(page, "Revenue").text_content() or ""
    tab_to(page, "Brand.*", "button", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Brand", exact=True)).to_be_visible()
    first = page.get_by_role("group", name="Brand", exact=True).get_by_role("checkbox").first
    for _ in range(3):  # a search stands before the options where they are many
        if first.evaluate("one => one === one.getRootNode().activeElement"):
            break
        press(page, "Tab")
    page.keyboard.press("Space")
    chip = page.locator("[data-clear=brand]")
    expect(chip).to_be_visible()
    expect(kpi(page, "Revenue")).not_to_have_text(revenue)
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="Brand", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("^Brand"))).to_be_focused()

    tab_to(page, "Clear Brand", "button")
    tab_to(page, "Clear all", "button")
    page.keyboard.press("Enter")
    expect(chip).to_have_count(0)
    expect(kpi(page, "Revenue")).to_have_text(revenue)

    tab_to(page, "What ROAS means", "summary")
    page.keyboard.press("Enter")
    explanation = page.locator("details[open]").get_by_text("never a mean of row ratios")
    expect(explanation).to_be_visible()
    page.keyboard.press("Escape")
    expect(explanation).to_have_count(0)
    expect(page.get_by_label("What ROAS means")).to_be_focused()

    tab_to(page, "ROAS by platform as a table", "button")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("cell", name="YouTube")
        .or_(page.get_by_role("rowheader", name="YouTube"))
        .first
    ).to_be_visible()
    with page.expect_download() as download:
        tab_to(page, "CSV of ROAS by platform", "button")
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("roas-by-platform")


def test_menus_open_with_enter_and_close_with_escape(example: str, page: Page) -> None:
    opened(page, example, "Overview")
    tab_to(page, "Export", "summary")
    page.keyboard.press("Enter")
    menu = page.locator("details.menu", has=page.get_by_text("Export", exact=True))
    item = menu.locator("button").first
    expect(item).to_be_visible()
    press(page, "Tab")
    expect(item).to_be_focused()
    page.keyboard.press("Escape")
    expect(item).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_table_is_searched_and_sorted_with_keys(example: str, page: Page) -> None:
    section = opened(page, example, "Campaigns")
    tab_to(page, "Search .*", "input")
    page.keyboard.type("surge")
    named = section.get_by_role("gridcell").filter(has_text=re.compile("surge", re.IGNORECASE))
    expect(named.first).to_be_visible()
    expect(section.get_by_role("gridcell").filter(has_text="WheyPrime")).to_have_count(0)
    page.keyboard.press("Control+A")
    page.keyboard.press("Backspace")
    expect(section.get_by_role("gridcell").filter(has_text="WheyPrime")).not_to_have_count(0)
    tab_to(page, "Revenue", "columnheader")
    head = section.get_by_role("columnheader", name="Revenue", exact=True).first
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", re.compile("ascending|descending"))
    turned = {"ascending": "descending", "descending": "ascending"}
    sorted_so = turned[head.get_attribute("aria-sort") or ""]
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", sorted_so)


def test_the_drawer_is_worked_with_keys(example: str, visitors: Visitors) -> None:
    page = visitors(viewport={"width": 390, "height": 844})
    opened(page, example, "Overview")
    tab_to(page, ".*Filters", "button")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Overview")).to_be_focused()
    tab_to(page, "Last 30 days", "button")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Overview")).to_be_hidden()
    expect(page.get_by_role("button", name="Filters", exact=True)).to_be_focused()
    settled(page)
    tab_to(page, "Clear Period", "button")


@pytest.mark.parametrize("title", TITLES)
def test_the_focus_is_always_seen_and_never_trapped(example: str, page: Page, title: str) -> None:
    """Tab walks through the whole page and out of it; Shift and Tab lead in from its end."""
    opened(page, example, title)
    first = press(page, "Tab")
    assert first is not None
    assert first["name"] == "Skip to content"
    walked = [first["html"]]
    for _ in range(FAR):
        place = press(page, "Tab")
        if place is None or place["html"] == first["html"]:
            break
        walked.append(place["html"])
    else:
        pytest.fail(f"A trap, or a very long page: {walked[-5:]}")
    assert len(walked) > 15
    if place is not None:
        page.keyboard.press("Shift+Tab")
    back = press(page, "Shift+Tab")
    assert back is not None
    assert back["html"] in walked[-3:]
