"""The tools of a chart's card in a real browser: table, CSV, picture, steps, explanation."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.small import HOSTILE, PAYLOAD, write
from tests.ui.servers import dashboard_serve
from tests.ui.test_overview import choose, opened

CARD = {"light": (255, 255, 255), "dark": (22, 30, 40)}
BLUE = {"light": (0, 114, 178), "dark": (86, 180, 233)}
BARS = "ROAS by platform"
TIMELINE = """() => [...Bokeh.documents[0]._all_models.values()]
  .find(model => model.type === "Figure" && model.name === "revenue-and-spend")"""
POINTS = f"() => ({TIMELINE})().renderers[0].data_source.data.time.length"
FOCUSED = """() => {
  let one = document.activeElement
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement
  return one?.getAttribute("aria-label") ?? one?.tagName
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with dashboard_serve(write(folder / "data"), folder / "log") as url:
        yield url


@pytest.fixture
def overview(page, address):
    return opened(page, address)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def table(page, title=BARS):
    return page.get_by_role("region", name=f"{title}, as a table")


def downloaded(page, name):
    """What a button saves, and under what name."""
    with page.expect_download() as download:
        button(page, name).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


def picture(page, title):
    name, content = downloaded(page, f"Picture of {title} (PNG)")
    return name, Image.open(io.BytesIO(content)).convert("RGB")


def share(image, colour):
    """How much of a picture has a colour."""
    found = {one: count for count, one in image.getcolors(image.width * image.height)}
    return found.get(colour, 0) / (image.width * image.height)


def test_a_chart_turns_into_a_table_that_follows_the_filters(overview):
    """700 / 150 and 300 / 100; of Gritzo 200 / 150."""
    box = overview.get_by_role("img", name=re.compile(f"^{BARS}")).bounding_box()
    button(overview, f"{BARS} as a table").click()
    expect(table(overview).get_by_role("row")).to_have_text(
        [re.compile("Platform"), re.compile("Instagram\\s*4.67×"), re.compile("YouTube\\s*3.00×")]
    )
    assert table(overview).bounding_box() == box
    choose(overview, "Brand", "Gritzo")
    expect(table(overview).get_by_role("row").last).to_have_text(re.compile("Instagram\\s*1.33×"))
    button(overview, f"{BARS} as a table").click()
    expect(table(overview)).to_be_hidden()
    expect(overview.get_by_role("img", name=re.compile(f"^{BARS}"))).to_be_visible()


def test_nothing_moves_when_a_chart_turns(overview):
    """Cards stay as high as they were, as charts, as tables, and as tables under a filter."""
    heights = """() => [...document.querySelectorAll(".page:not([inert])")]
      .map(page => page.getBoundingClientRect().height)"""
    before = overview.evaluate(heights)
    for title in (BARS, "Personas: ROAS", "Spend against revenue", "Revenue and spend"):
        button(overview, f"{title} as a table").click()
        expect(table(overview, title)).to_be_visible()
    assert overview.evaluate(heights) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("title", [BARS, "Revenue and spend"])
def test_a_picture_is_the_figure_at_two_pixels_for_one(title, theme, visitors, address):
    """With room of 20 at both sides, in the theme in view, on the card's own background."""
    page = opened(visitors(color_scheme=theme), address)
    page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")
    box = page.get_by_role("img", name=re.compile(f"^{title}\\.")).bounding_box()
    name, image = picture(page, title)
    assert name == f"{title.lower().replace(' ', '-')}-2026-02-01.png"
    assert abs(image.width - 2 * (box["width"] + 40)) <= 2  # whole pixels
    assert image.height > 2 * (box["height"] + 60)
    assert image.getpixel((0, 0)) == image.getpixel((image.width - 1, image.height - 1))
    assert image.getpixel((0, 0)) == CARD[theme]
    assert share(image, BLUE[theme]) > (0.03 if title == BARS else 0.0005)
    assert 0.5 < share(image, CARD[theme]) < 0.98
    for top, bottom in ((0, 2 * 60), (image.height - 2 * 50, image.height)):
        words = image.crop((0, top, image.width, bottom))
        assert len(words.getcolors(words.width * words.height)) > 20, "no words there"


def test_a_picture_of_a_chart_seen_as_a_table_is_its_figure(overview):
    button(overview, f"{BARS} as a table").click()
    expect(table(overview)).to_be_visible()
    choose(overview, "Brand", "Gritzo")
    expect(table(overview).get_by_role("row").last).to_have_text(re.compile("1.33×"))
    _, image = picture(overview, BARS)
    assert share(image, BLUE["light"]) > 0.03
    assert overview.evaluate("devicePixelRatio") == 1


def test_the_numbers_of_a_chart_are_a_file_that_says_what_it_is(overview):
    choose(overview, "Brand", "Gritzo")
    expect(overview.get_by_role("button", name="Clear Brand").first).to_be_visible()
    name, content = downloaded(overview, f"CSV of {BARS}")
    text = content.decode("utf-8-sig")
    assert name == "roas-by-platform-2026-02-01.csv"
    assert text.startswith("platform,roas\nYouTube,3\nInstagram,1.333333\n")
    assert "# Brand: Gritzo." in text
    assert re.search(r"# Data until 1 Feb 2026 · .* · no rows set aside", text)


def test_days_weeks_and_months_by_hand(overview):
    """32 days of five weeks and two months."""
    assert overview.evaluate(POINTS) == 32
    for name, points in (("Week", 5), ("Month", 2), ("Day", 32)):
        chosen = button(overview, f"By {name.lower()}")
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        overview.wait_for_function(f"({POINTS})() === {points}")
        expect(overview.get_by_text(f"of spend, by {name.lower()}.")).to_be_visible()
    assert "by=day" in overview.url


def test_the_keyboard_alone_reaches_every_tool(overview):
    """The explanation opens and closes; the focus stays on a button that draws its card anew."""
    overview.get_by_label(f"What {BARS} means").focus()
    overview.keyboard.press("Enter")
    meaning = overview.get_by_text("ROAS = revenue ÷ spend").locator("visible=true")
    expect(meaning).to_have_count(1)
    overview.keyboard.press("Escape")
    expect(meaning).to_have_count(0)
    overview.keyboard.press("Tab")
    assert overview.evaluate(FOCUSED) == f"{BARS} as a table"
    overview.keyboard.press("Enter")
    expect(table(overview)).to_be_visible()
    expect(button(overview, f"{BARS} as a table")).to_be_focused()
    reached = []
    for _ in range(3):
        overview.keyboard.press("Tab")
        reached.append(overview.evaluate(FOCUSED))
    assert reached == [f"CSV of {BARS}", f"Picture of {BARS} (PNG)", f"{BARS}, as a table"]
    button(overview, f"{BARS} as a table").focus()
    overview.keyboard.press("Space")
    expect(table(overview)).to_be_hidden()
    expect(button(overview, f"{BARS} as a table")).to_be_focused()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_tools_are_large_enough_and_stay_in_their_card(width, visitors, address):
    page = opened(visitors(viewport={"width": width, "height": 900}), address)
    for name in ("overview", "campaigns", "influencers", "posts"):
        page.goto(f"{address}?page={name}")
        expect(page.locator(f"section[data-of={name}] .tools button").first).to_be_visible()
        page.wait_for_function("window.Bokeh?.documents?.[0]?.is_idle")
        tools = page.locator(".tools button, .steps button, .tip summary").locator("visible=true")
        for tool in tools.all():
            box = tool.bounding_box()
            assert box["width"] >= 24, tool
            assert box["height"] >= 24, tool
            assert box["x"] >= 0, tool
            assert box["x"] + box["width"] <= width, tool


def test_hostile_names_stay_text_in_tables_and_pictures(tmp_path, visitors):
    with dashboard_serve(write(tmp_path / "data", **HOSTILE), tmp_path / "log") as url:
        page = opened(visitors(), url)
        button(page, f"{BARS} as a table").click()
        expect(table(page).get_by_text(PAYLOAD, exact=True)).to_be_visible()
        picture(page, BARS)
        assert page.evaluate("window.__ran") is None
        page.close()
