"""Each chart is also a table, numbers to take away and a picture, and says what it measures."""

import datetime as dt
import re
from html.parser import HTMLParser
from zipfile import ZipFile

import panel as pn
import polars as pl
import pytest
from typer.testing import CliRunner

from dashboard.app import App
from dashboard.cli.commands import app as cli
from dashboard.dataset import load
from dashboard.export.snapshot import snapshot
from dashboard.metrics import METRICS
from dashboard.query import Where
from dashboard.state import Explorer
from dashboard.views.bars import RevenueByCampaign, RoasByPlatform
from dashboard.views.card import Card
from dashboard.views.numbers import MOST, numbers_of
from dashboard.views.personas import Personas
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.timeline import RevenueAndSpend, steps
from dashboard.views.top import TopInfluencers
from tests.small import HOSTILE, PAYLOAD, TRACKING_DATA, write
from tests.viewed import CHARTS, explorer_of, markup_of, shown


class Cells(HTMLParser):
    """The rows of a table, as the words in their cells."""

    def __init__(self, markup):
        super().__init__()
        self.rows, self.inside = [], False
        self.feed(str(markup))

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
        self.inside = tag in {"td", "th"}

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, text):
        if self.inside:
            self.rows[-1][-1] += text


def table_of(chart):
    """The rows of the table that stands in place of the figure."""
    return Cells(chart.panel[-1].object).rows


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


@pytest.fixture
def app(dataset):
    """The Overview, and what was sent to its browser."""
    made = App(dataset, strict=True)
    made.template()
    made.sent = []
    made.actions._send_msg = made.sent.append
    return made


# ------------------------------------------------------------------------------- as a table


def test_the_table_holds_the_numbers_of_the_bars(explorer):
    """Instagram 700 / 150 = 4.67, YouTube 300 / 100 = 3."""
    chart = shown(RoasByPlatform(explorer))
    chart.turn()
    assert table_of(chart) == [["Platform", "ROAS"], ["Instagram", "4.67×"], ["YouTube", "3.00×"]]


def test_the_table_follows_the_filters(explorer):
    """Of Gritzo: Bela 200 / 150, Asha 300 / 100."""
    chart = shown(RoasByPlatform(explorer))
    chart.turn()
    shown(chart, brand=["Gritzo"])
    assert table_of(chart)[1:] == [["YouTube", "3.00×"], ["Instagram", "1.33×"]]


def test_a_table_says_every_amount_in_full(tmp_path):
    """12,34,567.50 rupees in Indian groups, not ₹12.35 L."""
    tracking = TRACKING_DATA.replace(",2,300\n", ",2,1234567.50\n")
    chart = shown(RevenueByCampaign(explorer_of(tmp_path, tracking_data=tracking)))
    chart.turn()
    assert ["Gritzo_Kids_1", "₹12,34,767.50"] in table_of(chart)


def test_the_table_of_the_scatter_has_the_most_spend_first(explorer):
    chart = shown(SpendAgainstRevenue(explorer))
    chart.turn()
    assert table_of(chart) == [
        ["Influencer", "Tier", "Spend", "Revenue", "ROAS", "Influencer id"],
        ["Bela", "micro", "₹150.00", "₹700.00", "4.67×", "2"],
        ["Asha", "nano", "₹100.00", "₹300.00", "3.00×", "1"],
    ]


def test_the_table_of_a_month_names_it(explorer):
    """January: 300 + 200, Asha's 100 and Bela's 150; February: 500."""
    explorer.step = "month"
    chart = shown(RevenueAndSpend(explorer))
    chart.turn()
    assert table_of(chart)[1:] == [
        ["January 2026", "₹500.00", "₹250.00"],
        ["February 2026", "₹500.00", "₹0.00"],
    ]


def test_an_undefined_figure_is_a_dash_in_the_table(tmp_path):
    payouts = "influencer_id,basis,total_payout\n1,order,100\n"
    chart = shown(Personas(explorer_of(tmp_path, payouts=payouts)))
    chart.turn()
    assert ["Parenting", "Female", "—"] in table_of(chart)


@pytest.mark.parametrize(("rows", "kept"), [(MOST, MOST), (MOST + 1, MOST)])
def test_a_long_table_is_cut_and_says_so(rows, kept):
    frame = pl.DataFrame({"platform": [f"P{i}" for i in range(rows)], "orders": range(rows)})
    table = numbers_of(frame, "Orders")
    assert len(Cells(table).rows) == kept + 1
    assert ("The first 200 of 201 rows are shown; the CSV holds them all." in table) == (
        rows > MOST
    )


def test_a_table_has_headers_for_who_cannot_see_it(explorer):
    chart = shown(RoasByPlatform(explorer))
    chart.turn()
    table = chart.panel[-1].object
    assert table.count('scope="col"') == 2
    assert table.count('scope="row"') == 2
    assert 'aria-label="ROAS by platform, as a table" tabindex="0"' in table
    assert '<caption class="sr">ROAS by platform</caption>' in table


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_every_chart_turns_into_a_table_and_back(kind, explorer):
    """The button says which is seen; the figure stays where it is, hidden from screen readers."""
    chart = shown(kind(explorer))
    seen = []
    for _ in range(3):
        head = chart.panel[0].object
        pressed = re.search(rf'data-table="{chart.name}"[^>]*aria-pressed="(\w+)"', head)[1]
        figure = chart.figure.html_attributes["aria-hidden"]
        place = list(chart.panel).index(chart.panel.select(pn.pane.Bokeh)[0])
        seen.append((pressed, figure, [one.visible for one in chart.panel[place + 1 :]]))
        chart.turn()
    assert seen == [("false", "false", []), ("true", "true", [True]), ("false", "false", [False])]


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_no_name_in_a_table_is_markup(kind, tmp_path):
    chart = shown(kind(explorer_of(tmp_path, **HOSTILE)))
    chart.turn()
    text = markup_of(chart.panel)
    assert "<img" not in text
    assert "<script" not in text


def test_hostile_names_stand_in_the_table_as_text(tmp_path):
    chart = shown(RevenueByCampaign(explorer_of(tmp_path, **HOSTILE)))
    chart.turn()
    assert [PAYLOAD, "₹300.00"] in table_of(chart)


# ------------------------------------------------------------------------------- what is meant


def test_a_chart_says_what_its_metric_means(explorer):
    head = shown(RoasByPlatform(explorer)).panel[0].object
    assert "What ROAS by platform means" in head
    assert head.count("never a mean of row ratios") == 2  # on the name, and for who asks
    assert "ROAS = revenue ÷ spend" in head


def test_a_total_needs_no_formula(explorer):
    """Revenue = revenue says nothing."""
    head = shown(RevenueByCampaign(explorer)).panel[0].object
    assert METRICS["revenue"].definition in head
    assert "Revenue = " not in head


def test_a_card_whose_metric_is_chosen_explains_the_one_in_view(explorer):
    chart = shown(TopInfluencers(explorer))
    assert METRICS["revenue"].definition in chart.panel[0].object
    explorer.remember(chart.name, "reach")
    head = chart.panel[0].object
    assert METRICS["reach"].definition in head
    assert METRICS["revenue"].definition not in head


def test_a_card_without_metrics_explains_none():
    card = Card("Notes", "notes")
    assert "details" not in card.panel[0].object


# ------------------------------------------------------------------------------- steps of time


@pytest.mark.parametrize(
    ("step", "points", "first"),
    [
        ("auto", 32, 0.0),
        ("day", 32, 0.0),
        ("week", 5, 300.0),
        ("month", 2, 500.0),
    ],
)
def test_time_is_seen_by_the_step_chosen(step, points, first, explorer):
    """1 January to 1 February, a Thursday to a Sunday: 32 days in five weeks of two months.

    The first week ends on the 4th and holds 300, January holds 300 + 200.
    """
    explorer.step = step
    chart = shown(RevenueAndSpend(explorer))
    assert len(chart.source.data["revenue"]) == points
    assert chart.source.data["revenue"][0] == first
    assert sum(chart.source.data["revenue"]) == 1000
    assert f'data-step="{step}"' in chart.panel[0].object
    pressed = re.findall(r'data-step="(\w+)"[^>]*aria-pressed="true"', chart.panel[0].object)
    assert pressed == [step]


def test_there_is_a_button_for_every_step():
    assert re.findall(r'data-step="(\w+)"', steps("auto")) == ["auto", "day", "week", "month"]


def test_a_click_on_a_step_changes_all_courses(app):
    app.actions._handle_msg({"verb": "step", "value": "month"})
    assert app.explorer.step == "month"
    assert len(app.shown.views["revenue-and-spend"].source.data["time"]) == 2
    app.actions._handle_msg({"verb": "step", "value": "decade"})
    assert app.explorer.step == "month"


def test_the_hover_names_the_festivals_of_each_step(explorer):
    """Year end lasts to 1 January; Republic Day is 26 January, with four days before and one after.

    By month both lie in January. Holi's days begin on 27 February, which is after the data.
    """
    chart = shown(RevenueAndSpend(explorer))
    named = chart.source.data["festival"]
    assert named[0] == " · Year end"
    assert named[1:21] == [""] * 20
    assert named[21:27] == [" · Republic Day"] * 6
    explorer.step = "month"
    shown(chart)
    assert chart.source.data["festival"] == [" · Year end · Republic Day", ""]
    assert "@festival" in chart._hover.tooltips


# ------------------------------------------------------------------------------- what is taken away


def test_a_picture_is_asked_of_the_browser_with_all_that_stands_on_it(app):
    app.explorer.filters.param.update(
        brand=["Gritzo"], period=(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    )
    app.sent.clear()
    app.actions._handle_msg({"verb": "picture", "value": "spend-against-revenue"})
    (message,) = app.sent
    drawn = message["draw"]
    assert drawn["name"] == "spend-against-revenue-2026-02-01.png"
    assert drawn["title"] == "Spend against revenue"
    assert drawn["figure"] == app.shown.views["spend-against-revenue"].figure.id
    assert drawn["sentence"] == "0 of 2 paid creators are below break-even."
    assert ["vermillion", "break-even"] in drawn["key"]
    filters, freshness = drawn["lines"]
    assert "Brand: Gritzo" in filters
    assert freshness == app.explorer.dataset.stamp


def test_a_chart_that_is_exempt_from_a_filter_does_not_claim_it(app):
    """The bars by platform show every platform, whichever the page is narrowed to."""
    app.explorer.filters.param.update(platform=["YouTube"], brand=["Gritzo"])
    app.sent.clear()
    app.actions._handle_msg({"verb": "export", "value": "roas-by-platform"})
    app.actions._handle_msg({"verb": "export", "value": "kpi-cards"})
    bars, cards = (message["save"]["text"] for message in app.sent)
    assert "Instagram,1.333333" in bars
    assert "# Brand: Gritzo." in bars
    assert "Platform: YouTube" not in bars
    assert "Platform: YouTube" in cards


def test_a_message_that_names_no_chart_changes_nothing(app):
    for verb in ("picture", "table"):
        for value in ("kpi-cards", "nothing", ""):
            app.actions._handle_msg({"verb": verb, "value": value})
    assert app.sent == []


# ------------------------------------------------------------------------------- freshness


def test_the_stamp_counts_the_rows_set_aside(tmp_path):
    """An amount that is none, and a day that is none."""
    tracking = TRACKING_DATA + (
        "influencer,Gritzo_Kids_1,1,u1,Gritzo Kids,2026-01-02,1,much\n"
        "influencer,Gritzo_Kids_1,1,u1,Gritzo Kids,never,1,20\n"
    )
    dataset = load(write(tmp_path / "two", tracking_data=tracking))
    assert dataset.stamp.endswith(f" · version {dataset.version} · 2 rows set aside")
    assert dataset.stamp.startswith("Data until 1 Feb 2026 · loaded ")


def test_the_stamp_of_clean_data_says_so(dataset):
    assert dataset.stamp.endswith(" · no rows set aside")


def test_the_stamp_stands_above_every_page_and_in_every_export(app):
    stamp = app.explorer.dataset.stamp
    assert stamp in app.header.stamp.object
    for page in app.pages.values():
        page.refresh()
        app.page = page.name
        for name, view in page.views.items():
            if view.numbers() is None:
                continue
            app.sent.clear()
            app.actions._handle_msg({"verb": "export", "value": name})
            saved = [message["save"]["text"] for message in app.sent if "save" in message]
            assert len(saved) == 1, name
            assert f"# {stamp}" in saved[0], name


def test_the_snapshot_and_the_workbook_carry_the_stamp(dataset, tmp_path):
    """The page as one file, and the report's workbook below its rows."""
    assert dataset.stamp in snapshot(dataset, Where()).text
    book = tmp_path / "report.xlsx"
    said = CliRunner().invoke(cli, ["report", dataset.place, "--format", "xlsx", "-o", str(book)])
    assert said.exit_code == 0, said.output
    words = ZipFile(book).read("xl/sharedStrings.xml").decode()
    assert f"version {dataset.version} · no rows set aside" in words
    assert "Data until 1 Feb 2026 · loaded " in words


def test_heads_keep_their_place_when_the_body_changes(explorer):
    """A table lies over its figure: it adds nothing to the card's height."""
    chart = shown(RoasByPlatform(explorer))
    chart.turn()
    figure, table = chart.panel[-2], chart.panel[-1]
    assert isinstance(figure, pn.pane.Bokeh)
    sheet = table.stylesheets[-1]
    assert f"height: {chart.height}px" in sheet
    assert f"margin-top: -{chart.height}px" in sheet
