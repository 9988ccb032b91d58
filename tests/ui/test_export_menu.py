"""The export menu: the whole dashboard as a live page, a PDF and a workbook, as filtered."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.ui.guard import Visitors
from tests.ui.walking import opened, settled


def taken(page: Page, words: str) -> Path:
    """Take a file from the menu; where it is."""
    page.get_by_text("Export", exact=True).click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name=words).click()
    expect(page.get_by_text("Export", exact=True)).to_be_visible()
    return Path(download.value.path())


@pytest.fixture
def gritzo(page: Page, example: str) -> Page:
    """The Overview, narrowed to one brand."""
    opened(page, f"{example}?brand=Gritzo&", "Overview")
    return page


def revenue(page: Page) -> str:
    card = page.locator("article.kpi", has=page.get_by_role("heading", name="Revenue", exact=True))
    return card.locator(".value").first.inner_text()


def test_a_live_page_shows_what_the_dashboard_shows(gritzo: Page, visitors: Visitors) -> None:
    file = taken(gritzo, "Live page")
    offline = visitors()
    offline.context.set_offline(True)
    place = file.rename(file.with_suffix(".html"))
    offline.goto(place.as_uri())
    settled(offline)
    assert revenue(offline) == revenue(gritzo)
    expect(offline.locator(".chips").get_by_text("Gritzo")).to_be_visible()


def test_a_report_is_a_pdf(gritzo: Page) -> None:
    assert taken(gritzo, "Report, PDF").read_bytes().startswith(b"%PDF-")


def test_a_workbook_holds_the_rows_of_the_filter(gritzo: Page) -> None:
    book = taken(gritzo, "Workbook, XLSX").read_bytes()
    campaigns = pl.read_excel(book, sheet_name="Campaigns")["Campaign"].drop_nulls()
    assert campaigns.len() == 4
    assert campaigns.str.starts_with("Gritzo").all()
    about = pl.read_excel(book, sheet_name="About")
    assert "Brand: Gritzo." in about["In words"].to_list()
