"""What holds of every question: totals are the sums of their splits, and no answer is nonsense."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from dashboard.ledger.building import FAMILIES
from dashboard.metrics import METRICS, Metric, total
from dashboard.query import View, Where
from dashboard.schema import DIMENSIONS, FILTERS, MEASURES
from tests.worlds import ledger

ADDITIVE = [
    METRICS.get(name) or Metric(name, name, total(name), "For the tests.")
    for names in FAMILIES.values()
    for name in names
]
CREATORS = ["1", "2", "3"]
INFLUENCERS = [
    {"influencer_id": "1", "name": "Asha", "platform": "YT", "gender": "F", "followers": 5000},
    {"influencer_id": "2", "name": "Bela", "platform": "IG", "category": "Fitness"},
]
"""Creator 3 is in no list of creators."""

day = st.integers(0, 70).map(lambda days: (dt.date(2026, 1, 1) + dt.timedelta(days)).isoformat())
creator = st.sampled_from(CREATORS)
campaign = st.sampled_from(["", "A", "B"])
paise = st.integers(-5000, 50000).map(lambda amount: f"{amount / 100:.2f}")
TRACKING = st.fixed_dictionaries(
    {
        "influencer_id": st.sampled_from(["", *CREATORS]),
        "campaign": campaign,
        "user_id": st.sampled_from(["", "u1", "u2", "u3"]),
        "brand": st.sampled_from(["", "MB", "Gritzo"]),
        "product": st.sampled_from(["", "Whey", "Bar"]),
        "date": day,
        "orders": st.integers(-1, 4),
        "revenue": paise,
    }
)
POSTS = st.fixed_dictionaries(
    {
        "influencer_id": creator,
        "campaign": campaign,
        "date": day,
        **{name: st.integers(0, 99) for name in ("reach", "likes", "comments", "clicks")},
        "impressions": st.integers(0, 99),
    }
)
PAYOUTS = st.fixed_dictionaries(
    {
        "influencer_id": creator,
        "campaign": campaign,
        "basis": st.sampled_from(["post", "order", ""]),
        "date": st.just("") | day,
        "total_payout": paise,
    }
)
WORLDS = st.fixed_dictionaries(
    {
        "influencers": st.just(INFLUENCERS),
        "tracking_data": st.lists(TRACKING, min_size=1, max_size=10),
        "posts": st.lists(POSTS, max_size=5),
        "payouts": st.lists(PAYOUTS, max_size=5),
    }
)
VALUES = {
    "brand": ["MuscleBlaze", "Gritzo", "(no brand)"],
    "campaign": ["A", "B"],
    "product": ["Whey", "Bar"],
    "platform": ["YouTube", "Instagram"],
    "category": ["Fitness"],
    "gender": ["Female"],
    "tier": ["nano"],
    "influencer": ["Asha", "Bela", "Unknown influencer (3)"],
    "basis": ["post", "order"],
}
_ends = st.none() | day.map(dt.date.fromisoformat)


def _where(kept, ends):
    first, last = sorted(ends) if None not in ends else ends
    return Where(**{name: tuple(values) for name, values in kept.items()}, first=first, last=last)


WHERES = st.builds(
    _where,
    st.dictionaries(st.sampled_from(FILTERS), st.none(), max_size=2).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(VALUES[name]), min_size=1, max_size=2, unique=True)
                for name in chosen
            }
        )
    ),
    st.tuples(_ends, _ends),
)


def test_the_filters_of_these_tests_are_all_there_are():
    assert set(VALUES) == set(FILTERS)


@given(WORLDS, WHERES)
def test_a_total_is_the_sum_of_its_splits_under_any_filter(world, where):
    """Each additive measure by every dimension that it carries; counts and paise, exactly."""
    view = View(ledger(**world), where)
    totals = view.ask(ADDITIVE)
    for dimension in DIMENSIONS:
        split = view.ask(ADDITIVE, [dimension])
        for one in ADDITIVE:
            if one.name in split.refused:
                refusable = not MEASURES[one.name].carries(dimension) or one.name in totals.refused
                assert refusable, (one.name, dimension)
                continue
            parts = split.frame[one.name].to_list()
            scale = 100 if one.is_money else 1
            whole = round(sum(part * scale for part in parts))
            assert whole == round(totals.value(one.name) * scale), (one.name, dimension)


def fits(row, where):
    """True where a row matches every filter, None where it only lacks a value, False where not."""
    date = row["date"]
    answers = [
        None if row[name] is None else row[name] in where.values(name) for name in where.active
    ]
    if where.dated:
        low, high = where.first or dt.date.min, where.last or dt.date.max
        answers.append(None if date is None else low <= date <= high)
    return False if False in answers else None if None in answers else True


def told(made, frame):
    """Rows with what their creator and item imply."""
    creators = {row["influencer_id"]: row for row in made.pairs.drop("campaign").to_dicts()}
    items = {row["item"]: row for row in made.items.to_dicts()}
    return [
        {**creators[row["influencer_id"]], **items[row.get("item") or 0], **row}
        for row in frame.to_dicts()
        if row["influencer_id"] is not None
    ]


@given(WORLDS, WHERES.map(lambda where: where.without("basis")))
def test_sales_in_view_are_those_of_plain_loops(world, where):
    made = ledger(**world)
    sold = [
        row for row in told(made, made.dataset.tables["tracking_data"]) if fits(row, where) is True
    ]
    assert View(made, where).ask(["revenue", "orders"]).frame.row(0) == (
        sum(row["revenue"] for row in sold) / 100,
        sum(row["orders"] for row in sold),
    )


@given(WORLDS, WHERES)
def test_spend_is_in_view_or_left_out_by_choice_or_left_out_as_unassigned(world, where):
    """Each accrued row by itself; ``fits`` says which of the three."""
    made = ledger(**world)
    view = View(made, where)
    money = {True: 0, None: 0, False: 0}
    for row in told(made, made.accrued):
        money[fits(row, where)] += row["spend"]
    found = view.coverage()
    assert (found.spend_in_view, found.spend_left_out) == (money[True] / 100, money[None] / 100)
    assert view.ask(["spend"]).value("spend") == money[True] / 100
    assert bool(found.sentences) or not money[None]


@given(WORLDS, WHERES)
def test_payouts_doubled_double_spend_and_leave_revenue_alone(world, where):
    twice = {**world, "payouts": world["payouts"] * 2}
    one, two = (
        View(ledger(**tables), where).ask(["spend", "revenue", "orders"])
        for tables in (world, twice)
    )
    spend, *sales = one.frame.row(0)
    doubled, *same = two.frame.row(0)
    assert doubled == 2 * spend
    assert same == sales


@given(WORLDS, WHERES, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(world, where, chance):
    mixed = {name: chance.sample(rows, len(rows)) for name, rows in world.items()}
    one, other = (View(ledger(**tables), where) for tables in (world, mixed))
    for by in ([], ["campaign"], ["influencer"], ["month", "platform"], ["product", "brand"]):
        assert one.ask(METRICS, by).frame.equals(other.ask(METRICS, by).frame)


@given(WORLDS, WHERES, st.sampled_from(sorted(DIMENSIONS)))
def test_an_answer_is_a_finite_number_or_null_with_a_reason(world, where, dimension):
    """A ratio is null exactly where there is nothing to divide by, or where it is refused."""
    view = View(ledger(**world), where)
    for by in ([], [dimension]):
        answer = view.ask(METRICS, by)
        answered = [one for one in METRICS.values() if one.name not in answer.refused]
        needed = dict.fromkeys(measure for one in answered for measure in one.measures)
        sums = view.sums(tuple(needed), tuple(by))
        for one in answered:
            under = sums.select(one.value.under.expression()) if one.is_ratio else None
            undefined = 0 if under is None else (under.to_series() == 0).sum()
            column = answer.frame[one.name]
            assert column.null_count() == undefined
            assert all(math.isfinite(value) for value in column.drop_nulls())
        for name in answer.refused:
            assert answer.frame[name].null_count() == answer.frame.height


@given(WORLDS)
def test_posts_are_counted_once_each_whatever_they_are_split_by(world):
    """By their campaign, by creator, and by month: the number of rows in the table."""
    view = View(ledger(**world), Where())
    by_month = defaultdict(int)
    for row in world["posts"]:
        by_month[row["date"][:7]] += 1
    found = view.ask(["posts"], ["month"]).frame.rows()
    assert {f"{month:%Y-%m}": posts for month, posts in found} == dict(by_month)
    for dimension in ("campaign", "influencer", "platform"):
        assert view.ask(["posts"], [dimension]).frame["posts"].sum() == len(world["posts"])
