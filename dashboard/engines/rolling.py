"""roll(): rows on any engine to cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

import numpy as np
import polars as pl

from dashboard.engines import coarsening
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.engine import Found
from dashboard.engines.numbering import Ints, Part, added, numbered, standing_for
from dashboard.engines.rolled import (
    BOUGHT,
    BUDGETED,
    CELLS,
    COUNTS,
    EVIDENCE,
    LINE,
    MEASURES,
    SOLD,
    Rolled,
)

Brands = Callable[[pl.DataFrame], pl.Series]
"""The brand of each line: see ``rolled.LINE``."""
AT_ONCE = 200_000
"""Cells, about, that get their words at a time."""


def as_written(lines: pl.DataFrame) -> pl.Series:
    """The brand that a line says itself."""
    return lines["brand"]


class Counted(Protocol):
    """Rows here, or a tally of rows that live elsewhere."""

    def found(self) -> Found | None:
        """What they come to; None without rows."""


def roll(rows: Counted, brands: Brands = as_written, budget: int = BUDGET) -> Rolled:
    """Roll rows up to cells.

    Parameters
    ----------
    rows
        The rows: ``Here``, or a ``Tally`` of those that live elsewhere.
    brands
        What brand each line is, where rows do not say it.
    budget
        Cells above which the products of a brand are added up: see ``coarsening``.

    Returns
    -------
    Rolled
        The same from every engine, but for the numbers that stand for customers.
        New customers: a customer counts where their first row with orders stands; of several on
        that day the attributed one first, then by influencer_id, campaign, product, brand and
        source as written.
    """
    found = rows.found()
    return finished(found, brands, budget) if found else Rolled()


def finished(found: Found, brands: Brands, budget: int = BUDGET) -> Rolled:
    """Give cells their words and their brands; cells that are alike then are one."""
    return Sliced(found, brands, budget).rolled


class Sliced:
    """Tracking rows as cells that are made slice by slice: ``Rolled``, for who need not hold it.

    Cells get their words and their brands; those that are alike then are one. Where they are more
    than the budget, the products of each brand are added up, and what was sold of each stands
    beside them.
    """

    def __init__(self, found: Found, brands: Brands, budget: int = BUDGET) -> None:
        self._found = found
        self._words = {name: _with_nothing(said) for name, said in found.packing.words.items()}
        self._line, count = found.packing.lines(found.codes)
        one = found.packing.places(found.codes.gather(standing_for(self._line, count)))
        lines = pl.DataFrame([self._words[name].gather(one[name]).alias(name) for name in LINE])
        self.lines = lines.sort(LINE)
        self._fine = _Said.of(lines.select("campaign", "product", brands(lines).alias("brand")))
        self._said, self.finest, self.budget = self._fine, 0, budget
        place, self._height = self._places()
        if self._height > budget:
            self.finest = self._height
            self._said = _Said.of(coarsening.added_up(self._fine.lines))
            place, self._height = self._places()
            if not self._coarse:  # nothing is won: each brand has one product
                self._said = self._fine
                place, _ = self._places()
        moved = found.bought.with_columns(pl.Series("cell", place).gather(found.bought["cell"]))
        self.bought = moved.unique().sort("cell", "user").cast(BOUGHT)

    @property
    def note(self) -> str:
        """What is to be said of the budget: see ``Rolled``."""
        return coarsening.sentence(self.finest, self._height, self.budget)

    @property
    def _coarse(self) -> bool:
        return self._height < self.finest

    def _places(self) -> tuple[Ints, int]:
        """The cell that each one found becomes, and how many there are."""
        place, height = np.empty(len(self._found.codes), np.uint32), 0
        for part in self._parts(self._said):
            place[part.found], height = part.place, part.before + part.many
        return place, height

    @property
    def counts(self) -> dict[str, int]:
        """All but the frames, as JSON takes it."""
        counts = {name: getattr(self._found, name) for name in COUNTS}
        return counts | {name: getattr(self, name) for name in BUDGETED if self.finest}

    @property
    def slices(self) -> dict[str, Iterable[pl.DataFrame]]:
        """The frames by name, those of a name to be put one below the other; once at a time."""
        sold = {"sold": self._sold()} if self._coarse else {}
        return {"cells": self._cells(), "bought": [self.bought], "lines": [self.lines], **sold}

    @property
    def rolled(self) -> Rolled:
        """All of it."""
        cells = pl.concat(self._cells())
        sold = pl.concat(self._sold()).lazy() if self._coarse else None
        return Rolled(cells, self.bought, self.lines, sold=sold, **self.counts)

    def _cells(self) -> Iterator[pl.DataFrame]:
        found, lines = self._found, self._said.lines
        for some, place, before, count in self._parts(self._said):
            alike = place - np.uint32(before)
            row = standing_for(alike, count)
            places = found.packing.places(found.codes[some].gather(row))
            creator = self._words["influencer_id"].gather(places["influencer_id"])
            said = lines[self._line[some][row]].to_dict()
            amounts = found.sums(some)
            sums = {name: added(amounts[name], alike, count) for name in MEASURES}
            cells = {"date": places["date"], "influencer_id": creator, **said, **sums}
            made = pl.DataFrame(cells, schema=CELLS)
            if self._coarse:
                made = made.with_columns(self._evidence(some, amounts["orders"], alike, count))
            yield made

    def _evidence(self, some: slice, orders: Ints, place: Ints, count: int) -> pl.DataFrame:
        """What no sum of orders says of the products that were added up: see ``Rolled``."""
        part, parts = self._numbered(some, self._fine)
        whole = place[standing_for(part, parts)]
        weight = added(np.maximum(added(orders, part, parts), 0), whole, count)
        parts_in = np.bincount(whole, minlength=count)
        return pl.DataFrame({"weight": weight, "parts": parts_in}, schema_overrides=EVIDENCE)

    def _sold(self) -> Iterator[pl.DataFrame]:
        """What was sold of each product by day and campaign."""
        found, lines = self._found, self._fine.lines
        for some, place, before, count in self._parts(self._fine, creators=False):
            alike = place - np.uint32(before)
            row = standing_for(alike, count)
            places = found.packing.places(found.codes[some].gather(row))
            said = lines[self._line[some][row]].to_dict()
            amounts = found.sums(some)
            sums = {name: added(amounts[name], alike, count) for name in ("orders", "revenue")}
            attributed = places["influencer_id"] > 0
            sold = {"date": places["date"], "attributed": attributed, **said, **sums}
            yield pl.DataFrame(sold, schema=SOLD)

    def _parts(self, said: _Said, *, creators: bool = True) -> Iterator[_Part]:
        """Whole days after each other; creators are told apart, or only from nobody."""
        codes, start, before = self._found.codes, 0, 0
        while start < len(codes):
            last = min(start + AT_ONCE, len(codes)) - 1
            stop = self._found.packing.day_after(codes, last)
            place, count = self._numbered(slice(start, stop), said, creators=creators)
            yield _Part(slice(start, stop), place + np.uint32(before), before, count)
            start, before = stop, before + count

    def _numbered(self, some: slice, said: _Said, *, creators: bool = True) -> tuple[Ints, int]:
        """Some cells by number, the same where they are alike, and how many there are."""
        if creators and not said.alike:
            return np.arange(some.stop - some.start, dtype=np.uint32), some.stop - some.start
        packing, codes = self._found.packing, self._found.codes[some]
        creator = packing.places(codes)["influencer_id"].to_numpy()
        if not creators:
            creator = (creator > 0).astype(np.uint8)
        key = [
            Part(packing.days_of(codes), packing.days),
            Part(creator, len(self._words["influencer_id"]) if creators else 2),
            Part(self._line[some], len(said.number), said.number),
        ]
        return numbered(key)


class _Said(NamedTuple):
    """What lines say of campaign, product and brand; a number for each, the same where alike."""

    lines: pl.DataFrame
    number: Ints
    alike: bool

    @classmethod
    def of(cls, lines: pl.DataFrame) -> _Said:
        """Number lines."""
        known = lines.unique(maintain_order=True).with_row_index("number")
        number = lines.join(
            known, on=lines.columns, how="left", nulls_equal=True, maintain_order="left"
        )["number"]
        return cls(lines, number.to_numpy(), known.height < lines.height)


class _Part(NamedTuple):
    """Some cells that were found, the cell that each becomes, and the first and number of these."""

    found: slice
    place: Ints
    before: int
    many: int


def _with_nothing(words: pl.Series) -> pl.Series:
    return pl.concat([pl.Series([None], dtype=pl.String), words])
