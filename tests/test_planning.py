"""Whom to book again: expectations, three lists, curves and the split of a budget."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from dashboard.incrementality import Diagnostics, Estimate, estimate
from dashboard.planning import (
    Booking,
    Curve,
    Plan,
    Prospect,
    Spreads,
    bookings,
    curves,
    expecting,
    fitted_curve,
    fitted_spreads,
    plan,
    portfolio,
    prospects,
    split,
)
from dashboard.planning.spreads import drawn, shared_error
from tests.incremental_world import Campaign, shop
from tests.worlds import ledger


def a_booking(influencer, payout, incremental, tier="micro", campaign="Launch", **more):
    """An order is worth 100; three in four tagged rupees are incremental."""
    tagged = incremental / 0.75
    return Booking(
        influencer,
        tier,
        campaign,
        payout,
        tagged,
        incremental,
        round(tagged / 100),
        measured=True,
        **more,
    )


def an_estimate(campaign, incremental, half_width, tagged, usual=10_000.0, payout=1_000.0):
    known = incremental is not None
    return Estimate(
        campaign,
        None,
        "identified" if known else "not identifiable",
        incremental,
        (incremental - half_width, incremental + half_width) if known else None,
        None,
        None,
        None,
        None,
        None,
        (),
        Diagnostics(),
        payout,
        tagged,
        mix=((1, usual + (incremental or 0)),),
    )


def one_of(found, name):
    return next(one for one in found if one.influencer == name)


# ----------------------------------------------------------------------------------- expectations


def spread(monkeypatch, creator, campaign, booking):
    """Bookings differ by as much as this, whatever they bring."""
    given = Spreads(creator, campaign, booking)
    monkeypatch.setattr(expecting, "fitted_spreads", lambda *_: given)


def test_an_expectation_is_gamma_poisson(monkeypatch):
    """2,000 rupees brought 12 orders of 100, so 0.6 is usual: 6 orders for 1,000.

    A creator's spread of 0.5 is Gamma(2, 2 / 6); 12 orders make it Gamma(14, 8 / 6), none 2.
    """
    spread(monkeypatch, 0.5, 0, 0)
    found = prospects([a_booking("asha", 1000, 1200), a_booking("bela", 1000, 0)])
    asha, bela = one_of(found, "asha"), one_of(found, "bela")
    assert asha.incremental_orders == pytest.approx(12)
    assert asha.expected == pytest.approx(0.6 * 14 / 8)
    assert bela.expected == pytest.approx(0.6 * 2 / 8)
    assert asha.own == bela.own == pytest.approx(6 / 8)
    density = stats.gamma(14, scale=1.05 / 14).pdf
    assert asha.chance == pytest.approx(integrate.quad(density, 1, np.inf)[0], abs=1e-4)
    assert integrate.quad(density, *asha.interval)[0] == pytest.approx(0.9, abs=1e-3)


def two_campaigns(**doubt):
    """Each rupee brings 1, two in Launch and none in Flop; 900 usually bring 9 orders."""
    return [
        a_booking("asha", 900, 1800, **doubt),
        a_booking("bela", 900, 1800, **doubt),
        a_booking("chitra", 900, 0, campaign="Flop"),
        a_booking("dev", 900, 0, campaign="Flop"),
    ]


def test_what_a_campaigns_creators_have_in_common_is_the_campaigns(monkeypatch):
    """A booking counts 1 / (1 + 0.5 · 9) = 2 / 11 for its campaign, so Launch is at (1 + 72 / 11) /
    (1 + 36 / 11) = 83 / 47, known to 11 / 47. For asha it counts 1 / (1 + 99 / 47) = 47 / 146, and
    (2 + 18 · 47 / 146) / (2 + 9 · 83 / 146) is 1138 / 1039. Flop is at 11 / 47.
    """
    spread(monkeypatch, 0.5, 1, 0)
    found = prospects(two_campaigns())
    assert one_of(found, "asha").expected == pytest.approx(1138 / 1039)
    assert one_of(found, "asha").told == ((900, pytest.approx(47 / 146)),)
    assert one_of(found, "chitra").expected == pytest.approx(292 / 391)
    spread(monkeypatch, 0.5, 0, 0)
    found = prospects(two_campaigns())
    assert one_of(found, "asha").expected == pytest.approx(20 / 11)


def test_an_expectation_follows_the_number_that_its_reason_shows(monkeypatch):
    """Asha's Launch is at 83 / 47, of which her 18 orders for 9 are 94 / 83 times; all bring 1.

    Her 18 orders for 1,800 in all are 2 × so far: not what three in ten of the expectation is.
    """
    spread(monkeypatch, 0.5, 1, 0)
    asha = one_of(prospects(two_campaigns()), "asha")
    assert asha.beside == pytest.approx(94 / 83)
    assert asha.expected == pytest.approx((1 - asha.own) + asha.own * 94 / 83)
    assert "2.00× so far: 1.13 times what the campaign usually brings." in asha.reason


def test_every_expectation_lies_between_what_all_bring_and_so_many_times_it():
    """Whatever the bookings: the same sum for everybody gives what all bring."""
    chance = np.random.default_rng(4)
    booked = [
        a_booking(who, int(paid), int(brought), campaign=campaign)
        for who in ("asha", "bela", "chitra", "dev")
        for campaign in ("Launch", "Flop", "Diwali")
        for paid, brought in [chance.integers((100, 0), (900, 3000))]
    ]
    found = prospects(booked)
    of_all = [one.expected / (1 - one.own + one.own * one.beside) for one in found]
    assert of_all == pytest.approx([of_all[0]] * 4)
    assert len({round(one.beside, 6) for one in found}) == 4


def test_a_campaign_in_doubt_tells_less_of_its_creators(monkeypatch):
    """Campaigns do not differ but by doubt: Launch by 1 as above, Flop by none."""
    spread(monkeypatch, 0.5, 0, 0)
    found = prospects(two_campaigns(doubt=1.0))
    assert one_of(found, "asha").expected == pytest.approx(1138 / 1039)
    assert one_of(found, "chitra").expected == pytest.approx(2 / 11)


def test_single_bookings_count_the_less_the_more_they_differ(monkeypatch):
    """9 orders counted 1 / (1 + 8 / 9 · 9) are 1: (2 + 2) / (2 + 1) for twice as many."""
    spread(monkeypatch, 0.5, 0, 8 / 9)
    found = prospects(two_campaigns())
    assert one_of(found, "asha").expected == pytest.approx(4 / 3)
    assert one_of(found, "asha").own == pytest.approx(1 / 3)


def test_what_is_not_known_of_all_is_not_known_of_one():
    """Without Launch it is half of what is due, without Flop half as much again: (1 + 1) / 4 / 2.

    Doubts of a fifth add up to (4 + 4) / 20². Of one campaign only the doubt is known.
    """
    orders, usual = np.array([15.0, 5.0]), np.array([10.0, 10.0])
    doubt = np.array([0.2, 0.2])
    assert shared_error(orders, usual, np.array([0, 1]), doubt) == pytest.approx(1 / 4)
    assert shared_error(usual, usual, np.array([0, 1]), doubt) == pytest.approx(8 / 400)
    assert shared_error(usual, usual, np.array([0, 0]), doubt) == pytest.approx(0.04)


def test_what_all_brought_is_drawn_towards_1_as_far_as_it_may_be_luck(monkeypatch):
    """4 in Launch and 0 in Flop is 2 in all, and as unsure as 1 order: (2 + 1) / (2 + 1 / 2).

    If both had brought 2, nothing would be unsure.
    """
    spread(monkeypatch, 0, 0, 1)
    unsure = [
        replace(one, incremental_revenue=2 * one.incremental_revenue) for one in two_campaigns()
    ]
    assert [one.expected for one in prospects(unsure)] == pytest.approx([1.2] * 4)
    sure = [replace(one, incremental_revenue=1800) for one in two_campaigns()]
    assert [one.expected for one in prospects(sure)] == pytest.approx([2] * 4)
    assert drawn(2, 1 / 4) == (pytest.approx(6 / 4), pytest.approx(1 / 6))
    assert drawn(0.5, 1 / 4) == (pytest.approx(6 / 10), pytest.approx(1 / 6))
    assert drawn(0, 1) == (0, 1)


def test_creators_who_bring_the_same_are_as_unsure_as_their_campaigns(monkeypatch):
    """Nobody differs from anybody; without Launch and Flop it is 0 and 2: 1 / 2 · (1 + 1) is 1.

    With the 2 that are taken for granted of any brand that is Gamma(3, 3).
    """
    spread(monkeypatch, 0, 0, 1)
    for one in prospects(two_campaigns()):
        assert one.expected == pytest.approx(1)
        assert one.chance == pytest.approx(np.exp(-3) * (1 + 3 + 9 / 2))
        assert one.choice == "test again"


def test_lists_are_made_by_the_chance_of_paying_back():
    """Six campaigns of proof each way, and one who was hardly tried."""
    each = {"always": 30_000, "never": 2_000, "so-so": 10_000, "poor": 5_000}
    booked = [
        a_booking(name, 10_000, brought, campaign=f"Launch {at}")
        for name, brought in each.items()
        for at in range(6)
    ]
    found = prospects([*booked, a_booking("untried", 200, 200, campaign="Launch 0")])
    choices = {one.influencer: one.choice for one in found}
    assert choices["always"] == "book again"
    assert choices["never"] == choices["poor"] == "stop"
    assert choices["untried"] == choices["so-so"] == "test again"
    assert [one.chance for one in found] == sorted((one.chance for one in found), reverse=True)
    for one in found:
        assert (one.chance >= 0.8) == (one.choice == "book again")
        assert (one.chance <= 0.2) == (one.choice == "stop")
        assert one.reason.endswith(".")


def test_the_lists_end_at_four_in_five_and_one_in_five():
    """Hundred creators from hopeless to splendid: every chance between is there."""
    booked = [
        a_booking(f"c{at}", 1_500, 30.0 * at, campaign=f"Launch {time}")
        for at in range(100)
        for time in range(3)
    ]
    found = prospects(booked)
    for low, high, choice in (
        (0.8, 0.9, "book again"),
        (0.7, 0.8, "test again"),
        (0.2, 0.3, "test again"),
        (0.1, 0.2, "stop"),
    ):
        between = {one.choice for one in found if low < one.chance < high}
        assert between == {choice}


def test_another_line_moves_the_lists():
    """What pays back without product cost need not at a margin of a third."""
    booked = [a_booking(name, 10_000, 20_000) for name in ("a", "b", "c", "d", "e")]
    assert {one.choice for one in prospects(booked)} == {"book again"}
    assert {one.choice for one in prospects(booked, needed=3.0)} == {"stop"}


def test_little_evidence_is_drawn_further_to_what_is_usual():
    """All others bring back 1; one of small and one of large payouts brought back 4."""
    usual = [a_booking(f"usual {number}", 5_000, 5_000) for number in range(20)]
    found = prospects([*usual, a_booking("small", 100, 400), a_booking("large", 10_000, 40_000)])
    small, large = one_of(found, "small"), one_of(found, "large")
    assert 1 < small.expected < large.expected < 4
    assert 0 < small.own < large.own < 1


def test_expectations_of_all_money_together_add_up():
    """Payout times expectation, summed, is about what came in all: nobody is promised more."""
    chance = np.random.default_rng(3)
    payouts = chance.uniform(500, 5_000, 60)
    brought = 100.0 * chance.poisson(payouts * chance.gamma(2, 0.005, 60))
    booked = [
        a_booking(f"c{number}", float(payout), float(revenue))
        for number, (payout, revenue) in enumerate(zip(payouts, brought, strict=True))
    ]
    promised = sum(one.expected * one.payout for one in prospects(booked))
    assert promised == pytest.approx(brought.sum(), rel=0.02)


# --------------------------------------------------------------------------------------- spreads

OF, IN = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
"""Two creators, each in both of two campaigns."""
TENS = np.full(4, 10.0)


def test_what_comes_again_with_a_creator_is_the_creators():
    """Strays of 1, 1, −1, −1 are 40 in squares, 4 of them chance: 36 / 40 in all.

    Two pairs of creators resemble each other by 1; fifty are taken for granted at the tenth root of
    1.9. Those of campaigns do not.
    """
    found = fitted_spreads(np.array([20.0, 20, 0, 0]), TENS, OF, IN)
    assert found.creator == pytest.approx((2 + 50 * (1.9**0.1 - 1)) / 52)
    assert found.campaign == 0
    assert 1 + found.booking == pytest.approx(1.9 / (1 + found.creator))


def test_what_a_campaigns_bookings_share_is_the_campaigns():
    """The same, the other way round: two pairs of creators differ by 1, those of campaigns do not.

    A campaign cannot add more than is left: 1.9 is the product of 1 + each.
    """
    found = fitted_spreads(np.array([20.0, 0, 20, 0]), TENS, OF, IN)
    assert found.creator == pytest.approx((-2 + 50 * (1.9**0.1 - 1)) / 52)
    assert 1 + found.campaign == pytest.approx(1.9 / (1 + found.creator))
    assert found.booking == pytest.approx(0)


def test_small_payouts_that_brought_wonders_count_as_five_times_the_usual():
    """Strays of 9, 9, −1 and −1 are taken for 4, 4, −1 and −1: (10 · 34 − 4) / 40 in all."""
    found = fitted_spreads(np.array([100.0, 100, 0, 0]), TENS, OF, IN)
    assert found.creator == pytest.approx((17 + 50 * (9.4**0.1 - 1)) / 52)
    assert 1 + found.booking == pytest.approx(9.4 / (1 + found.creator))


def test_bookings_that_are_all_alike_differ_by_nothing():
    assert fitted_spreads(TENS, TENS, OF, IN) == Spreads(0, 0, 0)


def test_of_many_bookings_it_is_found_who_makes_them_differ():
    """3,000 creators in 4 of 400 campaigns each, whose gammas vary by 0.1, 0.2 and 0.3."""
    chance = np.random.default_rng(5)
    creator, campaign = np.repeat(np.arange(3_000), 4), chance.integers(0, 400, 12_000)
    usual = chance.uniform(20, 60, 12_000)
    lifts = [
        chance.gamma(1 / spread, spread, of.max() + 1)[of]
        for spread, of in ((0.1, creator), (0.2, campaign), (0.3, np.arange(12_000)))
    ]
    orders = chance.poisson(usual * np.prod(lifts, axis=0)).astype(float)
    found = fitted_spreads(orders, usual, creator, campaign)
    assert found.creator == pytest.approx(0.1, rel=0.15)
    assert found.campaign == pytest.approx(0.2, rel=0.2)
    assert found.booking == pytest.approx(0.3, rel=0.15)


def invented(chance, creators, times, own):
    """Bookings of creators whose own worth varies by ``own``, and that worth.

    A brand's rupee brings about 1, which varies by 0.5; campaigns vary by 0.6 and single bookings
    by 0.5. An order is worth 100.
    """
    brand = chance.gamma(2, 0.5)
    worth = dict(enumerate(chance.gamma(1 / own, own, creators) if own else np.ones(creators)))
    lift = chance.gamma(1 / 0.6, 0.6, 10)
    booked = []
    for who, own_worth in worth.items():
        for at in chance.choice(10, times, replace=False):
            payout = float(chance.uniform(500, 5_000))
            came = 0.01 * brand * payout * own_worth * lift[at] * chance.gamma(2, 0.5)
            brought = 100.0 * chance.poisson(came)
            booked.append(a_booking(f"{who}", payout, brought, campaign=f"{at}"))
    return booked, {f"{who}": brand * one for who, one in worth.items()}


@pytest.mark.parametrize(("times", "own", "better"), [(1, 0.0, 1.0), (8, 0.4, 1.5)])
def test_the_best_third_brings_about_what_is_promised(times, own, better):
    """Whether everybody is alike and luck decides who is on top, or some are truly better."""
    chance = np.random.default_rng(12)
    promised, true, usual = [], [], []
    for _ in range(40):
        booked, worth = invented(chance, 30, times, own)
        best = sorted(prospects(booked), key=lambda one: -one.expected)[:10]
        promised += [one.expected for one in best]
        true += [worth[one.influencer] for one in best]
        usual += worth.values()
    assert 0.9 < sum(promised) / sum(true) < 1.25
    assert np.mean(true) / np.mean(usual) == pytest.approx(better, rel=0.15)


# ------------------------------------------------------------------------------------- portfolio


def test_sure_campaigns_keep_their_number_and_vague_ones_move_to_the_line():
    """Five sure ones stand on incremental = tagged / 2; the vague sixth says four times as much."""
    sure = [an_estimate(f"c{tagged}", tagged / 2, 10, tagged) for tagged in range(1000, 6000, 1000)]
    found = portfolio([*sure, an_estimate("vague", 6_000, 5_000, 3_000)])
    for one in sure:
        assert found[one.campaign].revenue == pytest.approx(one.incremental_revenue, abs=2)
    assert found["vague"].revenue == pytest.approx(1500, abs=60)
    assert found["vague"].error < 5_000 / 1.645


def test_campaigns_that_differ_keep_most_of_their_own_number():
    """Shares from −20 % to 40 % whatever is tagged, each known to a percent."""
    shares = (-2_000.0, 500.0, 4_000.0, 1_500.0, 3_000.0, -500.0)
    differing = [an_estimate(f"c{at}", share, 165, 1_000 + at) for at, share in enumerate(shares)]
    found = portfolio(differing)
    for one in differing:
        assert found[one.campaign].revenue == pytest.approx(one.incremental_revenue, abs=60)


def test_nothing_heavy_is_imported_before_somebody_plans():
    """A page names the plan's parts when the server starts; scipy's are a second of its work."""
    code = "import sys, dashboard.planning; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "dashboard.planning.expecting" in done.stdout.split()
    assert not {"scipy.stats", "scipy.optimize", "scipy.special"} & {*done.stdout.split()}


def test_three_campaigns_stay_as_they_are():
    few = [an_estimate(f"c{at}", 100.0 * at, 164.5, 1_000) for at in range(3)]
    assert {name: one.revenue for name, one in portfolio(few).items()} == pytest.approx(
        {"c0": 0, "c1": 100, "c2": 200}
    )
    assert portfolio(few)["c1"].error == pytest.approx(100)
    assert portfolio([an_estimate("none", None, 0, 1_000)]) == {}


# -------------------------------------------------------------------------------------- bookings


@pytest.fixture
def made():
    """Asha tagged 600 of Whey's 800 and Bela 200, for 100 each; Chitra was paid 50 and tagged none.

    Another campaign of Asha tagged 400 for 80.
    """
    return ledger(
        tracking_data="""
            influencer_id  campaign  product  date        orders  revenue
            asha           Whey      Whey     2026-01-01  6       600
            bela           Whey      Whey     2026-01-02  2       200
            asha           Bars      Bars     2026-01-02  4       400
        """,
        payouts="""
            influencer_id  campaign  basis  total_payout
            asha           Whey      order  100
            bela           Whey      order  100
            chitra         Whey      post   50
            asha           Bars      order  80
        """,
    )


def test_incremental_revenue_is_shared_by_tags(made):
    """400 of Whey's 800 are incremental, so half of Bars' too, which has no number of its own."""
    known = [
        an_estimate("Bars", None, 0, 400, payout=80),
        an_estimate("Whey", 400, 100, 800, payout=250),
    ]
    found = {(one.influencer, one.campaign): one for one in bookings(made, known)}
    assert {key: one.incremental_revenue for key, one in found.items()} == {
        ("asha", "Whey"): 300,
        ("bela", "Whey"): 100,
        ("chitra", "Whey"): 0,
        ("asha", "Bars"): 200,
    }
    assert found["chitra", "Whey"].payout == 50
    # 600 rupees came of 330, so that Whey's 250 usually bring 455
    assert found["asha", "Whey"].doubt == pytest.approx(100 / 1.645 / (250 * 600 / 330))
    assert found["asha", "Bars"].doubt == 1
    assert not found["asha", "Bars"].measured


def test_less_than_nothing_is_shared_as_nothing(made):
    known = [an_estimate("Whey", -400, 100, 800), an_estimate("Bars", None, 0, 400)]
    assert {one.incremental_revenue for one in bookings(made, known)} == {0}


def test_no_campaign_with_a_number_is_no_plan(made):
    found = plan(made, estimate(made))
    assert found.prospects == ()
    assert "No campaign has an incremental revenue" in found.reason


def test_too_few_creators_are_no_plan(made):
    found = plan(made, [an_estimate("Whey", 400, 100, 800), an_estimate("Bars", None, 0, 400)])
    assert found.prospects == ()
    assert found.reason.startswith("Only 3 creators")


def test_a_plan_from_files_to_lists():
    """One campaign whose orders six creators share; the shop is that of the estimator's tests."""
    base = shop([Campaign(lift=0.4, tagged=0.3)], noise=0.2, seed=3)
    tagged = [row for row in base.tracking if row["campaign"]]
    for number, row in enumerate(tagged):
        row["influencer_id"] = f"c{number % 6}"
    payouts = [
        {"influencer_id": f"c{number}", "campaign": "Launch", "total_payout": 500 + 100 * number}
        for number in range(6)
    ]
    made = replace(base, payouts=payouts).ledger()
    found = plan(made, estimate(made))
    assert {one.influencer for one in found.prospects} == {f"c{number}" for number in range(6)}
    assert sum(one.payout for one in found.prospects) == 4500
    assert {one.choice for one in found.prospects} <= {"book again", "test again", "stop"}
    assert found.prospects == plan(made, estimate(made)).prospects


# ------------------------------------------------------------------------------------ saturation


def test_a_saturating_curve_is_found():
    """M·E / (M + E) with E = 4 s and M = 20,000, without noise."""
    spends = np.geomspace(100, 20_000, 30)
    brought = 20_000 * 4 * spends / (20_000 + 4 * spends)
    booked = [a_booking("x", s, r) for s, r in zip(spends, brought, strict=True)]
    found = fitted_curve(booked)
    assert found.slope == pytest.approx(4, rel=0.05)
    assert found.slope / found.bend == pytest.approx(20_000, rel=0.1)
    assert found.brought(5_000) == pytest.approx(10_000, rel=0.02)
    assert found.marginal(5_000) == pytest.approx(4 * 20_000**2 / 40_000**2, rel=0.05)


def test_a_straight_line_shows_no_saturation():
    found = fitted_curve([a_booking("x", s, 2 * s) for s in (100.0, 500.0, 2_000.0, 9_000.0)])
    assert (found.slope, found.bend) == (pytest.approx(2), 0)
    assert found.marginal(1e9) == pytest.approx(2)


def test_a_tier_with_few_bookings_has_the_curve_of_all():
    booked = [a_booking(f"m{at}", 100.0 * (at + 1), 300.0 * (at + 1)) for at in range(6)]
    booked += [a_booking("n", 100.0, 100.0, tier="nano"), a_booking("?", 100.0, 100.0, tier=None)]
    found = dict(curves(booked))
    assert found.keys() == {"micro", "nano"}
    assert (found["micro"].pooled, found["micro"].bookings) == (False, 6)
    assert (found["nano"].pooled, found["nano"].bookings) == (True, 1)
    assert found["nano"].slope == fitted_curve(booked).slope


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (Curve(4.0, 0.001, 9), 1000.0),  # 4 / (1 + 1)² = 1
        (Curve(0.9, 0.001, 9), 0.0),
        (Curve(4.0, 0.0, 9), np.inf),
    ],
)
def test_the_booking_from_which_a_rupee_brings_less(curve, expected):
    assert curve.enough(1.0) == pytest.approx(expected)


# ---------------------------------------------------------------------------------------- budgets


def a_prospect(name, expected, most, choice="book again", tier="micro"):
    return Prospect(
        name, tier, expected, (expected / 2, expected * 2), 0.9, choice, "", most, 10, most
    )


BENT = (("micro", Curve(2.0, 0.001, 9)),)


def test_a_budget_is_split_until_marginal_returns_are_alike():
    """Slopes 3·(1 + 1) = 6 and 2·(1 + 1) = 4 at a bend of 0.001: (1 + s/1000)² ratio 6 : 4.

    Of 1,500 rupees a gets s with (1000 + s)/(2500 − s) = √1.5: s = (2500·√1.5 − 1000)/(1 + √1.5).
    """
    found = Plan((a_prospect("a", 3, 1000), a_prospect("b", 2, 1000)), BENT)
    made = split(1500, found)
    root = np.sqrt(1.5)
    assert one_of(made.shares, "a").amount == pytest.approx((2500 * root - 1000) / (1 + root))
    assert sum(share.amount for share in made.shares) == pytest.approx(1500)
    assert made.shares[0].marginal == pytest.approx(made.shares[1].marginal)
    assert made.left == pytest.approx(0, abs=1e-6)
    assert made.reason == ""


def test_a_usual_booking_brings_what_is_expected_of_it():
    """All 1,000 of the most that was ever paid: 1,000 · 3, from half to twice of it."""
    made = split(1000, Plan((a_prospect("a", 3, 1000),), BENT))
    assert made.shares[0].expected == pytest.approx(3000)
    assert made.shares[0].interval == pytest.approx((1500, 6000))


def test_a_curve_goes_through_the_bookings_that_count():
    """1,000 counts half of 500: 2 · (500 + 500) rupees came of slope · (500/2 + 500/1.5)."""
    told = ((1000.0, 0.5), (500.0, 1.0))
    found = Plan((replace(a_prospect("a", 2, 1000), told=told),), BENT)
    slope = 2000 / (500 / 2 + 500 / 1.5)
    made = split(500, found)
    assert made.shares[0].expected == pytest.approx(slope * 500 / 1.5)
    assert made.shares[0].marginal == pytest.approx(slope / 1.5**2)


def test_bookings_count_as_far_as_their_campaign_is_known():
    sure, unsure = a_booking("a", 1000, 1000), a_booking("a", 9000, 0, "micro", "Vague", doubt=1.0)
    others = [a_booking(f"c{at}", 2000, 2000) for at in range(4)]
    (known, weight), (vague, least) = one_of(prospects([sure, unsure, *others]), "a").told
    assert (known, vague) == (1000, 9000)
    assert 0 < 3 * least < weight


def test_what_would_not_come_back_is_left():
    """Slope 4 and bend 0.001: the marginal return is 1 at s = 1,000."""
    made = split(5000, Plan((a_prospect("a", 2, 1000),), BENT))
    assert made.shares[0].amount == pytest.approx(1000)
    assert made.left == pytest.approx(4000)
    assert "Test new creators" in made.reason


def test_nobody_gets_more_than_twice_what_was_ever_paid():
    """Straight lines: the better one is full at 200, the other at 2,000."""
    found = Plan((a_prospect("a", 3, 100), a_prospect("b", 2, 1000)), ())
    made = split(1000, found)
    assert {share.influencer: share.amount for share in made.shares} == pytest.approx(
        {"a": 200, "b": 800}
    )
    assert split(9000, found).left == pytest.approx(9000 - 2200)


def test_those_to_stop_get_nothing_unless_they_are_chosen():
    found = Plan((a_prospect("a", 3, 100), a_prospect("b", 2, 100, choice="stop")), ())
    assert [share.influencer for share in split(300, found).shares] == ["a"]
    assert [share.influencer for share in split(100, found, ["b"]).shares] == ["b"]


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_to_split(amount):
    made = split(amount, Plan((a_prospect("a", 3, 100),), ()))
    assert (made.shares, made.left) == ((), 0)


def test_nobody_to_give_it_to():
    made = split(100, Plan())
    assert (made.shares, made.left) == ((), 100)
    assert made.reason
