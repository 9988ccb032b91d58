"""The Definitions page at three widths: its tables fit their cards, and nothing in them is cut."""

from __future__ import annotations

import pytest

from tests.ui.guard import Visitors
from tests.ui.walking import opened, run

BEYOND = """() => [...everywhere(document.querySelector("main > section:not([inert])"))]
  .filter(one => one.matches("table, th, td"))
  .filter(one => one.scrollWidth > one.clientWidth + 1 ||
    one.getBoundingClientRect().right > innerWidth)
  .map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_every_table_fits(example: str, visitors: Visitors, width: int, screenshot) -> None:
    page = visitors(viewport={"width": width, "height": 900})
    section = opened(page, example, "Definitions")
    assert section.get_by_role("table").count() > 10
    assert run(page, BEYOND) == []
    screenshot(page, f"definitions-{width}", whole=True)


def test_on_a_phone_a_row_is_still_a_row_with_its_heading(example: str, visitors: Visitors) -> None:
    """Blocks instead of columns: who listens to the page must not lose the table for it."""
    page = visitors(viewport={"width": 390, "height": 844})
    section = opened(page, example, "Definitions")
    row = (
        section.get_by_role("table", name="Rules: payouts")
        .get_by_role("row")
        .filter(has_text="Says neither post nor order")
    )
    assert row.get_by_role("rowheader").inner_text() == "basis"
    follows = row.get_by_role("cell").last
    assert follows.inner_text() == "Flagged"
    content = follows.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert "What follows" in content
    boxes = [row.get_by_role(role).last.bounding_box() for role in ("rowheader", "cell")]
    assert boxes[0]["x"] == boxes[1]["x"]
    assert boxes[0]["y"] < boxes[1]["y"]
