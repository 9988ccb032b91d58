"""A period against earlier days: which days those are."""

import datetime as dt

import pytest

from dashboard.query import Where
from dashboard.query.comparison import WORDS, compared
from dashboard.state import COMPARISONS

SPAN = (dt.date(2023, 1, 1), dt.date(2026, 12, 31))


def day(text):
    return dt.date.fromisoformat(text)


def days(first, last, kind, span=SPAN):
    """First and last day compared with, as text."""
    found = compared(Where(first=day(first), last=day(last)), span, kind).where
    return None if found is None else (str(found.first), str(found.last))


def test_every_comparison_of_the_explorer_has_its_words():
    assert tuple(WORDS) == COMPARISONS


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-09-01", "2026-09-30", ("2026-08-02", "2026-08-31")),
        ("2026-03-01", "2026-03-01", ("2026-02-28", "2026-02-28")),
        ("2024-03-01", "2024-03-31", ("2024-01-30", "2024-02-29")),
        ("2024-01-01", "2024-12-31", ("2022-12-31", "2023-12-31")),
    ],
    ids=["a month", "a day", "over 29 February", "a leap year, one day too long for the data"],
)
def test_the_period_before_has_as_many_days_and_ends_the_day_before(first, last, before):
    expected = before if before[0] >= "2023-01-01" else None
    assert days(first, last, "previous") == expected


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-09-01", "2026-09-30", ("2025-09-01", "2025-09-30")),
        ("2024-02-29", "2024-02-29", ("2023-02-28", "2023-02-28")),
        ("2024-02-01", "2024-02-29", ("2023-02-01", "2023-02-28")),
        ("2025-02-01", "2025-02-28", ("2024-02-01", "2024-02-28")),
        ("2025-12-20", "2026-01-05", ("2024-12-20", "2025-01-05")),
        ("2024-03-01", "2025-02-28", ("2023-03-01", "2024-02-28")),
    ],
)
def test_a_year_before_has_the_same_dates(first, last, before):
    assert days(first, last, "year") == before


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        # Diwali: 8 Nov 2026 and 20 Oct 2025, 384 days apart.
        ("2026-10-29", "2026-11-10", ("2025-10-10", "2025-10-22")),
        ("2026-11-01", "2026-11-30", ("2025-10-13", "2025-11-11")),
        # October and November hold all of Dussehra (10 days) and of Diwali (13): Diwali.
        ("2026-10-01", "2026-11-30", ("2025-09-12", "2025-11-11")),
        # Dussehra: 20 Oct 2026 and 2 Oct 2025, 383 days apart.
        ("2026-10-11", "2026-10-20", ("2025-09-23", "2025-10-02")),
        # Holi: 4 Mar 2026 and 14 Mar 2025, 355 days apart.
        ("2026-03-01", "2026-03-04", ("2025-03-11", "2025-03-14")),
        # The end of 2025 reaches to 1 January; a year before, that of 2024 does.
        ("2026-01-01", "2026-01-05", ("2025-01-01", "2025-01-05")),
    ],
)
def test_a_festival_stands_on_the_same_festival_a_year_before(first, last, before):
    assert days(first, last, "festival") == before


def test_days_are_named_and_counted():
    where = Where(brand=("Gritzo",), first=day("2026-09-01"), last=day("2026-09-30"))
    found = compared(where, SPAN, "previous")
    assert found.words == "2 Aug – 31 Aug 2026, the 30 days before"
    assert found.where == Where(brand=("Gritzo",), first=day("2026-08-02"), last=day("2026-08-31"))
    assert compared(where, SPAN, "year").words == "1 Sep – 30 Sep 2025, a year before"
    november = Where(first=day("2026-11-01"), last=day("2026-11-30"))
    assert compared(november, SPAN, "festival").words == "13 Oct – 11 Nov 2025, Diwali 2025"


def test_days_after_the_data_are_not_compared():
    """Of November the data hold 20 days: they stand against the 20 before."""
    span = (SPAN[0], day("2026-11-20"))
    assert days("2026-11-01", "2026-11-30", "previous", span) == ("2026-10-12", "2026-10-31")
    where = Where(first=day("2026-11-01"), last=day("2026-11-30"))
    assert compared(where, span, "previous").words.endswith("; the data end on 20 Nov 2026")
    assert "end" not in compared(where, SPAN, "previous").words


def test_an_end_left_open_is_that_of_the_data():
    found = compared(Where(first=day("2026-12-01")), SPAN, "previous").where
    assert (found.first, found.last) == (day("2026-10-31"), day("2026-11-30"))


def test_the_data_must_reach_back_to_the_first_day():
    span = (day("2026-08-02"), day("2026-09-30"))
    assert days("2026-09-01", "2026-09-30", "previous", span) == ("2026-08-02", "2026-08-31")
    assert days("2026-09-01", "2026-09-30", "previous", (day("2026-08-03"), span[1])) is None


@pytest.mark.parametrize(
    ("where", "kind", "words"),
    [
        (Where(), "previous", "Choose a period to compare it with the days before."),
        (Where(brand=("Gritzo",)), "year", "Choose a period to compare it with the same days"),
        (Where(), "festival", "Choose a period"),
        (Where(last=day("2024-01-31")), "previous", "the data begin on 1 Jan 2023"),
        (Where(first=SPAN[0], last=SPAN[0]), "year", "the data begin on 1 Jan 2023"),
        (Where(first=day("0001-01-01"), last=day("0001-01-02")), "festival", "begin on 1 Jan 2023"),
        (Where(first=day("9999-12-30")), "previous", "no data in this period"),
        (
            Where(first=day("2023-01-02"), last=day("2023-01-09")),
            "previous",
            "with the 8 days before",
        ),
        (
            Where(first=day("2023-06-01"), last=day("2023-06-30")),
            "year",
            "with a year before",
        ),
        (Where(first=day("2024-01-01"), last=day("2025-06-30")), "year", "longer than a year"),
        (Where(first=day("2024-01-01"), last=day("2025-06-30")), "festival", "longer than a year"),
        (Where(first=day("2026-06-01"), last=day("2026-06-30")), "festival", "No festival falls"),
        (
            Where(first=day("2023-11-01"), last=day("2023-11-15")),
            "festival",
            "with Diwali 2022",
        ),
    ],
)
def test_where_there_is_nothing_to_compare_with_a_sentence_says_why(where, kind, words):
    found = compared(where, SPAN, kind)
    assert found.where is None
    assert words in found.reason
    assert found.reason.endswith(".")


def test_nothing_is_said_where_nobody_compares_and_data_without_days_say_so():
    where = Where(first=day("2026-09-01"), last=day("2026-09-30"))
    assert compared(where, SPAN, "off").reason == ""
    assert "no days" in compared(where, None, "previous").reason


def test_a_festival_before_the_known_ones_has_none_before():
    span = (day("1980-01-01"), day("2003-12-31"))
    where = Where(first=day("2001-11-10"), last=day("2001-11-16"))
    assert "No earlier Diwali is known" in compared(where, span, "festival").reason


def test_data_that_begin_with_time_itself_are_not_reached_beyond():
    span = (dt.date.min, day("0002-12-31"))
    where = Where(first=day("0001-06-01"), last=day("0001-12-31"))
    for kind in ("previous", "year", "festival"):
        assert compared(where, span, kind).where is None
