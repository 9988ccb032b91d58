"""What cannot be known is refused with a reason, and bad input does no harm."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest

from dashboard.dataset import load
from dashboard.incrementality import estimate
from dashboard.incrementality.judging import after_measuring
from dashboard.ledger import build
from tests.estimated import only, quiet_shop, refused, strong_answer, strong_shop
from tests.incremental_world import START, Campaign, day, shop, with_revenue
from tests.small import write
from tests.worlds import ledger


@pytest.fixture
def quiet():
    return quiet_shop()


@pytest.fixture
def strong():
    return strong_shop()


@pytest.fixture
def answer():
    return strong_answer()


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


@pytest.mark.parametrize(
    ("width", "said"), [(0.2501, "26 %"), (0.2549, "26 %"), (0.26, "26 %"), (0.3, "30 %")]
)
def test_what_is_too_uncertain_is_never_said_to_be_the_most_that_helps(width, said):
    """An interval as wide as so many parts of what would have come anyway, to each side."""
    seen = SimpleNamespace(
        placebos=[1.0] * 20, interval=(100 - 1000 * width, 100 + 1000 * width), counterfactual=1000
    )
    [sentence] = after_measuring(seen)
    assert f"uncertain by {said} of" in sentence


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
