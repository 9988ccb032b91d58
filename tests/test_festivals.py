"""The festival calendar, against days published by the Government of India and by almanacs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.festivals import NAMES, Festival, festivals

PUBLISHED = {
    "Diwali": ["2023-11-12", "2024-10-31", "2025-10-20", "2026-11-08", "2027-10-29"],
    "Holi": ["2023-03-08", "2024-03-25", "2025-03-14", "2026-03-04", "2027-03-22"],
    "Raksha Bandhan": ["2023-08-30", "2024-08-19", "2025-08-09", "2026-08-28", "2027-08-17"],
    "Dussehra": ["2023-10-24", "2024-10-12", "2025-10-02", "2026-10-20", "2027-10-09"],
    "Republic Day": [f"{year}-01-26" for year in range(2023, 2028)],
    "Independence Day": [f"{year}-08-15" for year in range(2023, 2028)],
    "Year end": [f"{year}-12-31" for year in range(2023, 2028)],
}


def peaks(name, start, end):
    return [
        festival.peak.isoformat() for festival in festivals(start, end) if festival.name == name
    ]


@pytest.mark.parametrize("name", NAMES)
def test_days_are_the_published_ones(name):
    assert peaks(name, date(2023, 1, 2), date(2027, 12, 31)) == PUBLISHED[name]


def test_a_festival_counts_when_any_of_its_days_does():
    diwali = Festival(date(2025, 10, 20), "Diwali", date(2025, 10, 10), date(2025, 10, 22))
    assert festivals(date(2025, 10, 22), date(2025, 12, 1)) == [diwali]
    assert festivals(date(2025, 10, 3), date(2025, 10, 10)) == [diwali]
    assert festivals(date(2025, 10, 23), date(2025, 12, 24)) == []


def test_shopping_over_new_year_belongs_to_both_years():
    assert peaks("Year end", date(2026, 1, 1), date(2026, 1, 1)) == ["2025-12-31"]
    assert peaks("Year end", date(2025, 12, 25), date(2025, 12, 25)) == ["2025-12-31"]


def test_festivals_come_in_order_and_hold_their_day():
    found = festivals(date(2015, 1, 1), date(2030, 12, 31))
    assert [festival.peak for festival in found] == sorted(festival.peak for festival in found)
    for festival in found:
        assert festival.first <= festival.peak <= festival.last
        assert festival.last - festival.first < timedelta(14)


def test_every_year_of_the_tables_has_every_festival():
    for year in range(2001, 2036):
        found = {festival.name for festival in festivals(date(year, 1, 8), date(year, 12, 31))}
        assert found == set(NAMES)


@pytest.mark.parametrize("year", [1, 1850, 1999, 2036, 2099, 9999])
def test_years_outside_the_tables_keep_their_fixed_days(year):
    """Warnings are errors here, so the library's own warning must not come through."""
    names = {festival.name for festival in festivals(date(year, 1, 2), date(year, 12, 31))}
    assert names <= {"Republic Day", "Independence Day", "Year end"}


def test_a_period_that_ends_before_it_starts_has_none():
    assert festivals(date(2026, 12, 1), date(2026, 1, 1)) == []
