"""What came because of campaigns, as a visitor meets it: at once, or by itself a little later."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.incremental_world import Campaign, shop
from tests.ui.guard import Visitors
from tests.ui.servers import EXAMPLE, dashboard_serve
from tests.ui.test_phone import BEYOND
from tests.ui.walking import PATIENCE_MS, opened, run, settled, waited

BEST = "MuscleBlaze_WheyPrime_2"


def test_verdicts_come_by_themselves(tmp_path: Path, visitors: Visitors) -> None:
    """Nothing is kept, nobody loads the page again: the numbers appear."""
    empty = str(tmp_path / "nothing kept")
    with dashboard_serve(EXAMPLE, tmp_path / "log", DASHBOARD_CACHE=empty) as address:
        page = visitors()
        section = opened(page, address, "Incrementality")
        expect(section.get_by_text("Pays back", exact=True).first).to_be_visible()
        settled(page)
        expect(section.get_by_role("row").filter(has_text=BEST)).to_be_visible()
        page.get_by_role("link", name="Overview").click()
        overview = waited(page, "Overview")
        expect(overview.get_by_text("Incremental ROAS", exact=True)).to_be_visible()
        page.close()


def test_the_overview_shows_it_beside_roas(example: str, page: Page) -> None:
    overview = opened(page, example, "Overview")
    labels = overview.locator("article.kpi h2").all_inner_texts()
    assert labels[2:4] == ["ROAS", "Incremental ROAS"]
    card = overview.locator("article.kpi").nth(3)
    expect(card.locator(".note")).to_contain_text("11 of 14 campaigns")


def test_one_campaign_is_chosen_by_its_row_and_the_link_keeps_it(example: str, page: Page) -> None:
    section = opened(page, example, "Incrementality")
    section.get_by_role("gridcell", name="Gritzo_GrowthGummies_1").click()
    expect(
        section.get_by_text("What came because of Gritzo_GrowthGummies_1 cannot be known")
    ).to_be_visible()
    expect(section.get_by_text("orders a day").first).to_be_visible()
    section.get_by_role("combobox", name="Campaign").select_option(BEST)
    expect(section.get_by_text("came because of it")).to_be_visible()
    settled(page)
    assert parse_qs(urlsplit(page.url).query)["chosen-campaign"] == [BEST]
    page.reload()
    again = waited(page, "Incrementality")
    expect(again.get_by_role("combobox", name="Campaign")).to_have_value(BEST)
    chart = again.get_by_role("img", name="Expected without it, and actual")
    expect(chart).to_have_attribute("aria-label", re.compile("above what was expected"))


def test_a_filter_chooses_campaigns_and_changes_no_number(example: str, page: Page) -> None:
    section = opened(page, example, "Incrementality")
    row = section.get_by_role("row").filter(has_text=BEST)
    before = row.inner_text()
    page.goto(f"{example}?page=incrementality&brand=MuscleBlaze")
    section = waited(page, "Incrementality")
    expect(section.get_by_role("row").filter(has_text="Gritzo")).to_have_count(0)
    assert section.get_by_role("row").filter(has_text=BEST).inner_text() == before


@pytest.fixture
def one_campaign(tmp_path: Path) -> Path:
    """A shop whose only campaign is worked out in a moment."""
    folder = tmp_path / "shop"
    folder.mkdir()
    made = shop([Campaign(lift=0.6)])
    rows = {
        "influencers": [{"influencer_id": "c0", "name": "Asha", "platform": "Instagram"}],
        "posts": made.posts,
        "tracking_data": made.tracking,
        "payouts": made.payouts,
    }
    for name, some in rows.items():
        pl.DataFrame(some, infer_schema_length=None).write_csv(folder / f"{name}.csv")
    return folder


def test_a_donor_is_left_out_and_taken_back(
    one_campaign: Path, tmp_path: Path, visitors: Visitors
) -> None:
    """By keyboard, and by the link; nobody loads the page again to see what comes of it."""
    kept = str(tmp_path / "kept")
    with dashboard_serve(one_campaign, tmp_path / "log", DASHBOARD_CACHE=kept) as address:
        page = visitors()
        section = opened(page, address, "Incrementality")
        told = section.get_by_text("say what would have come without Launch")
        expect(told).to_be_visible(timeout=PATIENCE_MS)
        settled(page)
        answer = section.get_by_text("came because of it")
        before = answer.inner_text()
        control = section.get_by_role("button", name=re.compile("^Leave out"))
        expect(control).to_have_accessible_name("Leave out None")
        control.press("Enter")
        section.get_by_role("checkbox", name="Product 4").press("Space")
        out = section.get_by_text("Left out by you, for all campaigns: Product 4.")
        expect(out).to_be_visible(timeout=PATIENCE_MS)
        expect(told).to_be_visible(timeout=PATIENCE_MS)
        expect(told).to_contain_text("Product 1, Product 2 and Product 3 say")
        settled(page)
        assert parse_qs(urlsplit(page.url).query)["donors-out"] == ["Product 4"]
        after = answer.inner_text()
        assert after != before
        page.reload()
        section = waited(page, "Incrementality")
        expect(out).to_be_visible(timeout=PATIENCE_MS)
        assert answer.inner_text() == after
        expect(control).to_have_accessible_name("Leave out Product 4")
        control.press("Enter")
        section.get_by_role("checkbox", name="Product 4").press("Space")
        expect(control).to_have_accessible_name("Leave out None", timeout=PATIENCE_MS)
        expect(told).to_contain_text("Product 3 and Product 4 say", timeout=PATIENCE_MS)
        settled(page)
        assert answer.inner_text() == before
        assert "donors-out" not in page.url
        page.close()


def test_nothing_scrolls_sideways_on_a_phone(example: str, visitors: Visitors) -> None:
    page = visitors(viewport={"width": 390, "height": 844})
    opened(page, example, "Incrementality")
    assert run(page, BEYOND) == []
