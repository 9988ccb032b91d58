"""A visitor's path through the served dashboard: look, narrow, move about, take numbers away."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests import small
from tests.small import PAYLOAD, write
from tests.ui.walking import settled


@contextmanager
def served(place, log, *options):
    """The address of `panel serve dashboard` on this folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "panel", "serve", "dashboard", "--port", str(port), *options]
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            command, env={**_environment(), "DASHBOARD_DATA": str(place)}, stdout=out, stderr=out
        )
        try:
            _wait_for(f"http://localhost:{port}/dashboard", server)
            yield f"http://localhost:{port}/dashboard"
            assert server.poll() is None, log.read_text("utf-8")
        finally:
            server.terminate()
            server.wait(10)
    assert "Traceback" not in log.read_text("utf-8")


def _environment():
    import os

    return os.environ


def _wait_for(address, server):
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=30).close()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"Nothing answers at {address}")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(write(folder / "data"), folder / "log") as url:
        yield url


@pytest.fixture
def overview(page, address):
    """The Overview, all of it painted."""
    return opened(page, address)


def opened(page, url):
    page.goto(url)
    settled(page)
    return page


def kpi(page, label):
    head = page.get_by_role("heading", name=label, exact=True)
    return page.locator("article.kpi", has=head).locator(".value")


def choose(page, label, option):
    """Open a filter and choose one of its options."""
    pick = page.get_by_role("button", name=re.compile(f"^{label}"))
    pick.click()
    page.get_by_role("checkbox", name=option, exact=True).click()
    page.keyboard.press("Escape")


def test_a_visitor_sees_numbers_that_can_be_worked_out_by_hand(overview):
    """1,000 / 250, and for Gritzo 500 / 250: see tests/small.py."""
    expect(kpi(overview, "Revenue")).to_have_text("₹1,000")
    expect(kpi(overview, "ROAS")).to_have_text("4.00×")
    choose(overview, "Brand", "Gritzo")
    expect(kpi(overview, "Revenue")).to_have_text("₹500")
    expect(kpi(overview, "ROAS")).to_have_text("2.00×")
    expect(overview.get_by_role("button", name="Clear Brand").first).to_be_visible()
    expect(overview.get_by_role("status").filter(has_text="Brand: Gritzo")).to_have_count(1)


def test_a_chip_clears_its_filter(overview):
    choose(overview, "Platform", "YouTube")
    expect(kpi(overview, "Revenue")).to_have_text("₹300")
    overview.locator("[data-clear=platform]").click()
    expect(kpi(overview, "Revenue")).to_have_text("₹1,000")
    expect(overview.locator(".chips .none")).to_be_visible()


def test_quick_choices_and_dates_narrow_the_period(overview):
    overview.get_by_role("button", name="Last 30 days").click()
    expect(kpi(overview, "Revenue")).to_have_text("₹700")
    overview.get_by_label("Period to").fill("2026-01-10")
    overview.get_by_label("Period from").fill("2026-01-02")
    expect(kpi(overview, "Revenue")).to_have_text("₹500")
    expect(overview.get_by_text("2 Jan – 10 Jan 2026", exact=True)).to_be_visible()


def test_the_keyboard_reaches_an_option_and_escape_leads_back(overview):
    overview.get_by_role("button", name=re.compile("^Brand")).focus()
    overview.keyboard.press("Enter")
    overview.keyboard.press("Space")
    expect(kpi(overview, "Revenue")).to_have_text("₹500")
    overview.keyboard.press("Escape")
    expect(overview.get_by_role("button", name=re.compile("^Brand"))).to_be_focused()


def test_one_click_leads_from_an_open_filter_to_the_next(overview):
    """The list that closes must not draw the next button away from under the pointer."""
    overview.get_by_role("button", name=re.compile("^Brand")).click()
    overview.get_by_role("checkbox", name="Gritzo", exact=True).click()
    overview.get_by_role("button", name=re.compile("^Platform")).click()
    expect(overview.get_by_role("checkbox", name="YouTube", exact=True)).to_be_visible()
    expect(overview.get_by_role("checkbox", name="Gritzo", exact=True)).to_be_hidden()


def test_figures_have_a_role_and_a_sentence(overview):
    pictures = overview.get_by_role("img")
    expect(pictures).to_have_count(4)
    expect(
        overview.get_by_role("img", name=re.compile("Instagram leads with 4.67×"))
    ).to_have_count(1)


def test_a_filter_without_rows_is_worded(overview):
    overview.get_by_label("Period to").fill("2026-01-20")
    overview.get_by_label("Period from").fill("2026-01-20")
    expect(overview.get_by_text("No rows under these filters").first).to_be_visible()
    expect(kpi(overview, "ROAS")).to_have_text("—")


def test_numbers_can_be_taken_away(overview):
    with overview.expect_download() as download:
        overview.get_by_role("button", name="CSV of ROAS by platform").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.startswith("platform,roas\nInstagram,4.666667\nYouTube,3\n")
    overview.get_by_text("Export", exact=True).click()
    with overview.expect_download() as download:
        overview.locator(".menu [data-export=kpi-cards]").click()
    assert "revenue" in download.value.path().read_text(encoding="utf-8-sig")


def test_pages_are_links_and_back_leads_back(overview):
    overview.get_by_role("link", name="Campaigns").click()
    expect(overview).to_have_url(re.compile(r"\?page=campaigns$"))
    expect(overview.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(overview.locator("section[data-of=campaigns] h2").first).to_be_visible()
    choose(overview, "Brand", "Gritzo")
    expect(overview).to_have_url(re.compile(r"\?page=campaigns&brand=Gritzo$"))
    overview.go_back()
    expect(overview).to_have_url(re.compile(r"\?page=campaigns$"))
    overview.go_back()
    expect(overview.get_by_role("heading", level=1)).to_have_text("Overview")
    expect(kpi(overview, "Revenue")).to_have_text("₹1,000")
    assert overview.title().startswith("Overview")


def test_a_link_to_a_page_opens_it(page, address):
    opened(page, f"{address}?page=campaigns")
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaigns")
    expect(page.locator("section[data-of=campaigns] h2").first).to_be_visible()


def test_an_unknown_page_is_the_first(page, address):
    opened(page, f"{address}?page=%3Cscript%3E")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


TICKS = """() => Bokeh.documents[0].roots().length && [...Bokeh.documents[0]._all_models.values()]
  .filter(model => model.type === "LinearAxis").map(model => model.major_label_text_color?.value
    ?? model.major_label_text_color)"""


def test_dark_follows_the_system_and_the_button(visitors, address):
    page = opened(visitors(color_scheme="dark"), address)
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == (
        "rgb(14, 20, 27)"
    )
    page.wait_for_function(f"({TICKS})().includes('#9aa7b6')")
    page.get_by_role("button", name="Dark theme").click()
    page.wait_for_function(f"({TICKS})().includes('#5b6675')")
    page.reload()
    expect(page.get_by_role("button", name="Dark theme")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [1440, 1024, 390, 320])
def test_no_width_scrolls_sideways(width, visitors, address, screenshot):
    page = opened(visitors(viewport={"width": width, "height": 900}), address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    screenshot(page, f"overview-{width}", whole=True)


def test_on_a_phone_the_filters_are_a_drawer(visitors, address):
    page = opened(visitors(viewport={"width": 390, "height": 844}), address)
    expect(page.get_by_role("link", name="Overview")).to_be_hidden()
    page.get_by_role("button", name="Filters", exact=True).click()
    choose(page, "Brand", "Gritzo")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Overview")).to_be_hidden()
    expect(kpi(page, "Revenue")).to_have_text("₹500")


def test_an_explanation_opens_and_closes(overview):
    overview.get_by_label("What ROAS means").click()
    expect(overview.locator(".kpis").get_by_text("never a mean of row ratios")).to_be_visible()
    overview.keyboard.press("Escape")
    expect(overview.locator(".kpis").get_by_text("never a mean of row ratios")).to_be_hidden()


def test_nothing_is_asked_of_other_machines(overview, guard):
    assert guard.requests
    assert not [url for url in guard.requests if "mathjax" in url.lower()]
    assert guard.faults == []


def test_text_from_data_never_runs(tmp_path, visitors):
    """A payload in every column of text, on every page, under the pointer and in the filters."""
    with served(write(tmp_path / "data", **small.HOSTILE), tmp_path / "log") as url:
        page = opened(visitors(), url)
        page.on("dialog", lambda dialog: pytest.fail(f"A dialog opened: {dialog.message}"))
        choose(page, "Brand", PAYLOAD)
        menu = page.get_by_role("navigation").get_by_role("link")
        for name in menu.all_inner_texts():
            menu.filter(has_text=name).click()
            page.wait_for_timeout(400)
            for picture in page.get_by_role("img").all():
                box = picture.bounding_box()
                if box and box["width"] > 100:
                    for share in (0.3, 0.5, 0.7):
                        picture.hover(
                            position={"x": box["width"] * share, "y": box["height"] * 0.35}
                        )
        assert page.evaluate("window.__ran") is None
        assert not page.locator("a[href^=javascript]").count()
        page.close()


def test_a_page_kept_warm_is_served_again_and_again(tmp_path, visitors):
    options = ("--warm", "--reuse-sessions")
    with served(write(tmp_path / "data"), tmp_path / "log", *options) as url:
        for _ in range(2):
            page = opened(visitors(), url)
            expect(kpi(page, "Revenue")).to_have_text("₹1,000")
            page.close()
        page = opened(visitors(), f"{url}?page=campaigns")
        expect(page.locator("section[data-of=campaigns] h2").first).to_be_visible()
        page.close()


def test_two_visitors_do_not_see_each_others_filters(visitors, address):
    first, second = opened(visitors(), address), opened(visitors(), address)
    choose(first, "Brand", "Gritzo")
    expect(kpi(first, "Revenue")).to_have_text("₹500")
    expect(kpi(second, "Revenue")).to_have_text("₹1,000")
