"""WCAG 2.2 AA as far as axe can judge it: no serious or critical finding, in either theme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.ui.guard import Visitors
from tests.ui.walking import THEMES, TITLES, opened, run, settled

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
GRAVE = {"serious", "critical"}
RUN = """([tags, within]) => axe.run(within, {
  runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]
})"""


def findings(page: Page, within: str = "html") -> list[str]:
    """What axe finds serious or critical, a line each: the rule, the element, the reason."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"{AXE}; 0")
    return list(_lines(page.evaluate(RUN, [TAGS, within])["violations"]))


def _lines(violations: list[dict[str, Any]]) -> Iterator[str]:
    for violation in violations:
        if violation["impact"] in GRAVE:
            for node in violation["nodes"]:
                reason = " ".join(node["failureSummary"].split())
                yield f"{violation['id']} ({violation['impact']}): {node['html'][:160]} — {reason}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("title", TITLES)
def test_axe_finds_nothing_serious(
    example: str, visitors: Visitors, title: str, theme: str
) -> None:
    page = visitors(color_scheme=theme)
    opened(page, example, title)
    assert findings(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious_in_what_opens(
    example: str, visitors: Visitors, theme: str
) -> None:
    """Every filter's list, every explanation and menu of the Overview, a filter in use."""
    page = visitors(color_scheme=theme)
    section = opened(page, example, "Overview")
    page.get_by_text("More filters", exact=True).click()
    openers = page.get_by_role("region", name="Filters").locator("button[aria-expanded]").all()
    assert len(openers) >= 5
    for opener in openers:
        opener.click()
        if opener is openers[0]:
            page.get_by_role("region", name="Filters").get_by_role("checkbox").first.check()
        assert findings(page, "#side") == []
    for opener in (*section.locator("summary:visible").all()[:2], page.get_by_text("Export").first):
        opener.click()
    settled(page)
    assert findings(page, "main") == []


def test_axe_finds_nothing_serious_in_the_drawer(example: str, visitors: Visitors) -> None:
    page = visitors(viewport={"width": 390, "height": 844}, has_touch=True)
    opened(page, example, "Overview")
    page.get_by_role("button", name="Filters", exact=True).click()
    expect(page.get_by_role("navigation")).to_be_visible()
    assert findings(page) == []


def test_axe_is_at_work(page: Page) -> None:
    """An image without words and a button without a name, in a shadow root as ours are."""
    page.set_content('<html lang="en"><title>t</title><main><div id="host"></div></main></html>')
    page.evaluate(
        "document.getElementById('host').attachShadow({mode: 'open'}).innerHTML ="
        " '<img src=\"data:,\"><button></button>'"
    )
    assert [line.partition(" ")[0] for line in findings(page)] == ["button-name", "image-alt"]


# ------------------------------------------------------------------------- pictures have a sentence

PICTURES = """() => figures().map(figure => ({
  title: figure.model.name ?? figure.model.id,
  role: figure.el.getAttribute("role"),
  sentence: figure.el.getAttribute("aria-label") ?? "",
}))"""
WITHOUT_A_NAME = """() => [...everywhere(document.body)].filter(isShown)
  .filter(one => one.matches("canvas, svg, img"))
  .filter(one => {
    for (let node = one; node; node = node.parentNode ?? node.host) {
      if (node.ariaHidden === "true") return false
      if (node.getAttribute?.("role") === "img" && node.getAttribute("aria-label")) return false
    }
    return !one.alt
  }).map(one => one.outerHTML.slice(0, 160))"""


@pytest.mark.parametrize("title", TITLES)
def test_every_picture_has_a_sentence(example: str, visitors: Visitors, title: str) -> None:
    """A figure is an image with a sentence; what only adorns is hidden from screen readers."""
    page = visitors()
    opened(page, example, title)
    pictures = run(page, PICTURES)
    for picture in pictures:
        assert picture["role"] == "img", picture
        # At least a title and a sentence that ends, with words between.
        assert re.search(r"\w+( \S+){4,}[.…]$", picture["sentence"]), picture
    assert len({picture["sentence"] for picture in pictures}) == len(pictures)
    assert run(page, WITHOUT_A_NAME) == []


def test_there_are_pictures(example: str, page: Page) -> None:
    """So that the test above cannot pass on nothing."""
    opened(page, example, "Overview")
    assert len(run(page, PICTURES)) >= 4


def test_the_sentence_follows_the_answer(example: str, page: Page) -> None:
    section = opened(page, example, "Overview")
    before = _sentences(section)
    page.get_by_role("button", name="Last 30 days").click()
    expect(page.locator("[data-clear=period]")).to_be_visible()
    settled(page)
    after = _sentences(section)
    assert len(before) == len(after) >= 4
    assert sum(a != b for a, b in zip(before, after, strict=True)) >= 3


def _sentences(section: Locator) -> list[str]:
    return [one.get_attribute("aria-label") or "" for one in section.get_by_role("img").all()]
