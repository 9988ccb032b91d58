"""Charts ask once per change, show the answer in place, and hold for whatever it is."""

import datetime as dt

import pytest
from bokeh.models import DataRange1d

from dashboard.dataset import load
from dashboard.metrics import METRICS
from dashboard.pages import PAGES
from dashboard.state import Explorer
from dashboard.views.bars import BLANK, MOST, RevenueByCampaign, RevenueByPlatform, RoasByPlatform
from dashboard.views.bars import shortened as short
from dashboard.views.chart import Chart
from dashboard.views.incrementality import OfEstimate
from dashboard.views.personas import Personas, shade
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.timeline import RevenueAndSpend, step
from tests.small import write
from tests.viewed import CHARTS, explorer_of, shown


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return load(write(tmp_path_factory.mktemp("data")))


@pytest.fixture
def explorer(dataset):
    return Explorer(dataset)


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


def test_every_metric_that_a_view_asks_exists():
    for kind in CHARTS:
        assert set(kind.metrics) <= set(METRICS)


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
