"""A visitor types gross margins and follows an alert, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page, expect

from tests.ui.walking import opened, waited

BRANDS = ("TrueBasics", "MuscleBlaze", "HKVitals", "Gritzo")


def margin_of(page: Page, name: str):
    return page.get_by_role("spinbutton", name=f"Gross margin of {name} in percent")


def test_margins_typed_on_the_data_page_move_break_even_everywhere(example: str, page: Page):
    """At 50 % of everything a rupee of spend needs two of revenue."""
    data = opened(page, example, "Data")
    for name in BRANDS:
        margin_of(page, name).fill("50")
        margin_of(page, name).press("Tab")
        expect(data.get_by_text(f"{name}: 50 %.")).to_be_visible()
    expect(data.get_by_text("ROAS 2.00× breaks even over all")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    overview = waited(page, "Overview")
    expect(overview.get_by_text("break-even, 2.00× by gross margin")).to_be_visible()
    expect(overview.get_by_text(re.compile("earn .* after product cost"))).to_be_visible()
    page.get_by_role("link", name="Data").click()
    waited(page, "Data")
    margin_of(page, "Gritzo").fill("")
    margin_of(page, "Gritzo").press("Enter")
    expect(page.get_by_text("No gross margin is set for Gritzo")).to_be_visible()


def test_a_margin_that_is_none_is_refused_where_it_was_typed(example: str, page: Page):
    data = opened(page, example, "Data")
    box = margin_of(page, "Gritzo")
    for wrong in ("101", "-1", "33.333"):
        box.fill(wrong)
        box.press("Enter")
        expect(data.get_by_text("Gritzo: a percent from 0 to 100")).to_be_visible()
        expect(box).to_have_attribute("aria-invalid", "true")
    box.fill("33.33")
    box.press("Enter")
    expect(data.get_by_text("Gritzo: 33.33 %.")).to_be_visible()
    expect(box).not_to_have_attribute("aria-invalid", "true")


def test_the_cursor_stays_where_the_visitor_types_on(example: str, page: Page):
    opened(page, example, "Data")
    margin_of(page, "TrueBasics").fill("40")
    page.keyboard.press("Tab")
    expect(page.get_by_text("TrueBasics: 40 %.")).to_be_visible()
    expect(margin_of(page, "MuscleBlaze")).to_be_focused()


def test_margins_are_each_visitors_own(example: str, visitors):
    mine, theirs = visitors(), visitors()
    opened(mine, example, "Data")
    margin_of(mine, "Gritzo").fill("40")
    margin_of(mine, "Gritzo").press("Enter")
    expect(mine.get_by_text("Gritzo: 40 %.")).to_be_visible()
    opened(theirs, example, "Data")
    expect(margin_of(theirs, "Gritzo")).to_have_value("")


def test_a_copied_link_opens_with_the_margins_that_were_typed(example: str, visitors):
    """On another page, in another session; back in the browser takes a margin away again."""
    mine, theirs = visitors(), visitors()
    opened(mine, example, "Data")
    for name in BRANDS:
        margin_of(mine, name).fill("50")
        margin_of(mine, name).press("Enter")
        expect(mine.get_by_text(f"{name}: 50 %.")).to_be_visible()
    mine.get_by_role("link", name="Overview").click()
    waited(mine, "Overview")
    assert parse_qs(urlsplit(mine.url).query)["margin"] == sorted(f"{name}:50" for name in BRANDS)
    theirs.goto(mine.url)
    overview = waited(theirs, "Overview")
    expect(overview.get_by_text("break-even, 2.00× by gross margin")).to_be_visible()
    theirs.get_by_role("link", name="Data").click()
    waited(theirs, "Data")
    expect(margin_of(theirs, "Gritzo")).to_have_value("50")
    margin_of(theirs, "Gritzo").fill("25")
    margin_of(theirs, "Gritzo").press("Enter")
    expect(theirs.get_by_text("Gritzo: 25 %.")).to_be_visible()
    assert "margin=Gritzo%3A25" in theirs.url
    theirs.go_back()
    expect(margin_of(theirs, "Gritzo")).to_have_value("50")


def test_a_bad_margin_in_a_link_is_said_and_the_good_one_is_kept(example: str, page: Page):
    page.goto(f"{example}?page=data&margin=Gritzo:40&margin=Gritso:40&margin=HKVitals:140")
    waited(page, "Data")
    expect(page.get_by_text("nothing that is sold here is called 'Gritso'")).to_be_visible()
    expect(page.get_by_text("it must be a percent from 0 to 100")).to_be_visible()
    expect(margin_of(page, "Gritzo")).to_have_value("40")
    expect(margin_of(page, "HKVitals")).to_have_value("")
    expect(page).to_have_url(re.compile(r"\?page=data&margin=Gritzo%3A40$"))


def test_poor_roi_follows_gross_margins_until_a_number_is_typed(example: str, page: Page):
    """The field is empty at break-even; what is typed stands in the link, cleared it is gone."""
    page.goto(f"{example}?page=influencers&{urlencode([('margin', f'{b}:50') for b in BRANDS])}")
    page = waited(page, "Influencers")
    field = page.get_by_role("spinbutton", name="ROAS below")
    expect(field).to_have_value("")
    expect(field).to_have_attribute("placeholder", "break-even")
    expect(page.get_by_text("below break-even by gross margin,")).to_be_visible()
    field.fill("1.5")
    expect(page.get_by_text("are below 1.50×,")).to_be_visible()
    field.fill("")
    expect(page.get_by_text("below break-even by gross margin,")).to_be_visible()
    expect(field).to_have_value("")


def test_an_alert_opens_what_it_is_about_by_keyboard(example: str, page: Page):
    overview = opened(page, example, "Overview")
    alerts = overview.get_by_role("list", name="Alerts, the worst first")
    expect(alerts.get_by_role("listitem")).to_have_count(10)
    first = alerts.get_by_role("listitem").first
    expect(first).to_contain_text("Gritzo_TallTeenShake_2 stands at ROAS")
    first.get_by_role("link", name="Campaigns of Campaign Gritzo_TallTeenShake_2").focus()
    page.keyboard.press("Enter")
    waited(page, "Campaigns")
    expect(page.get_by_role("button", name="Clear Campaign")).to_be_visible()
    assert "page=campaigns" in page.url
    assert "campaign=Gritzo_TallTeenShake_2" in page.url
    page.go_back()
    waited(page, "Overview")
