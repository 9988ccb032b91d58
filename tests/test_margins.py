"""Gross margins turn profit into contribution: to the paisa, under every split, never assumed.

Asha sold Whey for 300.05, Bela a Bar for 100 and Kids for 200; 100 and 60 were paid by order. With
40 % for MuscleBlaze, 25 % for its Bar and 55.5 % for Gritzo the gross profit is
120.02 + 25 + 111 = 256.02, and 96.02 is left of it after 160 of spend.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import address
from dashboard.alerts import look
from dashboard.app import App
from dashboard.errors import MarginError, SettingsError
from dashboard.metrics import METRICS
from dashboard.query import Margins, View, Where, answer, breaking_even, short
from dashboard.schema import DIMENSIONS, MEASURES
from dashboard.settings import Settings, load_settings
from dashboard.state import Explorer, Focus
from dashboard.views.bars import RoasByBrand, RoasByPlatform
from dashboard.views.focus import ChosenCampaign
from dashboard.views.kpis import KpiCards
from dashboard.views.lists import Campaigns as CampaignTable
from dashboard.views.margins import GrossMargins
from dashboard.views.movers import Movers
from dashboard.views.personas import Personas
from dashboard.views.poor import PoorRoi, reason
from dashboard.views.scatter import SpendAgainstRevenue
from tests.test_query_properties import WHERES, WORLDS, fits, told
from tests.worlds import dataset, ledger

WORLD = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        asha           A         2026-01-01  Whey     MuscleBlaze  1       300.05
        bela           A         2026-01-02  Bar      MuscleBlaze  1       100
        bela           B         2026-01-02  Kids     Gritzo       2       200
    """,
    "payouts": """
        influencer_id  basis  total_payout
        asha           order  100
        bela           order  60
    """,
}
"""Bela's 60 stands by orders: 20 on the Bar, 40 on Kids."""
MARGINS = {"MuscleBlaze": 40, "Bar": 25, "gritzo ": 55.5}
COSTED = ("gross_profit", "contribution", "break_even_roas", "break_even_incrementality_costed")


@pytest.fixture(scope="module")
def made():
    return ledger(**WORLD)


def rows(made, metrics, by=(), margins=MARGINS, **where):
    return answer(made, metrics, by, Where(**where), Margins.of(margins)).rows()


# --------------------------------------------------------------------------------------- by hand


def test_contribution_is_revenue_times_margin_less_spend(made):
    assert rows(made, COSTED) == [(256.02, 96.02, 60005 / 25602, 16000 / 25602)]


def test_a_products_margin_stands_above_its_brands(made):
    assert rows(made, ["gross_profit"], ["product"]) == [
        ("Bar", 25.0),
        ("Kids", 111.0),
        ("Whey", 120.02),
    ]


def test_splits_and_filters(made):
    assert rows(made, ["contribution"], ["influencer"]) == [
        ("asha", "asha", 20.02),
        ("bela", "bela", 76.0),
    ]
    assert rows(
        made, ["contribution", "break_even_roas"], ["campaign"], brand=("MuscleBlaze",)
    ) == [("A", 25.02, 400.05 / 145.02)]
    assert rows(made, COSTED, campaign=("B",)) == [(111.0, 71.0, 200 / 111, 40 / 111)]


def test_one_margin_breaks_even_at_one_divided_by_it(made):
    assert rows(made, ["break_even_roas"], margins={"MuscleBlaze": 40, "Gritzo": 40}) == [
        (pytest.approx(2.5, abs=1e-15),)
    ]


def test_a_sum_is_rounded_once_and_half_to_even():
    """Twice 0.05 at 50 % is 0.05; each alone is 2.5 paise and so 2, and 0.07 is 3.5 and so 4."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  brand   revenue
            a              2026-01-01  Kids     Gritzo  0.05
            b              2026-01-01  Kids     Gritzo  0.05
            c              2026-01-01  Kids     Gritzo  0.07
            d              2026-01-01  Kids     Gritzo  -0.05
        """
    )
    half = {"Gritzo": 50}
    assert rows(made, ["gross_profit"], ["influencer"], half) == [
        ("a", "a", 0.02),
        ("b", "b", 0.02),
        ("c", "c", 0.04),
        ("d", "d", -0.02),
    ]
    assert rows(made, ["gross_profit"], margins=half, influencer=("a", "b")) == [(0.05,)]


def test_large_amounts_do_not_overflow():
    """Revenue × basis points is beyond 64 bits here: 10 lakh crore rupees, twice."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  brand   revenue
            a              2026-01-01  Kids     Gritzo  10000000000000
            a              2026-01-02  Kids     Gritzo  10000000000000
        """
    )
    assert rows(made, ["gross_profit"], margins={"Gritzo": 33}) == [(6.6e12,)]


def test_nothing_sold_leaves_minus_the_spend_and_no_break_even():
    made = ledger(payouts="influencer_id total_payout\nasha 100")
    assert rows(made, COSTED, margins={}) == [(0.0, -100.0, None, None)]


# ------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("name", COSTED)
def test_revenue_without_a_margin_is_refused_by_name(made, name):
    with pytest.raises(MarginError, match=r"none is set for Gritzo\. Set it on the Data page"):
        rows(made, [name], margins={"MuscleBlaze": 40})


def test_a_brand_of_which_one_product_has_a_margin_is_named_by_the_others(made):
    with pytest.raises(MarginError, match=r"none is set for Whey and Gritzo\."):
        rows(made, ["contribution"], margins={"Bar": 25})


def test_margins_for_what_is_in_view_are_enough(made):
    assert rows(made, ["contribution"], margins={"Gritzo": 50}, brand=("Gritzo",)) == [(60.0,)]


def test_what_sold_and_came_back_needs_a_margin_too():
    """In all it is nothing, but not on each day."""
    made = ledger(
        tracking_data="""
            influencer_id  date        product  brand   orders  revenue
            a              2026-01-01  Kids     Gritzo  1       10
            a              2026-01-02  Kids     Gritzo  -1      -10
        """
    )
    with pytest.raises(MarginError, match="Gritzo"):
        rows(made, ["gross_profit"], margins={"HKVitals": 10})


def test_products_of_no_brand_are_named_and_can_have_a_margin():
    made = ledger(tracking_data="influencer_id date product revenue\na 2026-01-01 Soap 10")
    with pytest.raises(MarginError, match=r"none is set for Soap\."):
        rows(made, ["gross_profit"], margins={"Gritzo": 10})
    assert rows(made, ["gross_profit"], margins={"soap": 10}) == [(1.0,)]
    assert rows(made, ["gross_profit"], margins={"(no brand)": 20}) == [(2.0,)]


def test_gross_profit_is_not_split_by_basis(made):
    view = View(made, Where(), Margins.of(MARGINS))
    assert (
        "Contribution cannot be split by payout basis"
        in view.ask(["contribution"], ["basis"]).refused["contribution"]
    )


# ------------------------------------------------------------------------------ what stands where


def test_a_metric_gives_way_to_its_costed_one_where_all_margins_in_view_are_known(made):
    def known(margins, **where):
        view = View(made, Where(**where), Margins.of(margins))
        return [view.known(name) for name in ("profit", "break_even_incrementality", "revenue")]

    before = ["profit", "break_even_incrementality", "revenue"]
    after = ["contribution", "break_even_incrementality_costed", "revenue"]
    assert known(MARGINS) == after
    assert known({}) == before
    assert known({"Gritzo": 50}) == before
    assert known({"Gritzo": 50}, campaign=("B",)) == after


def test_every_costed_metric_exists_and_needs_gross_profit():
    costed = {one.costed for one in METRICS.values()} - {""}
    assert costed == {"contribution", "break_even_incrementality_costed"}
    assert all("gross_profit" in METRICS[name].measures for name in costed)


def test_a_session_sets_margins_of_its_own_and_the_ledger_stays_shared():
    served = dataset(**WORLD)
    ours = Explorer(served, Settings(margins={"MuscleBlaze": 40}))
    theirs = Explorer(served, Settings(margins={"MuscleBlaze": 40}))
    focus = Focus(ours, "campaign")
    before = ours.revision
    assert "contribution" in ours.ask(["contribution"]).refused
    ours.margins = MARGINS
    assert ours.revision == before + 1
    assert ours.ask(["contribution"]).value("contribution") == 96.02
    focus.options = ("B",)
    assert focus.ask(["contribution"]).value("contribution") == 71.0
    assert ours.ledger is theirs.ledger
    assert "contribution" in theirs.ask(["contribution"]).refused


# --------------------------------------------------------------------------------------- settings


def test_settings_hold_a_table_of_margins(tmp_path: Path):
    file = tmp_path / "dashboard.toml"
    file.write_text('[margins]\nMuscleBlaze = 40\n"Gritzo Kids" = 55.5\n')
    assert load_settings(file, {}).margins == {"MuscleBlaze": 40, "Gritzo Kids": 55.5}
    given = {"DASHBOARD_MARGINS": "{ Gritzo = 45 }"}
    assert load_settings(file, given).margins == {"Gritzo": 45}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("margins = 40", "must be a table of names and percents"),
        ("[margins]\nGritzo = 'much'", "margin of 'Gritzo' is 'much'; it must be a percent"),
        ("[margins]\nGritzo = 100.01", "from 0 to 100"),
        ("[margins]\nGritzo = -1", "from 0 to 100"),
        ("[margins]\nGritzo = nan", "from 0 to 100"),
        ("[margins]\nGritzo = true", "from 0 to 100"),
        ("[margins]\nGritzo = 33.333", "at most two decimals"),
        ("[margins]\nGritzo = 40\ngritzo = 41", "'gritzo' is given twice"),
    ],
)
def test_a_wrong_margin_stops_the_start(tmp_path: Path, text: str, sentence: str):
    file = tmp_path / "dashboard.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=sentence):
        load_settings(file, {})


def test_names_that_the_data_does_not_hold_are_known(made):
    margins = Margins.of({"Gritzo": 1, "Whey": 2, "Fizz": 3})
    assert margins.unused(made.items) == ["fizz"]


# ------------------------------------------------------------------------------------- properties

PERCENTS = st.integers(0, 10_000).map(lambda points: points / 100)
KNOWN = st.fixed_dictionaries(
    {"MuscleBlaze": PERCENTS, "Gritzo": PERCENTS, "(no brand)": PERCENTS},
    optional={"Whey": PERCENTS, "Bar": PERCENTS},
)
"""A margin for every brand of the worlds, and perhaps for products."""
SPLITS = [name for name in DIMENSIONS if MEASURES["gross_profit"].carries(name)]


@given(WORLDS, WHERES.map(lambda where: where.without("basis")), KNOWN)
def test_contribution_is_that_of_plain_loops(world, where, percents):
    made = ledger(**world)
    sold = [
        row for row in told(made, made.dataset.tables["tracking_data"]) if fits(row, where) is True
    ]
    gross = sum(
        (
            row["revenue"]
            * Fraction(str(percents.get(row["product"], percents[row["brand"]])))
            / 100
            for row in sold
        ),
        Fraction(0),
    )
    spent = sum(row["spend"] for row in told(made, made.accrued) if fits(row, where) is True)
    found = View(made, where, Margins.of(percents)).ask(["gross_profit", "contribution"])
    assert not found.refused
    assert found.frame.row(0) == (round(gross) / 100, (round(gross) - spent) / 100)


@given(WORLDS, WHERES.map(lambda where: where.without("basis")), KNOWN)
def test_gross_profit_summed_over_any_split_is_the_whole(world, where, percents):
    """Exactly, before it is rounded; each rounded part is off by half a paisa at most."""
    view = View(ledger(**world), where, Margins.of(percents))
    whole = view.gross_profit(())["gross_profit"].sum()
    total = round(view.ask(["contribution"]).value("contribution") * 100)
    for name in SPLITS:
        assert view.gross_profit((name,))["gross_profit"].sum() == whole, name
        parts = view.ask(["contribution"], [name]).frame["contribution"].to_list()
        apart = abs(sum(round(part * 100) for part in parts) - total)
        assert apart <= (len(parts) + 1) / 2, name


@given(WORLDS, WHERES.map(lambda where: where.without("basis")), st.sampled_from([0, 100]))
def test_contribution_summed_over_any_split_equals_the_whole(world, where, percent):
    """To the paisa where no part needs rounding."""
    margins = Margins.of({"MuscleBlaze": percent, "Gritzo": 100, "(no brand)": 100})
    view = View(ledger(**world), where, margins)
    total = round(view.ask(["contribution"]).value("contribution") * 100)
    for name in SPLITS:
        parts = view.ask(["contribution"], [name]).frame["contribution"].to_list()
        assert sum(round(part * 100) for part in parts) == total, name


# ----------------------------------------------------------------------------------------- screens


@pytest.fixture
def explorer():
    return Explorer(dataset(**WORLD))


def refreshed(view):
    view.update(strict=True)
    return view


def test_bars_break_even_at_one_until_margins_are_known(explorer):
    bars = refreshed(RoasByPlatform(explorer))
    span, words = bars._line
    assert (span.location, span.visible, words.text) == (1, True, "break-even 1×")
    assert "margin" not in bars.card.sentence
    assert "break_even_roas" not in bars.numbers().columns


def test_bars_of_one_margin_share_one_line(explorer):
    explorer.margins = {"MuscleBlaze": 40, "Gritzo": 40}
    bars = refreshed(RoasByBrand(explorer))
    span, words = bars._line
    assert (span.location, span.visible, words.text) == (2.5, True, "break-even 2.50×")
    assert not any(mark.visible for mark in bars._marks)
    assert "By gross margin break-even is 2.50×." in bars.card.sentence


def test_bars_of_several_margins_break_even_each_at_its_own(explorer):
    """Gritzo at 200 / 100, MuscleBlaze at 400.05 / 160.02."""
    explorer.margins = {"MuscleBlaze": 40, "Gritzo": 50}
    bars = refreshed(RoasByBrand(explorer))
    assert bars.source.data["full"] == ["Gritzo", "MuscleBlaze"]
    assert list(bars.source.data["even"]) == [2.0, 2.5]
    assert bars.source.data["evens"] == ["2.00×", "2.50×"]
    assert not bars._line[0].visible
    assert all(mark.visible for mark in bars._marks)
    assert "By gross margin break-even is from 2× to 2.50×." in bars.card.sentence
    explorer.margins = {}
    span, _ = refreshed(bars)._line
    assert (span.location, span.visible) == (1, True)
    assert not any(mark.visible for mark in bars._marks)


def test_the_scatter_line_rises_with_the_margin_of_all_in_view(explorer):
    """Asha keeps 20.02, Bela 76; with Gritzo at 5 % Bela's 25 + 10 do not pay her 60."""
    chart = refreshed(SpendAgainstRevenue(explorer))
    assert chart.line.gradient == 1
    explorer.margins = MARGINS
    assert refreshed(chart).line.gradient == 60005 / 25602
    assert chart.card.sentence.startswith("0 of 2 paid creators are below break-even by gross")
    assert "ROAS 2.34×" in chart.card.sentence
    explorer.margins = MARGINS | {"gritzo ": 5}
    assert refreshed(chart).card.sentence.startswith("1 of 2 paid creators are below break-even")


def test_movers_say_whether_product_cost_is_taken_off(explorer):
    movers = refreshed(Movers(explorer))
    assert movers.card.sentence == "The best 2 of 2 earn ₹440 before product cost."
    explorer.margins = MARGINS
    assert refreshed(movers).card.sentence == "The best 2 of 2 earn ₹96.02 after product cost."
    assert movers.numbers()["contribution"].to_list() == [76.0, 20.02]


def test_one_campaign_is_judged_after_product_cost(explorer):
    """A: 145.02 of gross profit for 120 of spend; at 10 % of MuscleBlaze 55.01 (25 + 30.01)."""
    chosen = ChosenCampaign(explorer)
    assert "before product cost" in refreshed(chosen).card.sentence
    explorer.margins = MARGINS
    assert refreshed(chosen).card.sentence.startswith(
        "The money came back: ₹25.02 is left after product cost and spend. It paid off if at least "
        "82.7 % of this revenue"
    )
    explorer.margins = MARGINS | {"MuscleBlaze": 10}
    assert refreshed(chosen).card.sentence == (
        "The money did not come back: after product cost and spend ₹65.00 is missing."
    )


def test_tables_show_contribution_where_it_is_known(explorer):
    table = refreshed(CampaignTable(explorer))
    assert "profit" in table.numbers().columns
    explorer.margins = MARGINS
    refreshed(table)
    assert table.numbers().select("campaign", "contribution").rows() == [("A", 25.02), ("B", 71.0)]
    assert table.totals()["contribution"] == 96.02
    assert table.card.sentence == "2 of 2 campaigns with spend gave the money back."


def test_key_figures_break_even_by_gross_margin(explorer):
    """ROAS 600.05 / 160 = 3.75 against 600.05 / 256.02 = 2.34; 160 / 256.02 is 62.5 %."""
    cards = refreshed(KpiCards(explorer))
    assert "above break-even, which is 1×" in cards.panel.object
    explorer.margins = MARGINS
    assert "above break-even, 2.34× by gross margin" in refreshed(cards).panel.object
    assert "62.5 %" in cards.panel.object
    assert "product cost counted" in cards.panel.object
    explorer.margins = {"MuscleBlaze": 10, "Gritzo": 20}
    assert "below break-even, 7.50× by gross margin" in refreshed(cards).panel.object
    assert "more was spent than is left of revenue after product cost" in cards.panel.object
    explorer.margins = {"MuscleBlaze": 0, "Gritzo": 0}
    assert refreshed(cards).panel.object.count("no gross profit in this view") == 2


def test_changes_are_of_contribution_too(explorer):
    """2 January against the day before: Bela's 76 against Asha's 20.02."""
    explorer.margins = MARGINS
    explorer.filters.period = (dt.date(2026, 1, 2), dt.date(2026, 1, 2))
    table = refreshed(CampaignTable(explorer))
    found = table.numbers().filter(pl.col("campaign") == "A")
    assert found.select("contribution", "contribution_before", "contribution_change").row(0) == (
        5.0, 20.02, -15.02,
    )  # fmt: skip


TWO_BRANDS = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        asha           A         2026-01-01  Kids     Gritzo       3       300
        bela           B         2026-01-01  Whey     MuscleBlaze  3       300
        cara           C         2026-01-01  Kids     Gritzo       1       100
        cara           C         2026-01-01  Whey     MuscleBlaze  1       100
        dev            A         2026-01-01  Kids     Gritzo       0       0
    """,
    "payouts": """
        influencer_id  campaign  basis  total_payout
        asha           A         order  100
        bela           B         order  100
        cara           C         order  100
        dev            D         order  100
    """,
}
"""At 50 % of Gritzo and 25 % of MuscleBlaze, Asha keeps 150, Bela 75, Cara 50 + 25, Dev nothing."""
TWO_MARGINS = {"Gritzo": 50, "MuscleBlaze": 25}
EVEN_OF_ALL = 800 / (400 * 0.5 + 400 * 0.25)


def poor_of(margins, **told):
    explorer = Explorer(dataset(**TWO_BRANDS), Settings(margins=margins, poor_orders=1, **told))
    return refreshed(PoorRoi(explorer))


def test_everybody_breaks_even_at_their_own_gross_margin():
    """Asha at 1 / 0.5, Bela at 1 / 0.25, Cara at 200 / 75, Dev where all do: at 800 / 300."""
    view = View(ledger(**TWO_BRANDS), Where(), Margins.of(TWO_MARGINS))
    found = breaking_even(view, "influencer")
    assert found["even"].to_list() == [2, 4, 200 / 75, EVEN_OF_ALL]
    assert found["kept"].to_list() == [150, 75, 75, 0]
    assert found["costed"].all()


def test_one_unknown_margin_leaves_those_who_sold_that_before_product_cost():
    view = View(ledger(**TWO_BRANDS), Where(), Margins.of({"MuscleBlaze": 25}))
    found = breaking_even(view, "influencer")
    assert found["costed"].to_list() == [False, True, False, False]
    assert found["even"].to_list() == [1, 4, 1, 1]
    assert found["kept"].to_list() == [300, 75, 200, 0]


def test_a_margin_of_nothing_never_breaks_even():
    view = View(ledger(**TWO_BRANDS), Where(), Margins.of({"Gritzo": 0, "MuscleBlaze": 25}))
    assert breaking_even(view, "influencer")["even"].to_list() == [None, 4, 8, 8]


@given(WORLDS, WHERES.map(lambda where: where.without("basis")), KNOWN)
def test_who_is_short_of_break_even_is_who_loses_money(world, where, percents):
    """Below break-even, and a contribution below zero, are one and the same, to the paisa."""
    view = View(ledger(**world), where, Margins.of(percents))
    found = breaking_even(view, "influencer")
    answer = view.ask(["contribution"], ["influencer"])
    assert short(found, 1).to_list() == [0.0 - one for one in answer.frame["contribution"]]


def test_poor_is_who_does_not_break_even_by_gross_margin():
    card = poor_of(TWO_MARGINS)
    rows = card.numbers().select("influencer", "gross_profit", "short").rows()
    assert rows == [("dev", 0.0, 100.0), ("bela", 75.0, 25.0), ("cara", 75.0, 25.0)]
    assert card.card.sentence == (
        "3 of 4 paid creators are below break-even by gross margin, ₹150 short together."
    )
    dev, bela, cara = (reason(row) for row in card.numbers().to_dicts())
    assert dev == "₹100 paid, nothing came back: 0 orders where 3 would give 2.67×."
    after = "₹75 of it after product cost"
    assert bela == f"₹100 paid, ₹300 came back, {after}: 3 orders where 4 would give 4.00×."
    assert cara == f"₹100 paid, ₹200 came back, {after}: 2 orders where 3 would give 2.67×."
    assert (card.threshold.value, card.threshold.unset) == (None, "break-even")


def test_poor_is_below_one_where_no_margin_is_known():
    card = poor_of({})
    assert card.numbers()["influencer"].to_list() == ["dev"]
    assert "1 of 4 paid creators are below 1.00×, ₹100 short together." in card.card.sentence
    assert (card.threshold.value, card.threshold.unset) == (1.0, "1")


def test_a_margin_that_is_not_known_is_said_beside_who_is_poor():
    """Bela is short of 4 × by 25; Cara's 200 are more than her 100, before what Kids cost."""
    card = poor_of({"MuscleBlaze": 25})
    assert card.numbers()["influencer"].to_list() == ["dev", "bela"]
    assert card.card.sentence.endswith(
        " Who sold Gritzo, with no gross margin, is held against 1.00×."
    )


def test_nothing_left_after_product_cost_is_said_without_a_number_of_orders():
    rows = poor_of({"Gritzo": 0, "MuscleBlaze": 25}).numbers().to_dicts()
    asha = next(row for row in rows if row["influencer"] == "asha")
    assert (asha["short"], asha["enough"]) == (100.0, True)
    assert reason(asha) == "₹100 paid, ₹300 came back, nothing of it after product cost."


def test_a_threshold_that_is_typed_stands_above_break_even():
    """A ROAS of 3.5 is one, whatever products cost: Asha's and Bela's 300 are 50 short of 350."""
    card = poor_of(TWO_MARGINS)
    card.threshold.value = 3.5
    assert card.numbers().select("influencer", "short").rows() == [
        ("dev", 350.0), ("cara", 150.0), ("asha", 50.0), ("bela", 50.0),
    ]  # fmt: skip
    assert "below 3.50×, ₹600 short together." in card.card.sentence
    assert card.explorer.looks == {"poor-roi": "3.5"}
    card.threshold.value = 1.0
    assert card.explorer.looks == {"poor-roi": "1"}
    assert card.numbers()["influencer"].to_list() == ["dev"]
    card.threshold.value = None
    assert (card.explorer.looks, card.threshold.value) == ({}, None)
    assert "3 of 4 paid creators are below break-even" in card.card.sentence


@pytest.mark.parametrize("bad", ["abc", "-1", "101", "nan", "<b>"])
def test_a_threshold_of_a_link_that_is_none_is_said(bad):
    card = poor_of({})
    card.explorer.remember("poor-roi", bad)
    assert card.card.sentence.startswith(
        f"The link's threshold was left out: {bad!r} is no ROAS from 0 to 100. 1 of 4 paid"
    )
    card.threshold.value = 2.0
    assert card.card.sentence.startswith("1 of 4")


def test_the_settings_ask_for_more_than_breaking_even():
    """One and a half times: Asha keeps 150 for 150 and is not short; Bela 75 short of 150."""
    card = poor_of(TWO_MARGINS, poor_roas=1.5)
    assert card.numbers().select("influencer", "short", "threshold").rows() == [
        ("dev", 150.0, 1.5 * EVEN_OF_ALL), ("bela", 75.0, 6.0), ("cara", 75.0, 4.0),
    ]  # fmt: skip
    assert "are below 1.50 × break-even by gross margin" in card.card.sentence


def test_what_is_short_together_is_added_in_paise():
    """57.80 + 21.40 + 21.30 are 100.50, so ₹101; added as doubles they are 100.49999999999999."""
    short_of = {"asha": "57.8", "bela": "21.4", "cara": "21.3"}
    made = dataset(
        payouts=[{"influencer_id": who, "total_payout": short} for who, short in short_of.items()],
        tracking_data=[{"influencer_id": "zoya", "date": "2026-01-01", "revenue": 1}],
    )
    card = refreshed(PoorRoi(Explorer(made, Settings(poor_orders=1))))
    assert "are below 1.00×, ₹101 short together." in card.card.sentence


def test_an_alert_is_below_break_even_by_gross_margin():
    """B is 25 short, C too; A broke even, D sold nothing. Before product cost only D is short."""

    def alerts(margins, floor=1.0):
        view = View(ledger(**TWO_BRANDS), Where(), Margins.of(margins))
        found = look(view, Settings(poor_orders=1, alert_roas=floor))
        return {
            one.about["campaign"]: (one.stake, one.sentence)
            for one in found
            if one.name == "roas-below-floor"
        }

    assert alerts({}).keys() == {"D"}
    found = alerts(TWO_MARGINS)
    assert {name: stake for name, (stake, _) in found.items()} == {"B": 25, "C": 25, "D": 100}
    assert found["B"][1] == (
        "B stands at ROAS 3.00×, below 4.00×, which breaks even by gross margin: ₹100 spent, ₹300 "
        "back, ₹75 of it left after product cost."
    )
    assert found["D"][1] == (
        "D stands at ROAS 0.00×, below 2.67×, which breaks even by gross margin: ₹100 spent, "
        "nothing back."
    )
    assert alerts(TWO_MARGINS, 0.5).keys() == {"D"}
    twice = alerts(TWO_MARGINS, 2.0)
    assert {name: stake for name, (stake, _) in twice.items()} == {
        "A": 50, "B": 125, "C": 125, "D": 200,
    }  # fmt: skip
    assert "below 4.00×, 2.00 times break-even by gross margin" in twice["A"][1]
    assert alerts({"MuscleBlaze": 25}).keys() == {"B", "D"}
    stake, sentence = alerts({"Gritzo": 0, "MuscleBlaze": 25})["A"]
    assert stake == 100
    assert sentence == (
        "A stands at ROAS 3.00×, and no ROAS would pay back: ₹100 spent, ₹300 back, nothing of it "
        "left after product cost."
    )


def test_a_persona_is_bad_where_its_contribution_is(explorer):
    """In words only what loses money is called so: ROAS 3 is too little at a margin of 25 %."""
    made = {
        **TWO_BRANDS,
        "influencers": """
            influencer_id  name  category  gender
            asha           asha  Fitness   Female
            bela           bela  Beauty    Female
            cara           cara  Fitness   Female
            dev            dev   Fitness   Female
        """,
    }
    chart = refreshed(Personas(Explorer(dataset(**made))))
    assert chart.card.sentence == "Female beauty returns 3.00×, the most of 2."
    chart = refreshed(Personas(Explorer(dataset(**made), Settings(margins=TWO_MARGINS))))
    assert chart.card.sentence == ("Female beauty returns 3.00×; Female fitness only 1.67×.")


@pytest.mark.parametrize("margins", [MARGINS, {"Bar": 25}, {"MuscleBlaze": 0, "Gritzo": 0}])
def test_every_page_holds_with_margins(margins):
    app = App(dataset(**WORLD), settings=Settings(margins=margins), strict=True)
    for kept in ({}, {"brand": ["Gritzo"]}, {"basis": ["order"]}):
        app.explorer.filters.clear()
        app.explorer.filters.param.update(kept)
        for page in app.pages.values():
            page.refresh()


def test_the_data_page_sets_margins_for_the_session(explorer):
    card = refreshed(GrossMargins(explorer))
    assert "None is set: profit is before product cost" in card.card.sentence
    assert [entry["name"] for entry in card.inputs.brands] == ["MuscleBlaze", "Gritzo"]
    assert [entry["name"] for entry in card.inputs.products] == ["Whey", "Kids", "Bar"]
    card.inputs.heard({"name": "MuscleBlaze", "percent": "40"})
    assert explorer.margins == {"MuscleBlaze": 40}
    assert refreshed(card).card.sentence == (
        "No gross margin is set for Gritzo: where they are in view, profit stays before product "
        "cost."
    )
    card.inputs.heard({"name": "Gritzo", "percent": "55.5"})
    card.inputs.heard({"name": "Bar", "percent": "25"})
    assert explorer.margins == {"MuscleBlaze": 40, "Gritzo": 55.5, "Bar": 25}
    assert refreshed(card).card.sentence == (
        "Everything sold has a gross margin: profit is contribution, and ROAS 2.34× breaks even "
        "over all."
    )
    assert [entry["percent"] for entry in card.inputs.brands] == ["40", "55.5"]
    assert [entry["usual"] for entry in card.inputs.products] == ["40", "55.5", "40"]
    card.inputs.heard({"name": "Bar", "percent": " "})
    assert explorer.margins == {"MuscleBlaze": 40, "Gritzo": 55.5}


@pytest.mark.parametrize(
    "message",
    [
        {"name": "Gritzo", "percent": "101"},
        {"name": "Gritzo", "percent": "1e-3"},
        {"name": "Gritzo", "percent": "nan"},
        {"name": "Gritzo", "percent": "1e400"},
        {"name": "Gritzo", "percent": "1e9999999"},
        {"name": "Gritzo", "percent": "<b>"},
        {"name": "Fizz", "percent": "40"},
        {"name": 3, "percent": "40"},
        {"name": "Gritzo", "percent": 40},
        None,
    ],
)
def test_what_is_no_margin_of_this_data_changes_nothing(explorer, message):
    card = refreshed(GrossMargins(explorer))
    before = explorer.revision
    card.inputs.heard(message)
    assert (explorer.margins, explorer.revision) == ({}, before)


# ---------------------------------------------------------------------------------------- the link


def test_a_link_holds_the_margins_that_differ_from_the_settings():
    made = dataset(**WORLD)
    ours = Explorer(made, Settings(margins={"musclebrand": 1, "MuscleBlaze": 40, "Bar": 25}))
    assert address.written(ours) == ""
    ours.margins = {"MuscleBlaze": 40.0, "gritzo ": 55.5, "Fizz": 3}
    assert address.written(ours) == "margin=Bar%3A&margin=Gritzo%3A55.5"
    theirs = Explorer(made, Settings(margins={"MuscleBlaze": 40, "Bar": 25}))
    found = address.read(f"?{address.written(ours)}", theirs)
    assert found.notices == ()
    before = theirs.revision
    address.follow(theirs, found)
    assert theirs.margins == {"MuscleBlaze": 40, "Gritzo": 55.5}
    assert theirs.revision == before + 1
    address.follow(theirs, address.read(address.written(theirs), theirs))
    assert theirs.revision == before + 1
    address.follow(theirs, address.read("", theirs))
    assert theirs.margins == {"MuscleBlaze": 40, "Bar": 25}


def test_links_within_the_dashboard_keep_the_margins(explorer):
    explorer.margins = {"Gritzo": 50}
    link = address.link_to(explorer, "campaigns", campaign="A")
    assert link == "page=campaigns&campaign=A&margin=Gritzo%3A50"


def test_a_bad_margin_in_a_link_is_said_and_the_good_ones_are_kept(explorer):
    bad = {
        "Fizz:40": "nothing that is sold here is called 'Fizz'",
        "40": "nothing that is sold here is called '40'",
        "Kids:101": "The gross margin of 'Kids' is '101'; it must be a percent from 0 to 100",
        "Kids:1e400": "must be a percent",
        "Kids:much": "must be a percent",
        "Kids:33.333": "at most two decimals",
        "Whey:<script>": "must be a percent",
    }
    query = urlencode([("margin", one) for one in ("GRITZO:50", *bad, "Bar : 12.50")])
    found = address.read(query, explorer)
    assert found.margins == {"Gritzo": 50, "Bar": 12.5}
    assert len(found.notices) == len(bad)
    for notice, words in zip(found.notices, bad.values(), strict=True):
        assert notice.startswith("The link's gross margin was left out: ")
        assert words in notice


def test_a_name_with_a_colon_comes_back_from_the_link():
    made = dataset(
        tracking_data=[
            {"influencer_id": "a", "date": "2026-01-01", "product": "Whey: 2 kg", "revenue": 10}
        ]
    )
    explorer, other = Explorer(made), Explorer(made)
    explorer.margins = {"Whey: 2 kg": 33.33}
    address.follow(other, address.read(address.written(explorer), other))
    assert other.margins == explorer.margins
    assert other.ask(["gross_profit"]).value("gross_profit") == 3.33


@given(st.dictionaries(st.sampled_from(["Whey", "Bar", "Kids", "MuscleBlaze", "Gritzo"]), PERCENTS))
def test_any_margins_come_back_from_their_link(margins):
    made = Explorer(SOLD)
    made.margins = margins
    other = Explorer(SOLD, made.settings)
    address.follow(other, address.read(address.written(made), other))
    assert Margins.of(other.margins) == Margins.of(margins)


SOLD = dataset(**WORLD)


def test_what_a_link_changed_is_not_said_to_have_been_typed(explorer):
    card = refreshed(GrossMargins(explorer))
    card.inputs.heard({"name": "Gritzo", "percent": "40"})
    assert refreshed(card).inputs.said.startswith("Gritzo: 40 %. What is typed here is part")
    address.follow(explorer, address.read("margin=Gritzo:50", explorer))
    assert refreshed(card).inputs.said.startswith("What is typed here is part of the link")
    assert [entry["percent"] for entry in card.inputs.brands] == ["", "50"]
