"""Packing: the parts of a cell as one whole number that sorts as they do."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import narwhals as nw
import numpy as np
import polars as pl

from dashboard.engines.numbering import Ints, Part, distinct, numbered, standing_for

CELL = ("date", "influencer_id", "campaign", "product", "brand", "source")
"""What the rows of a cell share; a null influencer_id marks a baseline row.

``source`` may name the brand where nothing else does, and goes once it has.
"""
WORDS = CELL[1:]

_EPOCH = dt.date(1970, 1, 1)
AT_ONCE = 500_000
"""Codes at a time, so that what stands between them and what they are told by stays small."""


@dataclass(frozen=True)
class Packing:
    """How the parts of a cell are packed into one whole number.

    ``words`` are the different texts of each part, in the order of their bytes, so that every
    engine packs alike, whatever order of text it knows; the place of a word is its row plus one,
    and 0 says nothing. The place of a day is how many days it is after ``first``. Grouping,
    ordering and counting a million rows by one number is several times cheaper than by six parts.
    """

    words: Mapping[str, pl.Series]
    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, seen: Mapping[str, pl.Series], first: dt.date, last: dt.date) -> Packing:
        """Fit a packing to the texts that stand in each part, and to the first and last day."""
        words = {
            name: seen[name].cast(pl.String).drop_nulls().unique().sort().alias(name)
            for name in WORDS
        }
        return cls(MappingProxyType(words), first, last)

    @property
    def days(self) -> int:
        """How many days there are from the first to the last."""
        return (self.last - self.first).days + 1

    @property
    def size(self) -> int:
        """What no code reaches."""
        return self.days * 2 * math.prod(len(values) + 1 for values in self.words.values())

    @property
    def wide(self) -> type[nw.Int64 | nw.Int128]:
        """64 bits where every code fits, else 128."""
        return nw.Int64 if self.size < 2**63 else nw.Int128

    def day(self, numbers: Ints) -> pl.Series:
        """The days that are so many after the first."""
        since = (self.first - _EPOCH).days
        return pl.Series("date", numbers.astype(np.int32) + np.int32(since)).cast(pl.Date)

    def all_days(self) -> pl.Series:
        """Every day from the first to the last."""
        return pl.date_range(self.first, self.last, eager=True).alias("date")

    def code(self) -> nw.Expr:
        """The packed cell of rows whose parts are places; attributed rows of a day come first."""
        baseline = nw.when(nw.col("influencer_id") == 0).then(nw.lit(1)).otherwise(nw.lit(0))
        code: nw.Expr = nw.col("date").cast(self.wide) * 2 + baseline.cast(self.wide)
        for name, values in self.words.items():
            code = code * (len(values) + 1) + nw.col(name).cast(self.wide)
        return code

    def alike(self, other: Packing) -> bool:
        """Whether another packs every cell that it can into the same code."""
        same = all(self.words[name].equals(other.words[name]) for name in WORDS)
        return same and (self.first, self.kind) == (other.first, other.kind)

    @property
    def kind(self) -> type[pl.Int64 | pl.Int128]:
        """What a code is here."""
        return pl.Int64 if self.wide is nw.Int64 else pl.Int128

    def codes(self, places: pl.DataFrame) -> pl.Series:
        """The packed cell of rows with their day and the places of their words."""
        day = (pl.col("date").to_physical() - (self.first - _EPOCH).days).cast(pl.Int64)
        placed = nw.from_native(places.with_columns(day.alias("date")))
        return placed.select(code=self.code()).to_native()["code"]

    def places(self, codes: pl.Series) -> pl.DataFrame:
        """``(N, 6)``: the day of each code, and the places of its words."""
        rest = codes.alias("code").cast(self.kind)
        places = []
        for name, values in reversed(list(self.words.items())):
            size = pl.Series([len(values) + 1], dtype=self.kind)
            places.append((rest % size).cast(pl.UInt32).alias(name))
            rest = rest // size
        day = self.day((rest // pl.Series([2], dtype=self.kind)).cast(pl.Int32).to_numpy())
        return pl.DataFrame([day, *reversed(places)])

    def days_of(self, codes: pl.Series) -> Ints:
        """How many days after the first each code is."""
        a_day = pl.Series([self._a_day], dtype=self.kind)
        return (codes.cast(self.kind) // a_day).cast(pl.Int32).to_numpy()

    def day_after(self, codes: pl.Series, place: int) -> int:
        """Where the next day than that of a place begins among codes that are sorted."""
        day = int(self.days_of(codes[place : place + 1])[0])
        return int(codes.search_sorted(pl.Series([(day + 1) * self._a_day], dtype=self.kind))[0])

    @property
    def _a_day(self) -> int:
        return self.size // self.days

    def lines(self, codes: pl.Series) -> tuple[Ints, int]:
        """Codes by number, the same where all but day and creator are; and how many there are."""
        sizes = {name: len(self.words[name]) + 1 for name in WORDS[1:]}
        size = math.prod(sizes.values())
        if size >= 2**63:
            places = self.places(codes)
            return numbered([Part(places[name].to_numpy(), size) for name, size in sizes.items()])
        number, known = np.empty(len(codes), np.uint32), list[Ints]()
        parts = [slice(start, start + AT_ONCE) for start in range(0, len(codes), AT_ONCE)]
        for some in parts:
            line = (codes[some] % pl.Series([size], dtype=self.kind)).cast(pl.Int64).to_numpy()
            number[some], count = distinct(line, size)
            known.append(line[standing_for(number[some], count)])
        every = np.unique(np.concatenate(known))
        for some, line in zip(parts, known, strict=True):
            number[some] = np.searchsorted(every, line)[number[some]]
        return number, len(every)

    def cells(self, codes: pl.Series) -> pl.DataFrame:
        """``(N, 6)``: the cells that codes stand for."""
        found, nothing = self.places(codes), pl.Series([None], dtype=pl.String)
        names = [
            pl.concat([nothing, values]).gather(found[name]).alias(name)
            for name, values in self.words.items()
        ]
        return pl.DataFrame([found["date"], *names])
