"""Rows in this process, in memory or in parquet files, through Polars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from dashboard.engines import sampling
from dashboard.engines.engine import Engine, Found, Span, fetched, rows_of
from dashboard.engines.packing import WORDS, Packing
from dashboard.engines.rollup import CODED, SUMS, bought_of, cells_of, customers_of, firsts_of

COLUMNS = ("date", *WORDS, "user_id", "orders", "revenue")
AT_ONCE = 4_000_000
"""Rows that are best read at a time: what bounds memory where there are many more."""
_WAITING = 20_000_000
"""Customers of several pieces that wait before those who come again are put together."""


class Here(Engine):
    """Tracking rows in pieces that are read one after the other.

    Parameters
    ----------
    pieces
        Each ``(N, …)`` with ``COLUMNS``.
    """

    name = "Polars"
    wide = True

    def __init__(self, pieces: Sequence[pl.LazyFrame]) -> None:
        self._pieces = [piece.select(COLUMNS) for piece in pieces]

    @classmethod
    def of(cls, tracking: pl.DataFrame) -> Here:
        """Rows that are in memory already."""
        starts = range(0, tracking.height, AT_ONCE)
        return cls([tracking.slice(start, AT_ONCE).lazy() for start in starts])

    def words(self) -> Mapping[str, pl.Series]:
        """The different texts of each part of a cell."""
        seen = {name: pl.Series(name, [], pl.String) for name in WORDS}
        for piece in self._pieces:
            found = piece.select(pl.col(name).unique().implode() for name in WORDS).collect()
            for name in WORDS:
                seen[name] = pl.concat([seen[name], found[name].explode()]).unique()
        return seen

    def span(self) -> Span:
        """First and last day of any row."""
        ends = [pl.col("date").min().alias("first"), pl.col("date").max().alias("last")]
        found = [piece.select(ends).collect().row(0) for piece in self._pieces]
        days = [day for pair in found for day in pair if day is not None]
        return (min(days), max(days)) if days else (None, None)

    def found(self, packing: Packing) -> Found:
        """Everything in one pass over the pieces; each is forgotten once it has been added up."""
        only = len(self._pieces) == 1
        cells, bought, everybody = list[pl.DataFrame](), _Bought(), _Customers()
        for piece in self._pieces:
            coded = _coded(piece, packing)
            rows = rows_of(coded)
            cells.append(self.fetch(cells_of(rows)))
            customers = self.fetch(customers_of(rows))
            if not only:
                everybody.add(customers)
            attributed = (pl.col("influencer_id") > 0) & (pl.col("orders") > 0)
            named = coded.filter(attributed).select(pl.col("user_id").count()).collect()
            bought.add(self.fetch(bought_of(rows)), int(named.item()))
        if not only:
            customers = everybody.all()
        firsts = self.fetch(firsts_of(rows_of(customers.lazy())))
        return Found(cells[0] if only else _summed(cells), firsts, *bought.all())


class _Customers:
    """Customers of several pieces, each once.

    They are told apart by 64 bits of a hash, which is a third of the memory of their names: among
    20 million, two are taken for one in one of 90,000 sets of data.
    """

    def __init__(self) -> None:
        self._known, self._waiting = list[pl.DataFrame](), 0

    def add(self, customers: pl.DataFrame) -> None:
        """Add those of a piece."""
        self._known.append(customers.with_columns(pl.col("user_id").hash(seed=13)))
        self._waiting += customers.height
        if self._waiting > _WAITING:
            self._known, self._waiting = [self.all()], 0

    def all(self) -> pl.DataFrame:
        """Everybody: ``rollup.customers_of`` the pieces together."""
        return (
            pl.concat(self._known)
            .group_by("user_id")
            .agg(pl.col("rows").sum(), pl.col("first").min())
        )


class _Bought:
    """Who bought in which attributed cell; of all customers or, once they are many, of some."""

    def __init__(self) -> None:
        self._found: list[pl.DataFrame] = []
        self._named, self._sample = 0, 1

    def add(self, bought: pl.DataFrame, named: int) -> None:
        """Add those of a piece, in which so many rows name them."""
        self._named += named
        if self._sample == 1 and self._named > sampling.EXACT:
            self._sample = sampling.SAMPLE
            self._found = [_some(one) for one in self._found]
        self._found.append(bought if self._sample == 1 else _some(bought))

    def all(self) -> tuple[pl.DataFrame, int]:
        """All of them, and that one customer in so many is among them."""
        return pl.concat(self._found).unique(), self._sample


def _some(bought: pl.DataFrame) -> pl.DataFrame:
    users = bought["user_id"].unique()
    return bought.join(users.filter(sampling.followed(users)).to_frame(), on="user_id", how="semi")


def _coded(piece: pl.LazyFrame, packing: Packing) -> pl.LazyFrame:
    """The rows of a piece with their packed cell; words are looked up, not joined."""
    places = [
        pl.col(name).cast(pl.Enum(values)).to_physical().cast(pl.Int64).add(1).fill_null(0)
        for name, values in packing.words.items()
    ]
    first = pl.lit(packing.first).to_physical()
    day = (pl.col("date").to_physical() - first).cast(pl.Int64)
    placed = piece.select("user_id", "orders", "revenue", day.alias("date"), *places)
    coded = rows_of(placed).with_columns(code=packing.code()).select(*CODED)
    return fetched(coded).lazy()  # once, for all that is asked of it


def _summed(cells: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(cells).group_by("code").agg(pl.col(SUMS).sum())
