"""A stranger's five tasks on the example data, each in at most five clicks from opening.

A click is a click, a key pressed or an option chosen; what is read afterwards is on the screen.
"""

import re
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Locator, Page, expect

from dashboard.dataset import load
from dashboard.formats import rupees, rupees_compact
from dashboard.ledger import build
from dashboard.query import Where, answer
from tests.ui.servers import dashboard_serve
from tests.ui.test_overview import kpi, opened
from tests.ui.walking import settled

EXAMPLE = Path(__file__).parents[2] / "data"
MOST = 5


class Clicks:
    """Clicks on a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def click(self, what: Locator) -> None:
        """One more."""
        what.click()
        self.count += 1

    def choose(self, select: str, option: str) -> None:
        """Choose an option of a native select: it is opened, and the option clicked."""
        self.page.get_by_label(select, exact=True).select_option(label=option)
        self.count += 2

    def page_of(self, name: str) -> None:
        """Open a page, and wait until it shows the question as it stands."""
        self.click(self.page.get_by_role("link", name=name, exact=True))
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
        settled(self.page)

    def section(self, name: str) -> Locator:
        """The section of a page."""
        return self.page.locator(f"section[data-of={name.lower()}]")


@pytest.fixture(scope="module")
def ledger():
    return build(load(EXAMPLE))


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with dashboard_serve(EXAMPLE, tmp_path_factory.mktemp("tasks") / "log") as url:
        yield url


@pytest.fixture
def clicks(page, address):
    """An open dashboard, no click made."""
    opened(page, address)
    made = Clicks(page)
    yield made
    assert 0 < made.count <= MOST


def days_of(page: Page) -> tuple:
    """The period that is chosen, as the inputs say it."""
    values = [page.get_by_label(f"Period {end}").input_value() for end in ("from", "to")]
    return tuple(pl.Series(values).str.to_date().to_list())


def test_the_worst_campaign_of_the_last_quarter_and_why(clicks, ledger):
    page = clicks.page
    clicks.choose("Period by name", "Last quarter")
    expect(page.get_by_role("button", name="Clear Period")).to_be_visible()
    clicks.page_of("Campaigns")
    section = clicks.section("Campaigns")
    head = section.get_by_role("columnheader", name=re.compile("^Profit before product cost")).first
    clicks.click(head)
    first, last = days_of(page)
    frame = answer(ledger, ["profit", "spend"], ["campaign"], Where(first=first, last=last))
    worst, profit, spend = frame.drop_nulls("campaign").sort("profit").row(0)
    assert profit < 0
    expect(section.locator(".tabulator-row").first).to_contain_text(worst)
    clicks.click(section.get_by_role("gridcell", name=worst, exact=True).first)
    expect(section.get_by_role("combobox", name="Campaign")).to_have_value(worst)
    missing = f"The money did not come back: {rupees(-profit)} is missing."
    nothing = f"{rupees(spend)} was spent and nothing came back in this view."
    why = missing if profit + spend > 0 else nothing
    expect(section.get_by_text(why)).to_be_visible()


def test_three_creators_to_drop(clicks, ledger):
    clicks.page_of("Influencers")
    named = clicks.section("Influencers").get_by_role("list", name="Creators below the threshold")
    said = named.locator("b").all_text_contents()
    assert len(said) >= 3
    frame = answer(ledger, ["roas"], ["influencer"])
    roas = dict(frame.select("influencer", "roas").rows())
    assert all(roas[name] < 1 for name in said[:3])
    expect(named.get_by_role("listitem").first).to_contain_text("paid")


def test_what_we_owe_creators_who_are_paid_by_post(clicks, ledger):
    """What is neither paid nor cancelled, of payouts by post."""
    page = clicks.page
    clicks.click(page.get_by_text("More filters"))
    clicks.click(page.get_by_role("button", name=re.compile("^Payout basis")))
    clicks.click(page.get_by_role("checkbox", name="post", exact=True))
    expect(page.get_by_role("button", name="Clear Payout basis")).to_be_visible()
    payouts = ledger.dataset.tables["payouts"].filter(pl.col("basis") == "post")
    owed = payouts.filter(~pl.col("status").is_in(["paid", "cancelled"]))["total_payout"].sum()
    assert owed > 0
    expect(kpi(page, "Payable")).to_have_text(rupees_compact(owed / 100))


def test_whether_diwali_worked(clicks, ledger):
    page = clicks.page
    clicks.choose("Period by name", "Diwali 2026, until 31 Oct")  # as far as the data go
    clicks.choose("Compare with", "The same festival before")
    first, last = days_of(page)
    revenue = answer(ledger, ["revenue"], where=Where(first=first, last=last))["revenue"].item()
    expect(kpi(page, "Revenue")).to_have_text(rupees_compact(revenue))
    expect(
        page.get_by_text(re.compile("^Compared with Diwali 2025|^No earlier Diwali"))
    ).to_be_visible()


def test_sending_the_answer_to_a_manager(clicks, visitors):
    page = clicks.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clicks.choose("Period by name", "Last quarter")
    expect(page).to_have_url(re.compile("from="))
    clicks.click(page.get_by_text("Export", exact=True))
    clicks.click(page.get_by_role("button", name="Copy the link to this view"))
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    manager = opened(visitors(), link)
    expect(kpi(manager, "Revenue")).to_have_text(kpi(page, "Revenue").text_content())
    expect(manager.get_by_role("button", name="Clear Period")).to_be_visible()
