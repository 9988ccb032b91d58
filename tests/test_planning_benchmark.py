"""The benchmark of the Planner: what is known today, and what later bookings really brought."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks import planning as bench
from data_gen import Plan, invent


@pytest.fixture(scope="module")
def world():
    return invent(Plan(seed=4, influencers=20, campaigns=16, products=8, days=640, orders=6.0))


def test_today_knows_nothing_of_what_comes_later(world):
    made, over, later = bench.known_part(world)
    truth = {row["campaign"]: row for row in world.truth.campaigns.to_dicts()}
    today = sorted(row["window_start"] for row in truth.values())[bench.KNOWN]
    assert made["tracking_data"]["date"].max() < today
    assert made["posts"]["date"].max() < today
    assert set(made["payouts"]["campaign"].cast(pl.String)) <= set(over)
    assert over
    assert later
    assert all(truth[name]["window_end"] < today for name in over)
    assert all(truth[name]["window_start"] >= today for name in later)


def test_bookings_share_what_their_campaign_really_brought(world):
    """Where everybody with an order is paid, the shares of a campaign add up to all of it."""
    _, _, later = bench.known_part(world)
    truth = dict(world.truth.campaigns.select("campaign", "incremental_revenue").rows())
    named = world.tracking_data.select(pl.col("influencer_id", "campaign").cast(pl.String))
    people = named.drop_nulls().unique().with_columns(status=pl.lit("paid"), total_payout=10.0)
    everybody = replace(world, payouts=people)
    for name in later:
        booked = bench.bookings_after(everybody, [name])
        assert sum(one.brought for one in booked) == pytest.approx(truth[name])


def test_the_table_divides_sums_by_sums():
    """Promised 10 and 20, brought 5 and 15, paid 5 each: 30 / 20; the mean of both is 1.67."""
    sums = np.array([[10.0, 5.0, 5.0], [20.0, 15.0, 5.0]])
    found = [[bench.Promise(bench.OURS, bench.ALL, *map(float, row))] for row in sums]
    made = bench.table(found, bench.box.MARKDOWN)
    (row,) = zip(*(column.cells for column in made.columns), strict=True)
    assert row[1:4] == ("3.00", "2.00", "1.50")
    assert bench.between(sums) == (pytest.approx(20 / 15), pytest.approx(2.0))
