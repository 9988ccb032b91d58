"""The link is the state, in a real browser: click a mark, go back, copy the address."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.small import write
from tests.ui.servers import dashboard_serve
from tests.ui.test_overview import choose, kpi, opened

CENTRE = """([name, at]) => {
  const views = [...Object.values(Bokeh.index.get_by_id ?? {}), ...Bokeh.index.roots]
  const found = (view) => {
    if (view.model.type === "Figure" && view.model.name === name) return view
    for (const child of view.child_views ?? []) { const one = found(child); if (one) return one }
  }
  const view = views.map(found).find(one => one)
  const glyphs = view.model.renderers.find(one => one.glyph?.type === "HBar")
  const source = glyphs.data_source.data
  const place = source.full.indexOf(at)
  const box = view.el.getBoundingClientRect()
  const x = view.frame.x_scale.compute(source.end[place] / 2)
  const y = view.frame.y_scale.compute(source.name[place])
  return [box.left + x, box.top + y]
}"""
"""Where the middle of a bar is on the screen."""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with dashboard_serve(write(folder / "data"), folder / "log") as url:
        yield url


def click_bar(page: Page, chart: str, bar: str) -> None:
    """Click the middle of a bar of a chart."""
    page.locator("body").evaluate("() => document.activeElement?.blur()")
    card = page.get_by_role("img", name=re.compile("^ROAS by platform"))
    card.first.scroll_into_view_if_needed()
    x, y = page.evaluate(CENTRE, [chart, bar])
    page.mouse.click(x, y)


def test_a_click_on_a_bar_filters_the_page_and_a_second_clears(page, address):
    opened(page, address)
    click_bar(page, "roas-by-platform", "YouTube")
    expect(kpi(page, "Revenue")).to_have_text("₹300")
    expect(page).to_have_url(re.compile(r"\?platform=YouTube$"))
    expect(page.get_by_role("button", name="Clear Platform")).to_be_visible()
    page.wait_for_timeout(600)  # sooner it would be a double click
    click_bar(page, "roas-by-platform", "YouTube")
    expect(kpi(page, "Revenue")).to_have_text("₹1,000")
    expect(page).to_have_url(address)


def test_back_and_forward_walk_through_what_was_looked_at(page, address):
    opened(page, address)
    choose(page, "Brand", "Gritzo")
    expect(kpi(page, "Revenue")).to_have_text("₹500")
    choose(page, "Platform", "YouTube")
    expect(kpi(page, "Revenue")).to_have_text("₹300")
    expect(page).to_have_url(re.compile(r"platform=YouTube$"))
    page.go_back()
    expect(kpi(page, "Revenue")).to_have_text("₹500")
    expect(page).to_have_url(re.compile(r"\?brand=Gritzo$"))
    page.go_back()
    expect(kpi(page, "Revenue")).to_have_text("₹1,000")
    expect(page).to_have_url(address)
    page.go_forward()
    page.go_forward()
    expect(kpi(page, "Revenue")).to_have_text("₹300")
    expect(page).to_have_url(re.compile(r"\?brand=Gritzo&platform=YouTube$"))


def test_what_was_not_yet_written_when_one_went_back_is_not_written(page, address):
    opened(page, address)
    page.evaluate(
        """() => {
          roi.stand("brand=Gritzo", false)
          dispatchEvent(new PopStateEvent("popstate"))
        }"""
    )
    page.wait_for_timeout(300)  # it would have been long since
    expect(page).to_have_url(address)


def test_a_page_in_another_tab_shows_what_is_about_to_be_written(page, address):
    opened(page, address)
    link = page.evaluate(
        """() => {
          const link = document.querySelector("nav a[data-goto=campaigns]")
          roi.stand("brand=Gritzo", false)
          link.dispatchEvent(new Event("pointerover", { bubbles: true }))
          return link.href
        }"""
    )
    assert link.endswith("?page=campaigns&brand=Gritzo")


def test_the_state_survives_a_change_of_page_and_a_copied_link_opens_the_same(
    page, visitors, address
):
    opened(page, address)
    choose(page, "Brand", "Gritzo")
    expect(kpi(page, "Revenue")).to_have_text("₹500")
    page.get_by_role("link", name="Campaigns").click()
    expect(page).to_have_url(re.compile(r"\?page=campaigns&brand=Gritzo$"))
    page.get_by_role("combobox", name="Campaign").first.wait_for()
    other = opened(visitors(), page.url)
    expect(other.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()
    expect(other.get_by_role("button", name="Clear Brand")).to_be_visible()
    other.get_by_role("link", name="Overview").click()
    expect(kpi(other, "Revenue")).to_have_text("₹500")
    expect(other).to_have_url(re.compile(r"\?brand=Gritzo$"))


def test_a_bad_value_in_a_link_is_said_and_the_good_ones_are_kept(page, address):
    opened(page, f"{address}?brand=Gritzo&platform=MySpace&from=soon")
    expect(kpi(page, "Revenue")).to_have_text("₹500")
    expect(page.get_by_text("'MySpace'")).to_be_visible()
    expect(page.get_by_text("'soon' is no day")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?brand=Gritzo$"))
