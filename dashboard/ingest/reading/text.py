"""A table of text: its dialect, its records, and the records that could not be placed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

BLOCK = 16 * 1024 * 1024
"""Bytes of a file that are read at a time; more would not stay in a processor's caches."""

MEND_ID, MEND_FILE = "set_aside_id", "set_aside_in"
MEND_COLUMNS = (MEND_ID, MEND_FILE, "set_aside_row", "set_aside_column", "set_aside_because")
"""What stands before a file's own columns in the file that is downloaded to be mended."""

Rule = Literal["ragged", "open_quote", "nul", "not_set_aside"]
"""Too many cells; a quote that is opened and not closed; a NUL byte."""


@dataclass(frozen=True)
class Dialect:
    r"""How a file is written.

    ``encoding`` is "utf-8", "utf-8 with BOM", "utf-16", "cp1252", "utf-8 and cp1252", "parquet" or
    "xlsx"; ``delimiter`` is empty for the last two; ``escape`` is a backslash where quotes are
    escaped by it; ``header_row`` counts from 1, as a spreadsheet does; ``preamble`` holds the lines
    above it that are not blank, cut to 200 characters each.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    header_row: int = 1
    preamble: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """A record that could not be placed under the headers: its row, why, and its text.

    ``cells`` are its cells as far as they could be told apart.
    """

    row: int
    rule: Rule
    reason: str
    original: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextTable:
    """A file, or a block of one, as a table of text.

    ``frame`` has one column per header and one row per record that is not blank (all String from a
    text file; a block of a parquet file keeps its types); ``rows`` holds each record's spreadsheet
    row; ``problems`` the records set aside. ``apostrophes`` is False only where no cell can start
    with an apostrophe, ``tidy`` True only where nothing but a space can stand unseen around one.
    """

    name: str
    frame: pl.DataFrame
    rows: pl.Series
    dialect: Dialect
    problems: tuple[Problem, ...] = ()
    apostrophes: bool = True
    tidy: bool = False

    @property
    def read(self) -> int:
        """Records read, those set aside included; blank lines are no records."""
        return self.frame.height + len(self.problems)


class TextFile(ABC):
    """One table of text that can be read block by block, and again from the start.

    ``headers`` are numbered where they repeat or are missing; ``repeated`` are those that stand
    more than once, as written; ``size`` is in bytes, and ``done`` says how many of them the present
    reading has behind it.
    """

    def __init__(
        self,
        name: str,
        headers: tuple[str, ...],
        repeated: tuple[str, ...],
        dialect: Dialect,
        size: int,
    ) -> None:
        self.name, self.headers, self.repeated = name, headers, repeated
        self.dialect, self.size, self.done = dialect, size, 0

    @abstractmethod
    def blocks(self) -> Iterator[TextTable]:
        """Yield the records, a block at a time; at least one table, which may have no rows."""


def numbered(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers as they are; a missing or repeated one gets a number: no column hides another."""
    headers: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        header = written = cell.strip() or f"column {place}"
        count = 1
        while header in taken:
            count += 1
            header = f"{written} ({count})"
        taken.add(header)
        headers.append(header)
    return tuple(headers)


def repeated(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers that stand more than once, as written."""
    count = Counter(cell.strip() for cell in cells)
    return tuple(cell for cell, times in count.items() if cell and times > 1)
