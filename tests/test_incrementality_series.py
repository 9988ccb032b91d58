"""Which days and products an estimate looks at, alone and where campaigns overlap."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.errors import UnknownValueError
from dashboard.incrementality import estimate, measuring, series
from dashboard.incrementality.series import case
from tests.estimated import a_run, numbers, only, quiet_shop, refused, strong_answer, strong_shop
from tests.incremental_world import Campaign, day, shop
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


# --------------------------------------------------------------------------- window and products


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
