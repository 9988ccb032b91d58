"""Text to values: paise, whole numbers, days, ids and known spellings."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.ingest import values
from dashboard.schema import BASES, GENDERS, PLATFORMS, STATUSES


def one(read, text):
    """What a reader makes of a column of one cell."""
    return read(pl.Series([text], dtype=pl.String)).item()


@pytest.mark.parametrize(
    ("written", "paise"),
    [
        ("1234.5", 123450),
        ("  7 ", 700),
        ("5.", 500),
        (".5", 50),
        ("+5", 500),
        ("-12.34", -1234),
        ("−12.34", -1234),
        ("(500)", -50000),
        ("₹1,25,000", 12500000),
        ("₹ 1,25,000.50", 12500050),
        ("1,250,000", 125000000),
        ("-₹500", -50000),
        ("₹-500", -50000),
        ("Rs. 500", 50000),
        ("Rs.500/-", 50000),
        ("rs 500", 50000),
        ("500 INR", 50000),
        ("1.25 L", 12500000),
        ("1.25 lakh", 12500000),
        ("2 Cr", 2000000000),
        ("0.5 crore", 500000000),
        ("1.5k", 150000),
        ("1e3", 100000),
        ("१२५", 12500),
        ("10000000000000", 10**15),
    ],
)
def test_amounts_as_people_write_them(written, paise):
    assert one(values.paise, written) == paise


@pytest.mark.parametrize(
    ("written", "paise"),
    [
        ("0.005", 0),
        ("0.015", 2),
        ("0.025", 2),
        ("0.0251", 3),
        ("-0.005", 0),
        ("-0.015", -2),
        ("1.005", 100),
        ("2.675", 268),
        ("2.665", 266),
        ("1,00,000.505", 10000050),
        ("0.0049999999999999999", 0),
        ("0.0050000000000000001", 1),
    ],
)
def test_amounts_round_half_to_even_on_their_digits(written, paise):
    """2.675 is a tie and becomes 2.68, the even one; as a float it is 2.67499… and would not."""
    assert one(values.paise, written) == paise


@pytest.mark.parametrize(
    "written",
    [
        "twelve",
        "$5",
        "5 USD",
        "€5",
        "1,5",
        "1,50",
        "1.250,00",
        "12,34,5",
        "5%",
        "1.2.3",
        "1e400",
        "inf",
        "-inf",
        "1_000",
        "10000000000001",
        "1234567890123456789012345",
        "5 apples",
    ],
)
def test_what_may_be_another_amount_is_not_read(written):
    """A comma that groups nothing may be a decimal one; another currency is another amount."""
    assert one(values.paise, written) is None


@pytest.mark.parametrize("written", ["", "  ", "NA", "n/a", "NaN", "null", "None", "-", "—"])
@pytest.mark.parametrize("read", [values.paise, values.whole, values.words])
def test_what_people_write_for_nothing_is_nothing(read, written):
    assert one(read, written) is None


@given(
    st.decimals(-(10**9), 10**9, allow_nan=False, places=4).map(lambda amount: f"{amount:f}")
    | st.decimals(-(10**6), 10**6, allow_nan=False, places=2).map(lambda amount: f"{amount:f}")
    | st.integers(-(10**12), 10**12).map(str)
)
def test_paise_are_the_decimal_rounded_half_to_even(written):
    rounded = Decimal(written).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert one(values.paise, written) == int(rounded * 100)


def test_amounts_of_whole_and_floating_columns_are_paise_too():
    """As parquet holds them; 0.1 + 0.2 is 30 paise."""
    assert values.paise(pl.Series([1, -2, None])).to_list() == [100, -200, None]
    assert values.paise(pl.Series([0.1 + 0.2, 1e-7, 1234567.895])).to_list() == [30, 0, 123456790]
    assert values.paise(pl.Series([2**63 - 1])).to_list() == [None]


@pytest.mark.parametrize("kind", [pl.Int64, pl.UInt64, pl.Int128])
def test_whole_numbers_of_columns_are_read_up_to_what_may_be_written(kind):
    """As parquet holds them: beyond, sums would leave 64 bits. The least number has no positive."""
    low = 0 if kind == pl.UInt64 else -(2**63)
    high = 2**63 - 1 if kind == pl.Int64 else 2**63
    column = pl.Series([1, 10**13, 10**13 + 1, high, low, None], dtype=kind)
    least = None if low else 0
    assert values.whole(column).to_list() == [1, 10**13, None, None, least, None]
    assert values.paise(column).to_list() == [100, 10**15, None, None, least, None]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12", 12),
        ("12.0", 12),
        ("12.", 12),
        ("-3", -3),
        ("1,234", 1234),
        ("1,25,000", 125000),
        ("1e3", 1000),
        ("9999999999999", 9999999999999),
        ("2.5", None),
        ("1,5", None),
        ("1_000", None),
        ("99999999999999", None),
        ("1e400", None),
        ("inf", None),
        ("many", None),
    ],
)
def test_whole_numbers(written, number):
    assert one(values.whole, written) == number


def test_ids_are_text():
    """A number parser would turn 8118e449 into infinity and 007 into 7."""
    ids = pl.Series(["8118e449", "007", " INF001 ", "12.0"])
    assert values.words(ids).to_list() == ["8118e449", "007", "INF001", "12.0"]


@pytest.mark.parametrize(
    ("written", "known", "said"),
    [
        ("Youtube", PLATFORMS, "YouTube"),
        ("YT", PLATFORMS, "YouTube"),
        ("Insta", PLATFORMS, "Instagram"),
        ("IG", PLATFORMS, "Instagram"),
        ("Twit", PLATFORMS, "X"),
        ("X", PLATFORMS, "X"),
        ("Moj", PLATFORMS, "Moj"),
        ("M", GENDERS, "Male"),
        ("f", GENDERS, "Female"),
        ("Non-binary", GENDERS, "Non-binary"),
        ("non binary", GENDERS, "Non-binary"),
        ("Per Order", BASES, "order"),
        ("per_post", BASES, "post"),
        ("Post", BASES, "post"),
        ("Canceled", STATUSES, "cancelled"),
        ("Due", STATUSES, "pending"),
    ],
)
def test_known_spellings_become_the_one_we_use(written, known, said):
    value, meant = values.choice(pl.Series([written]), known)
    assert value.item() == said
    assert meant == {written: said}


def days(*written):
    found = values.days(pl.Series(written, dtype=pl.String))
    return [day and day.isoformat() for day in found.days.to_list()], found.order


@pytest.mark.parametrize(
    "written",
    [
        "2024-06-01",
        "2024-6-1",
        "2024/06/01",
        "2024.06.01",
        "20240601",
        "2024-06-01 23:59:59",
        "2024-06-01T23:59:59.123456",
        "2024-06-01T23:59:59Z",
        "1 Jun 2024",
        "01-Jun-2024",
        "1 June 2024",
        "Jun 1, 2024",
        "01-Jun-24",
    ],
)
def test_a_day_that_can_be_read_in_one_way_is(written):
    assert days(written) == (["2024-06-01"], "iso")


def test_a_number_above_twelve_shows_where_the_day_stands():
    assert days("01-06-2024", "13-06-2024") == (["2024-06-01", "2024-06-13"], "day first")
    assert days("01-06-2024", "06-13-2024") == (["2024-01-06", "2024-06-13"], "month first")


def test_without_evidence_the_day_comes_first_and_that_is_said():
    """01-06-2024 must never silently become January."""
    assert days("01-06-2024", "2/7/24") == (["2024-06-01", "2024-07-02"], "day first (assumed)")


def test_in_a_column_of_both_orders_only_the_sure_days_are_read():
    read, order = days("13-06-2024", "06-14-2024", "01-06-2024", "05/05/2024", "2024-01-02")
    assert read == ["2024-06-13", "2024-06-14", None, "2024-05-05", "2024-01-02"]
    assert order == "mixed"


@pytest.mark.parametrize(
    "written", ["soon", "2024-13-01", "2024-02-30", "31-04-2024", "2024-06-011", "12345"]
)
def test_what_is_no_day_is_not_read(written):
    assert days(written)[0] == [None]


@given(st.lists(st.dates(dt.date(1970, 1, 1), dt.date(2069, 12, 31)), min_size=1, max_size=8))
def test_day_first_columns_come_back_when_they_show_it(several):
    written = [f"{day:%d-%m-%Y}" for day in [*several, dt.date(2024, 1, 31)]]
    assert days(*written)[0][:-1] == [day.isoformat() for day in several]


def test_days_of_date_and_time_columns_are_their_days():
    late = pl.Series([dt.datetime(2024, 6, 1, 20, 0, tzinfo=dt.UTC)])
    assert values.days(late.dt.convert_time_zone("Asia/Kolkata")).days.to_list() == [
        dt.date(2024, 6, 2)
    ]
    assert values.days(pl.Series([dt.date(2024, 6, 1)])).days.to_list() == [dt.date(2024, 6, 1)]
