"""A period against earlier days: which days those are, and what a change between them says."""

import datetime as dt
import re
from dataclasses import replace
from html import unescape

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.metrics import METRICS
from dashboard.metrics.change import Change, change, instead, unit_of
from dashboard.query import Margins, View, Where, answer
from dashboard.query.comparison import WORDS, compared
from dashboard.reconciliation import dues_over_time
from dashboard.state import COMPARISONS, Asking, Explorer, Focus
from dashboard.views.controls import FilterControls
from dashboard.views.kpis import KpiCards
from dashboard.views.lists import Campaigns, Influencers
from tests import worlds
from tests.test_query_properties import WHERES, WORLDS, fits, told

SPAN = (dt.date(2023, 1, 1), dt.date(2026, 12, 31))


def day(text):
    return dt.date.fromisoformat(text)


def days(first, last, kind, span=SPAN):
    """First and last day compared with, as text."""
    found = compared(Where(first=day(first), last=day(last)), span, kind).where
    return None if found is None else (str(found.first), str(found.last))


# ------------------------------------------------------------------------------------ which days


def test_every_comparison_of_the_explorer_has_its_words():
    assert tuple(WORDS) == COMPARISONS


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-09-01", "2026-09-30", ("2026-08-02", "2026-08-31")),
        ("2026-03-01", "2026-03-01", ("2026-02-28", "2026-02-28")),
        ("2024-03-01", "2024-03-31", ("2024-01-30", "2024-02-29")),
        ("2024-01-01", "2024-12-31", ("2022-12-31", "2023-12-31")),
    ],
    ids=["a month", "a day", "over 29 February", "a leap year, one day too long for the data"],
)
def test_the_period_before_has_as_many_days_and_ends_the_day_before(first, last, before):
    expected = before if before[0] >= "2023-01-01" else None
    assert days(first, last, "previous") == expected


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-09-01", "2026-09-30", ("2025-09-01", "2025-09-30")),
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        ("2025-02-01", "2025-02-28", ("2024-02-01", "2024-02-28")),
        ("2025-12-20", "2026-01-05", ("2024-12-20", "2025-01-05")),
        ("2024-03-01", "2025-02-28", ("2023-03-01", "2024-02-28")),
    ],
)
def test_a_year_before_has_the_same_dates(first, last, before):
    assert days(first, last, "year") == before


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        # Diwali: 8 Nov 2026 and 20 Oct 2025, 384 days apart.
        ("2026-10-29", "2026-11-10", ("2025-10-10", "2025-10-22")),
        ("2026-11-01", "2026-11-30", ("2025-10-13", "2025-11-11")),
        # October and November hold all of Dussehra (10 days) and of Diwali (13): Diwali.
        ("2026-10-01", "2026-11-30", ("2025-09-12", "2025-11-11")),
        # Dussehra: 20 Oct 2026 and 2 Oct 2025, 383 days apart.
        ("2026-10-11", "2026-10-20", ("2025-09-23", "2025-10-02")),
        # Holi: 4 Mar 2026 and 14 Mar 2025, 355 days apart.
        ("2026-03-01", "2026-03-04", ("2025-03-11", "2025-03-14")),
        # The end of 2025 reaches to 1 January; a year before, that of 2024 does.
        ("2026-01-01", "2026-01-05", ("2025-01-01", "2025-01-05")),
    ],
)
def test_a_festival_stands_on_the_same_festival_a_year_before(first, last, before):
    assert days(first, last, "festival") == before


def test_days_are_named_and_counted():
    where = Where(brand=("Gritzo",), first=day("2026-09-01"), last=day("2026-09-30"))
    found = compared(where, SPAN, "previous")
    assert found.words == "2 Aug – 31 Aug 2026, the 30 days before"
    assert found.where == Where(brand=("Gritzo",), first=day("2026-08-02"), last=day("2026-08-31"))
    assert compared(where, SPAN, "year").words == "1 Sep – 30 Sep 2025, a year before"
    november = Where(first=day("2026-11-01"), last=day("2026-11-30"))
    assert compared(november, SPAN, "festival").words == "13 Oct – 11 Nov 2025, Diwali 2025"


def test_days_after_the_data_are_not_compared():
    """Of November the data hold 20 days: they stand against the 20 before."""
    span = (SPAN[0], day("2026-11-20"))
    assert days("2026-11-01", "2026-11-30", "previous", span) == ("2026-10-12", "2026-10-31")
    where = Where(first=day("2026-11-01"), last=day("2026-11-30"))
    assert compared(where, span, "previous").words.endswith("; the data end on 20 Nov 2026")
    assert "end" not in compared(where, SPAN, "previous").words


def test_an_end_left_open_is_that_of_the_data():
    found = compared(Where(first=day("2026-12-01")), SPAN, "previous").where
    assert (found.first, found.last) == (day("2026-10-31"), day("2026-11-30"))


def test_the_data_must_reach_back_to_the_first_day():
    span = (day("2026-08-02"), day("2026-09-30"))
    assert days("2026-09-01", "2026-09-30", "previous", span) == ("2026-08-02", "2026-08-31")
    assert days("2026-09-01", "2026-09-30", "previous", (day("2026-08-03"), span[1])) is None


@pytest.mark.parametrize(
    ("where", "kind", "words"),
    [
        (Where(), "previous", "Choose a period to compare it with the days before."),
        (Where(brand=("Gritzo",)), "year", "Choose a period to compare it with the same days"),
        (Where(), "festival", "Choose a period"),
        (Where(last=day("2024-01-31")), "previous", "the data begin on 1 Jan 2023"),
        (Where(first=SPAN[0], last=SPAN[0]), "year", "the data begin on 1 Jan 2023"),
        (Where(first=day("0001-01-01"), last=day("0001-01-02")), "festival", "begin on 1 Jan 2023"),
        (Where(first=day("9999-12-30")), "previous", "no data in this period"),
        (
            Where(first=day("2023-01-02"), last=day("2023-01-09")),
            "previous",
            "with the 8 days before",
        ),
        (
            Where(first=day("2023-06-01"), last=day("2023-06-30")),
            "year",
            "with a year before",
        ),
        (Where(first=day("2024-01-01"), last=day("2025-06-30")), "year", "longer than a year"),
        (Where(first=day("2024-01-01"), last=day("2025-06-30")), "festival", "longer than a year"),
        (Where(first=day("2026-06-01"), last=day("2026-06-30")), "festival", "No festival falls"),
        (
            Where(first=day("2023-11-01"), last=day("2023-11-15")),
            "festival",
            "with Diwali 2022",
        ),
    ],
)
def test_where_there_is_nothing_to_compare_with_a_sentence_says_why(where, kind, words):
    found = compared(where, SPAN, kind)
    assert found.where is None
    assert words in found.reason
    assert found.reason.endswith(".")


def test_nothing_is_said_where_nobody_compares_and_data_without_days_say_so():
    where = Where(first=day("2026-09-01"), last=day("2026-09-30"))
    assert compared(where, SPAN, "off").reason == ""
    assert "no days" in compared(where, None, "previous").reason


def test_a_festival_before_the_known_ones_has_none_before():
    span = (day("1980-01-01"), day("2003-12-31"))
    where = Where(first=day("2001-11-10"), last=day("2001-11-16"))
    assert "No earlier Diwali is known" in compared(where, span, "festival").reason


def test_data_that_begin_with_time_itself_are_not_reached_beyond():
    span = (dt.date.min, day("0002-12-31"))
    where = Where(first=day("0001-06-01"), last=day("0001-12-31"))
    for kind in ("previous", "year", "festival"):
        assert compared(where, span, kind).where is None


# ----------------------------------------------------------------------------- what a change says


@pytest.mark.parametrize(
    ("name", "now", "before", "mark", "words", "mood"),
    [
        ("revenue", 500.0, 400.0, "▲", "+25.0 %", "good"),
        ("revenue", 100.0, 400.0, "▼", "−75.0 %", "bad"),
        ("revenue", -100.0, 400.0, "▼", "−125.0 %", "bad"),
        ("revenue", 400.0, 400.0, "", "±0.0 %", "still"),
        ("revenue", 400.01, 400.0, "", "±0.0 %", "still"),
        ("revenue", 0.0, 0.0, "", "±0.0 %", "still"),
        ("revenue", 400.0, 0.0, "", "new", "still"),
        ("revenue", 400.0, -50.0, "", "—", "still"),
        ("revenue", None, 50.0, "", "—", "still"),
        ("spend", 500.0, 400.0, "▲", "+25.0 %", "still"),
        ("cac", 300.0, 400.0, "▼", "−25.0 %", "good"),
        ("orders", 3, 2, "▲", "+50.0 %", "good"),
        ("roas", 3.5, 4.0, "▼", "−0.50×", "bad"),
        ("roas", 3.5, 0.0, "▲", "+3.50×", "good"),
        ("roas", 3.5, None, "", "—", "still"),
        ("break_even_incrementality", 0.25, 0.3, "▼", "−5.0 points", "good"),
        ("engagement_rate", 0.0512, 0.05, "▲", "+0.12 points", "good"),
        ("profit", 50.0, -100.0, "▲", "+₹150", "good"),
        ("contribution", -100.0, 50.0, "▼", "−₹150", "bad"),
    ],
)
def test_a_change_has_arrow_sign_and_colour(name, now, before, mark, words, mood):
    found = Change.of(METRICS[name], now, before)
    assert (found.mark, found.words, found.mood) == (mark, words, mood)


def test_a_change_is_heard_as_a_sentence():
    days = "1 Sep – 30 Sep 2026"
    heard = [
        Change.of(METRICS["revenue"], *ends).sentence(days)
        for ends in ((112.3, 100.0), (50.0, 100.0), (5.0, 5.0), (5.0, 0.0), (None, 1.0))
    ]
    assert heard == [
        f"up 12.3 % against {days}",
        f"down 50.0 % against {days}",
        f"no change against {days}",
        f"new: nothing in {days}",
        f"no change can be said against {days}",
    ]


def test_amounts_that_can_be_negative_change_by_their_difference():
    """All other money and counts change by percent: they are never below nothing by design."""
    assert {name for name, one in METRICS.items() if unit_of(one) == "₹"} == {
        "profit",
        "contribution",
    }
    assert {name for name, one in METRICS.items() if unit_of(one) == "points"} == {
        name for name, one in METRICS.items() if one.unit == "%"
    }


AMOUNTS = st.none() | st.integers(-(10**12), 10**12).map(lambda paise: paise / 100)


@given(st.sampled_from(sorted(METRICS)), AMOUNTS, AMOUNTS, st.booleans())
def test_a_change_is_a_finite_number_or_a_word_never_both(name, now, before, found):
    one = METRICS[name]
    ends = (pl.lit(now, pl.Float64), pl.lit(before, pl.Float64))
    value, word = pl.select(value=change(one, *ends), word=instead(one, *ends, pl.lit(found))).row(
        0
    )
    assert (value is None) == (word != "")
    if now is None or before is None:
        assert value is None
    elif unit_of(one) != "%":
        assert value == now - before
    elif before > 0:
        assert value == (now - before) / before
    else:
        assert value == (0.0 if now == before == 0 else None)
    assert word != "new" or (now and (not found or before == 0))


# --------------------------------------------------------------------- figures to total by hand

TABLES = {
    "tracking_data": """
        influencer_id  campaign  date        orders  revenue
        asha           A         2026-01-02  4       400
        asha           A         2026-01-12  5       500
        bela           B         2026-01-13  1       300
        cara           C         2026-01-05  1       80
        dora           D         2026-01-04  1       0
        dora           D         2026-01-14  1       50
    """,
    "posts": """
        influencer_id  date
        asha           2026-01-01
        asha           2026-01-20
    """,
    "payouts": """
        influencer_id  basis  total_payout  status
        asha           order  90            pending
        bela           order  100           paid
        cara           order  40            paid
        dora           order  20            pending
    """,
}
"""Each is paid by order: Asha 10 for each of hers, 40 before and 50 now; Dora 10 and 10.

Now, 11 to 20 January: revenue 500 + 300 + 50 = 850, spend 50 + 100 + 10 = 160, owed 50 + 10 = 60.
Before, 1 to 10 January: revenue 400 + 80 = 480, spend 40 + 40 + 10 = 90, owed 40 + 10 = 50.
"""
NOW = (dt.date(2026, 1, 11), dt.date(2026, 1, 20))


@pytest.fixture(scope="module")
def dataset():
    return worlds.dataset(**TABLES)


@pytest.fixture
def explorer(dataset):
    made = Explorer(dataset)
    made.filters.period = NOW
    return made


def shown(view, **filters):
    view.explorer.filters.param.update(**filters)
    view.update(strict=True)
    return view


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


# ---------------------------------------------------------------------------------------- tables


def test_a_tables_rows_change_as_worked_out_on_paper(explorer):
    """A 500 after 400; B was not there; D brought nothing for 10. C was there only then."""
    table = shown(Campaigns(explorer))
    names = [f"{name}_change" for name in Campaigns.changes]
    changes = {row[0]: row[1:] for row in table.numbers().select("campaign", *names).rows()}
    assert changes == {
        "A": (0.25, 0.25, 0.0, 90.0),
        "B": (None, None, None, None),
        "D": (None, 0.0, 5.0, 50.0),
    }
    before = {row[0]: row[1:] for row in table.numbers().select(
        "campaign", "revenue_before", "spend_before", "profit_before").rows()}  # fmt: skip
    assert before == {"A": (400, 40, 360), "B": (None,) * 3, "D": (0, 10, -10)}
    assert table.card.sentence == (
        "3 of 3 campaigns with spend gave the money back. Changes are against 1 Jan – 10 Jan 2026, "
        "the 10 days before; 1 row was there only then."
    )


def fields(table):
    """The field of each column by its label."""
    return {column.label: f"c{at}" for at, column in enumerate(table._columns)}


def test_a_row_that_was_not_there_or_brought_nothing_is_new(explorer):
    table = shown(Campaigns(explorer))
    rows = table._tabulator.value
    words = {
        label: rows[field.replace("c", "w")].tolist()
        for label, field in fields(table).items()
        if label.endswith("change")
    }
    assert rows[fields(table)["Campaign"]].tolist() == ["A", "B", "D"]
    assert words == {
        "Revenue change": ["", "new", "new"],
        "Spend change": ["", "new", ""],
        "ROAS change": ["", "new", ""],
        "Profit change": ["", "new", ""],
    }


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # Panel's sort, as pandas 3.1 sees it
def test_a_change_sorts_by_its_number_and_what_has_none_stands_last(explorer):
    table = shown(Campaigns(explorer))
    field = fields(table)["ROAS change"]
    for direction, order in (("asc", ["A", "D", "B"]), ("desc", ["D", "A", "B"])):
        table._tabulator.sorters = [{"field": field, "dir": direction}]
        assert table._tabulator.current_view["c0"].tolist() == order


def test_columns_of_changes_come_and_go_with_the_comparison(explorer):
    table = shown(Campaigns(explorer))
    widget, beside = (
        table._tabulator,
        {f for label, f in fields(table).items() if "change" in label},
    )
    assert len(beside) == 4
    assert not beside & set(widget.hidden_columns)
    for period, kind in ((None, "previous"), (NOW, "off")):
        explorer.comparison = kind
        shown(table, period=period)
        assert beside <= set(widget.hidden_columns)
        assert table.numbers().columns == ["campaign", *Campaigns.metrics]
        assert "Changes" not in table.card.sentence
    assert table._tabulator is widget


def test_a_table_says_why_there_are_no_changes_to_those_who_want_some(explorer):
    explorer.comparison = "year"
    sentence = "3 of 3 campaigns with spend gave the money back."
    assert shown(Campaigns(explorer)).card.sentence == (
        f"{sentence} The data begin on 1 Jan 2026, too late to compare with a year before. "
        "Choose a later period."
    )
    assert "Choose a period" in shown(Campaigns(explorer), period=None).card.sentence
    explorer.comparison = "previous"
    assert "Choose" not in shown(Campaigns(explorer), period=None).card.sentence


def test_words_of_changes_are_not_searched(explorer):
    table = shown(Campaigns(explorer))
    table._search.value = "new"
    assert len(table._tabulator.value) == 0


def test_creators_are_compared_whatever_they_are_called():
    """Two creators called Asha, and one without a name in the list of creators."""
    twice = worlds.dataset(
        influencers="""
            influencer_id  name
            1              Asha
            2              Asha
        """,
        tracking_data="""
            influencer_id  date        revenue
            1              2026-01-01  100
            1              2026-01-02  150
            2              2026-01-02  70
            9              2026-01-01  10
            9              2026-01-02  20
        """,
    )
    explorer = Explorer(twice)
    table = shown(Influencers(explorer), period=(dt.date(2026, 1, 2),) * 2)
    found = table.numbers().select("influencer_id", "revenue", "revenue_change").sort("revenue")
    assert found.rows() == [("9", 20.0, 1.0), ("2", 70.0, None), ("1", 150.0, 0.5)]


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
