"""The export menu: the whole dashboard as a live page, a PDF and a workbook, as filtered."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests import small
from tests.ui.guard import Visitors
from tests.ui.servers import free_port, running
from tests.ui.walking import opened, settled

ROOT = Path(__file__).parents[2]


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


def kpi(page: Page) -> Locator:
    card = page.locator("article.kpi", has=page.get_by_role("heading", name="Revenue", exact=True))
    return card.locator(".value").first


def revenue(page: Page) -> str:
    return kpi(page).inner_text()


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


SLOW = """
import time
from dataclasses import replace
from pathlib import Path

from dashboard import App, load
from dashboard.export.taking import FORMS

def wait():
    while not Path({go!r}).exists():
        time.sleep(0.02)
    return b"made"

def steps(*_):
    yield None
    return (yield wait)

FORMS["workbook"] = replace(FORMS["workbook"], make=steps)
App(load({place!r})).servable()
"""
"""A server whose workbooks take as long as a file is not there."""


def test_everybody_is_answered_while_a_file_is_made(
    tmp_path: Path, page: Page, visitors: Visitors
) -> None:
    """Another visitor, and the one who waits: in all 1,000, on YouTube 300, of Gritzo 500."""
    place, go, script = small.write(tmp_path / "data"), tmp_path / "go", tmp_path / "slow.py"
    script.write_text(SLOW.format(go=str(go), place=str(place)), "utf-8")
    port = free_port()
    command = ["panel", "serve", str(script), "--port", str(port)]
    url = f"http://localhost:{port}/slow"
    with running(command, url, tmp_path / "log", PYTHONPATH=str(ROOT)) as address:
        opened(page, address, "Overview")
        page.get_by_text("Export", exact=True).click()
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name="Workbook, XLSX").click()
            making = page.get_by_text("Making Workbook, XLSX …")
            expect(making).to_be_visible()
            other = visitors()
            opened(other, f"{address}?platform=YouTube&", "Overview")
            assert revenue(other) == "₹300"
            other.get_by_role("button", name="Clear all").click()
            expect(kpi(other)).to_have_text("₹1,000", timeout=60_000)
            page.get_by_role("button", name="Brand").first.click()
            page.get_by_role("checkbox", name="Gritzo").check()
            expect(kpi(page)).to_have_text("₹500", timeout=60_000)
            expect(making).to_be_visible()
            go.touch()
        assert Path(download.value.path()).read_bytes() == b"made"
        expect(page.get_by_text("Export", exact=True)).to_be_visible()
