"""The truth of the invented world adds up."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from data_gen import Plan, invent
from data_gen.campaigns import draw_campaigns
from data_gen.catalogue import products
from data_gen.people import draw_people
from data_gen.world import draw_baseline
from tests.invented import ROOT, SMALL, committed

PARTS = ("caused_tagged", "halo", "cannibalised", "discount_cost", "pulled_forward")
"""What a campaign's revenue in its window is made of."""


@pytest.fixture(scope="module")
def tables():
    return committed()


def test_causes_of_single_orders_add_up_to_the_truth_of_each_campaign(tables):
    """Worked out again row by row, in decimals, from the causes and the dates alone."""
    windows = {
        row["campaign"]: (row["window_start"], row["window_end"]) for row in tables["campaigns"]
    }
    found = defaultdict(Decimal)

    def add(campaign, day, part, amount, gain):
        inside = windows[campaign][0] <= day <= windows[campaign][1]
        found[campaign, "incremental_revenue" if inside else "incremental_after"] += gain
        if inside:
            found[campaign, part] += amount

    assert len(tables["orders"]) == len(tables["tracking_data"])
    parts = {"caused_tagged": "caused_tagged", "caused_halo": "halo", "leaked": "cannibalised"}
    for number, (cause, row) in enumerate(
        zip(tables["orders"], tables["tracking_data"], strict=True), start=1
    ):
        assert cause["row"] == str(number)
        revenue, anyway = Decimal(row["revenue"]), Decimal(cause["revenue_anyway"])
        if cause["cause"] == "baseline":
            assert cause["campaign"] == ""
            assert revenue == anyway
            assert row["orders"] == cause["orders_anyway"]
            continue
        add(cause["campaign"], row["date"], parts[cause["cause"]], revenue, revenue - anyway)
        if cause["cause"] == "leaked":
            assert revenue == anyway * Decimal("0.9")
            add(cause["campaign"], row["date"], "discount_cost", anyway - revenue, Decimal(0))
        else:
            assert anyway == 0
    for row in tables["prevented_orders"]:
        anyway = Decimal(row["revenue_anyway"])
        add(row["campaign"], row["date"], "pulled_forward", anyway, -anyway)

    for row in tables["campaigns"]:
        for part in (*PARTS, "incremental_revenue", "incremental_after"):
            assert found[row["campaign"], part] == Decimal(row[part]), (row["campaign"], part)
        caused, halo, leaked, discount, pulled = (Decimal(row[part]) for part in PARTS)
        assert Decimal(row["incremental_revenue"]) == caused + halo - discount - pulled
        assert Decimal(row["tagged_revenue"]) == caused + leaked


def test_the_world_with_campaigns_less_the_world_without_is_what_they_caused(tables):
    gain = sum(Decimal(row["y1"]) - Decimal(row["y0"]) for row in tables["product_days"])
    caused = sum(
        Decimal(row["incremental_revenue"]) + Decimal(row["incremental_after"])
        for row in tables["campaigns"]
    )
    assert gain == caused


def test_days_with_campaigns_are_the_tracked_days(tables):
    tracked = defaultdict(Decimal)
    orders = Counter()
    for row in tables["tracking_data"]:
        tracked[row["product"], row["date"]] += Decimal(row["revenue"])
        orders[row["product"], row["date"]] += int(row["orders"])
    for row in tables["product_days"]:
        assert tracked[row["product"], row["date"]] == Decimal(row["y1"])
        assert orders[row["product"], row["date"]] == int(row["orders_1"])


def test_returns_on_assets_divide_the_truth_by_what_was_paid(tables):
    spent = sum(
        Decimal(row["total_payout"]) for row in tables["payouts"] if row["status"] != "cancelled"
    )
    assert sum(Decimal(row["payout"]) for row in tables["campaigns"]) == spent
    for row in tables["campaigns"]:
        iroas = float(row["incremental_revenue"]) / float(row["payout"])
        assert float(row["iroas"]) == pytest.approx(iroas, abs=1e-6)


def test_the_baseline_is_the_same_whatever_the_campaigns_do():
    quiet, loud = (
        invent(Plan(SMALL.seed, 12, 240, 3, campaigns=3, products=5, lift=lift))
        for lift in (0.0, 0.6)
    )
    same = ["product", "date", "orders_0", "y0"]
    assert quiet.truth.product_days.select(same).equals(loud.truth.product_days.select(same))
    assert quiet.truth.product_days["y1"].sum() < loud.truth.product_days["y1"].sum()


def test_campaigns_without_lift_only_give_discounts_away():
    world = invent(Plan(5, 20, 300, 10, campaigns=4, products=6, lift=0.0))
    truth = world.truth.campaigns
    for part in ("caused_tagged", "halo", "pulled_forward", "planted_lift"):
        assert truth[part].to_list() == [0, 0, 0, 0]
    assert truth["discount_cost"].min() > 0
    lost = (truth["incremental_revenue"] + truth["discount_cost"]).to_list()
    assert lost == pytest.approx([0, 0, 0, 0], abs=1e-6)
    days = world.truth.product_days
    assert days["orders_0"].equals(days["orders_1"])
    assert world.truth.prevented_orders.is_empty()


def test_planted_lift_arrives():
    """Orders caused in the window, per baseline order from the first post to the last, at 30 %."""
    lifts, tagged, wanted = [], [], []
    for seed in range(6):
        world = invent(Plan(seed, 20, 260, 40, campaigns=2, products=4, lift=0.3))
        causes = world.truth.orders.drop("campaign").hstack(
            [world.truth.orders["campaign"].cast(pl.String)]
        )
        causes = causes.with_columns(world.tracking_data["date", "orders"])
        for campaign in world.truth.campaigns.iter_rows(named=True):
            first, last = campaign["window_start"], campaign["window_end"]
            usual = world.truth.product_days.filter(
                pl.col("product").cast(pl.String) == campaign["product"],
                pl.col("date").is_between(first, last - timedelta(14)),
            )["orders_0"].sum()
            own = causes.filter(
                pl.col("campaign") == campaign["campaign"],
                pl.col("cause").cast(pl.String).str.starts_with("caused"),
                pl.col("date").is_between(first, last),
            )
            lifts.append(own["orders"].sum() / usual)
            coded = own.filter(pl.col("cause").cast(pl.String) == "caused_tagged")
            tagged.append(coded["orders"].sum() / own["orders"].sum())
            wanted.append(campaign["planted_tag_share"])
    assert np.mean(lifts) == pytest.approx(0.30, abs=0.02)
    assert np.mean(tagged) == pytest.approx(np.mean(wanted), abs=0.03)


def test_lifts_tags_and_leaks_are_drawn_as_specified():
    """Of 240: 15 % without effect, else LogN(log .18, .6); Beta(6.5, 3.5); Beta(1.8, 10.2)."""
    drawn = []
    for seed in range(30):
        plan = Plan(seed)
        sold = products(plan.products)
        drawn += draw_campaigns(plan, sold, draw_people(plan), draw_baseline(plan, sold))
    lifts = np.array([campaign.lift for campaign in drawn])
    assert np.mean(lifts == 0) == pytest.approx(0.15, abs=0.06)
    assert np.exp(np.median(np.log(lifts[lifts > 0]))) == pytest.approx(0.18, rel=0.2)
    assert np.std(np.log(lifts[lifts > 0])) == pytest.approx(0.6, rel=0.2)
    assert np.mean([campaign.tag_share for campaign in drawn]) == pytest.approx(0.65, abs=0.03)
    assert np.mean([campaign.leak_share for campaign in drawn]) == pytest.approx(0.15, abs=0.03)


def test_the_dashboard_never_opens_the_truth():
    """No text under dashboard/ but its docstrings holds the word, so that no path to it is made."""
    for path in (ROOT / "dashboard").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in said:
                assert not re.search(r"\btruth\b", str(node.value)), f"{path}: {node.value!r}"
