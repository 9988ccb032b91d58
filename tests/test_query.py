"""Questions and answers on a world to total in your head, and the sentences for the others."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.engines import sampling
from dashboard.errors import (
    GrainError,
    UnassignedPostsError,
    UnavailableError,
    UnknownNameError,
)
from dashboard.metrics import METRICS
from dashboard.query import View, Where, answer
from tests.question_world import WORLD
from tests.worlds import ledger


@pytest.fixture(scope="module")
def made():
    return ledger(**WORLD)


def rows(made, metrics, by=(), **where):
    return answer(made, metrics, by, Where(**where)).rows()


def test_totals(made):
    assert rows(made, ["revenue", "orders", "spend", "baseline_revenue", "returned_revenue"]) == [
        (600.0, 6, 157.0, 999.0, 50.0)
    ]


def test_roas_divides_totals_not_rows(made):
    """600 / 157 in all; by platform 50 / 27, 150 / 40 and 400 / 90, whose mean is another."""
    assert rows(made, ["roas"]) == [(600 / 157,)]
    assert rows(made, ["roas"], ["platform"]) == [
        (None, 50 / 27),
        ("Instagram", 150 / 40),
        ("YouTube", 400 / 90),
    ]


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("platform", [(None, 50.0, 27.0), ("Instagram", 150.0, 40.0), ("YouTube", 400.0, 90.0)]),
        ("campaign", [(None, 0.0, 7.0), ("A", 500.0, 120.0), ("B", 100.0, 30.0)]),
        (
            "product",
            [(None, 0.0, 7.0), ("Bar", 0.0, 40.0), ("Kids", 100.0, 30.0), ("Whey", 500.0, 80.0)],
        ),
        ("brand", [(None, 0.0, 7.0), ("Gritzo", 100.0, 30.0), ("MuscleBlaze", 500.0, 120.0)]),
        ("tier", [(None, 50.0, 27.0), ("micro", 150.0, 40.0), ("nano", 400.0, 90.0)]),
        (
            "persona",
            [
                (None, 50.0, 27.0),
                ("Fitness · Female", 400.0, 90.0),
                ("Parenting · Female", 150.0, 40.0),
            ],
        ),
        (
            "month",
            [
                (None, 0.0, 7.0),
                (dt.date(2026, 1, 1), 400.0, 90.0),
                (dt.date(2026, 2, 1), 200.0, 20.0),
                (dt.date(2026, 3, 1), 0.0, 40.0),
            ],
        ),
    ],
)
def test_splits(made, by, wanted):
    """What carries no value of the dimension stands under null, first."""
    assert rows(made, ["revenue", "spend"], [by]) == wanted


def test_what_is_asked_twice_is_answered_once(made):
    """By brand: 100 of Gritzo, and 300 + 200 − 50 + 50 = 500 of MuscleBlaze."""
    frame = answer(made, ["revenue", METRICS["revenue"]], ["brand", "brand"])
    assert frame.columns == ["brand", "revenue"]
    assert frame.rows() == [("Gritzo", 100.0), ("MuscleBlaze", 500.0)]


def test_a_week_is_named_by_its_monday(made):
    """1 January 2026 is a Thursday; 31 January and 1 February fall into one week."""
    assert rows(made, ["orders"], ["week"]) == [
        (dt.date(2025, 12, 29), 2),
        (dt.date(2026, 1, 26), 2),
        (dt.date(2026, 2, 2), 2),
    ]
    assert dt.date(2026, 1, 26).weekday() == 0


def test_two_dimensions(made):
    assert rows(made, ["revenue"], ["campaign", "product"]) == [
        ("A", "Bar", 0.0),
        ("A", "Whey", 500.0),
        ("B", "Kids", 100.0),
    ]


def test_a_split_by_influencer_names_the_creator_and_the_key(made):
    """The unknown creators stay, and are told apart."""
    found = answer(made, ["revenue", "spend"], ["influencer"])
    assert found.columns == ["influencer", "influencer_id", "revenue", "spend"]
    assert found.rows() == [
        ("Asha", "1", 400.0, 90.0),
        ("Bela", "2", 150.0, 40.0),
        ("Unknown influencer (3)", "3", 0.0, 7.0),
        ("Unknown influencer (9)", "9", 50.0, 20.0),
    ]


@pytest.mark.parametrize(
    ("where", "revenue", "spend"),
    [
        ({"campaign": ("A",)}, 500.0, 120.0),
        ({"campaign": ("A", "B")}, 600.0, 150.0),
        ({"product": ("Whey",)}, 500.0, 80.0),
        ({"brand": ("Gritzo",)}, 100.0, 30.0),
        ({"platform": ("YouTube",)}, 400.0, 90.0),
        ({"influencer": ("Unknown influencer (9)",)}, 50.0, 20.0),
        ({"brand": ("MuscleBlaze",), "platform": ("Instagram",)}, 150.0, 40.0),
        ({"tier": ("nano",), "campaign": ("B",)}, 100.0, 30.0),
        ({"first": dt.date(2026, 1, 31), "last": dt.date(2026, 2, 1)}, 300.0, 30.0),
        ({"first": dt.date(2026, 2, 3)}, 50.0, 60.0),
        ({"last": dt.date(2026, 1, 1)}, 300.0, 60.0),
        ({"campaign": ("B",), "product": ("Whey",)}, 0.0, 0.0),
        ({"first": dt.date(2030, 1, 1)}, 0.0, 0.0),
    ],
)
def test_filters_narrow_spend_with_revenue(made, where, revenue, spend):
    """Days at both ends are kept; undated money is in no period."""
    assert rows(made, ["revenue", "spend"], **where) == [(revenue, spend)]


def test_no_rows_are_no_groups_and_ratios_are_undefined(made):
    assert rows(made, ["revenue", "roas"], ["platform"], first=dt.date(2030, 1, 1)) == []
    assert rows(made, ["roas", "aov"], first=dt.date(2030, 1, 1)) == [(None, None)]


# ------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("metric", "by", "where", "sentence"),
    [
        ("reach", ["product"], {}, "Reach cannot be split by product: reach is not"),
        ("cpm", ["brand"], {}, "Cost per 1,000 reached cannot be split by brand: reach"),
        ("revenue", ["basis"], {}, "Revenue cannot be split by payout basis: revenue is not"),
        (
            "roas",
            [],
            {"basis": ("order",)},
            "ROAS cannot be filtered by payout basis: revenue is not",
        ),
        (
            "posts",
            [],
            {"basis": ("order",)},
            "Posts cannot be filtered by payout basis: posts is not",
        ),
        (
            "baseline_orders",
            [],
            {"platform": ("YouTube",)},
            "Baseline orders cannot be filtered by platform: baseline orders",
        ),
        ("customers", ["basis"], {}, "Customers cannot be split by payout basis"),
    ],
)
def test_a_split_or_filter_that_a_measure_does_not_carry_is_refused(
    made, metric, by, where, sentence
):
    with pytest.raises(GrainError) as caught:
        rows(made, [metric], by, **where)
    assert str(caught.value).startswith(sentence)


def test_the_refusal_says_what_could_be_asked(made):
    with pytest.raises(GrainError) as caught:
        rows(made, ["reach"], ["product"])
    assert str(caught.value).endswith(
        "It is recorded by: campaign, influencer, platform, category, gender, tier, persona, day, "
        "week, month."
    )


def test_basis_narrows_spend_alone(made):
    assert rows(made, ["spend"], basis=("order",)) == [(110.0,)]
    assert rows(made, ["spend"], ["basis"]) == [(None, 7.0), ("order", 110.0), ("post", 40.0)]


def test_what_the_data_lacks_is_said(made):
    with pytest.raises(
        UnavailableError,
        match=r"^Clicks: not available, as there is no column clicks in posts\.$",
    ):
        rows(made, ["clicks"])
    with pytest.raises(
        UnavailableError, match=r"^Click-through rate: not available, as there is no"
    ):
        rows(made, ["ctr"])
    few = ledger(tracking_data="influencer_id user_id date\n1 u1 2026-01-01\n1 u2 2026-01-02")
    with pytest.raises(UnavailableError, match="no customer appears twice"):
        rows(few, ["cac"])


def test_ask_answers_what_it_can_and_refuses_the_rest_in_sentences(made):
    found = View(made, Where(basis=("post",))).ask(["spend", "revenue", "clicks", "roas"])
    assert found.frame.rows() == [(40.0, None, None, None)]
    assert sorted(found.refused) == ["clicks", "revenue", "roas"]
    assert found.value("spend") == 40.0
    assert found.value("roas") is None


@pytest.mark.parametrize(
    ("metric", "by", "sentence"),
    [
        ("roaz", [], "There is no metric 'roaz'. Did you mean 'roas'? Valid: aov, "),
        ("roas", ["plattform"], "There is no dimension 'plattform'. Did you mean 'platform'? "),
        ("roas", ["zzz"], "There is no dimension 'zzz'. Valid: basis, brand, "),
    ],
)
def test_an_unknown_name_gets_the_nearest_and_all_valid_ones(made, metric, by, sentence):
    with pytest.raises(UnknownNameError) as caught:
        rows(made, [metric], by)
    assert str(caught.value).startswith(sentence)


# ---------------------------------------------------------------------------------------- posts


def test_posts_belong_to_their_campaign(made):
    """Asha's first by its own word, her second to B, the only campaign it sees; Bela's to none."""
    assert rows(made, ["posts", "reach", "engagements"], ["campaign"]) == [
        (None, 1, 200, 10),
        ("A", 1, 1000, 100),
        ("B", 1, 500, 50),
    ]


@pytest.mark.parametrize(
    ("where", "posts", "reach"),
    [
        ({}, 3, 1700),
        ({"campaign": ("A",)}, 2, 1200),
        ({"campaign": ("B",)}, 1, 500),
        ({"brand": ("MuscleBlaze",)}, 2, 1200),
        ({"brand": ("Gritzo",)}, 1, 500),
        ({"product": ("Bar",)}, 1, 200),
        ({"product": ("Kids",)}, 1, 500),
        ({"campaign": ("A",), "platform": ("YouTube",)}, 1, 1000),
        ({"campaign": ("A",), "platform": ("Instagram",)}, 1, 200),
        ({"platform": ("Instagram",)}, 1, 200),
        ({"campaign": ("A",), "last": dt.date(2026, 1, 31)}, 1, 1000),
    ],
    ids=str,
)
def test_posts_by_these_creators(made, where, posts, reach):
    """Bela sold A, MuscleBlaze and Bar, so her unassigned post counts with each of them."""
    assert rows(made, ["posts", "reach"], **where) == [(posts, reach)]


def test_a_creator_who_is_paid_for_a_campaign_is_in_its_view_without_a_sale():
    made = ledger(
        posts="influencer_id date reach\n1 2026-01-01 50\n2 2026-01-01 70",
        payouts="influencer_id campaign basis total_payout\n1 C post 10",
    )
    assert rows(made, ["posts", "reach"], campaign=("C",)) == [(1, 50)]


def test_money_over_posts_needs_every_post_in_view_assigned(made):
    with pytest.raises(UnassignedPostsError) as caught:
        rows(made, ["cpm"], campaign=("A",))
    assert str(caught.value) == (
        "Cost per 1,000 reached needs every post in view to belong to a campaign: 1 of 2 posts by "
        "these creators belong to none. Clear the campaign, brand and product filters and splits, "
        "or give the posts a campaign."
    )
    for metric in ("cpe", "revenue_per_post", "orders_per_1000_reach"):
        with pytest.raises(UnassignedPostsError):
            rows(made, [metric], ["campaign"])


def test_money_over_posts_is_answered_where_all_are_assigned_or_nothing_asks_for_it(made):
    """In B Asha's one post reached 500 for 30; in all 1,700 were reached for 157."""
    assert rows(made, ["cpm", "revenue_per_post"], campaign=("B",)) == [(60.0, 100.0)]
    assert rows(made, ["cpm"]) == [(157 * 1000 / 1700,)]
    assert rows(made, ["cpe"], ["platform"])[-1] == ("YouTube", 90 / 150)
    assert rows(made, ["engagement_rate"], campaign=("A",)) == [(110 / 1200,)]


# ------------------------------------------------------------------------------------ customers


def test_customers_count_once_however_often_they_buy(made):
    """u1 bought from both creators in two months: one of 4, though the splits add up to 5."""
    assert rows(made, ["customers"]) == [(4,)]
    assert rows(made, ["customers"], ["month"]) == [
        (dt.date(2026, 1, 1), 2),
        (dt.date(2026, 2, 1), 3),
    ]
    assert rows(made, ["customers"], product=("Whey",)) == [(1,)]
    assert rows(made, ["customers"], first=dt.date(2026, 2, 1)) == [(3,)]


def test_new_customers_are_those_whose_first_order_is_in_view(made):
    """u1 is new in January alone: 2 of 3 in February are new."""
    assert rows(made, ["new_customers", "new_customer_share"], ["month"]) == [
        (dt.date(2026, 1, 1), 2, 1.0),
        (dt.date(2026, 2, 1), 2, 2 / 3),
    ]
    assert rows(made, ["baseline_new_customers", "cac"]) == [(1, 157 / 4)]


def test_a_sample_of_customers_errs_within_its_word(monkeypatch):
    """4,000 customers, followed one in sixteen, counted within 25 %; four standard errors."""
    orders = [
        {"influencer_id": "1", "user_id": f"u{user % 4000}", "date": f"2026-01-{user % 28 + 1:02}"}
        for user in range(5000)
    ]
    monkeypatch.setattr(sampling, "EXACT", 100)
    sampled = ledger(tracking_data=orders)
    assert sampled.customers.sample == 16
    (estimate,) = rows(sampled, ["customers"])[0]
    assert estimate % 16 == 0
    assert 3000 < estimate < 5000
    monkeypatch.setattr(sampling, "EXACT", 10_000)
    assert rows(ledger(tracking_data=orders), ["customers"]) == [(4000,)]
