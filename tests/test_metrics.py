"""Every metric against DOMAIN §6, worked out by hand, and in both its forms."""

from __future__ import annotations

import json
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import UnknownNameError
from dashboard.metrics import METRICS, metric, ratio, total
from dashboard.schema import MEASURES

SUMS = {
    "revenue": 90000,
    "orders": 30,
    "returned_revenue": 5000,
    "gross_profit": 45000,
    "new_customers": 5,
    "customers": 20,
    "spend": 30000,
    "posts": 4,
    "reach": 2000,
    "likes": 70,
    "comments": 20,
    "shares": 7,
    "saves": 3,
    "clicks": 60,
    "impressions": 3000,
    "baseline_revenue": 12345,
    "baseline_orders": 6,
    "baseline_new_customers": 2,
}
"""₹900 of revenue, half of it gross profit, from 30 orders by 20 customers, 5 of them new; ₹300
spent on 4 posts that reached 2,000 people and drew 100 engagements."""

BY_HAND = {
    "revenue": 900.0,
    "orders": 30,
    "spend": 300.0,
    "profit": 600.0,
    "gross_profit": 450.0,
    "contribution": 150.0,
    "break_even_roas": 2.0,
    "break_even_incrementality_costed": 2 / 3,
    "roas": 3.0,
    "roi": 2.0,
    "break_even_incrementality": 1 / 3,
    "aov": 30.0,
    "cpo": 10.0,
    "new_customers": 5,
    "customers": 20,
    "new_customer_share": 0.25,
    "cac": 60.0,
    "posts": 4,
    "reach": 2000,
    "engagements": 100,
    "engagement_rate": 0.05,
    "clicks": 60,
    "impressions": 3000,
    "ctr": 0.02,
    "conversion": 0.5,
    "cpe": 3.0,
    "cpm": 150.0,
    "revenue_per_post": 225.0,
    "orders_per_1000_reach": 15.0,
    "returned_revenue": 50.0,
    "baseline_revenue": 123.45,
    "baseline_orders": 6,
    "baseline_new_customers": 2,
}


def evaluate(name, sums):
    """A metric as Polars evaluates it over one row of sums; money in rupees."""
    row = pl.DataFrame([sums], schema=dict.fromkeys(sums, pl.Int64))
    value = row.select(METRICS[name].expression()).item()
    return value / 100 if METRICS[name].is_money and value is not None else value


def test_every_metric_is_worked_out_by_hand():
    assert {name: evaluate(name, SUMS) for name in METRICS} == pytest.approx(BY_HAND)


@pytest.mark.parametrize("one", METRICS.values(), ids=METRICS)
def test_a_metric_says_what_it_is(one):
    assert one.label
    assert one.definition.endswith(".")
    assert len(one.definition) > 10
    assert one.unit in {"₹", "×", "%", ""}
    assert one.good in {"up", "down", ""}
    assert set(one.measures) <= set(MEASURES)
    assert one.digits in range(4)


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("revenue", "revenue"),
        ("profit", "revenue − spend"),
        ("roi", "(revenue − spend) ÷ spend"),
        ("engagement_rate", "(likes + comments + shares + saves) ÷ reach"),
        ("cpm", "spend × 1,000 ÷ reach"),
    ],
)
def test_formulas_read_as_people_write_them(name, formula):
    assert METRICS[name].formula == formula


@pytest.mark.parametrize("name", [name for name, one in METRICS.items() if one.is_ratio])
def test_nothing_to_divide_by_is_null(name):
    """Neither 0, nor infinite, nor NaN."""
    under = METRICS[name].value.under.measures
    assert evaluate(name, {**SUMS, **dict.fromkeys(under, 0)}) is None
    assert evaluate(name, {**SUMS, **dict.fromkeys(under, None)}) is None


def plain(tree, sums):
    """The offline page's reading of a metric, as plain as can be."""
    operator, *operands = tree
    if operator == "total":
        return sums[operands[0]]
    if operator == "×":
        factor, value = operands
        return factor * plain(value, sums)
    left, right = (plain(operand, sums) for operand in operands)
    if operator == "/":
        return left / right if right else None
    return left + right if operator == "+" else left - right


@given(st.fixed_dictionaries({name: st.integers(-(10**6), 10**9) for name in MEASURES}))
def test_polars_and_the_offline_page_evaluate_alike(sums):
    for name, one in METRICS.items():
        tree = json.loads(json.dumps(one.definition_tree()))
        value = plain(tree["value"], sums)
        if value is not None and tree["unit"] == "₹":
            value /= 100
        found = evaluate(name, sums)
        assert (found is None) == (value is None)
        assert found is None or math.isclose(found, value, rel_tol=1e-12)


@given(st.fixed_dictionaries({name: st.none() | st.integers(-9, 9) for name in MEASURES}))
def test_a_metric_is_a_finite_number_or_null(sums):
    for name in METRICS:
        value = evaluate(name, sums)
        assert value is None or math.isfinite(value)


def test_a_metric_is_said_with_its_unit():
    assert METRICS["revenue"].say(125000) == "₹1,25,000.00"
    assert METRICS["revenue"].say(125000, compact=True) == "₹1.25 L"
    assert METRICS["roas"].say(3.579) == "3.58×"
    assert METRICS["engagement_rate"].say(0.042) == "4.20 %"
    assert METRICS["orders"].say(None) == "—"


def test_an_unknown_metric_gets_the_nearest_spelling():
    with pytest.raises(
        UnknownNameError, match=r"There is no metric 'roaz'\. Did you mean 'roas'\?"
    ):
        metric("roaz")
    assert metric("roas") is METRICS["roas"]


def test_an_unknown_measure_stops_the_definition():
    with pytest.raises(
        UnknownNameError, match=r"There is no measure 'reech'\. Did you mean 'reach'"
    ):
        ratio(total("spend"), total("reech"))
