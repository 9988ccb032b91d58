"""Views ask once per change, show the answer in place, and hold for whatever the answer is."""

import datetime as dt
import logging

import panel as pn
import polars as pl
import pytest
from bokeh.models import DataRange1d

from dashboard.dataset import load
from dashboard.errors import QueryError
from dashboard.metrics import METRICS
from dashboard.pages import PAGES
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.bars import (
    BLANK,
    MOST,
    RankedBars,
    RevenueByCampaign,
    RevenueByPlatform,
    RoasByPlatform,
)
from dashboard.views.bars import shortened as short
from dashboard.views.chart import Chart
from dashboard.views.controls import FilterControls, Period, Pick
from dashboard.views.header import Header
from dashboard.views.incrementality import OfEstimate
from dashboard.views.kpis import Kpi, KpiCards, sparkline
from dashboard.views.lists import Influencers as InfluencerTable
from dashboard.views.markup import Markup, pane
from dashboard.views.movers import Movers
from dashboard.views.personas import Personas, shade
from dashboard.views.quality import DataQuality
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.table import Table, safe_link
from dashboard.views.timeline import RevenueAndSpend, step
from dashboard.views.view import View
from tests.small import TRACKING_DATA, write

PAYLOAD = "<img src=x onerror=alert(1)>"


def kinds(base):
    """Every class derived from this one that can be shown."""
    found = []
    for one in base.__subclasses__():
        found += [one, *kinds(one)] if one is not RankedBars else kinds(one)
    return [one for one in found if one.__module__.startswith("dashboard.")]


CHARTS = [one for one in kinds(Chart) if not issubclass(one, OfEstimate)]
"""Those that ask the ledger; what shows an estimate is tested in test_incrementality_page.py."""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


def explorer_of(folder, **changed):
    return Explorer(load(write(folder, **changed)))


def shown(view, **filters):
    """The view, refreshed under these filters; a bug in it fails the test."""
    view.explorer.filters.param.update(**filters)
    view.update(strict=True)
    return view


def markup_of(panel):
    """All markup of a panel, as the browser gets it."""
    return "".join(one.object for one in panel.select(pn.pane.HTML))


# ------------------------------------------------------------------------------- every chart


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_every_chart_draws_many_rows_one_row_and_none(kind, dataset):
    chart = shown(kind(Explorer(dataset)))
    figure = chart.figure.id
    day = dt.date(2026, 1, 2)
    shown(chart, influencer=["Asha"], period=(day, day))
    never = dt.date(2026, 1, 20)
    shown(chart, influencer=[], period=(never, never))
    assert chart.figure.id == figure
    assert chart.card.state[0] in {"empty", "refused"}
    assert chart.figure.html_attributes["aria-label"]


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_every_chart_holds_where_all_payouts_are_zero(kind, tmp_path):
    payouts = "influencer_id,basis,total_payout\n1,order,0\n2,post,0\n"
    chart = shown(kind(explorer_of(tmp_path, payouts=payouts)))
    assert chart.card.state[0] in {"", "empty"}


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_every_chart_holds_where_a_table_is_empty(kind, tmp_path):
    header = "source,campaign,influencer_id,user_id,product,date,orders,revenue\n"
    shown(kind(explorer_of(tmp_path, tracking_data=header)))


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_every_chart_says_what_it_shows(kind, explorer):
    chart = shown(kind(explorer))
    assert chart.title
    assert chart.__doc__
    if not chart.card.state[0]:
        assert chart.card.sentence in chart.figure.html_attributes["aria-label"]
        assert chart.figure.html_attributes["role"] == "img"


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_the_figure_is_drawn_once(kind, explorer, monkeypatch):
    chart = shown(kind(explorer))
    models = {model.id for model in chart.figure.references()}
    monkeypatch.setattr(kind, "draw", None)
    shown(chart, brand=["Gritzo"])
    assert {model.id for model in chart.figure.references()} == models


@pytest.mark.parametrize("kind", CHARTS, ids=lambda kind: kind.__name__)
def test_a_figure_answers_from_one_source(kind, explorer):
    chart = shown(kind(explorer))
    sources = {one.data_source for one in chart.figure.renderers if one.name != "festivals"}
    assert sources == {chart.source}


def test_no_two_charts_share_a_range(explorer):
    seen = set()
    for kind in CHARTS:
        figure = shown(kind(explorer)).figure
        assert not isinstance(figure.x_range, DataRange1d)
        ranges = {figure.x_range.id, figure.y_range.id}
        assert not ranges & seen
        seen |= ranges


def test_all_charts_on_pages_are_known_here(explorer):
    """A chart that a page names but these tests do not see would be drawn by nobody."""
    for page in PAGES:
        for row in page(explorer).rows():
            charts = {type(view) for view in row.views if isinstance(view, Chart)}
            assert {one for one in charts if not issubclass(one, OfEstimate)} <= set(CHARTS)


# --------------------------------------------------------------------------------- ranked bars


def test_bars_start_at_zero_and_are_ranked(explorer):
    """YouTube 300 / 100 = 3, Instagram 700 / 150 = 4.67."""
    chart = shown(RoasByPlatform(explorer))
    assert chart.figure.x_range.start == 0
    assert chart.figure.y_range.factors[-2:] == ["YouTube", "Instagram"]
    assert chart.source.data["label"] == ["4.67×", "3.00×"]
    assert chart.card.sentence == "Instagram leads with 4.67×, 1.67× above YouTube."


def test_an_undefined_ratio_is_a_dash_without_a_bar(tmp_path):
    payouts = "influencer_id,basis,total_payout\n1,order,100\n"
    chart = shown(RoasByPlatform(explorer_of(tmp_path, payouts=payouts)))
    assert chart.source.data["label"] == ["3.00×", "—"]
    assert list(chart.source.data["end"]) == [3.0, 0.0]


def test_what_adds_up_beyond_the_last_bar_is_other(tmp_path):
    rows = [f"influencer,C_{i},1,u{i},Gritzo Kids,2026-01-02,1,{i + 1}" for i in range(20)]
    header = "source,campaign,influencer_id,user_id,product,date,orders,revenue\n"
    chart = shown(
        RevenueByCampaign(explorer_of(tmp_path, tracking_data=header + "\n".join(rows) + "\n"))
    )
    assert len(chart.source.data["name"]) == MOST
    assert chart.source.data["full"][-1] == "9 others"
    assert sum(chart.source.data["end"]) == sum(range(1, 21))


def test_long_names_are_shortened_and_still_differ():
    long = ["MuscleBlaze_WheyPrime_Diwali_1", "MuscleBlaze_WheyPrime_Republic_1", "X"]
    names = short(long, 20)
    assert len(set(names)) == 3
    assert all(len(name.replace(BLANK, "")) <= 20 for name in names)
    assert names[0].replace(BLANK, "").endswith("_1")
    assert names[2] == "X"


# ---------------------------------------------------------------------------------- the others


@pytest.mark.parametrize(
    ("days", "expected"), [(1, "day"), (45, "day"), (46, "week"), (551, "month")]
)
def test_time_goes_in_steps_that_fit_the_period(days, expected):
    assert step(days) == expected


def test_days_without_rows_count_nothing(explorer):
    """From 1 January to 1 February: 300 on the second day, 200 on the sixth, 500 on the last."""
    chart = shown(RevenueAndSpend(explorer))
    assert list(chart.source.data["revenue"]) == [0, 300, 0, 0, 0, 200, *[0] * 25, 500]
    assert chart.card.sentence == (
        "Best day 1 Feb 2026 with ₹500; ₹1,000 in all on ₹250 of spend, by day."
    )


def test_festivals_follow_the_period(explorer):
    chart = shown(RevenueAndSpend(explorer), period=(dt.date(2026, 1, 2), dt.date(2026, 1, 6)))
    assert chart._festivals.data["name"] == []
    shown(chart, period=None)
    assert chart._festivals.data["name"] == ["Year end", "Republic Day"]


def test_the_grid_of_personas_is_the_datas(explorer):
    """Two categories, one gender; a filter leaves the other cell there, empty."""
    chart = shown(Personas(explorer), influencer=["Asha"])
    assert chart.source.data["value"] == ["3.00×", "—"]
    assert list(chart.source.data["shade"]) == [8, -1]


def test_personas_take_the_grid_of_another_dataset(explorer, tmp_path):
    chart = shown(Personas(explorer))
    influencers = "influencer_id,name,category,gender,platform\n1,A,Yoga,Male,X\n2,B,Food,,X\n"
    explorer.use(load(write(tmp_path, influencers=influencers)))
    chart.update(strict=True)
    assert chart.figure.y_range.factors == ["Yoga", "Food"]
    assert chart.figure.x_range.factors == ["Male", "Unknown"]
    assert len(chart.source.data["value"]) == 4


def click(chart, at):
    """As Bokeh tells of a click: the mark is chosen, or no longer."""
    now = set(chart.source.selected.indices) ^ {at}
    chart.source.selected.indices = sorted(now)
    chart.update(strict=True)


def test_a_click_on_a_bar_narrows_the_page_and_a_second_one_opens_it(explorer):
    """YouTube gives 3.00×, Instagram 4.67×: the chart shows both, whatever is chosen."""
    chart = shown(RoasByPlatform(explorer))
    names = list(chart.source.data["full"])
    click(chart, names.index("YouTube"))
    assert explorer.filters.platform == ["YouTube"]
    assert explorer.ask(["revenue"]).value("revenue") == 300.0
    assert list(chart.source.data["full"]) == names
    assert chart.source.selected.indices == [names.index("YouTube")]
    click(chart, names.index("Instagram"))
    assert sorted(explorer.filters.platform) == ["Instagram", "YouTube"]
    click(chart, names.index("Instagram"))
    click(chart, names.index("YouTube"))
    assert explorer.filters.platform == []
    assert chart.source.selected.indices == []


def test_a_filter_set_elsewhere_is_marked(explorer):
    chart = shown(RoasByPlatform(explorer), platform=["YouTube"])
    assert [chart.source.data["full"][at] for at in chart.source.selected.indices] == ["YouTube"]


def test_a_click_on_a_cell_narrows_by_both_its_sides(explorer):
    chart = shown(Personas(explorer))
    cells = list(zip(chart.source.data["category"], chart.source.data["gender"], strict=True))
    click(chart, 0)
    assert ([*explorer.filters.category, *explorer.filters.gender]) == list(cells[0])
    click(chart, 1)
    assert ([*explorer.filters.category, *explorer.filters.gender]) == list(cells[1])
    assert chart.source.selected.indices == [1]
    click(chart, 1)
    assert explorer.where.active == ()


def test_a_bar_that_stands_for_nothing_to_choose_cannot_be_chosen(tmp_path):
    payouts = "influencer_id,total_payout\n1,100\n9,50\n"
    explorer = explorer_of(tmp_path, payouts=payouts)
    chart = shown(RevenueByPlatform(explorer))
    names = list(chart.source.data["full"])
    strange = [at for at, name in enumerate(names) if name not in ("YouTube", "Instagram")]
    for at in (*strange, len(names) + 3):
        click(chart, at)
        assert explorer.where.active == ()
        assert chart.source.selected.indices == []


@pytest.mark.parametrize(
    ("value", "top", "expected"),
    [(None, 5, -1), (0, 5, 0), (-2, 5, 0), (5, 5, 8), (2.5, 5, 6), (0, 0, 0)],
)
def test_shades(value, top, expected):
    assert shade(value, top) == expected


def test_the_scatter_counts_who_loses_money(tmp_path):
    payouts = "influencer_id,basis,total_payout\n1,order,301\n2,post,150\n"
    chart = shown(SpendAgainstRevenue(explorer_of(tmp_path, payouts=payouts)))
    assert chart.card.sentence == "1 of 2 paid creators are below break-even."


def test_key_figures_are_those_of_the_small_world(explorer):
    text = markup_of(shown(KpiCards(explorer)).panel)
    for expected in ("₹1,000", "₹250", "4.00×", "25.0 %", "4 orders", "above break-even"):
        assert expected in text
    assert "₹125" in text  # two new customers for 250


def test_key_figures_say_why_one_is_missing(tmp_path):
    tracking = (
        "source,campaign,influencer_id,user_id,product,date,orders,revenue\n"
        "influencer,C,1,u1,Gritzo Kids,2026-01-02,2,300\n"
    )
    payouts = "influencer_id,basis,total_payout\n1,order,100\n"
    view = shown(KpiCards(explorer_of(tmp_path, tracking_data=tracking, payouts=payouts)))
    text = markup_of(view.panel)
    assert "no customer appears twice" in text
    assert "payouts has no status" in text


def test_a_sparkline_skips_what_is_undefined():
    assert sparkline([None, 1.0]) == ""
    assert str(sparkline([1.0, None, 3.0])).count(",") == 2


def test_movers_rank_by_profit(explorer):
    """Bela 700 − 150 = 550, Asha 300 − 100 = 200."""
    view = shown(Movers(explorer))
    assert view.card.sentence == "The best 2 of 2 earn ₹750 before product cost."
    text = markup_of(view.panel)
    assert text.index("Bela") < text.index("Asha")


def test_data_quality_says_what_is_left_out(explorer):
    """Bela's post is paid for Gritzo on the post's day; nothing of it is undated."""
    view = shown(DataQuality(explorer))
    assert "10" in markup_of(view.panel)
    assert view.card.sentence == "All spend under these filters could be placed."


def test_header_words_filters_and_lets_each_be_cleared(explorer):
    header = Header()
    explorer.filters.param.update(
        brand=["Gritzo"], period=(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    )
    header.narrow(explorer.where)
    text = header.chips.object
    assert 'data-clear="period"' in text
    assert 'data-clear="brand"' in text
    assert "1 – 31 Jan 2026" in text or "1 Jan – 31 Jan 2026" in text


# -------------------------------------------------------------------------------------- tables


class Creators(Table):
    """Creators by revenue."""

    title = "Creators"
    metrics = ("revenue", "spend", "roas")
    by = ("influencer", "platform")
    order = "revenue"


class Notes(Table):
    """Rows that are no answer of the ledger."""

    title = "Notes"
    given = pl.DataFrame({"a.b": [PAYLOAD, "=1+1", None], "n": [1.5, None, -3.0]})

    def rows(self):
        return self.given

    def columns(self):
        return (TableColumn("a.b", PAYLOAD), TableColumn("n", "N", "number", "₹", 2))


def test_a_table_shows_rows_totals_and_searches(explorer):
    table = shown(Creators(explorer))
    assert table._tabulator.value["c0"].tolist() == ["Bela", "Asha"]
    assert table._tabulator.value["c2"].tolist() == [700, 300]
    assert "ROAS <b>4.00×</b>" in markup_of(table.panel)
    table._search.value = "you"
    assert table._tabulator.value["c0"].tolist() == ["Asha"]
    assert table.numbers().height == 2


def test_a_click_on_a_row_narrows_the_page_and_a_second_one_opens_it(explorer):
    """The table itself keeps all its rows and totals, and ticks the one that is chosen."""
    table = shown(InfluencerTable(explorer))
    second = type("Click", (), {"row": 1})
    table._clicked(second)
    assert explorer.filters.influencer == ["Asha"]
    shown(table)
    assert table._tabulator.value["c0"].tolist() == ["Bela", "✓ Asha"]
    assert "Revenue <b>₹1,000</b>" in markup_of(table.panel)
    table._clicked(second)
    assert explorer.filters.influencer == []
    table._clicked(type("Click", (), {"row": 9}))
    assert explorer.where.active == ()


def test_the_sort_of_a_table_is_a_look(explorer):
    table = shown(InfluencerTable(explorer))
    at = next(n for n, column in enumerate(table._columns) if column.name == "roas")
    table._tabulator.sorters = [{"field": f"c{at}", "dir": "asc"}]
    assert explorer.looks == {"rows-influencers": "roas:up"}
    explorer.looks = {"rows-influencers": "spend"}
    assert table._tabulator.sorters[0]["dir"] == "desc"
    explorer.looks = {"rows-influencers": "nonsense"}
    assert table._tabulator.sorters == []
    assert explorer.looks == {"rows-influencers": "nonsense"}


def test_columns_of_a_table_can_be_chosen(explorer):
    table = shown(InfluencerTable(explorer))
    table._choice.value = ["ROAS"]
    seen = {
        column.name
        for at, column in enumerate(table._columns)
        if f"c{at}" not in table._tabulator.hidden_columns
    }
    assert seen == {"influencer", "roas"}
    table._choice.value = []
    assert f"c{len(table._columns) - 1}" not in table._tabulator.hidden_columns


def test_a_table_keeps_its_widget_and_takes_other_columns(explorer):
    table = shown(Notes(explorer))
    widget = table._tabulator
    shown(table)
    assert table._tabulator is widget
    table.columns = lambda: (TableColumn("n", "N", "number"),)
    shown(table)
    assert len(table.panel.select(pn.widgets.Tabulator)) == 1


def test_titles_of_a_table_are_text(explorer):
    table = shown(Notes(explorer))
    assert "<" not in table._tabulator.titles["c0"]


def test_a_table_without_rows_says_so(explorer):
    table = shown(Creators(explorer), period=(dt.date(2026, 1, 20),) * 2)
    assert table.card.state[0] == "empty"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://example.com/a?b=1", True),
        ("http://example.com", True),
        ("javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("https://exam\nple.com", False),
        (" https://example.com", False),
        ("//example.com", False),
        ("data:text/html,x", False),
        ("http://[", False),
    ],
)
def test_only_http_and_https_become_links(url, kept):
    assert safe_link(url) == (url if kept else "")


# ------------------------------------------------------------------- what goes wrong stays inside


class Broken(View):
    """Fails as told."""

    error: Exception = ValueError("a bug")
    panel = None
    said = ""

    def refresh(self):
        raise self.error

    def refuse(self, sentence, *, broken=False):
        self.said = f"{broken}: {sentence}"


def test_a_bug_is_logged_and_said_and_strict_lets_it_through(explorer, caplog):
    view = Broken(explorer)
    with caplog.at_level(logging.ERROR):
        view.update()
    assert view.said.startswith("True: This part could not be shown")
    assert "a bug" in caplog.text
    with pytest.raises(ValueError, match="a bug"):
        view.update(strict=True)


def test_a_question_without_an_answer_is_said_in_its_words_strict_or_not(explorer):
    view = Broken(explorer)
    view.error = QueryError("Ask differently.")
    view.update(strict=True)
    assert view.said == "False: Ask differently."


def test_a_refused_metric_is_a_state_of_its_own(explorer):
    """Revenue is not recorded by basis."""
    chart = shown(RevenueByCampaign(explorer), basis=["order"])
    kind, sentence = chart.card.state
    assert kind == "refused"
    assert "cannot be filtered by 'basis'" in sentence


# ------------------------------------------------------------------------------ text is only text


def test_a_pane_refuses_what_nobody_escaped():
    with pytest.raises(TypeError, match="Markup is expected"):
        pane("<b>plain</b>")


def test_text_from_data_is_escaped_in_every_pane(tmp_path):
    evil = PAYLOAD.replace("=", "&#61;")
    influencers = (
        "influencer_id,name,category,gender,follower_count,platform\n"
        f"1,{PAYLOAD},{PAYLOAD},{PAYLOAD},5000,{PAYLOAD}\n"
    )
    explorer = explorer_of(tmp_path, influencers=influencers)
    for kind in (KpiCards, Movers, DataQuality, *CHARTS):
        assert "<img" not in markup_of(shown(kind(explorer)).panel), (kind, evil)


def test_a_card_of_numbers_escapes_all_its_words():
    view = KpiCards.__new__(KpiCards)
    view._pane = pane(Markup(""))
    view._show([Kpi(PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD)])
    assert "<img" not in view._pane.object


# ------------------------------------------------------------------------------------ controls


def test_a_pick_and_its_parameter_follow_each_other(explorer):
    pick = Pick.from_param(explorer.filters.param["brand"])
    assert pick.options == ["Gritzo", "MuscleBlaze"]
    pick.value = ["Gritzo"]
    assert explorer.filters.brand == ["Gritzo"]
    assert explorer.revision == 1
    explorer.filters.brand = []
    assert pick.value == []
    assert explorer.revision == 2


def test_a_value_that_the_parameter_refuses_is_taken_back(explorer):
    pick = Pick.from_param(explorer.filters.param["brand"])
    pick.value = ["No such brand"]
    assert pick.value == []
    assert explorer.filters.brand == []


def test_a_period_and_its_parameter_follow_each_other(explorer):
    period = Period.from_param(explorer.filters.param["period"])
    assert (period.lo, period.hi) == ("2026-01-01", "2026-02-01")
    period.value = ["2026-01-02", "2026-01-03"]
    assert explorer.filters.period == (dt.date(2026, 1, 2), dt.date(2026, 1, 3))
    explorer.filters.clear("period")
    assert period.value == []


@pytest.mark.parametrize("sent", [["2026-01-02"], ["x", "y"], ["2026-02-01", "2026-01-01"]])
def test_a_period_that_makes_no_sense_is_taken_back(explorer, sent):
    period = Period.from_param(explorer.filters.param["period"])
    period.value = sent
    assert period.value == []
    assert explorer.filters.period is None


def test_there_is_a_control_for_each_filter_and_it_follows_the_dataset(explorer, tmp_path):
    controls = FilterControls(explorer)
    influencers = "influencer_id,name,platform\n1,Asha,Twitch\n2,Bela,Twitch\n"
    explorer.use(load(write(tmp_path, influencers=influencers)))
    controls.offer()
    assert controls.picks["platform"].options == ["Twitch"]


def test_every_metric_that_a_view_asks_exists():
    for kind in CHARTS:
        assert set(kind.metrics) <= set(METRICS)


def test_rows_without_a_customer_are_said_beside_new_customers(tmp_path):
    """Of three attributed order rows one names no customer."""
    view = shown(
        KpiCards(Explorer(load(write(tmp_path, tracking_data=TRACKING_DATA.replace(",u2,", ",,")))))
    )
    assert "1 new customer; 33.3 % of order rows name no customer" in markup_of(view.panel)
