"""roll(): rows on any engine to cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import polars as pl

from dashboard.engines.engine import Engine, Found
from dashboard.engines.numbering import Ints, Part, added, numbered, standing_for
from dashboard.engines.rolled import BOUGHT, CELLS, COUNTS, LINE, MEASURES, PLACE, Rolled

Brands = Callable[[pl.DataFrame], pl.Series]
"""The brand of each line: see ``rolled.LINE``."""
AT_ONCE = 500_000
"""Cells, about, that get their words at a time."""


def as_written(lines: pl.DataFrame) -> pl.Series:
    """The brand that a line says itself."""
    return lines["brand"]


def roll(engine: Engine, brands: Brands = as_written) -> Rolled:
    """Roll the rows of an engine up to cells.

    Parameters
    ----------
    engine
        The rows, where they live. Only answers come here: cells, and who bought where.
    brands
        What brand each line is, where rows do not say it.

    Returns
    -------
    Rolled
        The same from every engine, but for the numbers that stand for customers.
        New customers: a customer counts where their first row with orders stands; of several on
        that day the attributed one first, then by influencer_id, campaign, product, brand and
        source as written.
    """
    found = engine.found()
    return finished(found, brands) if found else Rolled()


def finished(found: Found, brands: Brands) -> Rolled:
    """Give cells their words and their brands; cells that are alike then are one."""
    return Sliced(found, brands).rolled


class Sliced:
    """Tracking rows as cells that are made slice by slice: ``Rolled``, for who need not hold it.

    Cells get their words and their brands; those that are alike then are one.
    """

    def __init__(self, found: Found, brands: Brands) -> None:
        self._found = found
        self._words = {name: _with_nothing(said) for name, said in found.packing.words.items()}
        self._line, count = found.packing.lines(found.codes)
        one = found.packing.places(found.codes.gather(standing_for(self._line, count)))
        lines = pl.DataFrame([self._words[name].gather(one[name]).alias(name) for name in LINE])
        self._brand = brands(lines).alias("brand")
        where = _numbers(lines.select("campaign", "product").with_columns(self._brand))
        self._where = where.to_numpy()
        self._alike = where.n_unique() < count
        self.lines = lines.sort(LINE)
        place = pl.Series("cell", np.concatenate([part.place for part in self._parts()]))
        moved = found.bought.with_columns(place.gather(found.bought["cell"]))
        self.bought = moved.unique().sort("cell", "user").cast(BOUGHT)

    @property
    def counts(self) -> dict[str, int]:
        """All but the frames, as JSON takes it."""
        return {name: getattr(self._found, name) for name in COUNTS}

    @property
    def slices(self) -> dict[str, Iterable[pl.DataFrame]]:
        """The frames by name, those of a name to be put one below the other; once at a time."""
        return {"cells": self._cells(), "bought": [self.bought], "lines": [self.lines]}

    @property
    def rolled(self) -> Rolled:
        """All of it."""
        cells = pl.concat(self._cells())
        return Rolled(cells, self.bought, self.lines, **self.counts)

    def _cells(self) -> Iterator[pl.DataFrame]:
        found = self._found
        for some, place, before, count in self._parts():
            alike = place - np.uint32(before)
            row = standing_for(alike, count)
            places = found.packing.places(found.codes[some].gather(row))
            said = {name: self._words[name].gather(places[name]) for name in PLACE[1:-1]}
            brand = self._brand.gather(self._line[some][row])
            amounts = found.sums(some)
            sums = {name: added(amounts[name], alike, count) for name in MEASURES}
            cells = {"date": places["date"], **said, "brand": brand, **sums}
            yield pl.DataFrame(cells, schema=CELLS)

    def _parts(self) -> Iterator[_Part]:
        """Whole days after each other."""
        found = self._found
        codes = found.codes
        days, start, before = found.packing.days_of(codes), 0, 0
        while start < len(codes):
            stop = min(start + AT_ONCE, len(codes))
            stop = int(np.searchsorted(days, days[stop - 1], side="right"))
            some = slice(start, stop)
            if self._alike:
                creators = found.packing.places(codes[some])["influencer_id"].to_numpy()
                key = [
                    Part(days[some], found.packing.days),
                    Part(creators, len(self._words["influencer_id"])),
                    Part(self._line[some], len(self._where), self._where),
                ]
                place, count = numbered(key)
            else:
                place, count = np.arange(stop - start, dtype=np.uint32), stop - start
            yield _Part(some, place + np.uint32(before), before, count)
            start, before = stop, before + count


class _Part(NamedTuple):
    """Some cells that were found, the cell that each becomes, and the first and number of these."""

    found: slice
    place: Ints
    before: int
    many: int


def _with_nothing(words: pl.Series) -> pl.Series:
    return pl.concat([pl.Series([None], dtype=pl.String), words])


def _numbers(lines: pl.DataFrame) -> pl.Series:
    """Lines by number, the same where they say the same."""
    known = lines.unique(maintain_order=True).with_row_index("number")
    return lines.join(known, on=lines.columns, how="left", nulls_equal=True, maintain_order="left")[
        "number"
    ]
