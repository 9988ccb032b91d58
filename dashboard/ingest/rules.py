"""Rules: what may be wrong with a row, each a named expression, and what follows.

Rules of one column follow from the schema; those of a row are written below. An expression is over
a table of values in which every column has a companion that says whether the file gave anything:
``given("reach")`` beside ``pl.col("reach")``. What only all tables together show stands in
``across``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import polars as pl

from dashboard.schema import BASES, STATUSES, Column, Kind, Table

Then = Literal["quarantined", "flagged", "emptied"]
"""What follows: the row is set aside, kept and counted, or kept with its cell emptied."""

FIRST_YEAR = 2000
TOTALS = ("total", "totals", "grand total", "sub total", "subtotal", "sub-total", "sum")
"""What a spreadsheet's last line calls itself."""
TEXT_KINDS = frozenset({"id", "text", "choice", "url"})
"""Kinds of which any text can be read."""
_GIVEN = "\0given "

WANTED: Mapping[Kind, str] = MappingProxyType(
    {
        "date": "a day, such as 2026-03-31 or 31-03-2026",
        "count": "a whole number from 0",
        "signed": "a whole number",
        "money": "an amount in rupees, such as 1234.50",
        "number": "a number",
        "id": "an id",
    }
)
_MAY_BE_EMPTY = frozenset(
    {
        ("tracking_data", "influencer_id"),
        ("tracking_data", "campaign"),
        ("influencers", "name"),
        ("influencers", "platform"),
    }
)
"""Required columns whose cells may be empty.

Baseline rows carry no creator, and a creator without a name is one still.
"""


@dataclass(frozen=True)
class Rule:
    """One thing that may be wrong with a row of a table.

    ``wrong`` is true where it is; ``reason`` says what would be right, with the file's own header;
    ``column`` is where the fault stands. ``words``: the rule can be broken only where one of them
    stands; none: anywhere.
    """

    name: str
    column: str
    then: Then
    reason: str
    wrong: pl.Expr
    words: frozenset[str] = frozenset()

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it looks at."""
        return frozenset(name.removeprefix(_GIVEN) for name in self.wrong.meta.root_names())


def given(column: str) -> str:
    """The name of a column's companion: true where the file gave anything."""
    return _GIVEN + column


def rules_of(table: Table, headers: Mapping[str, str], tomorrow: dt.date) -> tuple[Rule, ...]:
    """The rules for a file of a table, the graver first; those of columns it lacks are left out.

    Parameters
    ----------
    headers
        The file's own: column -> header.
    tomorrow
        A day after it has not come yet.
    """
    rules = [
        *_not_a_row(table, headers),
        *(
            rule
            for column in table.columns
            for rule in _of_column(table, column, headers.get(column.name, ""), tomorrow)
        ),
        *_of_rows(table, headers),
    ]
    return tuple(rule for rule in rules if rule.columns <= headers.keys())


def _not_a_row(table: Table, headers: Mapping[str, str]) -> Iterator[Rule]:
    """The header again in the middle of a file, and lines that sum up those above."""
    spelled = [case(total) for total in TOTALS for case in (str.lower, str.upper, str.title)]
    spelled += [total.capitalize() for total in TOTALS]
    totals = sorted({*spelled, *(f"{total}:" for total in spelled)})
    creator = pl.col("influencer_id")
    header = headers.get("influencer_id", "")
    sums = creator.is_in(totals)
    if table.name == "tracking_data":
        sums = sums | (creator.is_null() & pl.col("campaign").is_in(totals))
    yield Rule(
        "header_again",
        "influencer_id",
        "quarantined",
        "the header stands here once more; a row belongs here",
        creator == header,
        frozenset({header}),
    )
    yield Rule(
        "total_row",
        "influencer_id",
        "quarantined",
        "this line sums up others, which would count twice; take it out",
        sums,
        frozenset(totals),
    )


def needed(table: Table, column: Column) -> bool:
    """Whether a cell of the column may not be empty."""
    return column.required and (table.name, column.name) not in _MAY_BE_EMPTY


def decides(table: Table, column: Column) -> bool:
    """Whether an unreadable cell makes the row unusable: it is required, or summed."""
    summed = table.name == "posts" and column.kind == "count"
    return column.required or summed or column.name == table.key


def _of_column(table: Table, column: Column, header: str, tomorrow: dt.date) -> Iterator[Rule]:
    name, value = column.name, pl.col(column.name)
    grave: Then = "quarantined" if decides(table, column) else "emptied"
    wanted = WANTED.get(column.kind, "a value")
    if column.kind == "count":
        reason = f"{header} counts something and cannot be negative"
        yield Rule(f"{name}_negative", name, grave, reason, value < 0)
    if column.kind not in TEXT_KINDS:
        unreadable = value.is_null() & pl.col(given(name))
        yield Rule(f"{name}_unreadable", name, grave, f"{header} should be {wanted}", unreadable)
    if needed(table, column):
        reason = f"{header} is empty; it should be {wanted}"
        yield Rule(f"{name}_missing", name, "quarantined", reason, ~pl.col(given(name)))
    if column.kind == "date":
        early = value < dt.date(FIRST_YEAR, 1, 1)
        yield Rule(f"{name}_early", name, "flagged", f"{header} lies before {FIRST_YEAR}", early)
        late = value > tomorrow
        yield Rule(f"{name}_late", name, "flagged", f"{header} has not come yet", late)


def _of_rows(table: Table, headers: Mapping[str, str]) -> Iterator[Rule]:
    if table.name == "posts":
        reason = "more likes than people reached"
        yield Rule(
            "likes_above_reach", "likes", "flagged", reason, pl.col("likes") > pl.col("reach")
        )
    if table.name == "tracking_data":
        reason = "orders or revenue are negative: returns, which count in the sums"
        negative = (pl.col("orders") < 0) | (pl.col("revenue") < 0)
        yield Rule("returns", "revenue", "flagged", reason, negative)
        reason = "revenue without an order"
        lone = (pl.col("orders") == 0) & (pl.col("revenue") > 0)
        yield Rule("revenue_without_orders", "revenue", "flagged", reason, lone)
    if table.name == "payouts":
        paid = headers.get("total_payout", "")
        reason = f"{paid} is negative: a correction, which counts in the sums"
        yield Rule("corrections", "total_payout", "flagged", reason, pl.col("total_payout") < 0)
        reason = f"{headers.get('rate', '')} is negative"
        yield Rule("rate_negative", "rate", "flagged", reason, pl.col("rate") < 0)
        for column, known, follows in (
            ("basis", BASES, "says neither post nor order; its money is spread over the posts"),
            ("status", STATUSES, "is none that is known; its money counts as owed"),
        ):
            unknown = pl.col(column).is_not_null() & ~pl.col(column).is_in(
                sorted(set(known.values()))
            )
            yield Rule(
                f"{column}_unknown",
                column,
                "flagged",
                f"{headers.get(column, '')} {follows}",
                unknown,
            )
