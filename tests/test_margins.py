"""Gross margins turn profit into contribution: to the paisa, under every split, never assumed.

Asha sold Whey for 300.05, Bela a Bar for 100 and Kids for 200; 100 and 60 were paid by order. With
40 % for MuscleBlaze, 25 % for its Bar and 55.5 % for Gritzo the gross profit is
120.02 + 25 + 111 = 256.02, and 96.02 is left of it after 160 of spend.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.app import App
from dashboard.errors import MarginError, SettingsError
from dashboard.metrics import METRICS
from dashboard.query import Margins, View, Where, answer
from dashboard.schema import DIMENSIONS, MEASURES
from dashboard.settings import Settings, load_settings
from dashboard.state import Explorer, Focus
from dashboard.views.bars import RoasByBrand, RoasByPlatform
from dashboard.views.focus import ChosenCampaign
from dashboard.views.kpis import KpiCards
from dashboard.views.lists import Campaigns as CampaignTable
from dashboard.views.margins import GrossMargins
from dashboard.views.movers import Movers
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
        "cannot be split by 'basis'"
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
