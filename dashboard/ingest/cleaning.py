"""A table of text to a table of values: each row is accepted, or set aside with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from dashboard.formats import counted
from dashboard.ingest import values
from dashboard.ingest.mapping import Headers, map_columns
from dashboard.ingest.reading import TextTable
from dashboard.ingest.report import QUARANTINE, FileReport, no_quarantine
from dashboard.schema import TABLES, Column, Kind, Table

DTYPES: Mapping[Kind, pl.DataType] = {
    "id": pl.String(),
    "text": pl.String(),
    "choice": pl.String(),
    "url": pl.String(),
    "date": pl.Date(),
    "count": pl.Int64(),
    "signed": pl.Int64(),
    "money": pl.Int64(),
    "number": pl.Float64(),
}
"""What a column of each kind is held as; money in paise."""

_WANTED: Mapping[Kind, str] = {
    "date": "a day, such as 2026-03-31 or 31-03-2026",
    "count": "a whole number from 0",
    "signed": "a whole number",
    "money": "an amount in rupees, such as 1234.50",
    "number": "a number",
    "id": "an id",
}
_TEXT = frozenset({"id", "text", "choice", "url"})
"""Kinds of which any text can be read."""
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
class Cleaned:
    """One file as values, with its report.

    ``frame`` has every column of the schema (absent ones all null), then the extra ones as text.
    """

    frame: pl.DataFrame
    quarantine: pl.DataFrame
    report: FileReport


def empty(table: Table) -> pl.DataFrame:
    """The table without rows, every column there."""
    return pl.DataFrame(schema={column.name: DTYPES[column.kind] for column in table.columns})


def _decides(table: Table, column: Column) -> bool:
    """Whether an unreadable cell makes the row unusable: it is required, or summed."""
    summed = table.name == "posts" and column.kind == "count"
    return column.required or summed or column.name == table.key


def clean(name: str, source: TextTable, taken: pl.Series | None = None) -> Cleaned:
    """Read every cell of a file for what it is.

    Parameters
    ----------
    name
        Which of the four tables the file holds.
    source
        The file as text.
    taken
        The keys that earlier files of the same table hold.

    Returns
    -------
    Cleaned
        ``frame`` has the accepted rows; those set aside stand in ``quarantine``; accepted +
        quarantined = read.
    """
    table = TABLES[name]
    headers = map_columns(table, source.frame.columns, source.name)
    reading = _Reading(table, source, headers)
    for column in table.columns:
        reading.column(column)
    reading.once(taken)
    return reading.result()


class _Reading:
    """The state of cleaning one file: values so far, and each row's first fault."""

    def __init__(self, table: Table, source: TextTable, headers: Headers) -> None:
        self.table, self.source, self.headers = table, source, headers
        self.values: dict[str, pl.Series] = {}
        self.notes: list[str] = []
        self.faults: list[pl.DataFrame] = []

    def column(self, column: Column) -> None:
        """Read one column, and note the rows in which it cannot be read."""
        header = self.headers.columns.get(column.name)
        if header is None:
            self.values[column.name] = pl.Series(
                column.name, [None], dtype=DTYPES[column.kind]
            ).new_from_index(0, self.source.frame.height)
            return
        written = self.source.frame[header]
        value = self._value(column, written)
        self.values[column.name] = value.alias(column.name)
        self._judge(column, written, value)

    def _value(self, column: Column, written: pl.Series) -> pl.Series:
        if column.kind == "date":
            found = values.days(written)
            if found.order not in {"iso", "day first"}:
                self.notes.append(_ORDER_NOTES[found.order].format(column=column.name))
            return found.days
        if column.kind == "choice":
            return values.choice(written, column.values)
        readers: Mapping[Kind, Callable[[pl.Series], pl.Series]] = {
            "id": values.words,
            "text": values.text,
            "url": values.text,
            "money": values.paise,
            "count": values.whole,
            "signed": values.whole,
            "number": values.number,
        }
        return readers[column.kind](written)

    def _judge(self, column: Column, written: pl.Series, value: pl.Series) -> None:
        """Missing where it may not be, unreadable, or negative where it counts."""
        needed = column.required and (self.table.name, column.name) not in _MAY_BE_EMPTY
        if column.kind in _TEXT and not needed:
            return
        if not value.null_count() and not (column.kind == "count" and (value < 0).any()):
            return
        given = (
            values.words(written).is_not_null()
            if written.dtype == pl.String
            else written.is_not_null()
        )
        unreadable = value.is_null() & given
        wanted = _WANTED.get(column.kind, "a value")
        if column.kind == "count":
            negative = (value < 0).fill_null(value=False)
            self._fault(
                column,
                written,
                negative,
                "negative",
                f"{column.name} counts something and cannot be negative",
            )
            self.values[column.name] = value.set(negative, None).alias(column.name)
        self._fault(column, written, unreadable, "unreadable", f"{column.name} should be {wanted}")
        if needed:
            self._fault(
                column,
                written,
                value.is_null() & ~given,
                "missing",
                f"{column.name} is empty; it should be {wanted}",
            )

    def _fault(
        self, column: Column, written: pl.Series, wrong: pl.Series, rule: str, reason: str
    ) -> None:
        count = int(wrong.sum())
        if not count:
            return
        if not _decides(self.table, column):
            self.notes.append(
                f"{counted(count, 'cell')} of {column.name} left out ({reason}); the rows are kept."
            )
            return
        at = wrong.arg_true()
        self.faults.append(
            pl.DataFrame(
                {
                    "at": at,
                    "column": [column.name] * count,
                    "value": written.gather(at).cast(pl.String),
                    "rule": [f"{column.name}_{rule}"] * count,
                    "reason": [reason] * count,
                }
            )
        )

    def once(self, taken: pl.Series | None) -> None:
        """A second row with the same key, in this file or an earlier one, cannot be told apart."""
        if self.table.key is None:
            return
        key = self.values[self.table.key].clone()
        for fault in self.faults:
            key = key.scatter(fault["at"], None)  # a row set aside leaves its key free
        again = ~key.is_first_distinct()
        if taken is not None:
            again = again | key.is_in(taken.implode())
        self._fault(
            self.table[self.table.key],
            key,
            again.fill_null(value=False) & key.is_not_null(),
            "duplicate",
            f"another row has this {key.name}; each may stand once",
        )

    def result(self) -> Cleaned:
        """Split the rows into accepted and set aside."""
        extra = self.source.frame.select(
            pl.col(header).cast(pl.String)
            for header in self.headers.extra
            if header not in self.values
        )
        frame = pl.DataFrame(list(self.values.values())).hstack(extra)
        quarantine = self._quarantine()
        if self.faults:
            at = pl.concat([fault["at"] for fault in self.faults]).unique()
            frame = (
                frame.with_row_index("\0at")
                .filter(~pl.col("\0at").is_in(at.implode()))
                .drop("\0at")
            )
        dialect = self.source.dialect
        report = FileReport(
            file=self.source.name,
            table=self.table.name,
            read=self.source.read,
            accepted=frame.height,
            quarantined=quarantine.height,
            columns=self.headers.columns,
            extra=self.headers.extra,
            dialect=" · ".join(
                part
                for part in (
                    dialect.encoding,
                    {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}.get(
                        dialect.delimiter, ""
                    ),
                )
                if part
            ),
            notes=tuple(self.notes),
        )
        return Cleaned(frame, quarantine, report)

    def _quarantine(self) -> pl.DataFrame:
        """One row per record set aside, its first fault named."""
        asides = []
        if self.faults:
            faults = (
                pl.concat(self.faults).unique("at", keep="first", maintain_order=True).sort("at")
            )
            at = faults["at"]
            original = self.source.frame[at].select(
                pl.struct(pl.all().cast(pl.String)).struct.json_encode().alias("original")
            )
            place = pl.DataFrame({"row": self.source.rows.gather(at)})
            asides.append(pl.concat([faults.drop("at"), place, original], how="horizontal"))
        if self.source.problems:
            asides.append(
                pl.DataFrame(
                    [
                        {
                            "column": None,
                            "value": None,
                            "rule": "ragged",
                            "reason": p.reason,
                            "row": p.row,
                            "original": p.original,
                        }
                        for p in self.source.problems
                    ],
                    schema={
                        "column": pl.String,
                        "value": pl.String,
                        "rule": pl.String,
                        "reason": pl.String,
                        "row": pl.UInt32,
                        "original": pl.String,
                    },
                )
            )
        if not asides:
            return no_quarantine()
        joined = pl.concat(asides, how="diagonal").with_columns(
            file=pl.lit(self.source.name), table=pl.lit(self.table.name)
        )
        return joined.select(pl.col(name).cast(dtype) for name, dtype in QUARANTINE.items()).sort(
            "row"
        )


_ORDER_NOTES: Mapping[str, str] = {
    "month first": "{column} is written month first: a number above 12 stands second.",
    "mixed": "{column} mixes day-first and month-first days; rows that could be either were "
    "set aside.",
    "day first (assumed)": "{column} could be day first or month first in every row; day first "
    "was assumed, as is usual in India.",
}
