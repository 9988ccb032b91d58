"""Joining: pieces that were rolled up by themselves, put together as if they had been one.

What stands in memory is a code, a place and a count for each cell. Sums are added up for the cells
that are asked for, and customers are told apart share by share, of which no two stand in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.engine import Found
from dashboard.engines.numbering import Ints, distinct, least, standing_for
from dashboard.engines.packing import WORDS, Packing
from dashboard.engines.piece import ADDED, COUNTS, SHARES, Piece
from dashboard.engines.rolled import Rolled
from dashboard.engines.rolling import Brands, Sliced, as_written

AT_ONCE = 500_000
"""Cells, about, that are put together at a time."""
CUSTOMERS = 1_000_000
"""Customers, about, that are told apart at a time."""


def joined(pieces: Sequence[Piece], brands: Brands = as_written, budget: int = BUDGET) -> Rolled:
    """What pieces come to: the same for any split of the same rows, in any order."""
    found = sliced(pieces, brands, budget)
    return found.rolled if isinstance(found, Sliced) else found


def sliced(
    pieces: Sequence[Piece], brands: Brands = as_written, budget: int = BUDGET
) -> Sliced | Rolled:
    """The same, slice by slice: for who writes cells and need not hold them all."""
    found = found_of(pieces)
    return Sliced(found, brands, budget) if found else Rolled()


def found_of(pieces: Sequence[Piece]) -> Found | None:
    """What all rows of pieces come to, as other engines tell what they found; None without rows."""
    pieces = [piece for piece in pieces if len(piece)]
    if not pieces:
        return None
    packing = Packing.of(
        {name: pl.concat([piece.words[name] for piece in pieces]) for name in WORDS},
        min(piece.first for piece in pieces),
        max(piece.last for piece in pieces),
    )
    cells = _Cells(pieces, packing)
    new, customers = _first_orders(pieces, cells)
    counts = {name: sum(getattr(piece, name) for piece in pieces) for name in COUNTS}
    sample = 1 if counts["named"] <= sampling.EXACT else sampling.SAMPLE
    bought = _bought(pieces, cells, ("followed", "other") if sample == 1 else ("followed",))

    def sums(some: slice) -> Mapping[str, Ints]:
        return {**cells.sums(some), "new_customers": new[some]}

    return Found(packing, cells.codes, sums, bought, sample, customers=customers, **counts)


class _Cells:
    """The different cells of pieces.

    ``codes`` are those of all, each once and sorted; ``places`` says of each piece which of them
    its own are, in their order, and behind the last that there is no such cell.
    """

    def __init__(self, pieces: Sequence[Piece], packing: Packing) -> None:
        self._pieces = pieces
        self.places = [np.empty(len(piece) + 1, np.uint32) for piece in pieces]
        own = [_Own(piece, packing) for piece in pieces]
        codes, before = [], 0
        for days in _stretches(own, packing):
            held = [(number, some) for number, one in enumerate(own) if (some := one.cells(days))]
            code = packing.codes(pl.concat([own[number].places(days) for number, _ in held]))
            place, count = _numbered(code, packing)
            codes.append(code.gather(standing_for(place, count)))
            ends = np.cumsum([len(some) for _, some in held])
            for (number, some), part in zip(held, np.split(place, ends[:-1]), strict=True):
                self.places[number][some.start : some.stop] = part + np.uint32(before)
            before += count
        self.codes = pl.concat(codes)
        for place in self.places:
            place[-1] = before

    def sums(self, some: slice) -> dict[str, Ints]:
        """What some cells come to."""
        sums = {name: np.zeros(some.stop - some.start, np.int64) for name in ADDED}
        for piece, place in zip(self._pieces, self.places, strict=True):
            own = slice(*np.searchsorted(place, [some.start, some.stop]).tolist())
            here = place[own] - np.uint32(some.start)
            for name, total in sums.items():
                np.add.at(total, here, piece.columns[name][own].astype(np.int64))
        return sums


class _Own:
    """The cells of a piece by their days, counted from the first of all pieces."""

    def __init__(self, piece: Piece, packing: Packing) -> None:
        self._piece, self._packing = piece, packing
        self.begin = piece.columns["days"][:].astype(np.int64)
        self.first = (piece.first - packing.first).days
        self._orders = {name: _order(piece.words[name], packing.words[name]) for name in WORDS}

    def cells(self, days: range) -> range:
        """Which of its cells stand in these days."""
        bounds = np.clip([days.start - self.first, days.stop - self.first], 0, len(self.begin) - 1)
        return range(*self.begin[bounds].tolist())

    def places(self, days: range) -> pl.DataFrame:
        """``(N, 6)``: their days, and the places of their words among those of all."""
        some = self.cells(days)
        own = slice(some.start, some.stop)
        day = np.searchsorted(self.begin, np.arange(own.start, own.stop), side="right") - 1
        words = {
            name: order[self._piece.columns[name][own]] for name, order in self._orders.items()
        }
        return pl.DataFrame({"date": self._packing.day(day + self.first), **words})


def _order(own: pl.Series, known: pl.Series) -> Ints:
    """Where the words of a piece stand among those of all, and before them nothing, in place 0."""
    places = own.cast(pl.Enum(known)).to_physical().to_numpy()
    return np.concatenate([[0], places + np.uint32(1)])


def _stretches(own: Sequence[_Own], packing: Packing) -> Iterator[range]:
    """All days, as many at a time as hold some cells; none in two."""
    many = np.zeros(packing.days, np.int64)
    for one in own:
        many[one.first : one.first + len(one.begin) - 1] += np.diff(one.begin)
    turns = np.flatnonzero(np.diff(np.cumsum(many) // AT_ONCE)) + 1
    for start, stop in pairwise([0, *turns.tolist(), packing.days]):
        yield range(start, stop)


def _numbered(codes: pl.Series, packing: Packing) -> tuple[Ints, int]:
    """Codes by number, as they sort, and how many there are."""
    if packing.kind is pl.Int64:
        return distinct(codes.to_numpy(), packing.size)
    numbers = codes.rank("dense") - 1
    return numbers.cast(pl.UInt32).to_numpy(), codes.n_unique()


def _first_orders(pieces: Sequence[Piece], cells: _Cells) -> tuple[Ints, int]:
    """How many customers first bought something in each cell, and how many customers there are."""
    shares = [piece.columns["shares"][:] for piece in pieces]
    many = sum(len(piece.columns["user"]) for piece in pieces)
    step = max(1, SHARES // (1 + many // CUSTOMERS))
    new, customers = np.zeros(len(cells.codes) + 1, np.uint32), 0
    for share in range(0, SHARES, step):
        users, firsts = [], []
        for piece, place, begin in zip(pieces, cells.places, shares, strict=True):
            some = slice(int(begin[share]), int(begin[min(share + step, SHARES)]))
            users.append(piece.columns["user"][some])
            firsts.append(place.take(piece.columns["first"][some]))
        known, first = least(np.concatenate(users), np.concatenate(firsts))
        np.add.at(new, first, np.uint32(1))
        customers += len(known)
    return new[:-1], customers


def _bought(pieces: Sequence[Piece], cells: _Cells, who: Sequence[str]) -> pl.DataFrame:
    """Who bought in which cell, both as numbers."""
    found = [
        pl.DataFrame(
            {
                "cell": place[piece.columns[f"{some}_cell"][:]],
                "user": piece.columns[f"{some}_user"][:],
            }
        )
        for piece, place in zip(pieces, cells.places, strict=True)
        for some in who
    ]
    return pl.concat(found).unique().select("cell", pl.col("user").rank("dense").cast(pl.UInt32))
