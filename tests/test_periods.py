"""Periods by name: what people ask for, as far as the data hold it, and saying so."""

import datetime as dt

from dashboard.views.controls import named_periods


def day(text):
    return dt.date.fromisoformat(text)


def test_months_and_quarters_are_the_last_that_had_ended():
    """The data end on 30 September: September and its quarter have ended."""
    found = named_periods((day("2026-01-05"), day("2026-09-30")))
    assert found[:2] == [
        ["Last month", "2026-09-01", "2026-09-30"],
        ["Last quarter", "2026-07-01", "2026-09-30"],
    ]
    found = named_periods((day("2026-01-05"), day("2026-09-29")))
    assert found[:2] == [
        ["Last month", "2026-08-01", "2026-08-31"],
        ["Last quarter", "2026-04-01", "2026-06-30"],
    ]


def test_what_the_data_hold_in_part_says_from_when_or_until_when():
    """Diwali 2026 is on 8 November, its shopping from 29 October; the year's end from 25 December.

    Republic Day's shopping is from 22 to 27 January.
    """
    found = {name: days for name, *days in named_periods((day("2025-12-28"), day("2026-10-31")))}
    assert found["Diwali 2026, until 31 Oct"] == ["2026-10-29", "2026-10-31"]
    assert found["Republic Day 2026"] == ["2026-01-22", "2026-01-27"]
    assert found["Last quarter"] == ["2026-07-01", "2026-09-30"]
    short = {name: days for name, *days in named_periods((day("2026-01-24"), day("2026-01-25")))}
    assert short == {"Republic Day 2026, 24 Jan to 25 Jan": ["2026-01-24", "2026-01-25"]}
    late = {name: days for name, *days in named_periods((day("2026-01-24"), day("2026-02-10")))}
    assert late["Republic Day 2026, from 24 Jan"] == ["2026-01-24", "2026-01-27"]
    assert late["Last month, from 24 Jan"] == ["2026-01-24", "2026-01-31"]


def test_no_days_have_no_names():
    assert named_periods(None) == []
