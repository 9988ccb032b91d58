"""Pieces: some tracking rows rolled up by themselves, to be joined with others.

A piece says all that questions need of its rows, and is a fraction of their size. So it can be kept
beside the file that holds them, and where some files are new only these are rolled up::

    piece = rolled_piece(rows)                         # a lazy frame with ``COLUMNS``
    said, columns = piece.said, piece.columns          # what JSON takes, and whole numbers by name
    piece = Piece.kept(said, columns)                  # None: of another release, roll up again
    rolled = joined([piece, other, third], brands)     # the same for any split of the same rows

Who joins pieces asks for stretches of their columns: they may be in memory or on a disk.

Customers are told apart by 64 bits of a hash, which is a third of the memory of their names: among
20 million, two are taken for one in one of 90,000 sets of data.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.numbering import (
    Ints,
    Part,
    added,
    least,
    narrow,
    numbered,
    standing_for,
)
from dashboard.engines.packing import WORDS

COLUMNS = ("date", *WORDS, "user_id", "orders", "revenue")
ADDED = ("rows", "orders", "revenue", "returned_revenue")
"""What is summed of the rows of a cell."""

SHARES = 256
"""Shares of the customers of a piece, by the first bits of their hashes."""
COUNTS = ("rows_named", "buying", "named")
_SEED = 13
_EPOCH = dt.date(1970, 1, 1)


class Column(Protocol):
    """Whole numbers of which any stretch can be had."""

    def __len__(self) -> int: ...

    def __getitem__(self, some: slice) -> Ints: ...


@dataclass(frozen=True, eq=False)
class Piece:
    """Some tracking rows as cells, and their customers.

    Parameters
    ----------
    first
        Its first day.
    words
        The different words of each part of a cell, sorted by their bytes.
    columns
        Of its cells, as they sort (``packing``): the places of their words (0: none) and ``ADDED``;
        ``days``, where the cells of each day begin, and where those of the last one end. Of its
        customers: ``user``, each once as a hash, sorted, and ``first``, the cell where they first
        bought something, or how many cells there are where they never did; ``shares``, where each
        share of them begins, and where the last one ends. Of who bought something in which
        attributed cell: ``followed_cell`` and ``followed_user`` of those who are
        followed where there are many (``sampling``), ``other_cell`` and ``other_user``.
    rows_named
        How many rows name a customer.
    buying, named
        Attributed rows with orders, and those of them that name a customer.
    """

    first: dt.date
    words: Mapping[str, pl.Series]
    columns: Mapping[str, Column]
    rows_named: int
    buying: int
    named: int

    def __len__(self) -> int:
        """How many cells there are."""
        return len(self.columns["rows"])

    @property
    def last(self) -> dt.date:
        """Its last day."""
        return self.first + dt.timedelta(days=len(self.columns["days"]) - 2)

    @property
    def said(self) -> dict[str, Any]:
        """All but the columns, as JSON takes it."""
        words = {name: known.to_list() for name, known in self.words.items()}
        counts = {name: getattr(self, name) for name in COUNTS}
        return {"made": _made(), "first": self.first.isoformat(), "words": words} | counts

    @classmethod
    def kept(cls, said: Mapping[str, Any], columns: Mapping[str, Column]) -> Piece | None:
        """What was kept, as it was; None where a hash means another customer by now."""
        if said.get("made") != _made():
            return None
        words = {name: pl.Series(name, said["words"][name], pl.String) for name in WORDS}
        first = dt.date.fromisoformat(said["first"])
        return cls(first, words, columns, **{name: int(said[name]) for name in COUNTS})


def _made() -> str:
    """What a piece has to agree in to be joined: its layout, and what the hash of a name is."""
    return f"3-{hashed(pl.Series(['whose?'])).item():016x}"


def hashed(users: pl.Series) -> pl.Series:
    """Customers as 64 bits of a hash."""
    return users.hash(_SEED)


def rolled_piece(rows: pl.LazyFrame) -> Piece:
    """Roll some tracking rows up, in memory.

    Parameters
    ----------
    rows
        ``(N, …)`` with ``COLUMNS``: date, texts (or numbers of words: Enum), orders and revenue
        (paise). A million at most, best fewer: some 150 bytes of memory are needed for each.
    """
    kinds = rows.collect_schema()
    # Each piece has numbers of its own for its words. They are known as long as a column has them.
    parts = {name: pl.Series(name, [], _kind(kinds[name])) for name in WORDS}
    user = pl.col("user_id").cast(pl.String)
    buying = (pl.col("orders") > 0) & pl.col("influencer_id").is_not_null()
    read = rows.select(
        "date",
        *(
            (pl.col(name).cast(part.dtype).to_physical().cast(pl.UInt32) + 1).fill_null(0)
            for name, part in parts.items()
        ),
        user.hash(_SEED).alias("user"),
        user.is_not_null().alias("named"),
        buying.alias("buying"),
        pl.when(buying).then(user).alias("buyer"),
        pl.col("orders", "revenue").cast(pl.Int64).fill_null(0),
    ).collect(engine="streaming")
    words = {name: _words(read[name], part) for name, part in parts.items()}
    days = read["date"].to_physical().to_numpy()
    first = int(days.min()) if len(days) else 0
    cell, cells = _cells(read, words, days - first)
    named = read["named"].to_numpy()
    never = len(cells["rows"])
    firsts = np.where(read["orders"].to_numpy() > 0, cell, np.uint32(never))[named]
    users, firsts = least(read["user"].to_numpy()[named], firsts)
    buyers = read.select("user", "buyer").with_columns(cell=cell).drop_nulls("buyer")
    return Piece(
        _EPOCH + dt.timedelta(days=first),
        {name: known.sort() for name, known in words.items()},
        {**cells, "user": users, "first": firsts, "shares": _shares(users), **_bought(buyers)},
        int(named.sum()),
        int(read["buying"].sum()),
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
    read: pl.DataFrame, words: Mapping[str, pl.Series], days: Ints
) -> tuple[Ints, dict[str, Ints]]:
    """The cell of each row, and what each comes to; cells stand as they sort."""
    width = int(days.max()) + 1 if len(days) else 0
    parts = [Part(days, width)]
    places = {name: _places(words[name]) for name in WORDS}
    numbers = {name: read[name].to_numpy() for name in WORDS}
    for name, place in places.items():
        order = place.copy()
        if name == "influencer_id":  # rows of nobody come last of their day
            order[0] = len(order)
        parts.append(Part(numbers[name], len(order) + 1, order))
    cell, count = numbered(parts)
    row = standing_for(cell, count)
    cells = {name: place[numbers[name][row]] for name, place in places.items()}
    orders, revenue = read["orders"].to_numpy(), read["revenue"].to_numpy()
    cells |= {
        "rows": np.bincount(cell, minlength=count),
        "orders": added(orders, cell, count),
        "revenue": added(revenue, cell, count),
        "returned_revenue": added(np.maximum(-revenue, 0), cell, count),
        "days": np.searchsorted(days[row], np.arange(width + 1)),
    }
    return cell, {name: narrow(numbers) for name, numbers in cells.items()}


def _places(words: pl.Series) -> Ints:
    """The place of each word among them all, sorted; before them nothing, in place 0."""
    return np.concatenate([[0], words.rank("ordinal").to_numpy()]).astype(np.int64)


def _shares(users: Ints) -> Ints:
    """Where each share of sorted customers begins, and where the last one ends."""
    starts = np.arange(1, SHARES, dtype=np.uint64) << np.uint64(64 - SHARES.bit_length() + 1)
    return np.concatenate([[0], np.searchsorted(users, starts), [len(users)]])


def _bought(buyers: pl.DataFrame) -> dict[str, Ints]:
    """Who bought in which cell, those who are followed apart."""
    followed = sampling.followed(buyers["buyer"])
    parts = {"followed": buyers.filter(followed), "other": buyers.filter(~followed)}
    return {
        f"{who}_{name}": some[name].to_numpy()
        for who, some in parts.items()
        for name in ("cell", "user")
    }
