"""The benchmark of incremental revenue: worlds that are what they say, scores against the truth."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks import incrementality as bench
from data_gen import Plan, invent

SMALL = {"influencers": 12, "campaigns": 2, "products": 8, "days": 300, "orders": 12.0}


@pytest.fixture(scope="module")
def world():
    return invent(Plan(seed=4, **SMALL))


def test_campaigns_without_effect_leave_sales_as_they_were(monkeypatch):
    """Product by product and day by day: what the tables show is the truth without campaigns."""
    nothing = invent(Plan(seed=4, lift=0.0, **SMALL))
    shown = bench.without_effect(nothing)["tracking_data"]
    assert shown["influencer_id"].drop_nulls().len() > 0
    days = shown.group_by("product", "date").agg(revenue=pl.col("revenue").sum())
    both = nothing.truth.product_days.join(days, on=["product", "date"], how="left")
    assert both["revenue"].fill_null(0).to_list() == pytest.approx(both["y0"].to_list())


def test_what_spills_over_goes_to_siblings_untagged(world):
    rows = world.tracking_data
    spilt = bench.with_spill(world)["tracking_data"][rows.height :]
    caused = world.truth.orders["cause"].cast(pl.String).is_in(["caused_tagged", "caused_halo"])
    assert spilt.height == pytest.approx(bench.SPILL * caused.sum(), rel=0.2)
    assert spilt["influencer_id"].null_count() == spilt["campaign"].null_count() == spilt.height
    promoted = dict(world.truth.campaigns.select("product", "brand").rows())
    assert set(spilt["brand"]) <= set(promoted.values())
    assert world.tracking_data.equals(rows)


def test_posts_that_act_late_cause_nothing_on_their_first_days(world):
    with bench._late():
        late = invent(Plan(seed=4, **SMALL))

    def first_caused(one, campaign):
        days = one.truth.orders.with_columns(date=one.tracking_data["date"])
        caused = pl.col("cause").cast(pl.String).is_in(["caused_tagged", "caused_halo"])
        return days.filter(caused & (pl.col("campaign").cast(pl.String) == campaign))["date"].min()

    acting = [row for row in late.truth.campaigns.to_dicts() if row["incremental_revenue"] > 0]
    assert acting
    for row in acting:
        wait = first_caused(late, row["campaign"]) - row["window_start"]
        assert wait.days >= bench.DELAY_DAYS
    assert invent(Plan(seed=4, **SMALL)).tracking_data.equals(world.tracking_data)


def test_scores_are_the_distance_from_the_truth(monkeypatch, world):
    """Tagged revenue less incremental revenue, both of the world's own truth, over its baseline."""
    monkeypatch.setattr(bench, "CONFIGURATION", SMALL)
    found, blind = bench.world_scored(bench.USUAL, 4)
    truth = world.truth.campaigns.sort("campaign").to_dicts()
    assert len(found) + blind == len(truth)
    misses = [one.scores[0].miss for one in found]
    expected = [
        (row["tagged_revenue"] - row["incremental_revenue"]) / row["baseline_revenue"]
        for row in truth
    ]
    assert misses == pytest.approx(expected, abs=0.02)  # a late order may carry the code
    names = [score.method for score in found[0].scores]
    assert names[:2] == [bench.TAGGED, bench.DISCOUNTED]
    assert names[-1] == bench.CALIBRATED


def test_figures_are_means_and_roots_of_mean_squares():
    """Misses of 3 % and −1 %: bias 1, RMSE √5; ratios miss by 2 alone; one of two is covered."""
    scores = [
        bench.Score("x", 0.03, 2.0, covered=True, found=False),
        bench.Score("x", -0.01, None, covered=False, found=True),
    ]
    assert bench.figures(scores) == ("1.0", "2.2", "2.0", "50.0")
