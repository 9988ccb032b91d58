"""The controls that narrow what is seen, each bound to one parameter, both ways."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent

from dashboard.festivals import festivals
from dashboard.query.comparison import WORDS
from dashboard.schema import FILTERS
from dashboard.state import Explorer
from dashboard.views.choose import Choice
from dashboard.views.markup import ASSETS, asset

FIRST = ("brand", "platform", "category", "product")
"""The filters that are always open to see; the others stand behind "More filters"."""


class Pick(JSComponent):
    """Choose any of 5 to 5,000 options: a button, a search, native checkboxes, only text."""

    label = param.String(default="", label="Label", doc="What is chosen.")
    options = param.List(
        default=[], item_type=str, label="Options", doc="What there is to choose from."
    )
    value = param.List(
        default=[], item_type=str, label="Value", doc="What is chosen; empty means all."
    )
    nothing = param.String(
        default="All", label="Nothing", doc="What is said where nothing is chosen."
    )

    _esm: ClassVar[Any] = ASSETS / "pick.js"
    _stylesheets: ClassVar[list[str]] = [asset("controls.css")]
    _debounce: ClassVar[int] = 2

    @classmethod
    def from_param(cls, parameter: param.ListSelector) -> Pick:
        """Return a control that shows and sets one list parameter of one object."""
        owner, name = parameter.owner, parameter.name
        pick = cls(
            label=parameter.label,
            options=list(parameter.objects),
            value=list(getattr(owner, name)),
            sizing_mode="stretch_width",
            margin=(0, 0, 10, 0),
        )
        bind(pick, owner, name, list, list)
        return pick


class Period(JSComponent):
    """Choose a first and a last day: native date inputs and quick choices."""

    label = param.String(default="", label="Label", doc="What is chosen.")
    lo = param.String(default="", label="Earliest", doc="First day there is, as YYYY-MM-DD.")
    hi = param.String(default="", label="Latest", doc="Last day there is, as YYYY-MM-DD.")
    value = param.List(
        default=[], item_type=str, label="Value", doc="First and last day; empty means all."
    )
    named = param.List(
        default=[], label="Named", doc="Periods by name: each its words, first and last day."
    )

    _esm: ClassVar[Any] = ASSETS / "period.js"
    _stylesheets: ClassVar[list[str]] = [asset("controls.css")]
    _debounce: ClassVar[int] = 2

    @classmethod
    def from_param(cls, parameter: param.CalendarDateRange) -> Period:
        """Return a control that shows and sets one period parameter of one object."""
        owner, name = parameter.owner, parameter.name
        lo, hi = parameter.bounds or ("", "")
        period = cls(
            label=parameter.label, lo=str(lo), hi=str(hi), value=_texts(getattr(owner, name)),
            sizing_mode="stretch_width", margin=(0, 0, 10, 0),
        )  # fmt: skip
        bind(period, owner, name, _texts, _days)
        return period


class Search(JSComponent):
    """A search box; ``value`` follows a moment after the last key."""

    label = param.String(default="Search", label="Label", doc="What is searched.")
    value = param.String(default="", label="Value", doc="What is sought.")

    _esm: ClassVar[Any] = ASSETS / "search.js"
    _stylesheets: ClassVar[list[str]] = [asset("controls.css")]
    _debounce: ClassVar[int] = 2


def bind(
    control: JSComponent, owner: param.Parameterized, name: str, shown: Any, meant: Any
) -> None:
    """Keep a control and a parameter equal, both ways.

    ``shown`` turns the parameter's value into the control's, ``meant`` turns it back. What is
    equal already is not set again, so a change never runs in a circle. A value that the parameter
    refuses is taken back from the control.
    """

    def to_parameter(event: param.parameterized.Event) -> None:
        if shown(getattr(owner, name)) == event.new:
            return
        try:
            owner.param.update({name: meant(event.new)})
        except ValueError:
            control.value = shown(getattr(owner, name))

    def to_control(event: param.parameterized.Event) -> None:
        if control.value != shown(event.new):
            control.value = shown(event.new)

    control.param.watch(to_parameter, "value")
    owner.param.watch(to_control, name)


class FilterControls:
    """A control for each filter; ``first`` are always seen, ``more`` stand behind a fold.

    What the period is compared with is chosen below it: ``comparison``.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        filters = explorer.filters
        self.period = Period.from_param(filters.param["period"])
        compare = explorer.param["comparison"]
        self.comparison = Choice.of(compare.label, list(WORDS.items()), explorer.comparison)
        bind(self.comparison, explorer, "comparison", str, str)
        self.picks = {name: Pick.from_param(filters.param[name]) for name in FILTERS}
        self.first = _column(self.period, self.comparison, *(self.picks[name] for name in FIRST))
        self.more = _column(*(pick for name, pick in self.picks.items() if name not in FIRST))

    def offer(self) -> None:
        """Offer what the explorer's dataset holds."""
        filters = self.explorer.filters
        lo, hi = filters.span or ("", "")
        self.period.param.update(lo=str(lo), hi=str(hi), named=named_periods(filters.span))
        for name, pick in self.picks.items():
            pick.options = list(filters.param[name].objects)


def named_periods(span: tuple[dt.date, dt.date] | None) -> list[list[str]]:
    """Whole months, quarters and festivals that people ask for by name, the latest first.

    The last quarter is the last that had ended when the data end; so is the last month. What the
    data hold in part only says from when or until when.
    """
    if span is None:
        return []
    lo, hi = span
    day = hi + dt.timedelta(1)
    months = _ended(day.year * 12 + day.month - 1, 1)
    quarters = _ended(day.year * 12 + (day.month - 1) // 3 * 3, 3)
    found = [("Last month", *months), ("Last quarter", *quarters)]
    last = [one for one in festivals(lo, hi) if one.first <= hi][-_FESTIVALS:]
    found += [(f"{one.name} {one.peak.year}", one.first, one.last) for one in reversed(last)]
    return [
        [f"{name}{_cut(first, last, lo, hi)}", str(max(first, lo)), str(min(last, hi))]
        for name, first, last in found
        if first <= hi and last >= lo
    ]


def _cut(first: dt.date, last: dt.date, lo: dt.date, hi: dt.date) -> str:
    """What of a period the data hold, where that is not all of it."""
    begins, ends = first >= lo, last <= hi
    if begins and ends:
        return ""
    if begins:
        return f", until {hi.day} {hi:%b}"
    return f", from {lo.day} {lo:%b}" if ends else f", {lo.day} {lo:%b} to {hi.day} {hi:%b}"


def _ended(month: int, length: int) -> tuple[dt.date, dt.date]:
    """First and last day of so many months before one, which is counted from year 0."""
    first = dt.date((month - length) // 12, (month - length) % 12 + 1, 1)
    return first, dt.date(month // 12, month % 12 + 1, 1) - dt.timedelta(1)


_FESTIVALS = 8
"""Festivals offered by name."""


def _column(*controls: pn.viewable.Viewable) -> pn.Column:
    return pn.Column(*controls, sizing_mode="stretch_width", margin=0)


def _texts(period: tuple[dt.date, dt.date] | None) -> list[str]:
    return [day.isoformat() for day in period] if period else []


def _days(texts: list[str]) -> tuple[dt.date, dt.date] | None:
    if not texts:
        return None
    first, last = (dt.date.fromisoformat(text) for text in texts)
    return first, last
