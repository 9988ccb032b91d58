"""What came because of a campaign: the answer, what it rests on, and its verdict."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from dashboard.incrementality import estimate, measuring, model, prepare, solve, under
from dashboard.incrementality.judging import verdict
from dashboard.incrementality.series import case
from dashboard.incrementality.telling import facts
from dashboard.query import Margins
from dashboard.settings import Settings
from tests.estimated import a_run, numbers, only, quiet_shop, strong_answer, strong_shop
from tests.incremental_world import START, Campaign, shop


@pytest.fixture
def quiet():
    return quiet_shop()


@pytest.fixture
def strong():
    return strong_shop()


@pytest.fixture
def answer():
    return strong_answer()


# ------------------------------------------------------------------------------------ the answer


def test_a_real_effect_is_found_and_its_size_lies_in_the_interval(strong, answer):
    low, high = answer.interval
    assert answer.status == "identified"
    assert 0 < low <= strong.truth["Launch"] <= high
    assert low < answer.incremental_revenue < high


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_happened_the_interval_holds_nothing(seed):
    low, high = only(shop(noise=0.2, seed=seed)).interval
    assert low < 0 < high


def test_ratios_are_the_answer_over_payouts_and_tagged_revenue(answer):
    """5,000 is paid; about 2 of 20 orders a day of 100 rupees carry the code."""
    assert answer.payout == 5000
    assert answer.iroas == answer.incremental_revenue / 5000
    assert answer.iroas_interval == tuple(end / 5000 for end in answer.interval)
    assert answer.factor == answer.incremental_revenue / answer.tagged_revenue
    assert answer.break_even == 5000 / answer.tagged_revenue
    assert answer.tagged_roas == answer.tagged_revenue / 5000


def test_tagged_revenue_is_what_the_rows_say(strong, answer):
    tagged = [row["revenue"] for row in strong.tracking if row["influencer_id"]]
    assert answer.tagged_revenue == sum(tagged)


def test_the_same_data_gives_the_same_digits(strong, answer):
    again = only(strong)
    assert numbers(again) == numbers(answer)
    assert again.diagnostics.placebos == answer.diagnostics.placebos


def test_the_order_of_rows_changes_nothing(strong, answer):
    turned = replace(strong, tracking=strong.tracking[::-1], posts=strong.posts[::-1])
    assert numbers(only(turned)) == numbers(answer)


def test_ten_times_the_price_is_ten_times_the_answer(strong, answer):
    dear = [{**row, "revenue": 10 * row["revenue"]} for row in strong.tracking]
    found = only(replace(strong, tracking=dear))
    assert found.incremental_revenue == pytest.approx(10 * answer.incremental_revenue)
    assert found.interval == pytest.approx([10 * end for end in answer.interval])
    assert found.factor == pytest.approx(answer.factor)


def test_the_window_runs_to_two_weeks_after_the_last_post(answer):
    """Posts on days 150 to 160, the first order on day 150: from there to day 174."""
    assert answer.window == (START + dt.timedelta(150), START + dt.timedelta(174))


def test_the_path_adds_up_to_the_answer(answer):
    path = answer.diagnostics.path
    inside = [answer.window[0] <= one <= answer.window[1] for one in path.date]
    assert path.caused.sum() == pytest.approx(answer.incremental_revenue)
    assert not path.caused[~np.array(inside)].any()
    assert path.cumulative[-1] == pytest.approx(answer.incremental_revenue)
    assert (path.cumulative_low[-1], path.cumulative_high[-1]) == pytest.approx(answer.interval)
    assert path.exposure[inside].mean() == pytest.approx(1)
    assert (path.low <= path.expected).all()
    assert (path.expected <= path.high).all()


def test_days_before_mostly_lie_in_the_band_around_what_was_expected(answer):
    path = answer.diagnostics.path
    before = np.array([one < answer.window[0] for one in path.date])
    within = (path.low <= path.actual) & (path.actual <= path.high)
    assert 0.8 < within[before].mean() <= 1


def test_the_actual_path_is_all_revenue_of_the_product(strong, answer):
    path = answer.diagnostics.path
    sold = dict.fromkeys(path.date, 0)
    for row in strong.tracking:
        when = dt.date.fromisoformat(row["date"])
        if row["product"] == "Product 0" and when in sold:
            sold[when] += row["revenue"]
    assert path.actual.tolist() == list(sold.values())


def test_diagnostics_say_what_the_answer_rests_on(answer):
    found = answer.diagnostics
    assert found.products == ("Product 0",)
    assert found.donors == ("Product 1", "Product 2", "Product 3", "Product 4")
    assert (found.before, found.after, found.posts) == (150, 60, 3)
    assert len(found.placebos) >= 10
    assert found.quantile >= 1.645
    assert 0 < found.error < 0.2
    assert found.level_lift == pytest.approx(found.log_lift, abs=0.1)
    assert 0 < found.least_lift < 0.5


def test_placebos_are_the_product_before_and_every_donor_without_itself(strong, monkeypatch):
    """Days 0 to 234 are learnt from and the window, 150 to 174, is 25 days long.

    Placebos start on days 60, 81, … 207, eight of them: each for four donors by the other three,
    and those that end before day 150, four, for the product by all four donors. With the estimate
    itself that is 4 + 32 solutions more.
    """
    designs = recorded(monkeypatch)
    run, every, seen = a_run(strong.ledger())
    measured = measuring.measure(case(run, every, seen))
    assert len(measured.placebos) == 36
    assert [made.donors.shape[1] for made in designs] == [4] + [4] * 4 + [3] * 32
    for made in designs:
        within = made.day[made.inside[:, 0] > 0]
        assert len(within) == 25
        last = min(within.max() + 60, 234)
        own = made.donors.shape[1] == 4 and made is not designs[0]
        assert set(made.day) == set(range(last + 1)) - (set(range(150, 175)) if own else set())


def test_placebos_of_the_product_leave_out_a_campaign_that_overlaps(monkeypatch):
    """The other one runs from day 130 to 164, the asked for from 160 to 184."""
    both = [Campaign("Launch", 0, (160, 170)), Campaign("Other", 0, (130, 150))]
    designs = recorded(monkeypatch)
    run, every, seen = a_run(shop(both).ledger())
    measuring.measure(case(run, every, seen))
    own = [made for made in designs[1:] if made.donors.shape[1] == 4]
    assert own
    for made in own:
        assert not set(made.day) & set(range(130, 185))


def recorded(monkeypatch):
    """The designs that are solved from now on."""
    designs = []

    def solved(made, *grid):
        designs.append(made)
        return model.points(made, *grid)

    monkeypatch.setattr(measuring, "points", solved)
    return designs


def test_the_least_lift_would_show_four_times_in_five(answer):
    """An effect of that size, estimated with its error, clears the interval with chance 0.8."""
    path, quantile = answer.diagnostics.path, answer.diagnostics.quantile
    sold = path.actual[[answer.window[0] <= one <= answer.window[1] for one in path.date]].sum()
    low, high = (-np.log(1 - end / sold) for end in answer.interval)
    error = (high - low) / 2 / quantile
    beyond = (np.log1p(answer.diagnostics.least_lift) - quantile * error) / error
    assert stats.norm.cdf(beyond) == pytest.approx(0.8, abs=0.005)


def test_without_placebos_the_interval_is_the_models_own(strong, answer):
    plain = only(strong, placebos=False)
    assert plain.incremental_revenue == answer.incremental_revenue
    assert plain.diagnostics.placebos == ()
    assert plain.diagnostics.quantile == 1.645


def test_another_process_comes_to_the_same_digits(strong, answer):
    """What it is handed can be sent, and so can what it hands back."""
    sent = pickle.loads(pickle.dumps(prepare(strong.ledger())))
    (found,) = pickle.loads(pickle.dumps(solve(sent)))
    assert numbers(found) == numbers(answer)
    assert found.reasons == answer.reasons
    assert found.diagnostics.path.caused.tolist() == answer.diagnostics.path.caused.tolist()


def test_as_json_it_says_what_is_known(quiet, answer):
    said = json.loads(json.dumps(answer.as_json()))
    assert said["interval"] == list(answer.interval)
    assert (said["campaign"], said["status"], said["verdict"]) == (
        "Launch",
        "identified",
        "pays back",
    )
    unknown = only(quiet, excluded=["Product 1", "Product 2", "Product 3"]).as_json()
    assert unknown["interval"] is unknown["iroas"] is unknown["verdict"] is None
    assert unknown["reasons"]
    assert (
        list(said)
        == (
            "campaign status reasons incremental_revenue interval iroas iroas_interval tagged_roas "
            "break_even verdict"
        ).split()
    )


def test_progress_is_told(quiet):
    told = []
    estimate(quiet.ledger(), placebos=False, tell=lambda done, of: told.append((done, of)))
    assert told == [(0, 1), (1, 1)]


# -------------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("interval", "needed", "said"),
    [
        ((1.1, 3.0), 1.0, "pays back"),
        ((1.1, 3.0), 2.0, "inconclusive"),
        ((-1.0, 0.9), 1.0, "does not pay back"),
        ((1.0, 2.0), 1.0, "inconclusive"),
        (None, 1.0, None),
    ],
)
def test_a_verdict_needs_the_whole_interval_on_one_side(interval, needed, said):
    assert verdict(interval, needed) == said


def test_the_verdict_is_the_first_sentence(answer):
    assert answer.verdict == "pays back"
    assert answer.reasons[0].startswith("iROAS is ")
    assert "above the 1.00× that pays back" in answer.reasons[0]


def test_inconclusive_says_what_would_show():
    found = only(shop([Campaign(lift=0.1, payout=3000)], noise=0.2, seed=2))
    assert found.verdict == "inconclusive"
    assert "shows four times in five" in found.reasons[0]
    assert "holdout" in found.reasons[0]


def test_a_gross_margin_moves_what_pays_back(strong, answer):
    """At a margin of 2 % it takes an iROAS of 50; of the product's brand all is known."""
    dear = only(strong, settings=Settings(margins={"Product 0": 2}))
    assert dear.needed == 50
    assert dear.verdict == "does not pay back"
    assert dear.iroas == answer.iroas
    assert "50.00×" in dear.reasons[0]
    assert "cost of the product" in dear.reasons[0]


def test_another_margin_needs_no_other_estimate(strong, answer):
    made = strong.ledger()
    dear = under([answer], made, Margins.of({"product 0": 2}))[0]
    assert (dear.verdict, dear.needed) == ("does not pay back", 50)
    back = under([dear], made, Margins.of({}))[0]
    assert (back.verdict, back.needed, back.reasons) == (answer.verdict, 1, answer.reasons)
    nothing_left = under([answer], made, Margins.of({"Product 0": 0}))[0]
    assert nothing_left.verdict == "does not pay back"
    assert "No iROAS pays back: at the gross margin set nothing is left" in nothing_left.reasons[0]
    assert dict(facts(nothing_left))["Pays back from"] == "no iROAS"
    assert under([nothing_left], made, Margins.of({}))[0].reasons == answer.reasons


def test_the_margin_of_another_product_does_not_matter(strong):
    assert only(strong, settings=Settings(margins={"Product 1": 2})).needed == 1
