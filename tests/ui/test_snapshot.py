"""The snapshot opens from disk with the network cut, in both themes, and answers every filter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.dataset import load
from dashboard.export.snapshot import Sharing, write_snapshot
from dashboard.query import Where
from tests import small
from tests.ui.guard import Guard, Visitors
from tests.ui.test_accessibility import findings
from tests.ui.walking import bar

EXAMPLE = Path(__file__).parents[2] / "data"


def opened(page: Page, file: Path, asked: str = "") -> Page:
    """The file, opened from disk without a network, once it answers."""
    page.context.set_offline(True)
    page.goto(file.as_uri() + asked)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    output = tmp_path / "report.html"
    write_snapshot(load(small.write(tmp_path / "data")), Where(), output)
    return output


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_opens_without_a_network(
    tmp_path: Path,
    visitors: Visitors,
    guard: Guard,
    theme: str,
    screenshot: Callable[..., None],
) -> None:
    """Asha: 300 back for 100. Nothing but the file itself is asked for."""
    file = tmp_path / "report.html"
    write_snapshot(load(small.write(tmp_path / "data")), Where(platform=("YouTube",)), file)
    page = opened(visitors(color_scheme=theme), file)
    expect(page.get_by_text("3.00×").first).to_be_visible()
    expect(page.get_by_text("₹300").first).to_be_visible()
    drawn = page.evaluate("Bokeh.documents.flatMap(d => d.roots()).length")
    assert drawn == page.locator(".figure").count() > 0
    assert page.evaluate("document.fonts.load('12px Inter').then(found => found.length)") == 1
    asked = [one for one in guard.requests if not one.startswith(("data:", "blob:"))]
    assert asked == [file.as_uri()]
    screenshot(page, f"snapshot-{theme}", whole=True)


def test_a_filter_changes_the_figures_and_back_opens_it_again(file: Path, page: Page) -> None:
    """In all 1,000 for 250; Bela on Instagram 700 for 150; both by keyboard and mouse."""
    opened(page, file)
    values = page.locator(".kpi .value")
    expect(values.nth(0)).to_have_text("₹1,000")
    page.get_by_role("button", name="Platform").first.click()
    page.get_by_role("checkbox", name="Instagram").check()
    expect(values.nth(0)).to_have_text("₹700")
    expect(values.nth(2)).to_have_text("4.67×")
    expect(page.locator(".chips li b")).to_have_text("Instagram")
    page.go_back()
    expect(values.nth(0)).to_have_text("₹1,000")
    page.go_forward()
    expect(values.nth(0)).to_have_text("₹700")
    page.get_by_role("button", name="Clear all").click()
    expect(values.nth(0)).to_have_text("₹1,000")


def test_a_period_changes_the_figures(file: Path, page: Page) -> None:
    """In February only Whey for 500."""
    opened(page, file)
    page.get_by_label("Period from").fill("2026-02-01")
    expect(page.locator(".kpi .value").nth(0)).to_have_text("₹500")
    expect(page.locator(".kpi .value").nth(2)).to_have_text("—")
    expect(page.locator(".chips li b")).to_have_text("1 Feb 2026")


def test_pages_are_walked_and_a_table_narrows(file: Path, page: Page) -> None:
    opened(page, file)
    page.get_by_role("link", name="Influencers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Influencers")
    table = page.get_by_role("region", name="Influencers, as a table")
    expect(table.locator("tbody tr")).to_have_count(2)
    table.get_by_role("button", name="Asha").click()
    expect(page.locator(".chips li b")).to_have_text("Asha")
    expect(table.locator("tbody tr")).to_have_count(2)  # a table shows what it is narrowed by
    page.get_by_role("link", name="Overview").click()
    expect(page.locator(".kpi .value").nth(0)).to_have_text("₹300")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Influencers")


def test_a_table_is_sorted_and_searched(file: Path, page: Page) -> None:
    opened(page, file, "#page=influencers")
    names = page.locator(".rows tbody th")
    expect(names).to_have_text(["Bela", "Asha"])  # by revenue
    page.get_by_role("button", name="Influencer", exact=True).last.click()
    expect(names).to_have_text(["Asha", "Bela"])
    page.locator('.rows [data-sort="roas"]').click()
    expect(names).to_have_text(["Bela", "Asha"])
    page.locator('.rows [data-sort="roas"]').click()
    expect(names).to_have_text(["Asha", "Bela"])
    page.get_by_label("Search influencers").fill("BEL")
    expect(names).to_have_text(["Bela"])


def test_a_chart_is_a_table_too_and_follows_the_filters(file: Path, page: Page) -> None:
    """Instagram 700 for 150, YouTube 300 for 100; the table has the words of the dashboard's."""
    opened(page, file)
    page.get_by_role("button", name="ROAS by platform as a table").click()
    table = page.get_by_role("region", name="ROAS by platform, as a table")
    expect(table.locator("thead th")).to_have_text(["Platform", "ROAS"])
    expect(table.locator("tbody th")).to_have_text(["Instagram", "YouTube"])
    expect(table.locator("td")).to_have_text(["4.67×", "3.00×"])
    assert findings(page) == []
    page.get_by_label("Period from").fill("2026-02-01")
    expect(table.locator("td")).to_have_text(["—"])
    page.get_by_role("button", name="Clear all").click()
    page.get_by_role("button", name="Revenue and spend as a table").click()
    course = page.get_by_role("region", name="Revenue and spend, as a table")
    expect(course.locator("tbody th").first).to_have_text("1 Jan 2026")
    page.get_by_role("button", name="ROAS by platform as a table").click()
    expect(table).to_be_hidden()


def test_numbers_are_taken_away_and_no_spreadsheet_runs_them(tmp_path: Path, page: Page) -> None:
    """With the filters and the version below; our own import reads the file as it was."""
    file, formula = tmp_path / "report.html", "=HYPERLINK(A1), or so"
    place = small.write(
        tmp_path / "data", influencers=small.INFLUENCERS.replace("Asha", f'"{formula}"')
    )
    data = load(place)
    write_snapshot(data, Where(brand=("Gritzo",)), file)
    opened(page, file, "#page=influencers&brand=Gritzo")
    with page.expect_download() as taken:
        page.get_by_role("button", name="CSV of Influencers").click()
    assert taken.value.suggested_filename == "influencers-2026-02-01.csv"
    text = Path(taken.value.path()).read_text("utf-8")
    assert text.startswith("\ufeffinfluencer,platform,category,gender,tier,revenue,spend,roas,")
    rows = text.removeprefix("\ufeff").splitlines()
    assert rows[1].startswith(f'"\'{formula}",YouTube,Fitness,Female,nano,300,100,3,')
    assert rows[2].startswith("Bela,Instagram,Parenting,Female,micro,200,150,1.333333,")
    assert rows[3:] == [
        "",
        "# Influencers",
        "# Brand: Gritzo.",
        f'"# {data.stamp}"'.replace('"', '"' if "," in data.stamp else ""),
    ]


def test_a_bar_that_is_clicked_narrows_the_page(file: Path, page: Page) -> None:
    opened(page, file)
    figure = page.locator('[data-view="overview-roas-by-platform"] .figure')
    figure.scroll_into_view_if_needed()
    place = bar(figure, "Instagram")
    page.mouse.click(*place)
    expect(page.locator(".chips li b")).to_have_text("Instagram")
    page.wait_for_timeout(600)  # two clicks, not a double click
    page.mouse.click(*bar(figure, "Instagram"))
    expect(page.locator(".chips .none")).to_be_visible()


def test_a_link_opens_the_same_view(file: Path, visitors: Visitors) -> None:
    page = opened(
        visitors(), file, "#page=campaigns&platform=YouTube&from=2026-01-01&to=2026-01-31"
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(page.locator(".chips li b")).to_have_text(["1 Jan – 31 Jan 2026", "YouTube"])
    other = opened(visitors(), file, "#platform=Nowhere&from=never&by=century")
    expect(other.locator(".chips .none")).to_be_visible()


def test_without_payouts_it_says_so(tmp_path: Path, page: Page) -> None:
    file = tmp_path / "report.html"
    dataset = load(small.write(tmp_path / "data"))
    write_snapshot(dataset, Where(), file, sharing=Sharing(payouts=False))
    opened(page, file)
    expect(page.locator(".kpi .value")).to_have_text(["₹1,000", "4", "₹250", "2", "3,000", "—"])
    expect(page.locator(".kpi .note").nth(5)).to_contain_text("made without what was paid")
    expect(page.locator(".about")).to_contain_text("What was paid is left out")
    for name in ("Campaigns", "Influencers", "Definitions"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.locator(".sheet:visible .state.refused")).to_have_count(0)
    page.get_by_role("link", name="Influencers").click()
    expect(page.get_by_text("2 creators in view.")).to_be_visible()
    expect(page.get_by_text("gave the money back")).to_have_count(0)


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_serious(
    tmp_path: Path, visitors: Visitors, theme: str, width: int
) -> None:
    """Every page, the drawer of a narrow screen, a list of options, and nothing is cut off."""
    file = tmp_path / "report.html"
    write_snapshot(load(EXAMPLE), Where(), file)
    page = visitors(color_scheme=theme, viewport={"width": width, "height": 900})
    opened(page, file)
    for name in ("overview", "campaigns", "influencers", "definitions"):
        page.evaluate("name => { location.hash = `page=${name}&platform=YouTube` }", name)
        expect(page.locator("h1")).to_have_text(name.capitalize())
        page.wait_for_timeout(700)  # what Bokeh draws is named a moment later
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    if width < 860:
        page.get_by_role("button", name="Filters", exact=True).click()
    page.get_by_role("button", name="Brand").click()
    assert findings(page) == []


def test_text_from_data_never_runs(tmp_path: Path, visitors: Visitors) -> None:
    """A script in every column of text, in the filters and in the file's name."""
    file = tmp_path / "a<img src=x onerror=window.__ran=1>.html"
    dataset = load(small.write(tmp_path / "data", **small.HOSTILE))
    write_snapshot(dataset, Where(brand=(small.PAYLOAD,)), file)
    page = opened(visitors(), file)
    for name in ("Overview", "Campaigns", "Influencers", "Definitions"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_text(small.PAYLOAD).first).to_be_visible()
        for figure in page.locator(".figure").all():
            box = figure.bounding_box()
            if box and box["width"] > 100:
                figure.hover(position={"x": box["width"] * 0.5, "y": box["height"] * 0.4})
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Product").click()
    expect(page.get_by_role("checkbox", name=small.PAYLOAD)).to_be_visible()
    assert page.evaluate("window.__ran") is None


def test_a_file_that_was_cut_short_says_so(file: Path, page: Page, guard: Guard) -> None:
    guard.expect("")  # what it says in the console is its own affair
    text = file.read_text("utf-8")
    start = text.index('id="ledger">') + 12
    file.write_text(text[:start] + text[start + 40 :], "utf-8")
    page.goto(file.as_uri())
    expect(page.get_by_role("alert").filter(has_text="could not be read")).to_be_visible()
