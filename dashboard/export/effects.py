"""What came because of campaigns, on paper: verdicts, four campaigns drawn, whom to book next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from dashboard.export.found import NEVER_CHANGED, planner_columns, planner_rows, unknown, unplanned
from dashboard.export.paper import dates_of, table, ticks_of
from dashboard.formats import chance, counted, listing, number, rupees_compact
from dashboard.incrementality import Estimate
from dashboard.incrementality.telling import STATUSES, headline, summary, verdict_rows, words
from dashboard.planning import Choice
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views import incrementality as verdicts
from dashboard.views.paths import days_of
from dashboard.views.planned import Planned
from dashboard.views.planner import LISTS, TRUST, said_range

MOST_VERDICTS, MOST_LISTED, MOST_DRAWN = 60, 12, 4
"""Rows of the verdicts and of each list that are printed; campaigns that are drawn."""
BEFORE, AFTER = 42, 21
"""Days around a campaign that are drawn."""

_COLUMNS = (
    "campaign", "verdict", "iroas", "iroas_range", "tagged_roas", "incremental_revenue", "payout",
)  # fmt: skip
_SO_FAR = "provisional"
_RESTS = ("What would have happened", "Fit", "Check", "Festivals in it", "Final from")
_LISTED = ("influencer", "expected", "range", "chance", "payout", "reason")


def incrementality(ask: Explorer) -> dict[str, Any]:
    """The verdict on each campaign in view; those that cost most, drawn."""
    page = _page("Incrementality", "What came because of us?")
    missing = unknown(ask)
    if missing:
        return page | {"words": [missing]}
    found = ask.estimates_in_view() or ()
    rows = verdict_rows(found)
    columns = _chosen(verdicts.COLUMNS, _COLUMNS)
    shown = rows.with_columns(
        pl.when(pl.col("status") == STATUSES[_SO_FAR])
        .then(pl.col("verdict") + " so far")
        .otherwise("verdict")
        .alias("verdict")
    )
    page["tables"] = [table("Verdicts", shown, columns, MOST_VERDICTS)]
    page["words"] = [summary(found), NEVER_CHANGED]
    page["why"] = list(_why(rows))
    page["paths"] = [path for path in map(_drawn, _largest(found)) if path]
    return page


def _page(title: str, question: str) -> dict[str, Any]:
    return {"title": title, "question": question, "bars": [], "halves": [], "tables": []}


def _chosen(columns: Sequence[TableColumn], names: Sequence[str]) -> list[TableColumn]:
    there = {column.name: column for column in columns}
    return [there[name] for name in names]


def _why(rows: pl.DataFrame) -> list[list[str]]:
    """Why campaigns have no number, those of one reason together."""
    without = rows.filter(pl.col("incremental_revenue").is_null()).sort("reason", "campaign")
    answer = []
    for reason, group in groupby(without.iter_rows(named=True), key=lambda row: row["reason"]):
        names = [row["campaign"] for row in group]
        answer.append([listing(names, most=6), reason])
    return sorted(answer)


def _largest(found: Sequence[Estimate]) -> list[Estimate]:
    """Campaigns with a number, the most expensive ones."""
    known = [one for one in found if one.known and one.diagnostics.path and one.window]
    return sorted(known, key=lambda one: (-one.payout, one.campaign))[:MOST_DRAWN]


def _drawn(one: Estimate) -> dict[str, Any] | None:
    """Sales expected without it and as they were, around the campaign, as shares of lengths."""
    if one.window is None or one.diagnostics.path is None:
        return None
    first, last = one.window
    around = (first - dt.timedelta(BEFORE), last + dt.timedelta(AFTER))
    days = days_of(one.diagnostics.path).filter(pl.col("date").is_between(*around))
    dates: list[dt.date] = days["date"].to_list()
    span = max((dates[-1] - dates[0]).days, 1)
    drawn = days.select("actual", "expected", "low", "high")
    values = [value or 0.0 for frame in (drawn.min(), drawn.max()) for value in frame.row(0)]
    ticks = ticks_of(min(0.0, *values), max(0.0, *values))
    tall = ticks[-1] - ticks[0]
    across = pl.Series([(one - dates[0]).days / span for one in dates], dtype=pl.Float64)
    shares = drawn.select((pl.all() - ticks[0]) / tall).with_columns(across.alias("x"))
    told = dict(words(one))
    return {
        "title": one.campaign,
        "sentence": headline(one),
        "ticks": [[(tick - ticks[0]) / tall, rupees_compact(tick)] for tick in ticks],
        "days": dates_of(dates, span)[::2],
        "window": [
            max(0.0, (first - dates[0]).days / span),
            min(1.0, (last - dates[0]).days / span),
        ],
        "actual": _runs(shares, "actual"),
        "expected": _runs(shares, "expected"),
        "band": _runs(shares, "low", "high"),
        "rests": [[name, told[name]] for name in _RESTS if name in told],
    }


def _runs(shares: pl.DataFrame, *names: str) -> list[list[list[float]]]:
    """Points of each stretch of days without a hole: a line is not drawn over what is missing."""
    known = shares.with_columns(
        pl.col(names[0]).is_null().cum_sum().alias("run"),
    ).drop_nulls(names)
    return [
        [list(point) for point in part.select("x", *names).iter_rows()]
        for part in known.partition_by("run", maintain_order=True)
        if part.height
    ]


# ------------------------------------------------------------------------------- whom next


def planner(ask: Explorer) -> dict[str, Any]:
    """The three lists, the most promising first."""
    page = _page("Planner", "Whom to book next?")
    planned = Planned(ask)
    missing = unplanned(planned)
    if missing:
        return page | {"words": [missing]}
    found = planned.in_view()
    columns = _chosen([*planner_columns(), *_IN_WORDS], _LISTED)
    page["tables"] = []
    for choice, title in LISTS.items():
        listed = [one for one in found if one.choice == choice]
        rows = planner_rows(listed).with_columns(
            pl.Series("range", list(map(said_range, listed)), pl.String),
            pl.Series("chance", [chance(one.chance) for one in listed], pl.String),
        )
        made = table(title, rows, columns, MOST_LISTED)
        page["tables"].append(made | {"sentence": _listed(choice, len(listed), planned.line)})
    page["words"] = [NEVER_CHANGED]
    page["trust"] = list(TRUST)
    return page


_IN_WORDS = (TableColumn("range", "Its range"), TableColumn("chance", "Chance"))
_ANSWERS: Mapping[Choice, str] = {
    "book again": "very likely to bring back at least {line}: four chances in five or more",
    "test again": "neither likely nor unlikely to bring back {line}: a small booking would tell",
    "stop": "very unlikely to bring back {line}: one chance in five or less",
}


def _listed(choice: Choice, count: int, line: str) -> str:
    """How many, what puts them on the list, and how many are printed."""
    answer = _ANSWERS[choice].format(line=line)
    if not count:
        return f"Nobody in view is {answer}."
    cut = f" The first {number(MOST_LISTED)} are printed." if count > MOST_LISTED else ""
    return f"{counted(count, 'creator')} in view {'is' if count == 1 else 'are'} {answer}.{cut}"
