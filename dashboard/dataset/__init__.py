"""Dataset: the four tables, their report, their version; load()."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import cast

import polars as pl

from dashboard.ingest import Ingested, Report, read_files, read_place, table_files
from dashboard.ingest.reading import TextTable
from dashboard.schema import TABLES

__all__ = ["Dataset", "TextTable", "load", "load_files", "shared"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """The four tables as they are after reading; shared by sessions, never changed.

    ``tables`` holds money in paise, days as Date, everything else as text or whole numbers; a
    column that the files lack is there and all null. ``version`` changes with the content and
    nothing else.
    """

    tables: Mapping[str, pl.DataFrame]
    report: Report
    version: str
    place: str
    loaded_at: dt.datetime
    currency: str = "INR"

    def has(self, table: str, column: str) -> bool:
        """Whether any row of the table says something in that column."""
        series = self.tables[table][column]
        return series.null_count() < len(series)

    @cached_property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First and last day over tracking rows, posts and dated payouts; None without days."""
        days = [self.tables[table]["date"] for table in ("tracking_data", "posts", "payouts")]
        dated = pl.concat(days).drop_nulls()
        if not len(dated):
            return None
        return cast("dt.date", dated.min()), cast("dt.date", dated.max())

    @property
    def data_until(self) -> dt.date | None:
        """The last day on which anything happened: "today" for every question about the past."""
        return self.span[1] if self.span else None


def load(place: str | Path) -> Dataset:
    """Load the four tables from a folder of CSV or parquet files.

    Parameters
    ----------
    place
        The folder. Each table is found by its file's name (``influencers.csv`` or ``.parquet``),
        else by its headers.

    Returns
    -------
    Dataset
        Rows that could not be used stand in ``report.quarantine``, each with its reason.

    Raises
    ------
    DataError, PlaceError
        A sentence that names the file, row, column and value, and what would be right.
    """
    ingested = read_place(Path(place))
    return _dataset(ingested, str(place))


def shared(place: str | Path) -> Dataset:
    """Load a folder once for all sessions, and again only when its files have changed."""
    folder = Path(place).resolve()
    signature = tuple(
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in table_files(folder)
    )
    return _shared(str(place), signature)


@lru_cache(maxsize=2)
def _shared(place: str, signature: tuple[tuple[str, int, int], ...]) -> Dataset:  # noqa: ARG001  # the signature is the cache's key
    return load(place)


def load_files(files: Mapping[str, bytes], place: str = "the upload") -> Dataset:
    """Load the four tables from files held in memory, as ``load`` does from a folder."""
    ingested = read_files(files, place)
    return _dataset(ingested, place)


def _dataset(ingested: Ingested, place: str) -> Dataset:
    ordered = {name: ingested.tables[name] for name in TABLES}
    return Dataset(
        MappingProxyType(ordered),
        ingested.report,
        ingested.version,
        place,
        dt.datetime.now(tz=dt.UTC).astimezone(),
    )
