"""Pieces: some tracking rows rolled up by themselves, to be joined with others.

A piece says all that questions need of its rows, and is a fraction of their size. So it can be kept
beside the file that holds them, and where some files are new only these are rolled up::

    piece = rolled_piece(rows)                         # a lazy frame with ``COLUMNS``
    frames, counts = piece.frames, piece.counts        # parquet files, and what JSON takes
    piece = Piece.kept(frames, counts)                 # None: of another release, roll up again
    rolled = joined([piece, other, third], brands)     # the same for any split of the same rows

Customers are told apart by 64 bits of a hash, which is a third of the memory of their names: among
20 million, two are taken for one in one of 90,000 sets of data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.numbering import Ints, Part, added, numbered, standing_for
from dashboard.engines.packing import CELL, WORDS, Packing

COLUMNS = ("date", *WORDS, "user_id", "orders", "revenue")
ADDED = ("rows", "orders", "revenue", "returned_revenue")
"""What is summed of the rows of a cell."""

CUSTOMERS = pl.Schema({"user": pl.UInt64(), "first": pl.UInt32()})
BOUGHT = pl.Schema({"cell": pl.UInt32(), "user": pl.UInt64(), "followed": pl.Boolean()})
_SEED = 13
_EPOCH = dt.date(1970, 1, 1)
COUNTS = ("rows_named", "buying", "named")


@dataclass(frozen=True, eq=False)
class Piece:
    """Some tracking rows as cells, and their customers.

    Parameters
    ----------
    packing
        How its cells are packed, with their words.
    cells
        ``(C, 5)``: code, each once and sorted, and ``ADDED``.
    customers
        ``(U, 2)``: each customer as a hash, and the row of ``cells`` where they first bought
        something; null where they never did.
    bought
        ``(N, 3)`` each once: who bought something in which attributed cell, and whether they are
        followed where there are many (``sampling``). Where more than ``sampling.EXACT`` rows of the
        piece name them, only those who are.
    rows_named
        How many rows name a customer.
    buying, named
        Attributed rows with orders, and those of them that name a customer.
    """

    packing: Packing
    cells: pl.DataFrame
    customers: pl.DataFrame
    bought: pl.DataFrame
    rows_named: int
    buying: int
    named: int

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """All but the counts, by name, as parquet takes it."""
        cells = self.cells
        if self.packing.kind is not pl.Int64:  # parquet has no numbers that are so long
            places = self.packing.places(cells["code"])
            cells = pl.concat([places, cells.drop("code")], how="horizontal")
        words = [
            pl.DataFrame({"part": [name] * len(known), "word": known}, schema_overrides=_WORD)
            for name, known in self.packing.words.items()
        ]
        return {
            "cells": cells,
            "words": pl.concat(words),
            "customers": self.customers,
            "bought": self.bought,
        }

    @property
    def counts(self) -> dict[str, Any]:
        """All but the frames, as JSON takes it."""
        days = {"first": self.packing.first.isoformat(), "last": self.packing.last.isoformat()}
        return {"made": _made(), **days} | {name: getattr(self, name) for name in COUNTS}

    @classmethod
    def kept(cls, frames: Mapping[str, pl.DataFrame], counts: Mapping[str, Any]) -> Piece | None:
        """What was kept, as it was; None where a hash means another customer by now."""
        if counts.get("made") != _made():
            return None
        words, cells = frames["words"], frames["cells"]
        seen = {name: words.filter(pl.col("part") == name)["word"] for name in WORDS}
        first, last = (dt.date.fromisoformat(counts[name]) for name in ("first", "last"))
        packing = Packing.of(seen, first, last)
        if "code" not in cells.columns:
            codes = packing.codes(cells.select(CELL))
            cells = pl.concat([codes.to_frame(), cells.select(ADDED)], how="horizontal")
        return cls(
            packing,
            cells,
            frames["customers"].cast(CUSTOMERS),
            frames["bought"].cast(BOUGHT),
            **{name: int(counts[name]) for name in COUNTS},
        )


_WORD: Any = {"part": pl.String, "word": pl.String}


def _made() -> str:
    """What a piece has to agree in to be joined: its layout, and what the hash of a name is."""
    return f"2-{hashed(pl.Series(['whose?'])).item():016x}"


def hashed(users: pl.Series) -> pl.Series:
    """Customers as 64 bits of a hash."""
    return users.hash(_SEED)


def nothing() -> Piece:
    """The piece without rows."""
    empty = {name: pl.Series(name, [], pl.String) for name in WORDS}
    packing = Packing.of(empty, _EPOCH, _EPOCH)
    code = pl.Series("code", [], packing.kind)
    cells = pl.DataFrame([code, *(pl.Series(name, [], pl.Int64) for name in ADDED)])
    return Piece(packing, cells, CUSTOMERS.to_frame(), BOUGHT.to_frame(), 0, 0, 0)


def rolled_piece(rows: pl.LazyFrame) -> Piece:
    """Roll some tracking rows up, in memory.

    Parameters
    ----------
    rows
        ``(N, …)`` with ``COLUMNS``: date, texts (or numbers of words: Enum), orders and revenue
        (paise). A few million at a time: some 150 bytes of memory are needed for each.
    """
    kinds = rows.collect_schema()
    # Each piece has numbers of its own for its words. They are known as long as a column has them.
    parts = {name: pl.Series(name, [], _kind(kinds[name])) for name in WORDS}
    user, bought = pl.col("user_id").cast(pl.String), pl.col("orders") > 0
    read = rows.select(
        "date",
        *(
            (pl.col(name).cast(part.dtype).to_physical().cast(pl.UInt32) + 1).fill_null(0)
            for name, part in parts.items()
        ),
        pl.when(user.is_not_null()).then(user.hash(_SEED)).alias("user"),
        pl.when(bought & pl.col("influencer_id").is_not_null()).then(user).alias("buyer"),
        pl.col("orders", "revenue").cast(pl.Int64).fill_null(0),
    ).collect(engine="streaming")
    if not read.height:
        return nothing()
    words = {name: _words(read[name], part) for name, part in parts.items()}
    packing = Packing.of(words, read["date"].min(), read["date"].max())  # type: ignore[arg-type]  # polars types min() as any literal
    cell, cells = _cells(read, words, packing)
    buying = read.select("user", "buyer", "orders", attributed=pl.col("influencer_id") > 0)
    buying = buying.with_columns(cell=cell)
    del read
    named = buying.lazy().filter(pl.col("user").is_not_null())
    first = pl.when(bought).then("cell").min().alias("first")
    customers = named.group_by("user").agg(first).collect(engine="streaming")
    buyers = buying.lazy().filter(pl.col("buyer").is_not_null()).collect()
    return Piece(
        packing,
        cells,
        customers.cast(CUSTOMERS),
        _bought(buyers).cast(BOUGHT),
        buying.height - buying["user"].null_count(),
        buying.filter(bought & pl.col("attributed")).height,
        buyers.height,
    )


def _kind(kind: pl.DataType) -> pl.DataType:
    """Words as numbers."""
    return kind if isinstance(kind, pl.Enum) else pl.Categorical(pl.Categories.random())


def _words(numbers: pl.Series, part: pl.Series) -> pl.Series:
    """The word of each number that stands in a column, from 1 on."""
    last = numbers.max()
    count = last if isinstance(last, int) else 0
    if isinstance(part.dtype, pl.Enum):
        return part.dtype.categories.head(count)
    return pl.int_range(count, dtype=pl.UInt32, eager=True).cat.to(part.dtype).cast(pl.String)


def _cells(
    read: pl.DataFrame, words: Mapping[str, pl.Series], packing: Packing
) -> tuple[pl.Series, pl.DataFrame]:
    """The cell of each row, and what each comes to; cells stand as their codes sort."""
    days = read["date"].to_physical()
    parts = [Part((days - days.min()).to_numpy(), packing.days)]
    places = {name: _places(words[name]) for name in WORDS}
    numbers = {name: read[name].to_numpy() for name in WORDS}
    for name, place in places.items():
        order = place.copy()
        if name == "influencer_id":  # rows of nobody come last of their day
            order[0] = len(order)
        parts.append(Part(numbers[name], len(order) + 1, order))
    cell, count = numbered(parts)
    row = standing_for(cell, count)
    one = {name: place[numbers[name][row]] for name, place in places.items()}
    day = pl.Series("date", parts[0].numbers[row]) + days.min()
    codes = packing.codes(pl.DataFrame({"date": day.cast(pl.Date), **one}))
    orders, revenue = read["orders"].to_numpy(), read["revenue"].to_numpy()
    sums = {
        "rows": np.bincount(cell, minlength=count),
        "orders": added(orders, cell, count),
        "revenue": added(revenue, cell, count),
        "returned_revenue": added(np.maximum(-revenue, 0), cell, count),
    }
    return pl.Series("cell", cell), pl.DataFrame({"code": codes} | sums)


def _places(words: pl.Series) -> Ints:
    """The place of each word among them all, sorted; before them nothing, in place 0."""
    return np.concatenate([[0], words.rank("ordinal").to_numpy()]).astype(np.int64)


def _bought(buyers: pl.DataFrame) -> pl.DataFrame:
    """Who bought in which cell; of many rows, only who is followed."""
    found = buyers.select("cell", "user", followed=sampling.followed(buyers["buyer"]))
    if buyers.height > sampling.EXACT:
        found = found.filter("followed")
    return found.unique(["cell", "user"])
