"""A period against earlier days, on the cards and whatever the world."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics import METRICS
from dashboard.query import Margins, View, Where, answer
from dashboard.query.comparison import WORDS
from dashboard.reconciliation import dues_over_time
from dashboard.state import Asking, Explorer, Focus
from dashboard.views.controls import FilterControls
from dashboard.views.kpis import KpiCards
from dashboard.views.lists import Campaigns
from tests import worlds
from tests.compared_world import NOW, TABLES
from tests.test_query_properties import WHERES, WORLDS, fits, told
from tests.viewed import shown

# --------------------------------------------------------------------- figures to total by hand


@pytest.fixture(scope="module")
def dataset():
    return worlds.dataset(**TABLES)


@pytest.fixture
def explorer(dataset):
    made = Explorer(dataset)
    made.filters.period = NOW
    return made


def cards(view):
    """What each card says of its change: colour and words, or nothing."""
    articles = view.panel.object.split("<article")[1:]
    found = [re.search(r'<b class="(\w*)" aria-hidden="true">(.*?)</b>', one) for one in articles]
    return [one and (one[1], one[2].strip()) for one in found]


def against(view):
    return unescape(re.search(r'<p class="against">(.*?)</p>', view.panel.object)[1])


def test_key_figures_change_as_worked_out_on_paper(explorer):
    """ROAS 850 / 160 = 5.31 after 480 / 90 = 5.33; break-even 18.82 % after 18.75 %."""
    view = shown(KpiCards(explorer))
    assert cards(view) == [
        ("good", "▲ +77.1 %"),
        ("still", "▲ +77.8 %"),
        ("bad", "▼ −0.02×"),
        ("bad", "▲ +0.1 points"),
        None,
        ("still", "▲ +20.0 %"),
    ]
    assert "<small>was ₹480</small>" in view.panel.object
    assert against(view) == "Compared with 1 Jan – 10 Jan 2026, the 10 days before."
    heard = "Revenue up 77.1 % against 1 Jan – 10 Jan 2026, the 10 days before; it was ₹480."
    assert f'<span class="sr">{heard}</span>' in view.panel.object


def test_what_is_owed_has_its_course(explorer):
    """Asha's 50 on the 12th and Dora's 10 on the 14th; by week both stand on Monday, the 12th."""
    assert dues_over_time(explorer.view(), "1d") == [50.0, 10.0]
    assert dues_over_time(explorer.view(), "1w") == [60.0]
    unsaid = worlds.dataset(payouts="influencer_id total_payout\nasha 90")
    assert dues_over_time(Explorer(unsaid).view(), "1d") == []


def test_other_filters_stay(explorer):
    """Asha alone: 500 after 400, 50 after 40, ROAS 10 after 10."""
    view = shown(KpiCards(explorer), influencer=["asha"])
    assert cards(view)[:3] == [("good", "▲ +25.0 %"), ("still", "▲ +25.0 %"), ("still", "±0.00×")]
    view = shown(KpiCards(explorer), influencer=["bela"])
    assert [one and one[1] for one in cards(view)] == ["new", "new", "—", "—", None, "±0.0 %"]


@pytest.mark.parametrize(
    ("period", "kind", "words"),
    [
        (None, "previous", "Choose a period to compare it with the days before."),
        (NOW, "off", "\N{NO-BREAK SPACE}"),
        (NOW, "year", "The data begin on 1 Jan 2026, too late to compare with a year before."),
        ((dt.date(2026, 1, 1),) * 2, "previous", "Nothing lies before this period: the data"),
    ],
)
def test_without_days_to_compare_with_the_cards_show_no_change_and_say_why(
    explorer, period, kind, words
):
    explorer.comparison = kind
    view = shown(KpiCards(explorer), period=period)
    assert cards(view) == [None] * 6
    assert against(view).startswith(words)


def test_a_change_of_the_comparison_asks_again(explorer):
    before = explorer.revision
    explorer.comparison = "off"
    assert explorer.revision == before + 1
    assert explorer.before()[1] is None


def test_one_creators_question_is_compared_too(explorer):
    focus = Focus(explorer, "influencer")
    focus.offer("revenue")
    focus.choose("asha")
    assert focus.before()[1].ask(["revenue"]).value("revenue") == 400
    explorer.filters.period = (dt.date(2026, 1, 5), dt.date(2026, 1, 6))
    assert focus.before()[1].ask(["revenue"]).value("revenue") == 0


# ------------------------------------------------------------------------------ whatever the world


ENDS = [{"influencer_id": "1", "date": date} for date in ("2026-01-01", "2026-03-11")]
"""Posts on the first and last day of these worlds: every period has days before it."""


class Fixed(Asking):
    """One question, whatever anybody chooses."""

    margins: dict[str, float] = {}  # noqa: RUF012  # never changed
    comparison = "previous"

    def __init__(self, ledger, where):
        self.ledger, self._where, self._views = ledger, where, {}

    @property
    def where(self):
        return self._where


@given(WORLDS, WHERES.map(lambda where: where.without("basis")), st.integers(1, 30))
def test_the_answer_of_before_is_that_of_the_days_before(world, where, long):
    """Sales by plain loops over the rows, all metrics as ``answer`` gives them for those days."""
    made = worlds.ledger(**{**world, "posts": world["posts"] + ENDS})
    first = dt.date(2026, 2, 5)
    asked = replace(where, first=first, last=first + dt.timedelta(long - 1))
    found, before = Fixed(made, asked).before()
    expected = replace(asked, first=first - dt.timedelta(long), last=first - dt.timedelta(1))
    assert found.where == expected
    sold = [row for row in told(made, made.dataset.tables["tracking_data"])
            if fits(row, expected) is True]  # fmt: skip
    assert before.ask(["revenue", "orders"]).frame.row(0) == (
        sum(row["revenue"] for row in sold) / 100,
        sum(row["orders"] for row in sold),
    )
    names = [name for name in METRICS if name not in before.ask(METRICS, ["campaign"]).refused]
    assert before.ask(names, ["campaign"]).frame.equals(answer(made, names, ["campaign"], expected))
    assert Margins.of({}) == before.margins


@given(WORLDS)
def test_changes_of_profit_by_campaign_add_up_to_the_change_of_all(world):
    """With the campaigns that are there only now (all of it) and only before (none of it left)."""
    made = worlds.ledger(**{**world, "posts": world["posts"] + ENDS})
    now = Where(first=dt.date(2026, 1, 21), last=dt.date(2026, 2, 9))
    asking = Fixed(made, now)
    _, then = asking.before()
    table = Campaigns.__new__(Campaigns)
    table.explorer = asking
    rows = table._compared(asking.view().ask(Campaigns.metrics, ["campaign"]).frame)
    only = then.ask(["profit"], ["campaign"]).frame.join(
        rows, on="campaign", how="anti", nulls_equal=True
    )
    new = rows.filter(pl.col("profit_before").is_null())["profit"].sum()
    parts = rows["profit_change"].sum() + new - only["profit"].sum()
    totals = [view.ask(["profit"]).value("profit") for view in (View(made, now), then)]
    assert parts == pytest.approx(totals[0] - totals[1], abs=0.001)


# --------------------------------------------------------------------------------------- to choose


def test_the_comparison_is_chosen_below_the_period_both_ways(explorer):
    controls = FilterControls(explorer)
    control = controls.comparison
    assert (
        controls.first.objects.index(control) == controls.first.objects.index(controls.period) + 1
    )
    assert control.label == "Compare with"
    assert control.options == [list(pair) for pair in WORDS.items()]
    control.value = "year"
    assert explorer.comparison == "year"
    explorer.comparison = "off"
    assert control.value == "off"
    control.value = "nonsense"
    assert (explorer.comparison, control.value) == ("off", "off")
