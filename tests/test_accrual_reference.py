"""The accrual against the same rules in plain loops, on random worlds and on real sets."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import load
from dashboard.ledger import accrue, build
from tests import reference_accrual as reference
from tests.reference_accrual import Cell, Payout, Post

FIRST = dt.date(2026, 1, 1)
creators = st.sampled_from(["asha", "bela"])
campaigns = st.sampled_from([None, "A", "B", "C"])
near = st.integers(0, 40).map(lambda days: FIRST + dt.timedelta(days=days))
cells = st.builds(Cell, creators, near, campaigns, st.integers(1, 3), st.integers(-2, 9))
posts = st.builds(Post, creators, near, campaigns)
paid = st.builds(
    Payout,
    creators,
    campaigns,
    st.sampled_from(["post", "order", None, "barter"]),
    st.none() | near,
    st.integers(-30, 10**6) | st.just(0),
)
worlds = st.tuples(
    st.lists(cells, max_size=12, unique_by=lambda cell: cell[:4]),
    st.lists(posts, max_size=5),
    st.lists(paid, min_size=1, max_size=4),
)


def accrued(made: tuple[list[Cell], list[Post], list[Payout]]) -> pl.DataFrame:
    """What the code under test makes of a world."""
    sold, published, paying = made
    evidence = pl.DataFrame(
        sold,
        schema={
            "influencer_id": pl.String,
            "date": pl.Date,
            "campaign": pl.String,
            "item": pl.UInt32,
            "orders": pl.Int64,
        },
        orient="row",
    )
    out = pl.DataFrame(
        published,
        schema={"influencer_id": pl.String, "date": pl.Date, "campaign": pl.String},
        orient="row",
    )
    due = pl.DataFrame(
        paying,
        schema={
            "influencer_id": pl.String,
            "campaign": pl.String,
            "basis": pl.String,
            "date": pl.Date,
            "total_payout": pl.Int64,
        },
        orient="row",
    ).with_row_index("payout")
    return accrue(due, evidence, out)


def of(frame: pl.DataFrame, payout: int) -> dict[reference.Row, int]:
    """The rows of one payout as the reference writes them."""
    columns = ["date", "campaign", "item", "date_label", "campaign_label", "item_label", "spend"]
    rows = frame.filter(payout=payout).select(columns).rows()
    found: Counter[reference.Row] = Counter()
    for *row, paise in rows:
        found[tuple(row)] += paise
    return dict(found)


@given(worlds)
def test_accrual_equals_the_same_rules_in_plain_loops(made):
    frame = accrued(made)
    sold, published, paying = made
    for number, payout in enumerate(paying):
        assert of(frame, number) == dict(reference.accrue(payout, sold, published))


@given(worlds)
def test_accrued_equals_paid_for_each_payout(made):
    frame = accrued(made)
    spent = dict(frame.group_by("payout").agg(pl.col("spend").sum()).rows())
    assert spent == {number: payout.paise for number, payout in enumerate(made[2])}


@given(worlds, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_never_matters(made, chance):
    sold, published, paying = made
    mixed = (
        chance.sample(sold, len(sold)),
        chance.sample(published, len(published)),
        paying,
    )
    assert accrued(made).sort(pl.all()).equals(accrued(mixed).sort(pl.all()))


SETS = [f"set-{number:02d}" for number in range(1, 41)]


@pytest.mark.parametrize("name", SETS)
def test_real_sets_accrue_as_the_same_rules_in_plain_loops(corpora, name):
    """The cells and payouts are taken from the tables row by row; a sample where there are many."""
    made = build(load(corpora / "campaign-sets" / name))
    tables = made.dataset.tables
    net: Counter[tuple[object, ...]] = Counter()
    for row in tables["tracking_data"].iter_rows(named=True):
        if row["influencer_id"] is not None:
            item = (row["product"], row["brand"])
            place = (row["influencer_id"], row["date"], row["campaign"], reference.key(item))
            net[place] += row["orders"]
    sold, published = defaultdict(list), defaultdict(list)
    for place, orders in net.items():
        sold[place[0]].append(Cell(*place, orders))
    for row in tables["posts"].iter_rows(named=True):
        published[row["influencer_id"]].append(
            Post(row["influencer_id"], row["date"], row["campaign"])
        )
    items = {
        number: reference.key((product, brand)) for number, product, brand in made.items.rows()
    }
    frame = made.accrued
    every = max(1, tables["payouts"].height // 60)
    for number, row in enumerate(tables["payouts"].iter_rows(named=True)):
        if number % every or row["status"] == "cancelled":
            continue
        payout = Payout(
            row["influencer_id"], row["campaign"], row["basis"], row["date"], row["total_payout"]
        )
        creator = row["influencer_id"]
        found = {
            (day, campaign, None if item is None else items[item], *labels): paise
            for (day, campaign, item, *labels), paise in of(frame, number).items()
        }
        assert found == dict(reference.accrue(payout, sold[creator], published[creator]))
