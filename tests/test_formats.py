"""How a value is said: grouping, lakh and crore, signs, what is undefined, dates and lists."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import formats
from dashboard.formats import NOTHING


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (99999, "99,999"),
        (100000, "1,00,000"),
        (1234567, "12,34,567"),
        (123456789012, "1,23,45,67,89,012"),
        (-1234567, "−12,34,567"),
        (None, NOTHING),
        (float("nan"), NOTHING),
        (float("inf"), NOTHING),
        (float("-inf"), NOTHING),
    ],
)
def test_numbers_are_grouped_as_in_india(value, said):
    assert formats.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "₹0.00"),
        (1234567.5, "₹12,34,567.50"),
        (-0.5, "−₹0.50"),
        (-0.004, "₹0.00"),
        (None, NOTHING),
    ],
)
def test_rupees_in_full(value, said):
    """What rounds to nothing carries no sign."""
    assert formats.rupees(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "₹0"),
        (7, "₹7"),
        (7.25, "₹7.25"),
        (99.994, "₹99.99"),
        (99.996, "₹100"),
        (412.4, "₹412"),
        (99999.4, "₹99,999"),
        (99999.5, "₹1.00 L"),
        (125000, "₹1.25 L"),
        (9999499, "₹99.99 L"),
        (9999500, "₹1.00 Cr"),
        (34000000, "₹3.40 Cr"),
        (123456789012, "₹12,345.68 Cr"),
        (-125000, "−₹1.25 L"),
        (None, NOTHING),
    ],
)
def test_rupees_on_a_card(value, said):
    """No card reads ₹1,00,000 or ₹100.00 L: rounding up takes the next unit."""
    assert formats.rupees_compact(value) == said


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(0.042, 1, "4.2 %"), (12.5, 0, "1,250 %"), (-0.5, 1, "−50.0 %"), (None, 1, NOTHING)],
)
def test_ratios_as_percent(value, digits, said):
    assert formats.percent(value, digits) == said


@pytest.mark.parametrize(("value", "said"), [(3.579, "3.58×"), (1000, "1,000.00×"), (None, "—")])
def test_multiples(value, said):
    assert formats.times(value) == said


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (1.005, 2, "1.00"), (2.345, 2, "2.35")],
)
def test_halves_are_rounded_away_from_nothing_on_the_exact_value(value, digits, said):
    """1.005 is stored as 1.00499…, 2.345 as 2.34500000000000019…, and so they read."""
    assert formats.fixed(value, digits) == said


@given(st.floats(-1e15, 1e15), st.integers(0, 4))
def test_fixed_is_the_exact_value_rounded_half_up(value, digits):
    exact = Decimal(value).quantize(Decimal(10) ** -digits, ROUND_HALF_UP)
    assert Decimal(formats.fixed(value, digits)) == exact


@given(st.integers(0, 10**15))
def test_grouping_adds_commas_and_nothing_else(value):
    """Three digits at the end, twos before them."""
    *pairs, last = formats.grouped(str(value)).split(",")
    assert "".join([*pairs, last]) == str(value)
    assert len(last) == 3 or not pairs
    assert all(len(pair) == 2 for pair in pairs[1:])
    assert not pairs or len(pairs[0]) in {1, 2}


def test_amounts_of_any_size_can_be_said():
    assert formats.number(1e30).startswith("10,00,00,00,00,")


@pytest.mark.parametrize(
    ("unit", "digits", "said", "compact"),
    [
        ("₹", 2, "₹1,25,000.00", "₹1.25 L"),
        ("×", 2, "1,25,000.00×", "1,25,000.00×"),
        ("%", 1, "1,25,00,000.0 %", "1,25,00,000.0 %"),
        ("", 0, "1,25,000", "1,25,000"),
    ],
)
def test_a_metric_is_said_with_its_unit(unit, digits, said, compact):
    assert formats.said(125000, unit, digits) == said
    assert formats.said(125000, unit, digits, compact=True) == compact


def test_days_and_periods():
    first, last = dt.date(2026, 6, 1), dt.date(2026, 11, 30)
    assert formats.day(last) == "30 Nov 2026"
    assert formats.period(first, last) == "1 Jun – 30 Nov 2026"
    assert formats.period(dt.date(2025, 6, 1), last) == "1 Jun 2025 – 30 Nov 2026"
    assert formats.period(last, last) == "30 Nov 2026"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A or B"),
        (["A", "B", "C", "D"], "A, B, C or D"),
        (["A", "B", "C", "D", "E"], "A, B, C or 2 more"),
    ],
)
def test_lists_of_names(names, said):
    assert formats.listing(names, "or") == said


def test_counted_things():
    assert formats.counted(1, "payout") == "1 payout"
    assert formats.counted(123456, "payout") == "1,23,456 payouts"
    assert formats.counted(0, "row says", "rows say") == "0 rows say"
