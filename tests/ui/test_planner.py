"""A visitor plans: lists come by themselves, a budget is typed, and a phone shows all of it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.ui.guard import Visitors
from tests.ui.servers import dashboard_serve
from tests.ui.test_phone import BEYOND
from tests.ui.walking import EXAMPLE, opened, run, settled, waited


@pytest.fixture(scope="module")
def planning(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the example data, which estimates what came because of campaigns."""
    folder = tmp_path_factory.mktemp("planning")
    with dashboard_serve(EXAMPLE, folder / "log", DASHBOARD_SAVE_TO=str(folder / "saved")) as url:
        yield url


def test_lists_come_by_themselves_and_a_budget_is_split(planning: str, page: Page):
    planner = opened(page, planning, "Planner")
    expect(planner.get_by_text("very likely to bring back at least the 1.00×")).to_be_visible()
    settled(page)
    expect(planner.get_by_text("Test again", exact=True).first).to_be_visible()
    budget = page.get_by_role("spinbutton", name="Budget in rupees")
    expect(planner.get_by_text("(about what campaigns cost in the last 90 days")).to_be_visible()
    budget.fill("12345")
    expect(planner.get_by_text("₹12,345 of ₹12,345 to")).to_be_visible()
    settled(page)
    assert parse_qs(urlsplit(page.url).query)["plan-budget"] == ["12345"]
    page.get_by_role("combobox", name="Whom").select_option("Book again only")
    expect(planner.get_by_text("of ₹12,345 to")).to_be_visible()
    settled(page)
    assert parse_qs(urlsplit(page.url).query)["plan-whom"] == ["sure"]
    page.reload()
    waited(page, "Planner")
    expect(budget).to_have_value("12345")
    expect(page.get_by_role("combobox", name="Whom")).to_have_value("sure")


def test_a_row_opens_a_creator_and_their_profile(planning: str, page: Page):
    planner = opened(page, planning, "Planner")
    row = planner.get_by_role("row").filter(has_text="Rachita Rai").first
    row.click()
    who = page.get_by_role("combobox", name="Influencer", exact=True)
    expect(who).to_have_value("Rachita Rai")
    page.get_by_role("link", name="Their profile →").click()
    waited(page, "Influencers")
    assert parse_qs(urlsplit(page.url).query)["influencer"] == ["Rachita Rai"]


def test_nothing_scrolls_sideways_on_a_phone(planning: str, visitors: Visitors):
    page = visitors(viewport={"width": 390, "height": 844}, has_touch=True)
    planner = opened(page, planning, "Planner")
    expect(planner.get_by_text("very likely to bring back")).to_be_visible()
    settled(page)
    assert run(page, BEYOND) == []
