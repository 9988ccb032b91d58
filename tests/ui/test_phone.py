"""On a phone, and at twice the size: everything is reachable, nothing scrolls sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.ui.guard import Visitors
from tests.ui.walking import TITLES, run, settled, waited

SCREENS = {
    "390": {"viewport": {"width": 390, "height": 844}, "has_touch": True},
    "320": {"viewport": {"width": 320, "height": 640}, "has_touch": True},
    # What a visitor sees who zooms a screen of 1440 × 900 to 200 %.
    "zoomed": {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2},
}
NARROW = list(SCREENS)[:2]

BEYOND = """() => {
  const { scrollWidth, clientWidth } = document.scrollingElement
  return scrollWidth <= clientWidth ? [] : [...everywhere(document.body)].filter(isShown)
    .map(element => [element, Math.round(element.getBoundingClientRect().right)])
    .filter(([, right]) => right > clientWidth)
    .map(([element, right]) => `${right} px: ${element.outerHTML.slice(0, 120)}`)
}"""
"""What reaches beyond the screen, where the page can be scrolled sideways."""

CUT = """() => [...everywhere(document.querySelector("main > section:not([inert])"))]
  .filter(one => one.matches("h2, h3, .say, .value, button, summary, input, select"))
  .filter(isShown)
  .filter(element => {
    const { left, right, width } = element.getBoundingClientRect()
    return width > 1 && (left < 0 || right > innerWidth) && !scrolls(element)
  }).map(element => element.outerHTML.slice(0, 160))"""
"""Headings, sentences and controls beyond the screen's edge, unless they lie in what scrolls."""

SMALL = """() => [...everywhere(document.body)].filter(isShown)
  .filter(one => one.matches(
    "a[href], button, summary, input, select, textarea, [role=button], [role=tab], [role=menuitem]"
  ) && !one.disabled && !one.closest(".skip"))
  .map(one => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([, { width, height }]) => (width < 24 || height < 24) && width > 1) // 1: not to be seen
  .filter(([one]) => !isInSentence(one))
  .map(([one, { width, height }]) => `${width.toFixed(1)} × ${height.toFixed(1)}: ` +
    one.outerHTML.slice(0, 120))"""


def screen(visitors: Visitors, name: str) -> Page:
    return visitors(**SCREENS[name])


def drawer(page: Page) -> None:
    """Open pages and filters."""
    page.get_by_role("button", name="Filters", exact=True).click()
    expect(page.get_by_role("navigation")).to_be_visible()


@pytest.mark.parametrize("name", SCREENS)
def test_every_page_is_reached_and_none_scrolls_sideways(
    example: str, visitors: Visitors, name: str
) -> None:
    page = screen(visitors, name)
    page.goto(example)
    waited(page, TITLES[0])
    for title in [*TITLES[1:], TITLES[0]]:
        drawer(page)
        assert run(page, BEYOND) == [], f"the drawer above {title}"
        page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("navigation")).to_be_hidden()
        waited(page, title)
        assert run(page, BEYOND) == [], title
        assert run(page, CUT) == [], title


@pytest.mark.parametrize("name", ["390", "zoomed"])
def test_every_target_is_large_enough(example: str, visitors: Visitors, name: str) -> None:
    """24 px each way, but for links in a sentence: WCAG 2.5.8 without its rule for spacing."""
    page = screen(visitors, name)
    page.goto(example)
    waited(page, TITLES[0])
    for title in [*TITLES[1:], TITLES[0]]:
        drawer(page)
        page.get_by_role("navigation").get_by_role("link", name=title, exact=True).click()
        waited(page, title)
        assert run(page, SMALL) == [], title
    drawer(page)
    page.get_by_text("More filters", exact=True).click()
    for opener in page.get_by_role("region", name="Filters").locator("[aria-expanded]").all():
        opener.click()
        assert run(page, SMALL) == []


@pytest.mark.parametrize("name", NARROW)
def test_the_drawer_filters_and_lets_go(example: str, visitors: Visitors, name: str) -> None:
    page = screen(visitors, name)
    page.goto(example)
    waited(page, TITLES[0])
    menu = page.get_by_role("button", name="Filters", exact=True)
    drawer(page)
    expect(menu).to_have_attribute("aria-expanded", "true")
    page.get_by_role("button", name="Last 30 days").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(menu).to_have_attribute("aria-expanded", "false")
    expect(menu).to_be_focused()
    chip = page.locator("[data-clear=period]")
    expect(chip).to_be_visible()
    settled(page)
    assert run(page, BEYOND) == []
    chip.click()
    expect(chip).to_have_count(0)


def test_a_tap_beside_the_drawer_closes_it(example: str, visitors: Visitors) -> None:
    page = screen(visitors, "390")
    page.goto(example)
    waited(page, TITLES[0])
    drawer(page)
    page.touchscreen.tap(370, 500)
    expect(page.get_by_role("navigation")).to_be_hidden()


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_drawer_traps_nobody(example: str, visitors: Visitors, key: str) -> None:
    """Who tabs on leaves it, and it closes: the focus is never behind it."""
    page = screen(visitors, "390")
    page.goto(example)
    waited(page, TITLES[0])
    drawer(page)
    for _ in range(60):
        page.keyboard.press(key)
        if not run(page, "() => Boolean(document.activeElement?.closest('aside'))"):
            break
    assert not run(page, "() => Boolean(document.activeElement?.closest('aside'))")
    expect(page.get_by_role("navigation")).to_be_hidden()
