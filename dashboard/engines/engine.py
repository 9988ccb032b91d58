"""Engine: where tracking rows live, and how they are asked there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import polars as pl

from dashboard.engines.numbering import Ints
from dashboard.engines.packing import CELL, WORDS, Packing
from dashboard.engines.rolled import MEASURES
from dashboard.engines.rollup import CODED, Rows
from dashboard.errors import EngineError

Span = tuple[dt.date | None, dt.date | None]


Tidy = Callable[[str, pl.Series], pl.Series]
"""What texts of a column mean: null for those that say nothing."""


def as_written(name: str, texts: pl.Series) -> pl.Series:
    """Texts as they are."""
    return texts.alias(name)


@dataclass(frozen=True, eq=False)
class Found:
    """What rows come to.

    Parameters
    ----------
    packing
        How cells are packed.
    codes
        ``(C,)`` each cell once, sorted.
    sums
        What some of them come to: each of ``rolled.MEASURES``. They need not stand in memory.
    bought
        ``(N, 2)`` each once: which cell, and a number for the customer who bought there; one in
        ``sample`` is followed.
    buying, named, customers, rows_named
        As in ``Rolled``.
    """

    packing: Packing
    codes: pl.Series
    sums: Callable[[slice], Mapping[str, Ints]]
    bought: pl.DataFrame
    sample: int
    buying: int
    named: int
    customers: int
    rows_named: int


def sums_of(cells: pl.DataFrame) -> Callable[[slice], Mapping[str, Ints]]:
    """What some cells come to, where all do in memory."""
    return lambda some: {name: cells[name][some].to_numpy() for name in MEASURES}


class Engine:
    """Rows on an engine that narwhals speaks of; each rollup is pushed down to it as one query.

    Parameters
    ----------
    rows
        ``(N, …)`` with date, the texts of ``WORDS``, user_id (text), orders and revenue (paise).
    tidy
        What the different texts of a part mean; they come here in any case.
    """

    name = "narwhals"
    wide = False
    """Whether it has whole numbers of 128 bits."""

    def __init__(self, rows: Rows, tidy: Tidy | None = None) -> None:
        self.rows, self._tidy = rows, tidy or as_written
        self._written: dict[str, pl.Series] = {}

    # ------------------------------------------------------------------- what every engine does

    def words(self) -> Mapping[str, pl.Series]:
        """The different texts of each part of a cell."""
        seen = self.fetch(self.rows.select(*WORDS).unique(list(WORDS)))
        self._written = {name: seen[name].cast(pl.String).drop_nulls().unique() for name in WORDS}
        return {name: self._tidy(name, written) for name, written in self._written.items()}

    def span(self) -> Span:
        """First and last day of any row."""
        day = nw.col("date")
        found = self.fetch(self.rows.select(first=day.min(), last=day.max()))
        if not found.height:
            return None, None
        first, last = found.cast(pl.Date).row(0)
        return first, last

    def coded(self, packing: Packing) -> Rows:
        """The rows with their packed cell."""
        if packing.wide is not nw.Int64 and not self.wide:
            raise EngineError(
                f"{self.name} has no whole numbers that are long enough for so many days, "
                "creators, campaigns and products at once. Import parquet files instead."
            )
        rows = self.rows
        # The place of a word stands in place of the word: a small table is joined for each part.
        for name in CELL:
            places = self._places(name, packing).with_columns(pl.col("place").cast(pl.Int64))
            if places.height:
                rows = rows.join(self.small(places), on=name, how="left").drop(name)
                place = nw.col("place").fill_null(0)
                rows = rows.with_columns(place.alias(name)).drop("place")
            else:
                rows = rows.with_columns(nw.lit(0).cast(nw.Int64).alias(name))
        return rows.with_columns(code=packing.code()).select(*CODED)

    def _places(self, name: str, packing: Packing) -> pl.DataFrame:
        """The place of each day, or of each word as it is written there."""
        if name == "date":
            return pl.DataFrame(packing.all_days()).with_row_index("place")
        written = self._written[name]
        known = pl.DataFrame({"word": packing.words[name]}).with_row_index("place", 1)
        words = pl.DataFrame({name: written, "word": self._tidy(name, written)})
        return words.join(known, on="word").select(name, "place")

    # ----------------------------------------------------------------- what each does differently

    def fetch(self, rows: Rows) -> pl.DataFrame:
        """Bring a small answer here."""
        return fetched(rows)

    def small(self, frame: pl.DataFrame) -> Rows:
        """Bring a small table there."""
        raise NotImplementedError  # each engine has its own way; ``Here`` looks words up instead

    def some(self, coded: Rows) -> Rows:
        """The rows of the customers that are followed where there are many: see ``sampling``."""
        raise NotImplementedError  # each engine has its own MD5; ``Here`` asks ``sampling``


def rows_of(native: Any) -> Rows:
    """A frame of any engine as narwhals speaks of it."""
    rows: Rows = nw.from_native(native).lazy()
    return rows


def fetched(rows: Rows) -> pl.DataFrame:
    """The answer to a query, here."""
    return pl.DataFrame(rows.collect(backend="polars").to_native())
