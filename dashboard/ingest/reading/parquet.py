"""A parquet file as a table: it keeps its types, and what cannot be a cell is printed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from dashboard.errors import UnreadableFileError
from dashboard.ingest.reading.text import Dialect, TextFile, TextTable

_ROWS = 250_000
"""Rows that are read at a time."""


def open_parquet(source: Path | bytes, name: str, size: int) -> TextFile:
    """Open a parquet file; only its schema is read.

    Raises
    ------
    UnreadableFileError
        It is cut short, or no parquet in spite of its first bytes.
    """
    return _ParquetFile(source, name, size)


class _ParquetFile(TextFile):
    def __init__(self, source: Path | bytes, name: str, size: int) -> None:
        self._source = source
        schema, height = self._asked(name)
        self._height = height
        super().__init__(name, tuple(schema), (), Dialect("parquet", ""), size)

    def _asked(self, name: str) -> tuple[list[str], int]:
        try:
            scan = self._scan()
            return scan.collect_schema().names(), scan.select(pl.len()).collect().item()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise _broken(name) from error

    def _scan(self) -> pl.LazyFrame:
        if isinstance(self._source, bytes):
            return pl.scan_parquet(io.BytesIO(self._source))
        # A name may hold what stands for several files elsewhere: here it is one file.
        return pl.scan_parquet(self._source.absolute(), glob=False)

    def blocks(self) -> Iterator[TextTable]:
        self.done = 0
        for start in range(0, max(1, self._height), _ROWS):
            try:
                frame = self._scan().slice(start, _ROWS).collect()
            except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
                raise _broken(self.name) from error
            end = start + frame.height
            rows = pl.int_range(start + 2, end + 2, dtype=pl.UInt32, eager=True).alias("row")
            self.done = self.size * end // max(1, self._height)
            plain = pl.DataFrame([_plain(column) for column in frame])
            yield TextTable(self.name, plain, rows, self.dialect)


def _broken(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "this says it is parquet, but cannot be read as it; it may be cut short.", file=name
    )


def _plain(column: pl.Series) -> pl.Series:
    """A parquet column that can be read as text: NaN is nothing, lists and the like as printed."""
    if column.dtype.is_float():
        return column.fill_nan(None)
    if column.dtype.is_nested() or isinstance(column.dtype, pl.Binary | pl.Duration | pl.Object):
        printed = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, printed, dtype=pl.String)
    return column
