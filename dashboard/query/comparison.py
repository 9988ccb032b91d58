"""Comparison: which earlier days a period is compared with, or why there are none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from dashboard.festivals import Festival, festivals
from dashboard.formats import counted, day, period
from dashboard.query.where import Where

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "previous": "The days before",
        "year": "The same days a year before",
        "festival": "The same festival before",
        "off": "Nothing",
    }
)
"""What a period can be compared with, as people choose it."""

_TO_CHOOSE: Mapping[str, str] = {
    "previous": "the days before",
    "year": "the same days a year before",
    "festival": "the same festival a year before",
}
_LATER = "Choose a later period."


@dataclass(frozen=True)
class Comparison:
    """The same question of earlier days; no other filter changes.

    ``where`` is None where there are none: ``reason`` says why, and is empty where nobody wants to
    compare. ``words`` name the days.
    """

    where: Where | None = None
    words: str = ""
    reason: str = ""


def compared(where: Where, span: tuple[dt.date, dt.date] | None, kind: str) -> Comparison:
    """What a question is compared with.

    Parameters
    ----------
    where
        The question. An end of its period that is open is that of the data, and so is an end after
        it: days without any data are not compared with days that have them.
    span
        First and last day of the data; None where they have no days.
    kind
        ``previous``: as many days, just before. ``year``: the same dates a year earlier; 28
        February stands for 29 February where there is none. ``festival``: the festival that most
        days of the period belong to, as it was the last time before; its own days stand on each
        other. ``off``: nothing.
    """
    if kind == "off":
        return Comparison()
    if span is None:
        return Comparison(reason="The data have no days to compare.")
    if not where.dated:
        return Comparison(reason=f"Choose a period to compare it with {_TO_CHOOSE[kind]}.")
    first, last = where.first or span[0], min(where.last or span[1], span[1])
    if first > last:
        return Comparison(reason="There are no data in this period to compare.")
    if first <= span[0]:
        begins = f"the data begin on {day(span[0])}"
        return Comparison(reason=f"Nothing lies before this period: {begins}. {_LATER}")
    return _KINDS[kind](_Question(where, span, first, last))


@dataclass(frozen=True)
class _Question:
    """A period within the data: ``first`` lies after their first day, ``last`` not after theirs."""

    where: Where
    span: tuple[dt.date, dt.date]
    first: dt.date
    last: dt.date

    def moved(self, start: int, stop: int, what: str) -> Comparison:
        """The comparison with days given by their ordinals, if the data reach back to them all."""
        if stop >= self.first.toordinal():
            return Comparison(reason=_TOO_LONG)
        begin, end = self.span
        if start < begin.toordinal():
            begins = f"The data begin on {day(begin)}, too late to compare with {what}."
            return Comparison(reason=f"{begins} {_LATER}")
        first, last = dt.date.fromordinal(start), dt.date.fromordinal(stop)
        cut = self.where.last is not None and self.where.last > end
        words = f"{period(first, last)}, {what}" + (f"; the data end on {day(end)}" if cut else "")
        return Comparison(replace(self.where, first=first, last=last), words)


def _previous(asked: _Question) -> Comparison:
    """As many days, just before."""
    days = asked.last.toordinal() - asked.first.toordinal() + 1
    what = f"the {counted(days, 'day')} before" if days > 1 else "the day before"
    return asked.moved(asked.first.toordinal() - days, asked.first.toordinal() - 1, what)


def _year_before(asked: _Question) -> Comparison:
    """The same dates a year earlier."""
    return asked.moved(_a_year_less(asked.first), _a_year_less(asked.last), "a year before")


def _a_year_less(date: dt.date) -> int:
    """The ordinal of a date a year earlier; 0 and less lie before all dates."""
    if date.year == dt.MINYEAR:
        return date.toordinal() - 365
    leap = (date.month, date.day) == (2, 29)
    return date.replace(year=date.year - 1, day=28 if leap else date.day).toordinal()


def _festival_before(asked: _Question) -> Comparison:
    """The same festival the last time before, day for day from its peak."""
    found = festivals(asked.first, asked.last)
    if not found:
        return Comparison(
            reason="No festival falls in this period. Choose days around one, or compare with the "
            "days before."
        )
    festival = max(found, key=lambda one: _shared(one, asked))  # the earliest of equals
    peak = festival.peak.toordinal()
    back = dt.date.fromordinal(max(1, peak - 400))
    before = [one.peak for one in festivals(back, festival.peak) if one.name == festival.name]
    earlier = [date for date in before if date < festival.peak]
    if not earlier:
        return Comparison(reason=f"No earlier {festival.name} is known. {_LATER}")
    shift = peak - earlier[-1].toordinal()
    what = f"{festival.name} {earlier[-1].year}"
    return asked.moved(asked.first.toordinal() - shift, asked.last.toordinal() - shift, what)


def _shared(festival: Festival, asked: _Question) -> int:
    """How many days of the period belong to a festival."""
    return (min(festival.last, asked.last) - max(festival.first, asked.first)).days + 1


_KINDS: Mapping[str, Callable[[_Question], Comparison]] = {
    "previous": _previous,
    "year": _year_before,
    "festival": _festival_before,
}
_TOO_LONG = "This period is longer than a year and overlaps the year before. Choose a shorter one."
