"""The browser says every value as Python does."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import formats
from dashboard.views.markup import asset

TWINS = {
    "rupees": formats.rupees,
    "rupeesCompact": formats.rupees_compact,
    "times": formats.times,
    "percent": formats.percent,
    "chance": formats.chance,
    "plain": formats.number,
}
NEAR = [0.5, 0.005, 99.995, 100, 99_999.5, 1e5, 9_999_499.5, 9_999_500, 1e7, 1.005, 2.675]
values = (
    st.floats(-1e15, 1e15)
    | st.integers(-(10**15), 10**15).map(float)
    | st.integers(-(10**9), 10**9).map(lambda paise: paise / 100)
    | st.sampled_from([sign * value for value in NEAR for sign in (1, -1)])
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(values, min_size=1, max_size=100))
def test_the_browser_says_numbers_as_python_does(page, several):
    """Each function of the page beside its twin here."""
    said = page.evaluate(
        f"values => {{ {formats.JAVASCRIPT} "
        f"return values.map(x => [{', '.join(f'{name}(x)' for name in TWINS)}]) }}",
        several,
    )
    assert said == [[twin(value) for twin in TWINS.values()] for value in several]


def test_the_browser_says_nothing_where_python_does(page):
    code = f"() => {{ {formats.JAVASCRIPT} return [null, undefined, NaN, 1 / 0].map(CALL) }}"
    for name in TWINS:
        assert page.evaluate(code.replace("CALL", f"x => {name}(x)")) == [formats.NOTHING] * 4


@pytest.mark.parametrize(
    ("value", "tick"),
    [
        (0, "₹0"),
        (500, "₹500"),
        (20_000, "₹20,000"),
        (150_000, "₹1.5 L"),
        (100_000, "₹1 L"),
        (1_000_000, "₹10 L"),
        (25_000_000, "₹2.5 Cr"),
        (1_000_000_000, "₹100 Cr"),
        (0.5, "₹0.5"),
        (-150_000, "−₹1.5 L"),
    ],
)
def test_ticks_carry_no_idle_zeros(page, value, tick):
    assert page.evaluate(f"x => {{ {formats.JAVASCRIPT} return rupeesTick(x) }}", value) == tick


DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=1, max_size=50),
    st.lists(st.lists(st.text("abc, é"), max_size=7), max_size=20),
    st.lists(st.integers(0, 10**9), max_size=20),
)
def test_the_one_file_page_says_days_and_lists_as_python_does(page, periods, lists, counts):
    epoch = dt.date(1970, 1, 1)
    days = [[(one - epoch).days for one in ends] for ends in periods]
    said = page.evaluate(
        f"([days, lists, counts]) => {{ {formats.JAVASCRIPT} {asset('words.js')}\n"
        "return [days.map(([a, b]) => [day(a), period(a, b), month(a)]),"
        " lists.map(one => [listing(one), listing(one, 'or', 2)]),"
        " counts.map(one => [counted(one, 'row'), counted(one, 'is', 'are')])] }",
        [days, lists, counts],
    )
    assert said == [
        [[formats.day(a), formats.period(a, b), f"{a:%B %Y}"] for a, b in periods],
        [[formats.listing(one), formats.listing(one, "or", 2)] for one in lists],
        [[formats.counted(one, "row"), formats.counted(one, "is", "are")] for one in counts],
    ]
