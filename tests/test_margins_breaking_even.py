"""Breaking even at gross margins: poor ROI and alerts hold everybody against their own."""

from __future__ import annotations

from urllib.parse import urlencode

import polars as pl
import pytest
from hypothesis import given

from dashboard import address
from dashboard.alerts import look
from dashboard.app import OFFERED
from dashboard.query import Margins, View, Where, breaking_even, short
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.poor import PoorRoi, reason
from tests.margins_world import (
    CARRIED,
    EVEN_OF_ALL,
    KNOWN,
    TWO_BRANDS,
    TWO_MARGINS,
    refreshed,
)
from tests.test_query_properties import WORLDS
from tests.worlds import dataset, ledger


def poor_of(margins, orders=1, **told):
    settings = Settings(margins=margins, poor_orders=orders, **told)
    explorer = Explorer(dataset(**TWO_BRANDS), settings)
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


@given(WORLDS, CARRIED, KNOWN)
def test_who_is_short_of_break_even_is_who_loses_money(world, where, percents):
    """Below break-even, and a contribution below zero, are one and the same, to the paisa.

    Where break-even is not known, it is revenue that is held against spend.
    """
    view = View(ledger(**world), where, Margins.of(percents))
    found = breaking_even(view, "influencer")
    left = view.ask(["contribution", "profit"], ["influencer"]).frame
    lost = pl.when(found["costed"]).then(left["contribution"]).otherwise(left["profit"])
    assert short(found, 1).to_list() == [0.0 - one for one in pl.select(lost).to_series()]


@given(WORLDS, CARRIED, KNOWN)
def test_a_roas_below_break_even_is_what_is_short_of_it(world, where, percents):
    view = View(ledger(**world), where, Margins.of(percents))
    found = breaking_even(view, "influencer")
    for row in found.with_columns(short(found, 1)).to_dicts():
        assert row["even"] is None or row["even"] > 0
        if row["revenue"] > 0 and row["costed"] and row["spend"] > 0:
            below = row["even"] is None or row["roas"] < row["even"]
            assert (row["short"] > 0) == below


RETURNS = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        asha           A         2026-02-01  Kids     Gritzo       20      20000
        bela           B         2026-02-03  Whey     MuscleBlaze  -4      -8000
    """,
    "payouts": """
        influencer_id  campaign  basis  total_payout  date
        asha           A         post   2000          2026-02-01
        cara           C         post   30000         2026-02-01
    """,
}
"""Of 12,000 in all, 20 % of Gritzo and 55 % of MuscleBlaze leave 4,000 − 4,400: below nothing."""
COSTLY = {"Gritzo": 20, "MuscleBlaze": 55}


def test_who_sold_nothing_is_held_against_one_where_returns_leave_less_than_nothing():
    """Cara would break even at −30 × otherwise; at 750 an order her 30,000 are 40 orders."""
    found = breaking_even(View(ledger(**RETURNS), Where(), Margins.of(COSTLY)), "influencer")
    assert found.select("influencer", "costed", "kept", "even").rows() == [
        ("asha", True, 4000, 5), ("bela", False, -8000, 1), ("cara", False, 0, 1),
    ]  # fmt: skip
    card = refreshed(PoorRoi(Explorer(dataset(**RETURNS), Settings(margins=COSTLY))))
    assert card.numbers().select("influencer", "threshold", "wanted", "enough").rows() == [
        ("cara", 1, 40, True)
    ]
    assert card.card.sentence == (
        "1 of 2 paid creators are below break-even by gross margin, ₹30,000 short together. Who "
        "has no revenue is held against 1.00×."
    )


def alerts_of(made, where, margins, **told):
    view = View(ledger(**made), where, Margins.of(margins))
    found = look(view, Settings(poor_orders=1, **told))
    return {
        one.about["campaign"]: (one.stake, one.sentence)
        for one in found
        if one.name == "roas-below-floor"
    }


def test_a_paid_campaign_is_looked_at_however_much_was_returned():
    stake, sentence = alerts_of(RETURNS, Where(), COSTLY)["C"]
    assert stake == 30000
    assert sentence == "C stands at ROAS 0.00×, below 1.00×: ₹30,000 spent, nothing back."


@pytest.mark.parametrize(
    "sold",
    [
        [("Kids", "Gritzo", 4, 500), ("Kids", "Gritzo", -1, -500)],
        [("Kids", "Gritzo", 3, 0)],
        [("Kids", "Gritzo", 1, -20)],
        [],
    ],
)
def test_what_brought_nothing_in_view_is_held_against_all_data(sold):
    """D alone is in view and has no revenue; all data break even at 1 / 0.5."""
    rows = [("asha", "A", "Kids", "Gritzo", 10, 1000), *(("dev", "D", *one) for one in sold)]
    names = ("influencer_id", "campaign", "product", "brand", "orders", "revenue")
    made = {
        "tracking_data": [dict(zip(names, row, strict=True), date="2026-01-02") for row in rows],
        "payouts": "influencer_id campaign basis total_payout date\ndev D post 1000 2026-01-01",
    }
    where, margins = Where(campaign=("D",)), {"Gritzo": 50}
    found = breaking_even(View(ledger(**made), where, Margins.of(margins)), "campaign")
    assert found.select("costed", "even").rows() == [(True, 2)]
    _, sentence = alerts_of(made, where, margins)["D"]
    assert "below 2.00×, which breaks even by gross margin: ₹1,000 spent" in sentence


def test_margins_of_what_nobody_sold_say_nothing_of_who_sold_nothing():
    view = View(ledger(**TWO_BRANDS), Where(influencer=("dev",)), Margins.of({"Fizz": 40}))
    assert breaking_even(view, "influencer").select("costed", "even").rows() == [(False, 1)]


def test_who_returned_more_than_they_sold_breaks_even_where_all_do():
    """All keep 700 of 1000: Bela's −100 of her −200 are no break-even of 2."""
    made = """
        influencer_id  date        product  brand        orders  revenue
        asha           2026-01-01  Whey     MuscleBlaze  12      1200
        bela           2026-01-01  Kids     Gritzo       -2      -200
    """
    margins = Margins.of({"Gritzo": 50, "MuscleBlaze": 75})
    found = breaking_even(View(ledger(tracking_data=made), Where(), margins), "influencer")
    assert found.select("kept", "even").rows() == [(900, 1200 / 900), (-100, 1000 / 800)]


def test_returns_alone_are_no_break_even():
    """Of −200 at 50 % −100 is left, which is no sale at 2: nothing is known of break-even."""
    made = """
        influencer_id  date        product  brand   orders  revenue
        bela           2026-01-01  Kids     Gritzo  -2      -200
    """
    view = View(ledger(tracking_data=made), Where(), Margins.of({"Gritzo": 50}))
    assert breaking_even(view, "influencer").select("costed", "even").rows() == [(False, 1)]


MIXED = {
    "tracking_data": """
        influencer_id  campaign  date        product  brand        orders  revenue
        eve            E         2026-01-03  Kids     Gritzo       2       500
        eve            E         2026-01-04  Whey     MuscleBlaze  -1      -400
    """,
    "payouts": "influencer_id campaign basis total_payout date\neve E post 100 2026-01-03",
}
"""At 10 % of Gritzo and 90 % of MuscleBlaze 50 − 360 is left of 100."""


def test_revenue_of_which_less_than_nothing_is_left_never_breaks_even():
    margins = {"Gritzo": 10, "MuscleBlaze": 90}
    found = breaking_even(View(ledger(**MIXED), Where(), Margins.of(margins)), "influencer")
    assert found.select("costed", "kept", "even").rows() == [(True, -310, None)]
    stake, sentence = alerts_of(MIXED, Where(), margins)["E"]
    assert stake == 410
    assert sentence == (
        "E stands at ROAS 1.00×, and no ROAS would pay back: ₹100 spent, ₹100 back, −₹310 after "
        "product cost."
    )
    card = refreshed(PoorRoi(Explorer(dataset(**MIXED), Settings(margins=margins))))
    (row,) = card.numbers().to_dicts()
    assert reason(row) == "₹100 paid, ₹100 came back, −₹310 after product cost."
    assert row["wanted"] is None


def test_what_was_given_away_needs_no_margin():
    """A Bar without revenue and without a margin leaves Asha's 100 of Kids known."""
    made = """
        influencer_id  date        product  brand        orders  revenue
        asha           2026-01-01  Kids     Gritzo       1       100
        asha           2026-01-02  Bar      MuscleBlaze  1       0
    """
    view = View(ledger(tracking_data=made), Where(), Margins.of({"Gritzo": 50}))
    assert breaking_even(view, "influencer").select("costed", "even").rows() == [(True, 2)]


def test_what_is_short_is_exact_at_ten_lakh_crore():
    """Paise times basis points leave 64 bits here."""
    found = pl.DataFrame({"spend": [1e13, 2e13], "kept": [1.0, 5e13]})
    assert short(found, 2).to_list() == [2e13 - 1, -1e13]


def test_nothing_is_short_where_revenue_has_no_answer():
    """Under a filter on the basis; it is not 0, and nobody is poor for it."""
    where = Where(basis=("order",))
    for margins in ({}, TWO_MARGINS):
        view = View(ledger(**TWO_BRANDS), where, Margins.of(margins))
        found = breaking_even(view, "influencer")
        assert set(found["spend"]) == {100}
        assert found["kept"].to_list() == short(found, 1).to_list() == [None] * 4
        assert alerts_of(TWO_BRANDS, where, margins) == {}


def test_a_refused_list_of_poor_has_no_numbers_to_take_away():
    explorer = Explorer(dataset(**TWO_BRANDS), Settings(poor_orders=1))
    card = refreshed(PoorRoi(explorer))
    assert card.numbers().height == 1
    explorer.filters.basis = ["order"]
    assert "cannot be filtered by payout basis" in refreshed(card).card.state[1]
    assert card.numbers().is_empty()
    explorer.filters.basis = []
    assert refreshed(card).numbers().height == 1


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
    """Bela is short of 4 × by 25; Cara's 200 are more than her 100, before what Kids cost.

    Bela's 25 are of gross profit and Dev's 100 of revenue: no sum of both.
    """
    card = poor_of({"MuscleBlaze": 25})
    assert card.card.sentence.startswith(
        "2 of 4 paid creators are below break-even by gross margin, short of ₹25 of gross profit "
        "and ₹100 of revenue."
    )
    assert card.numbers()["influencer"].to_list() == ["dev", "bela"]
    assert card.card.sentence.endswith(
        " Who sold Gritzo, with no gross margin, is held against 1.00×."
    )


def test_nothing_left_after_product_cost_is_said_without_a_number_of_orders():
    rows = poor_of({"Gritzo": 0, "MuscleBlaze": 25}).numbers().to_dicts()
    asha = next(row for row in rows if row["influencer"] == "asha")
    assert (asha["short"], asha["enough"]) == (100.0, True)
    assert reason(asha) == "₹100 paid, ₹300 came back, nothing of it after product cost."


def test_where_no_roas_pays_back_no_amount_is_too_little():
    """At 0 % all three who sold are 100 short, however few orders 100 would be."""
    card = poor_of({"Gritzo": 0, "MuscleBlaze": 0}, orders=1000)
    assert card.card.sentence.startswith("3 of 4 paid creators are below break-even")
    assert card.card.sentence.endswith(
        "₹300 short together. 1 more is below it on too little money to say so. Who has no revenue "
        "is held against 1.00×."
    )
    sure = card.numbers().filter("enough")
    assert sure.select("influencer", "threshold", "wanted").rows() == [
        (who, None, None) for who in ("asha", "bela", "cara")
    ]
    assert alerts_of(TWO_BRANDS, Where(), {"Gritzo": 0, "MuscleBlaze": 0}).keys() == set("ABCD")


def test_what_costs_nothing_is_not_said_twice():
    """At 100 % all that came back is left."""
    rows = poor_of({"Gritzo": 100, "MuscleBlaze": 100}, poor_roas=5).numbers().to_dicts()
    asha = next(row for row in rows if row["influencer"] == "asha")
    assert reason(asha) == "₹100 paid, ₹300 came back: 3 orders where 5 would give 5.00×."


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
def test_a_threshold_of_a_link_that_is_none_is_left_out(bad):
    """The page says so, as of every value of a link; the list stays as it is."""
    card = poor_of({})
    found = address.read(urlencode({"poor-roi": bad}), card.explorer, OFFERED)
    assert found.looks == {}
    assert found.notices == (
        f"The link's ROAS to be poor below was left out: {bad!r} is no ROAS from 0 to 100.",
    )
    card.explorer.remember("poor-roi", bad)
    assert card.card.sentence.startswith("1 of 4 paid creators are below 1.00×")
    card.threshold.value = 2.0
    assert card.explorer.looks == {"poor-roi": "2"}


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
        return alerts_of(TWO_BRANDS, Where(), margins, alert_roas=floor)

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
