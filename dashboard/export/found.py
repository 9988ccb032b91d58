"""What was found of campaigns and creators, as files say it: known at one moment, and for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard.dataset import Dataset
from dashboard.incrementality import Work
from dashboard.incrementality.telling import RANGES, verdict_rows
from dashboard.planning import Prospect
from dashboard.query import Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views import incrementality, planner
from dashboard.views.planned import Planned

NEVER_CHANGED = (
    "Filters choose which campaigns and creators are shown. They never change an estimate: each is "
    "of the whole campaign, whatever the period."
)
_UNFINISHED = (
    "What came because of campaigns was still being worked out when this file was made: {done} of "
    "{of} were through. Make the file again to have it in."
)


def as_it_stands(work: Work | None) -> Work | None:
    """What is known at this moment, so that a file says one thing on all its pages.

    What is still on its way will not come to a file: that is said as the reason why there is none.
    """
    if work is None or work.is_over:
        return work
    ended = Work()
    ended.end(failed=_UNFINISHED.format(done=work.done, of=work.of))
    return ended


def asking(
    dataset: Dataset, where: Where, settings: Settings | None = None, work: Work | None = None
) -> Explorer:
    """An explorer that asks a question, with what was found of campaigns.

    It is nobody's session, so it can be asked beside one. Without ``work`` nothing is looked for.
    """
    ask = Explorer(dataset, settings or Settings())
    ask.filters.keep(where)
    ask.work = as_it_stands(work)
    return ask


def unknown(ask: Explorer) -> str:
    """Why no campaign in view has a verdict; empty where one has."""
    if ask.estimates_in_view():
        return ""
    return ask.unestimated or incrementality.NO_CAMPAIGN


def unplanned(planned: Planned) -> str:
    """Why nothing is expected of any creator in view; empty where something is."""
    if planned.in_view():
        return ""
    return planned.why


# ------------------------------------------------------------------------------- as tables

_ENDS = {
    "iroas": "Incremental ROAS",
    "revenue": "Incremental revenue",
}
_UNITS = {"iroas": ("×", 2), "revenue": ("₹", 0)}


def verdict_columns() -> tuple[TableColumn, ...]:
    """The columns of the page's table, with ranges as two numbers each."""
    answer: list[TableColumn] = []
    for column in incrementality.COLUMNS:
        if column.name in RANGES:
            of = column.name.removesuffix("_range")
            answer += _ends(of, _ENDS[of], *_UNITS[of])
        elif column.name == "status":
            answer.append(replace(column, label="Status of the estimate"))
        else:
            answer.append(column)
    return tuple(answer)


def _ends(name: str, label: str, unit: str, digits: int) -> list[TableColumn]:
    """A range as two columns."""
    hint = "end of the range that holds it with nine chances in ten."
    return [
        TableColumn(f"{name}_{end}", f"{label}, {word}", "number", unit, digits, f"{which} {hint}")
        for end, word, which in (("low", "from", "Lower"), ("high", "to", "Upper"))
    ]


def verdicts(ask: Explorer) -> pl.DataFrame:
    """``(campaigns, 13)`` the verdict rows of the campaigns in view, ranges as numbers."""
    return verdict_rows(ask.estimates_in_view() or ()).drop(RANGES)


def planner_columns() -> tuple[TableColumn, ...]:
    """The columns of the page's lists in one table, with the list, and ranges as two numbers."""
    told = TableColumn(
        "list",
        "List",
        hint="Book again: four chances in five or more to pay back. Test again: neither likely nor "
        "unlikely. Stop: one chance in five or less.",
    )
    answer: list[TableColumn] = []
    for column in planner.COLUMNS:
        if column.name == "range":
            answer += _ends("expected", "Expected iROAS", "×", 2)
        else:
            answer.append(column)
        if column.name == "influencer":
            answer.append(told)
    return tuple(answer)


def planner_rows(found: Sequence[Prospect]) -> pl.DataFrame:
    """``(creators, 10)`` a row for each, with the list that it stands in."""
    rows = planner.rows_of(found).drop("range")
    named = [planner.LISTS[one.choice] for one in found]
    return rows.with_columns(pl.Series("list", named, pl.String))
