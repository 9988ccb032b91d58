"""Joining: pieces that were rolled up by themselves, put together as if they had been one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.engine import Found
from dashboard.engines.numbering import Ints, added, distinct, standing_for
from dashboard.engines.packing import WORDS, Packing
from dashboard.engines.piece import ADDED, BOUGHT, CUSTOMERS, Piece, nothing
from dashboard.engines.rolled import Rolled
from dashboard.engines.rolling import Brands, as_written, finished

_WAITING = 4_000_000
"""Cells and customers that wait, at least, before those that come again are put together."""


def joined(pieces: Iterable[Piece], brands: Brands = as_written) -> Rolled:
    """What pieces come to: the same for any split of the same rows, in any order.

    Pieces are asked for one after the other, and forgotten once they are joined.
    """
    found = found_of(together(pieces))
    return finished(found, brands) if found else Rolled()


def together(pieces: Iterable[Piece]) -> Piece:
    """Pieces as one."""
    base, waiting, size = nothing(), list[Piece](), 0
    for piece in pieces:
        waiting.append(piece)
        size += _size(piece)
        if size > max(_WAITING, _size(base)):  # so that each is put together only a few times
            base, waiting, size = _merged([base, *waiting]), [], 0
    return _merged([base, *waiting])


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


def _merged(pieces: Sequence[Piece]) -> Piece:
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
    cells = _summed(codes, pl.concat([piece.cells.select(ADDED) for piece in pieces]), place, count)
    ends = np.cumsum([piece.cells.height for piece in pieces])
    places = [pl.Series("place", part) for part in np.split(place, ends[:-1])]
    named = sum(piece.named for piece in pieces)
    followed = pl.col("followed") if named > sampling.EXACT else pl.lit(value=True)
    customers, bought = list[pl.DataFrame](), list[pl.DataFrame]()
    for piece, new in zip(pieces, places, strict=True):
        first, some = piece.customers["first"], piece.bought.filter(followed)
        customers.append(piece.customers.with_columns(first=new.gather(first)))
        bought.append(some.with_columns(cell=new.gather(some["cell"])))
    alone = pl.concat(customers).lazy().group_by("user").agg(pl.col("first").min())
    return Piece(
        packing,
        cells,
        alone.collect(engine="streaming").cast(CUSTOMERS),
        pl.concat(bought).unique().cast(BOUGHT),
        sum(piece.rows_named for piece in pieces),
        sum(piece.buying for piece in pieces),
        named,
    )


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


def _summed(codes: pl.Series, sums: pl.DataFrame, place: Ints, count: int) -> pl.DataFrame:
    cells = [codes.gather(standing_for(place, count))]
    cells += [pl.Series(name, added(sums[name].to_numpy(), place, count)) for name in ADDED]
    return pl.DataFrame(cells)
