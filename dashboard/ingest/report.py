"""What reading did: accepted + quarantined = read, and why each row was set aside."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from dashboard.formats import counted, harmless, number
from dashboard.ingest.across import Found
from dashboard.ingest.questions import Question
from dashboard.ingest.reading.text import MEND_COLUMNS, numbered

QUARANTINE: Mapping[str, pl.DataType] = {
    "id": pl.String(),
    "file": pl.String(),
    "table": pl.String(),
    "row": pl.UInt32(),
    "column": pl.String(),
    "value": pl.String(),
    "rule": pl.String(),
    "reason": pl.String(),
    "original": pl.String(),
    "cells": pl.List(pl.String()),
}
"""One row per record set aside: where it stood, what was wrong first, its text and its cells.

``column`` is the file's own header.

``id`` follows from file, row and text: a mended row names by it what it mends.
"""


def no_quarantine() -> pl.DataFrame:
    """An empty quarantine."""
    return pl.DataFrame(schema=dict(QUARANTINE))


@dataclass(frozen=True)
class FileReport:
    """One file: what it was taken for and what became of its records.

    ``rules`` counts the records that each rule hit, those set aside under the first that did;
    ``aside`` names the rules that set aside. ``columns`` is column -> header, ``dates`` column ->
    how its days are written, ``dialect`` how the file is, ``headers`` all as they stand. ``mended``
    records set aside here have come back mended.
    """

    file: str
    table: str
    read: int
    accepted: int
    quarantined: int
    columns: Mapping[str, str]
    extra: tuple[str, ...] = ()
    dialect: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    rules: Mapping[str, int] = field(default_factory=dict)
    dates: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    mended: int = 0

    @property
    def written(self) -> str:
        """How the file is written, in words."""
        delimiters = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "blank"}
        delimiter = str(self.dialect.get("delimiter", ""))
        parts = [str(self.dialect.get("encoding", "")), delimiters.get(delimiter, delimiter)]
        if self.dialect.get("header_row", 1) != 1:
            parts.append(f"headers in row {number(self.dialect['header_row'])}")
        return " · ".join(part for part in parts if part)

    def as_json(self) -> dict[str, Any]:
        """The file's report as plain values."""
        return {
            "file": self.file,
            "table": self.table,
            "read": self.read,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "mended": self.mended,
            "rules": dict(self.rules),
            "mapping": dict(self.columns),
            "dates": dict(self.dates),
            "extra": list(self.extra),
            "dialect": dict(self.dialect),
            "headers": list(self.headers),
            "notes": list(self.notes),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FileReport:
        """What ``as_json`` made, as it was."""
        return cls(
            values["file"],
            values["table"],
            values["read"],
            values["accepted"],
            values["quarantined"],
            values["mapping"],
            tuple(values["extra"]),
            values["dialect"],
            tuple(values["notes"]),
            values["rules"],
            values["dates"],
            tuple(values["headers"]),
            values["mended"],
        )


@dataclass(frozen=True)
class Report:
    """All files of a dataset, the records set aside, and what was noticed across tables.

    ``quarantine`` holds those set aside and not mended since; ``ignored`` the files that are not
    used, with why; ``questions`` what was assumed and may be answered otherwise; ``across`` the
    rules that only all tables together show, which ``notes`` say in words.
    """

    files: tuple[FileReport, ...] = ()
    quarantine: pl.DataFrame = field(default_factory=no_quarantine)
    notes: tuple[str, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    across: tuple[Found, ...] = ()

    def _by_table(self, what: str) -> dict[str, int]:
        totals: dict[str, int] = {}
        for file in self.files:
            totals[file.table] = totals.get(file.table, 0) + getattr(file, what)
        return totals

    @cached_property
    def read(self) -> dict[str, int]:
        """Records read per table."""
        return self._by_table("read")

    @cached_property
    def accepted(self) -> dict[str, int]:
        """Records used per table."""
        return self._by_table("accepted")

    @cached_property
    def quarantined(self) -> dict[str, int]:
        """Records set aside per table, those mended since among them."""
        return self._by_table("quarantined")

    @property
    def mended(self) -> int:
        """Records set aside that have come back mended."""
        return sum(file.mended for file in self.files)

    def sentence(self) -> str:
        """How much was read and set aside, in words."""
        aside = sum(self.quarantined.values())
        mended = f" ({number(self.mended)} of them have come back since)" if self.mended else ""
        read = counted(sum(self.read.values()), "row")
        return f"{read} read, {counted(aside, 'row')} set aside{mended}"

    def as_json(self) -> dict[str, Any]:
        """Everything but the quarantine, as plain values."""
        return {
            "files": [file.as_json() for file in self.files],
            "questions": [question.as_json() for question in self.questions],
            "notes": list(self.notes),
            "ignored": dict(self.ignored),
            "across": [asdict(found) for found in self.across],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any], quarantine: pl.DataFrame) -> Report:
        """What ``as_json`` made, and the quarantine that was kept beside it."""
        return cls(
            tuple(map(FileReport.from_json, values["files"])),
            quarantine,
            tuple(values["notes"]),
            values["ignored"],
            tuple(map(Question.from_json, values["questions"])),
            tuple(Found(**found) for found in values["across"]),
        )

    def to_mend(self, file: str) -> str:
        """The records of a file that were set aside, in its own columns, to be mended.

        What was wrong stands in columns before them. The text is CSV that a spreadsheet shows and
        never runs; given again, each row takes the place of the one set aside.
        """
        found = next(one for one in self.files if one.file == file)
        records = self.quarantine.filter(pl.col("file") == file).select(
            "id", "file", "row", "column", "reason", "cells"
        )
        return mending_csv(found.headers, records.iter_rows())


def mending_csv(headers: Sequence[str], records: Iterable[Sequence[Any]]) -> str:
    """A file to be mended: ``records`` are id, file, row, column, reason and cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([*MEND_COLUMNS, *headers_to_mend(headers)])
    for *place, cells in records:
        filled = [*(cells or []), *[""] * len(headers)][: max(len(headers), len(cells or []))]
        writer.writerow([harmless("" if one is None else str(one)) for one in (*place, *filled)])
    return out.getvalue()


def headers_to_mend(headers: Sequence[str]) -> tuple[str, ...]:
    """A file's own headers in the file to be mended.

    One that is called like a column of ours before them gets a number, as where a header repeats:
    each cell comes back under its own header, whichever columns somebody moves or takes out.
    """
    return numbered([*MEND_COLUMNS, *map(harmless, headers)])[len(MEND_COLUMNS) :]
