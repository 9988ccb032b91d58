"""Joining: pieces that were rolled up by themselves, put together as if they had been one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.engine import Found
from dashboard.engines.numbering import Ints, added, distinct, standing_for
from dashboard.engines.packing import WORDS, Packing
from dashboard.engines.piece import ADDED, BOUGHT, COUNTS, CUSTOMERS, Piece, nothing
from dashboard.engines.rolled import Rolled
from dashboard.engines.rolling import Brands, Sliced, as_written

_WAITING = 8_000_000
"""Cells and customers that wait, at least, before those that come again are put together."""


def joined(pieces: Iterable[Piece], brands: Brands = as_written, budget: int = BUDGET) -> Rolled:
    """What pieces come to: the same for any split of the same rows, in any order.

    Pieces are asked for one after the other, and forgotten once they are joined.
    """
    found = sliced(pieces, brands, budget)
    return found.rolled if isinstance(found, Sliced) else found


def sliced(
    pieces: Iterable[Piece], brands: Brands = as_written, budget: int = BUDGET
) -> Sliced | Rolled:
    """The same, slice by slice: for who writes cells and need not hold them all."""
    found = found_of(together(pieces))
    return Sliced(found, brands, budget) if found else Rolled()


def together(pieces: Iterable[Piece]) -> Piece:
    """Pieces as one."""
    held, size, most = list[Piece](), 0, _WAITING
    for piece in pieces:
        held.append(piece)
        size += _size(piece)
        del piece  # held by nobody but the list
        if size > most:
            held = [_merged(held)]
            size = _size(held[0])
            most = max(_WAITING, 2 * size)  # so that each is put together only a few times
    return _merged(held)


def found_of(piece: Piece) -> Found | None:
    """A piece that holds all rows, as other engines tell what they found; None without rows."""
    if not piece.cells.height:
        return None
    sample = 1 if piece.named <= sampling.EXACT else sampling.SAMPLE
    cells, bought = piece.cells, piece.bought
    new = np.bincount(piece.customers["first"].drop_nulls(), minlength=cells.height)
    return Found(
        piece.packing,
        cells.with_columns(new_customers=pl.Series(new)),
        (bought if sample == 1 else bought.filter("followed")).select(
            "cell", pl.col("user").rank("dense").cast(pl.UInt32)
        ),
        sample,
        buying=piece.buying,
        named=piece.named,
        customers=piece.customers.height,
        rows_named=piece.rows_named,
    )


def _size(piece: Piece) -> int:
    return piece.cells.height + piece.customers.height


def _merged(held: list[Piece]) -> Piece:
    """Pieces as one. They are taken from the list, so that each column goes once it is summed."""
    pieces = [held.pop() for _ in range(len(held))]
    pieces = [piece for piece in pieces if piece.cells.height]
    if len(pieces) < 2:  # one is what it is
        return pieces[0] if pieces else nothing()
    packing = Packing.of(
        {name: pl.concat([piece.packing.words[name] for piece in pieces]) for name in WORDS},
        min(piece.packing.first for piece in pieces),
        max(piece.packing.last for piece in pieces),
    )
    codes = pl.concat([_moved(piece, packing) for piece in pieces])
    place, count = _numbered(codes, packing)
    ends = np.cumsum([piece.cells.height for piece in pieces])
    places = [pl.Series("place", part) for part in np.split(place, ends[:-1])]
    counts = {name: sum(getattr(piece, name) for piece in pieces) for name in COUNTS}
    customers = _customers(pieces, places)
    bought = _bought(pieces, places, followed=counts["named"] > sampling.EXACT)
    columns = {name: [piece.cells[name] for piece in pieces] for name in ADDED}
    pieces.clear()
    cells = [codes.gather(standing_for(place, count))]
    del codes
    for name in ADDED:
        amounts = pl.concat(columns.pop(name)).to_numpy()
        cells.append(pl.Series(name, added(amounts, place, count)))
    return Piece(packing, pl.DataFrame(cells), customers, bought, **counts)


def _customers(pieces: Sequence[Piece], places: Sequence[pl.Series]) -> pl.DataFrame:
    """Everybody once, with the first place of any piece."""
    found = pl.concat(
        piece.customers.with_columns(first=place.gather(piece.customers["first"]))
        for piece, place in zip(pieces, places, strict=True)
    )
    alone = found.lazy().group_by("user").agg(pl.col("first").min())
    return alone.collect(engine="streaming").cast(CUSTOMERS)


def _bought(
    pieces: Sequence[Piece], places: Sequence[pl.Series], *, followed: bool
) -> pl.DataFrame:
    found = []
    for piece, place in zip(pieces, places, strict=True):
        some = piece.bought.filter("followed") if followed else piece.bought
        found.append(some.with_columns(cell=place.gather(some["cell"])))
    return pl.concat(found).unique().cast(BOUGHT)


def _moved(piece: Piece, packing: Packing) -> pl.Series:
    """The codes of a piece as another packing has them."""
    if packing.alike(piece.packing):
        return piece.cells["code"]
    places = piece.packing.places(piece.cells["code"])
    moved = [places["date"]]
    for name in WORDS:
        known = pl.DataFrame({"word": packing.words[name]}).with_row_index("place", 1)
        own = pl.DataFrame({"word": piece.packing.words[name]}).join(
            known, on="word", how="left", maintain_order="left"
        )["place"]
        order = pl.concat([pl.Series([0], dtype=pl.Int64), own.cast(pl.Int64)])
        moved.append(order.gather(places[name]).alias(name))
    return packing.codes(pl.DataFrame(moved))


def _numbered(codes: pl.Series, packing: Packing) -> tuple[Ints, int]:
    """Codes by number, as they sort, and how many there are."""
    if packing.kind is pl.Int64:
        return distinct(codes.to_numpy(), packing.size)
    numbers = codes.rank("dense") - 1
    return numbers.cast(pl.UInt32).to_numpy(), codes.n_unique()
