"""The menu of saved views in a real browser: saved by name, for everybody who opens these data."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.small import FILES, PAYLOAD, write
from tests.ui.servers import dashboard_serve
from tests.ui.test_overview import choose, kpi, opened


@pytest.fixture
def served(tmp_path):
    """The address, and the folder in which views are kept."""
    saved = tmp_path / "saved"
    environment = {"DASHBOARD_SAVE_TO": str(saved)}
    with dashboard_serve(write(tmp_path / "data"), tmp_path / "log", **environment) as url:
        yield url, saved


def menu(page: Page) -> Locator:
    """The menu, open."""
    found = page.locator("details.menu", has=page.locator("summary", has_text="Views"))
    if found.get_attribute("open") is None:
        found.locator("summary").click()
    return found


def save(page: Page, name: str) -> Locator:
    """Save what is looked at; what is said of it."""
    views = menu(page)
    views.get_by_label("Name of this view").fill(name)
    views.get_by_role("button", name="Save", exact=True).click()
    return views.get_by_role("status")


def entries(page: Page) -> Locator:
    """The links to saved views."""
    return menu(page).get_by_role("list", name="Saved views").get_by_role("link")


def kept(saved: Path) -> dict[str, str]:
    """What stands on the disk: links by their names."""
    (file,) = (saved / "views").glob("*.json")
    return {one["name"]: one["link"] for one in json.loads(file.read_text("utf-8"))["views"]}


def test_a_view_is_saved_and_another_visitor_opens_renames_and_deletes_it(served, page, visitors):
    address, saved = served
    opened(page, address)
    choose(page, "Brand", "Gritzo")
    expect(kpi(page, "Revenue")).to_have_text("₹500")
    expect(save(page, "Kids' drinks")).to_contain_text("Everybody who opens these data sees it")
    assert kept(saved) == {"Kids' drinks": "brand=Gritzo"}
    assert sorted(one.name for one in (saved.parent / "data").iterdir()) == sorted(FILES)

    other = opened(visitors(), address)
    expect(kpi(other, "Revenue")).to_have_text("₹1,000")
    expect(entries(other)).to_have_text(["Kids' drinks"])
    expect(entries(other)).to_have_attribute("href", "?brand=Gritzo")
    entries(other).click()
    expect(kpi(other, "Revenue")).to_have_text("₹500")
    expect(other).to_have_url(re.compile(r"\?brand=Gritzo$"))
    expect(entries(other)).to_be_visible()  # the menu had closed, and opens again

    menu(other).get_by_role("button", name="Rename Kids' drinks").click()
    name = menu(other).get_by_label("New name of Kids' drinks")
    expect(name).to_be_focused()
    name.fill("Gritzo")
    name.press("Enter")
    expect(entries(other)).to_have_text(["Gritzo"])
    assert kept(saved) == {"Gritzo": "brand=Gritzo"}

    page.keyboard.press("Escape")
    expect(entries(page)).to_have_text(["Gritzo"])  # who opens the menu sees what others did

    gone = menu(other).get_by_role("button", name="Delete Gritzo")
    gone.click()
    expect(menu(other).get_by_role("status")).to_contain_text("Press ✕ once more")
    assert kept(saved) == {"Gritzo": "brand=Gritzo"}
    gone.click()
    expect(menu(other).get_by_role("status")).to_have_text("Deleted.")
    expect(entries(other)).to_have_count(0)
    assert kept(saved) == {}


def test_a_name_that_exists_is_asked_about_and_one_that_is_none_refused(served, page):
    address, saved = served
    opened(page, address)
    expect(save(page, "All")).to_contain_text("Saved")
    choose(page, "Platform", "YouTube")
    expect(kpi(page, "Revenue")).to_have_text("₹300")
    expect(save(page, "  all ")).to_contain_text("There is a view “All” already")
    assert kept(saved) == {"All": ""}
    menu(page).get_by_role("button", name="Save", exact=True).click()
    expect(menu(page).get_by_role("status")).to_contain_text("Saved")
    assert kept(saved) == {"all": "platform=YouTube"}

    expect(save(page, "   ")).to_have_text("Give the view a name first.")
    expect(save(page, "Second")).to_contain_text("Saved")
    menu(page).get_by_role("button", name="Rename Second").click()
    name = menu(page).get_by_label("New name of Second")
    name.fill("ALL")
    name.press("Enter")
    expect(menu(page).get_by_role("status")).to_contain_text("There is a view 'ALL' already")
    name.fill(" ")
    name.press("Enter")
    expect(menu(page).get_by_role("status")).to_have_text("Give the view a name first.")
    name.press("Escape")
    expect(menu(page).get_by_role("button", name="Rename Second")).to_be_focused()
    assert sorted(kept(saved)) == ["Second", "all"]


def test_a_hostile_name_is_text_and_a_long_one_is_cut(served, page, visitors):
    address, saved = served
    opened(page, address)
    expect(save(page, PAYLOAD)).to_contain_text("Saved")
    expect(save(page, "x" * 300)).to_contain_text("Saved")
    other = opened(visitors(), address)
    expect(entries(other)).to_have_text([PAYLOAD, "x" * 80])
    menu(other).get_by_role("button", name=f"Rename {PAYLOAD}").click()
    name = menu(other).get_by_label(f"New name of {PAYLOAD}")
    expect(name).to_have_value(PAYLOAD)
    name.press("Escape")
    menu(other).get_by_role("button", name=f"Delete {PAYLOAD}").click()
    expect(menu(other).get_by_role("status")).to_contain_text(PAYLOAD)
    assert page.evaluate("window.__ran") is None
    assert other.evaluate("window.__ran") is None
    assert sorted(kept(saved)) == sorted([PAYLOAD, "x" * 80])


def test_data_of_one_session_have_no_views_and_say_so(served, page, tmp_path):
    address, saved = served
    opened(page, address)
    expect(save(page, "Served")).to_contain_text("Saved")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Data", exact=True).click()
    files = write(tmp_path / "mine", payouts=FILES["payouts.csv"].replace(",100,", ",110,"))
    page.get_by_label("Files of the four tables").set_input_files(sorted(files.glob("*.csv")))
    expect(page.get_by_text("Only in this browser session")).to_be_visible(timeout=30_000)
    views = menu(page)
    expect(views.get_by_text("These data live in this browser session only")).to_be_visible()
    expect(views.get_by_label("Name of this view")).to_be_hidden()
    expect(views.get_by_role("link")).to_have_count(0)
    assert kept(saved) == {"Served": ""}


def test_without_a_place_to_save_the_menu_says_what_would_help(page, tmp_path):
    with dashboard_serve(write(tmp_path / "data"), tmp_path / "log") as address:
        opened(page, address)
        views = menu(page)
        expect(views.get_by_text("dashboard serve --save-to FOLDER")).to_be_visible()
        expect(views.get_by_label("Name of this view")).to_be_hidden()
