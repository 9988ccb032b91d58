"""What changed: chosen with the keyboard, seen on the cards and beside the figures of tables."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import worlds
from tests.compared_world import TABLES
from tests.ui.servers import dashboard_serve

NOW = "from=2026-01-11&to=2026-01-20"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of the world of tests/compared_world.py."""
    folder = tmp_path_factory.mktemp("compared")
    (folder / "data").mkdir()
    with dashboard_serve(worlds.folder(folder / "data", **TABLES), folder / "log") as url:
        yield url


def heads(page: Page) -> list[str]:
    """The columns of the campaigns that are in view."""
    table = page.get_by_role("region", name="Campaigns", exact=True).first
    return table.locator(".tabulator-col:visible .tabulator-col-title").all_inner_texts()


def campaign(page: Page, name: str) -> Locator:
    """The row of a campaign."""
    cell = page.locator(".tabulator-cell").get_by_text(name, exact=True)
    return page.locator(".tabulator-row:visible").filter(has=cell)


def test_a_card_says_its_change_and_the_keyboard_chooses_against_what(
    page: Page, address: str
) -> None:
    """850 after 480; there is no year before."""
    page.goto(f"{address}?{NOW}")
    card = page.locator("article.kpi", has=page.get_by_role("heading", name="Revenue", exact=True))
    expect(card.locator(".change b")).to_have_text("▲ +77.1 %")
    expect(card.locator(".change b")).to_have_class("good")
    expect(card.locator(".sr")).to_have_text(
        "Revenue up 77.1 % against 1 Jan – 10 Jan 2026, the 10 days before; it was ₹480."
    )
    choice = page.get_by_label("Compare with")
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".against")).to_contain_text("too late to compare with a year before")
    expect(card.locator(".change")).to_have_count(0)
    expect(page).to_have_url(re.compile("compare=year"))
    page.keyboard.press("ArrowUp")
    expect(card.locator(".change b")).to_have_text("▲ +77.1 %")


def test_no_card_is_wider_than_its_place(page: Page, address: str) -> None:
    """The longest change stands beside a line that gives way."""
    page.goto(f"{address}?{NOW}")
    expect(page.locator(".change").first).to_be_visible()
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        wide = page.locator("article.kpi").evaluate_all(
            "cards => cards.filter(card => card.scrollWidth > card.clientWidth).length"
        )
        assert wide == 0, width


def test_changes_stand_beside_a_tables_figures_while_something_is_compared(
    page: Page, address: str
) -> None:
    """A 500 after 400 for 50 after 40; B is new."""
    page.goto(f"{address}?page=campaigns&{NOW}")
    row, new = (campaign(page, name) for name in "AB")
    change = row.locator("span[title='Before: ₹400.00']")
    expect(change).to_have_text("▲ +25.0 %")
    expect(change).to_have_class("good")
    expect(row.locator("span[title='Before: ₹40.00']")).to_have_class("still")
    expect(row).to_contain_text("±0.00×")
    expect(new.locator("span.still:visible", has_text="new")).to_have_count(4)
    assert heads(page)[1:9] == [
        "Revenue", "Revenue change", "Spend", "Spend change", "ROAS", "ROAS change",
        "Profit before product cost", "Profit change",
    ]  # fmt: skip
    page.get_by_label("Compare with").select_option("Nothing")
    expect(page.get_by_text("Revenue change", exact=True)).to_be_hidden()
    assert [head for head in heads(page) if "change" in head] == []
