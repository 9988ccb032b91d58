"""What came because of a campaign: series, window, donors, gates, verdicts, and what is refused."""

from __future__ import annotations

import datetime as dt
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from dashboard.dataset import load
from dashboard.errors import UnknownValueError
from dashboard.incrementality import estimate, measuring, model, prepare, series, solve, under
from dashboard.incrementality.judging import verdict
from dashboard.incrementality.series import case, panel, runs
from dashboard.ledger import build
from dashboard.query import Margins
from dashboard.settings import Settings
from tests.incremental_world import START, Campaign, day, shop, with_revenue
from tests.small import write
from tests.worlds import ledger


def only(shop, **options):
    (found,) = estimate(shop.ledger(), **options)
    return found


def numbers(found):
    """Everything of an estimate that is a number made by the estimator."""
    return (
        found.incremental_revenue,
        found.interval,
        found.iroas,
        found.iroas_interval,
        found.factor,
        found.verdict,
    )


def refused(found, *words):
    """Not identifiable, without any number, for a reason with these words in a full sentence."""
    assert found.status == "not identifiable"
    assert numbers(found) == (None,) * 6
    assert found.diagnostics.path is None
    assert found.reasons
    assert all(reason.endswith(".") for reason in found.reasons)
    for word in words:
        assert any(word in reason for reason in found.reasons), found.reasons
    return True


@pytest.fixture(scope="module")
def quiet():
    """One campaign that did nothing, and is paid 5,000."""
    return shop()


@pytest.fixture(scope="module")
def strong():
    """One campaign that sold two fifths more for a month."""
    return shop([Campaign(lift=0.4)], noise=0.2, seed=3)


@pytest.fixture(scope="module")
def answer(strong):
    return only(strong)


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


def test_the_margin_of_another_product_does_not_matter(strong):
    assert only(strong, settings=Settings(margins={"Product 1": 2})).needed == 1


# --------------------------------------------------------------------------- window and products


def a_run(made, name="Launch"):
    seen = panel(made)
    every = runs(made, seen)
    return next(one for one in every if one.name == name), every, seen


def tracked(*sales, posts=""):
    """A ledger of some sales: ``(creator, campaign, product, day, orders)``."""
    rows = [
        {
            "influencer_id": creator,
            "campaign": campaign,
            "product": product,
            "date": day(when),
            "orders": orders,
            "revenue": orders,
        }
        for creator, campaign, product, when, orders in sales
    ]
    return ledger(tracking_data=rows, posts=posts or ())


def test_an_order_before_the_first_post_opens_the_window():
    posts = [{"influencer_id": "a", "date": day(12), "campaign": "Launch"}]
    made = tracked(("a", "Launch", "Whey", 9, 1), ("", "", "Whey", 40, 9), posts=posts)
    assert a_run(made)[0].window == (0, 17)  # day 9 is the first of this data; 12 + 14 − 9


def test_without_posts_the_window_holds_the_middle_of_the_orders():
    """200 orders: 1 on day 0, 198 from day 10 to 20, 1 on day 60. The middle 196 end on day 20."""
    sales = [("a", "Launch", "Whey", 0, 1), ("a", "Launch", "Whey", 60, 1)]
    sales += [("a", "Launch", "Whey", when, 18) for when in range(10, 21)]
    made = tracked(*sales, ("", "", "Whey", 99, 1))
    assert a_run(made)[0].window == (10, 34)


def test_a_product_is_touched_by_more_than_one_order_in_a_hundred():
    """Whey 2 of 101 in the window; Bars 1 of 100, which is not more than one in a hundred."""
    posts = [{"influencer_id": "a", "date": day(0), "campaign": "Launch"}]
    made = tracked(
        ("a", "Launch", "Whey", 0, 2),
        ("", "", "Whey", 1, 99),
        ("a", "Launch", "Bars", 0, 1),
        ("", "", "Bars", 1, 99),
        ("", "", "Whey", 40, 99),
        posts=posts,
    )
    found, _, seen = a_run(made)
    assert seen.names(found.items) == ["Whey"]


def test_donors_are_products_that_no_campaign_touched_around_it():
    """Product 1 has a campaign 60 days before, product 2 one a year earlier; 3 and 4 have none."""
    campaigns = [
        Campaign("Launch", 0, (500, 510)),
        Campaign("Near", 1, (430, 440)),
        Campaign("Far", 2, (100, 110)),
    ]
    made = shop(campaigns, days=600).ledger()
    run, every, seen = a_run(made)
    assert seen.names(case(run, every, seen).donors) == ["Product 2", "Product 3", "Product 4"]


def test_a_product_with_orders_of_creators_outside_campaigns_is_no_donor():
    made = shop()
    rows = [
        {**row, "influencer_id": "someone"} if row["product"] == "Product 4" else row
        for row in made.tracking
    ]
    run, every, seen = a_run(replace(made, tracking=rows).ledger())
    assert "Product 4" not in seen.names(case(run, every, seen).donors)


def test_sales_that_name_no_product_are_no_donor(quiet):
    """They may be the campaign's own."""
    unsaid = [
        {**row, "product": "" if row["product"] == "Product 4" else row["product"]}
        for row in quiet.tracking
    ]
    found = only(replace(quiet, tracking=unsaid), placebos=False)
    assert found.diagnostics.donors == ("Product 1", "Product 2", "Product 3")


def test_without_any_product_there_is_nothing_to_compare_with(quiet):
    unsaid = [{**row, "product": ""} for row in quiet.tracking]
    assert refused(only(replace(quiet, tracking=unsaid)), "at least two products", "there is none")


def test_only_the_largest_of_many_products_are_looked_at(monkeypatch, strong, answer):
    """Of six products, one sells a tenth: it is left out, and the answer is as it was without."""
    small = [
        {**row, "product": "A small one", "orders": 2, "revenue": 200}
        for row in strong.tracking
        if row["product"] == "Product 1"
    ]
    monkeypatch.setattr(series, "MOST_ITEMS", 5)
    found = only(replace(strong, tracking=[*strong.tracking, *small]))
    assert numbers(found) == numbers(answer)
    monkeypatch.setattr(series, "MOST_DONORS", 3)
    fewer = only(strong, placebos=False).diagnostics.donors
    assert len(fewer) == 3


def test_a_product_that_the_user_excludes_is_no_donor(strong, answer):
    found = only(strong, excluded=["product 4"])
    assert found.diagnostics.donors == ("Product 1", "Product 2", "Product 3")
    assert found.diagnostics.excluded == ("Product 4",)
    assert found.incremental_revenue != answer.incremental_revenue


def test_all_products_of_a_brand_can_be_excluded(strong):
    rows = [
        {**row, "brand": "Gritzo" if row["product"] in {"Product 3", "Product 4"} else "Other"}
        for row in strong.tracking
    ]
    found = only(replace(strong, tracking=rows), excluded=["gritzo"], placebos=False)
    assert found.diagnostics.donors == ("Product 1", "Product 2")
    assert found.diagnostics.excluded == ("Product 3", "Product 4")


def test_an_unknown_product_cannot_be_excluded(strong):
    with pytest.raises(UnknownValueError, match="Product 4"):
        only(strong, excluded=["Prodct 4"])


def test_all_payouts_accrued_to_a_campaign_count(quiet):
    """Two creators are paid for it, one of them without naming it."""
    payouts = [*quiet.payouts, {"influencer_id": "c0", "total_payout": 700}]
    assert only(replace(quiet, payouts=payouts), placebos=False).payout == 5700


# ------------------------------------------------------------------------------ several campaigns


def test_campaigns_that_overlap_are_estimated_together():
    """One sells 30 % more; the other nothing, though it starts in the wake of the first."""
    both = shop(
        [
            Campaign("First", 0, (150, 152, 154), lift=0.3),
            Campaign("Second", 0, (168, 171, 174), lift=0.0),
        ],
        days=280,
        noise=0.2,
        seed=1,
    )
    first, second = estimate(both.ledger())
    assert first.diagnostics.together == ("Second",)
    assert second.diagnostics.together == ("First",)
    assert any("together with First" in reason for reason in second.reasons)
    assert first.interval[0] > 0
    assert first.interval[0] <= both.truth["First"] <= first.interval[1]
    assert second.interval[0] < 0 < second.interval[1]


def test_campaigns_on_the_same_days_cannot_be_told_apart():
    twins = [Campaign(name, 0, (150, 155, 160), lift=0.3) for name in ("Left", "Right")]
    for found in estimate(shop(twins).ledger()):
        assert refused(found, "the same product and the same days", "apart")


def test_nearly_the_same_days_are_not_apart_either():
    """A post of three on another day: their exposures still rise and fall together."""
    made = shop([Campaign("Left", 0, (150, 155, 160)), Campaign("Right", 0, (151, 155, 160))])
    run, every, seen = a_run(made.ledger(), "Left")
    assert 0.8 < measuring.alike(case(run, every, seen)) < 0.99
    for found in estimate(made.ledger()):
        assert refused(found, "apart")


def test_an_earlier_campaign_on_the_product_is_not_learnt_from():
    """Days 60 to 84 belong to the earlier one."""
    made = shop([Campaign("Before", 0, (60, 70)), Campaign("Launch", 0, (200, 210))], days=300)
    run, every, seen = a_run(made.ledger())
    learnt = set(case(run, every, seen).days.tolist())
    assert not learnt & set(range(60, 85))
    assert {59, 85, 199, 200} <= learnt


# ---------------------------------------------------------------------------- what cannot be known


def test_attributed_rows_only_say_break_even_and_nothing_else(tmp_path, quiet):
    found = only(quiet.without(lambda row: bool(row["influencer_id"])))
    assert refused(found, "untagged sales")
    assert found.break_even == 5000 / found.tagged_revenue


def test_small_data_of_the_tests_is_not_identifiable(tmp_path):
    for found in estimate(build(load(write(tmp_path)))):
        assert refused(found)


def test_no_untagged_sales_of_the_product_itself(quiet):
    """All of product 0's orders carry a creator: what would have come anyway is not in the data."""
    found = only(quiet.without(lambda row: row["product"] != "Product 0" or row["campaign"]))
    assert refused(found, "Product 0: all orders carry a creator")


def test_fewer_than_two_clean_donors(quiet):
    kept = {"Product 0", "Product 1"}
    found = only(quiet.without(lambda row: row["product"] in kept))
    assert refused(found, "at least two products", "only Product 1")
    assert refused(only(quiet.without(lambda row: row["product"] == "Product 0")), "there is none")


def test_donors_taken_out_by_the_user_are_named(quiet):
    found = only(quiet, excluded=["Product 1", "Product 2", "Product 3"])
    assert refused(found, "only Product 4", "Product 1, Product 2 and Product 3 you have taken out")


def test_a_campaign_at_the_very_start_has_too_little_before_it():
    found = only(shop([Campaign(posts=(3, 8))]))
    assert refused(found, "The data begins 3 days before the campaign", "it takes 110")


def test_a_campaign_at_the_very_end_is_provisional():
    """Posts to day 170 of 180: the window is cut to the data, the rest is still to come."""
    found = only(shop([Campaign(posts=(160, 165, 170))], days=181))
    assert found.status == "provisional"
    assert found.window == (START + dt.timedelta(160), START + dt.timedelta(180))
    assert found.diagnostics.settled == START + dt.timedelta(170 + 14 + 30)
    assert any("still to come" in reason for reason in found.reasons)


def test_provisional_ends_thirty_days_after_the_window():
    """The window ends on day 184; with day 214 in, the last of 215 days, the answer is final."""
    campaign = Campaign(posts=(160, 165, 170))
    assert only(shop([campaign], days=214), placebos=False).status == "provisional"
    assert only(shop([campaign], days=215), placebos=False).status == "identified"


def test_products_that_sell_little_hide_any_effect():
    assert refused(only(shop([Campaign(tagged=0.4)], orders=3)), "orders a day; chance hides")


def test_a_noisy_product_is_too_uncertain():
    found = only(shop(noise=1.2, seed=4))
    assert refused(found, "is uncertain by", "25 %")
    assert found.diagnostics.least_lift > 0.25


def test_a_window_too_long_for_placebos():
    found = only(shop([Campaign(posts=(115, 215))], days=240, products=3))
    assert refused(found, "quiet stretch", "it takes 10")


def test_another_campaign_before_leaves_too_few_days():
    evergreen = Campaign("Evergreen", 0, tuple(range(40, 120, 5)))
    late = Campaign("Launch", 0, (150, 155))
    found = {one.campaign: one for one in estimate(shop([evergreen, late]).ledger())}
    assert refused(found["Launch"], "Other campaigns ran on the same product before it")


# ------------------------------------------------------------------------------------- bad input


def test_gaps_in_the_days_are_left_out():
    """A week before and two days in the window are missing for all products."""
    gone = {day(when) for when in (*range(100, 107), 152, 153)}
    found = only(
        shop([Campaign(lift=0.4)], noise=0.15).without(lambda row: row["date"] not in gone)
    )
    assert found.status == "identified"
    assert any("2 days of the window have no tracked sales" in one for one in found.reasons)
    assert found.interval[0] > 0
    assert START + dt.timedelta(152) not in found.diagnostics.path.date


def test_three_weeks_missing_for_everybody_are_a_gap_and_not_a_stock_out():
    gone = {day(when) for when in range(60, 81)}
    found = only(shop().without(lambda row: row["date"] not in gone))
    assert (found.status, found.diagnostics.before) == ("identified", 129)
    assert len(found.diagnostics.donors) == 4


def test_too_many_gaps_in_the_window():
    gone = {day(when) for when in range(152, 160)}
    found = only(shop().without(lambda row: row["date"] not in gone))
    assert refused(found, "8 of the window's 25 days have no tracked sales")


def test_a_product_without_sales_for_weeks_was_not_on_sale(quiet):
    """Before: the days are not learnt from. In the window: no answer."""

    def without(first, last, product):
        gone = {day(when) for when in range(first, last)}
        return quiet.without(lambda row: row["product"] != product or row["date"] not in gone)

    before = only(without(30, 60, "Product 0"))
    assert (before.status, before.diagnostics.before) == ("identified", 120)
    assert refused(only(without(155, 175, "Product 0")), "looks like out of stock")
    donor = only(without(30, 60, "Product 1"), placebos=False)
    assert "Product 1" not in donor.diagnostics.donors


def test_a_product_that_was_launched_with_the_campaign(quiet):
    late = quiet.without(lambda row: row["product"] != "Product 0" or row["date"] >= day(140))
    assert refused(only(late), "did not sell, or was not tracked", "10 usable days")


def test_a_campaign_of_one_day():
    found = only(shop([Campaign(posts=(150,))]))
    assert found.window == (START + dt.timedelta(150), START + dt.timedelta(164))
    assert found.status == "identified"


def test_posts_outside_the_tracked_days_are_left_out_and_counted(quiet):
    """One a year before, one a year after: the window stays."""
    far = [{**quiet.posts[0], "date": when} for when in ("2024-01-01", "2026-12-01")]
    found = only(replace(quiet, posts=[*quiet.posts, *far]))
    assert found.window == (START + dt.timedelta(150), START + dt.timedelta(174))
    assert any("2 posts outside" in reason for reason in found.reasons)


def test_only_posts_outside_the_tracked_days_and_no_orders():
    made = shop([Campaign(tagged=0.0)])
    made.posts[:] = [{**post, "date": "2030-01-01"} for post in made.posts]
    assert refused(only(made), "3 posts lie outside the days with tracked sales")


def test_a_campaign_that_nothing_dates():
    found = estimate(
        ledger(
            tracking_data=shop().without(lambda row: not row["campaign"]).tracking,
            payouts=[{"influencer_id": "a", "campaign": "Ghost", "total_payout": 100}],
        )
    )
    assert refused(found[0], "No order and no post")
    assert found[0].break_even is None


def test_too_few_tagged_orders_to_know_the_product():
    assert refused(only(shop([Campaign(tagged=0.0)])), "No product has more than 1 %")


def test_zero_payouts_leave_no_ratio():
    found = only(shop([Campaign(lift=0.4, payout=0)], noise=0.15))
    assert found.status == "identified"
    assert found.interval[0] > 0
    assert (found.iroas, found.iroas_interval, found.verdict) == (None, None, None)
    assert (found.break_even, found.tagged_roas) == (0, None)
    assert "Nothing is paid" in found.reasons[0]


def test_revenue_of_nothing_all_along(quiet):
    found = only(replace(quiet, tracking=with_revenue(quiet.tracking, 0)))
    assert refused(found, "no revenue in the window")
    assert found.break_even is None


def test_returns_above_sales(quiet):
    """Negative revenue all along is no revenue either."""
    assert refused(only(replace(quiet, tracking=with_revenue(quiet.tracking, -5))), "no revenue")


def test_a_day_of_returns_in_the_window_is_no_exception(strong):
    back = [
        {**row, "orders": -row["orders"], "revenue": -row["revenue"]}
        if row["date"] == day(156) and row["product"] == "Product 0"
        else row
        for row in strong.tracking
    ]
    assert only(replace(strong, tracking=back)).status == "identified"


def test_no_reach_counts_every_post_the_same(strong, answer):
    none = [{**post, "reach": ""} for post in strong.posts]
    found = only(replace(strong, posts=none))
    assert found.incremental_revenue == pytest.approx(answer.incremental_revenue)
    assert any("no reach" in reason for reason in found.reasons)


def test_no_posts_at_all(strong):
    found = only(replace(strong, posts=[]))
    assert found.status == "identified"
    assert any("No dated posts" in reason for reason in found.reasons)


def test_no_rows_at_all():
    assert estimate(ledger()) == ()


def test_names_that_a_browser_would_run_are_only_names():
    name = "<img src=x onerror=window.__ran=1>"
    found = only(shop([Campaign(name)]), placebos=False)
    assert found.campaign == name
