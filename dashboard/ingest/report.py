"""What reading did: accepted + quarantined = read, and why each row was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from dashboard.formats import counted

QUARANTINE: Mapping[str, type[pl.DataType]] = {
    "file": pl.String,
    "table": pl.String,
    "row": pl.UInt32,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "reason": pl.String,
    "original": pl.String,
}
"""One row per record set aside: where it stood, what was wrong first, and its text."""


def no_quarantine() -> pl.DataFrame:
    """An empty quarantine."""
    return pl.DataFrame(schema=dict(QUARANTINE))


@dataclass(frozen=True)
class FileReport:
    """One file: what it was taken for and what became of its records."""

    file: str
    table: str
    read: int
    accepted: int
    quarantined: int
    columns: Mapping[str, str]
    extra: tuple[str, ...]
    dialect: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """All files of a dataset, the records set aside, and what was noticed across tables."""

    files: tuple[FileReport, ...] = ()
    quarantine: pl.DataFrame = field(default_factory=no_quarantine)
    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    def _by_table(self, what: str) -> dict[str, int]:
        totals: dict[str, int] = {}
        for file in self.files:
            totals[file.table] = totals.get(file.table, 0) + getattr(file, what)
        return totals

    @property
    def read(self) -> dict[str, int]:
        """Records read per table."""
        return self._by_table("read")

    @property
    def accepted(self) -> dict[str, int]:
        """Records used per table."""
        return self._by_table("accepted")

    @property
    def quarantined(self) -> dict[str, int]:
        """Records set aside per table."""
        return self._by_table("quarantined")

    def sentence(self) -> str:
        """How much was read and set aside, in words."""
        aside = sum(self.quarantined.values())
        return f"{counted(sum(self.read.values()), 'row')} read, {counted(aside, 'row')} set aside"
