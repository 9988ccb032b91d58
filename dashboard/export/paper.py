"""What paper shows: charts as shares of lengths to draw, and rows as texts."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any

import polars as pl

from dashboard.festivals import festivals
from dashboard.formats import day, number, rupees_compact, said, times
from dashboard.metrics import METRICS
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.bars import RankedBars, shortened
from dashboard.views.timeline import RevenueAndSpend

LONGEST, LONGEST_WORDS = 30, 60
"""Letters of a name, or of a reason, in a table; the middle of a longer one is left out."""
WORDY = 400
"""Pixels from which a column of the screen holds sentences."""


def bars(view: RankedBars) -> dict[str, Any]:
    """Ranked bars as shares of the widest; under all filters, its own too."""
    view.picks = ()
    answer = view.ask()
    drawn: dict[str, Any] = {"title": view.title, "rows": [], "mark": None}
    known = answer.frame.drop_nulls(view.metric)
    if answer.refused or not known.height:
        reason = next(iter(answer.refused.values()), "There is nothing to rank in this view.")
        return drawn | {"sentence": reason}
    columns = view.columns(answer.frame)
    low, high = min(0.0, columns["end"].min()), max(0.0, columns["end"].max())
    wide = (high - low) or 1.0
    evens = columns["even"].drop_nulls().unique().to_list()
    if len(evens) == 1 and low <= evens[0] <= high:
        drawn["mark"] = {"at": (evens[0] - low) / wide, "label": f"break-even {times(evens[0])}"}
    return drawn | {
        "sentence": view.sentence(answer.frame),
        "zero": -low / wide,
        "rows": [
            {
                "name": shortened([row["full"]], 24)[0],
                "from": (min(row["end"], 0.0) - low) / wide,
                "width": abs(row["end"]) / wide,
                "label": row["label"],
            }
            for row in columns.to_dicts()
        ],
    }


def course(ask: Explorer) -> dict[str, Any]:
    """Revenue and spend over time: points as shares of width and height, ticks in words."""
    view = RevenueAndSpend(ask)
    answer = view.ask()
    time = answer.frame.columns[0]
    names = [name for name in view.metrics if name not in answer.refused]
    drawn: dict[str, Any] = {"title": view.title, "lines": [], "refused": ""}
    if "revenue" in answer.refused or answer.frame.height < 2:
        alone = "One day says nothing about a course: choose a longer period."
        return drawn | {"sentence": answer.refused.get("revenue", alone)}
    frame = answer.frame
    days: list[dt.date] = frame[time].to_list()
    span = (days[-1] - days[0]).days
    values = [frame[name].cast(pl.Float64).to_list() for name in names]
    low = min(0.0, *(min(one) for one in values))
    ticks = ticks_of(low, max(max(one) for one in values))
    tall = ticks[-1] - low
    across = [(one - days[0]).days / span for one in days]
    shown = frame.select(time, *names) if "spend" in names else frame.drop("spend")
    return drawn | {
        "sentence": view.sentence(shown),
        "refused": answer.refused.get("spend", ""),
        "ticks": [[(tick - low) / tall, rupees_compact(tick)] for tick in ticks],
        "days": dates_of(days, span),
        "festivals": [
            [
                max(0.0, (one.first - days[0]).days / span),
                min(1.0, (one.last - days[0]).days / span),
                one.name,
            ]
            for one in festivals(days[0], days[-1])
        ],
        "lines": [
            {
                "label": METRICS[name].label,
                "colour": colour,
                "points": [
                    [x, (value - low) / tall] for x, value in zip(across, line, strict=True)
                ],
            }
            for name, colour, line in zip(names, ("blue", "vermillion"), values, strict=False)
        ],
    }


def ticks_of(low: float, high: float) -> list[float]:
    """Round values from the lowest to beyond the highest, 0 among them, about four steps apart."""
    wide = max(high, 0.0) - min(low, 0.0) or 1.0
    power = 10.0 ** math.floor(math.log10(wide / 4))
    step = next(power * one for one in (1, 2, 2.5, 5, 10, 20) if power * one * 4 >= wide)
    start, stop = math.ceil(min(low, 0.0) / step), math.ceil(max(high, 0.0) / step)
    return [one * step for one in range(start, max(stop, 1) + 1)]


def dates_of(days: Sequence[dt.date], span: int) -> list[list[Any]]:
    """Words below the axis: months, or days of a short period; at most about ten."""
    if span > 70:
        turns = [later for one, later in pairwise(days) if one.month != later.month]
        starts = [days[0], *turns]
        if len(starts) > 2 and (starts[1] - starts[0]).days * 12 < span:
            del starts[0]  # its name would stand in the next one's
        every = -(-len(starts) // 10)
        return [[(one - days[0]).days / span, f"{one:%b %y}"] for one in starts[::every]]
    every = -(-len(days) // 8)
    return [[(one - days[0]).days / span, f"{one.day} {one:%b}"] for one in days[::every]]


# ------------------------------------------------------------------------------- tables


def table(
    title: str, rows: pl.DataFrame, columns: Sequence[TableColumn], most: int
) -> dict[str, Any]:
    """Rows as texts, at most so many; a sentence says what is not printed."""
    cut = ""
    if rows.height > most:
        cut = (
            f"The first {number(most)} of {number(rows.height)} rows are printed. A workbook holds "
            "them all: dashboard report with --format xlsx."
        )
    elif not rows.height:
        cut = "There are no rows in this view."
    return {
        "title": title,
        "sentence": cut,
        "head": [_head(column) for column in columns],
        "rows": [
            [cell_of(row[column.name], column) for column in columns]
            for row in rows.head(most).iter_rows(named=True)
        ],
        "totals": [],
    }


def _head(column: TableColumn) -> dict[str, Any]:
    """Its name with the unit, and on which side it stands."""
    rupees = ", ₹" if column.unit == "₹" else ""
    label = column.label.removesuffix(" before product cost")
    lines = wrap(f"{label}{rupees}", 11, break_long_words=False)
    return {"label": lines, "right": column.kind == "number"}


def cell_of(value: Any, column: TableColumn) -> str:
    """A value as a cell says it."""
    if column.kind == "number":
        return number(value) if column.unit == "₹" else said(value, column.unit, column.digits)
    if isinstance(value, dt.date):
        return day(value)
    longest = LONGEST_WORDS if column.widest >= WORDY else LONGEST
    return shortened([str(value)], longest)[0]
