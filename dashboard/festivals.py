"""Named Indian festival days: when each falls, and how long the shopping around it lasts."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

NAMES: tuple[str, ...] = (
    "Republic Day",
    "Holi",
    "Raksha Bandhan",
    "Independence Day",
    "Dussehra",
    "Diwali",
    "Year end",
)
"""The festivals that move sales, in the order of the calendar year."""

_LIBRARY_NAMES = {
    "Republic Day": "Republic Day",
    "Holi": "Holi",
    "Raksha Bandhan": "Raksha Bandhan",
    "Independence Day": "Independence Day",
    "Dussehra": "Dussehra",
    "Diwali (Deepavali)": "Diwali",
}
"""What the holidays library calls them; the year's end is ours, as no holiday marks it."""

_DAYS_AROUND = {
    "Republic Day": (4, 1),
    "Holi": (5, 1),
    "Raksha Bandhan": (5, 0),
    "Independence Day": (4, 1),
    "Dussehra": (9, 0),
    "Diwali": (10, 2),
    "Year end": (6, 1),
}
"""Days of shopping before and after the day itself. Dussehra closes the nine nights of Navratri."""


@dataclass(frozen=True, slots=True, order=True)
class Festival:
    """One festival of one year: its day, and the first and last day of the shopping around it."""

    peak: date
    name: str
    first: date
    last: date


def festivals(start: date, end: date) -> list[Festival]:
    """The festivals whose days of shopping touch a period, in order.

    Parameters
    ----------
    start, end
        First and last day of the period, both part of it. An end before the start gives none.

    Returns
    -------
    list[Festival]
        Sorted by day. Outside the years that the holidays library has tables for (2001 to 2035 at
        present), only the festivals with a fixed date are known.
    """
    years = range(start.year - 1, end.year + 2)
    return [
        festival
        for year in years
        for festival in _of_year(year)
        if festival.first <= end and festival.last >= start and start <= end
    ]


@lru_cache(maxsize=256)
def _of_year(year: int) -> tuple[Festival, ...]:
    """The festivals of one calendar year, by day."""
    if not date.min.year < year < date.max.year:
        return ()
    peaks = {
        "Republic Day": date(year, 1, 26),
        "Independence Day": date(year, 8, 15),
        "Year end": date(year, 12, 31),
    }
    with warnings.catch_warnings():
        # Outside its tables the library warns, and leaves out what follows the moon.
        warnings.simplefilter("ignore")
        calendar = holidays.country_holidays(
            "IN", years=year, categories=("public", "optional"), language="en_IN", observed=False
        )
    for day, names in calendar.items():
        for name in names.split("; "):
            if name in _LIBRARY_NAMES:
                peaks[_LIBRARY_NAMES[name]] = day
    return tuple(
        sorted(
            Festival(
                peak,
                name,
                peak - timedelta(_DAYS_AROUND[name][0]),
                peak + timedelta(_DAYS_AROUND[name][1]),
            )
            for name, peak in peaks.items()
        )
    )
