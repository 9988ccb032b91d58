"""Gross margins turn profit into contribution: to the paisa, under every split, never assumed."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import MarginError, SettingsError
from dashboard.metrics import METRICS
from dashboard.query import Margins, View, Where, answer
from dashboard.query.margins import times_points
from dashboard.schema import DIMENSIONS, MEASURES
from dashboard.settings import Settings, load_settings
from dashboard.state import Explorer, Focus
from tests.margins_world import CARRIED, KNOWN, MARGINS, WORLD
from tests.test_query_properties import WORLDS, fits, told
from tests.worlds import dataset, ledger

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


def test_large_amounts_times_basis_points_do_not_overflow():
    """A lakh crore rupees is 10¹⁴ paise and stays in 64 bits; ten times as much does not."""
    for paise in (10**14, 10**15):
        assert times_points(np.array([paise, -paise, 3]), 15_000).tolist() == [
            paise * 3 // 2, -paise * 3 // 2, 4,
        ]  # fmt: skip


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

SPLITS = [name for name in DIMENSIONS if MEASURES["gross_profit"].carries(name)]


@given(WORLDS, CARRIED, KNOWN)
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


@given(WORLDS, CARRIED, KNOWN)
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


@given(WORLDS, CARRIED, st.sampled_from([0, 100]))
def test_contribution_summed_over_any_split_equals_the_whole(world, where, percent):
    """To the paisa where no part needs rounding."""
    margins = Margins.of({"MuscleBlaze": percent, "Gritzo": 100, "(no brand)": 100})
    view = View(ledger(**world), where, margins)
    total = round(view.ask(["contribution"]).value("contribution") * 100)
    for name in SPLITS:
        parts = view.ask(["contribution"], [name]).frame["contribution"].to_list()
        assert sum(round(part * 100) for part in parts) == total, name
