"""Tally: what rows on an engine come to, in a form that later rows can be added to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import polars as pl

from dashboard.engines import sampling
from dashboard.engines.engine import Engine, Found, sums_of
from dashboard.engines.packing import CELL, WORDS, Packing
from dashboard.engines.piece import hashed
from dashboard.engines.rolled import MEASURES
from dashboard.engines.rollup import SUMS, Rows, bought_of, cells_of, customers_of, firsts_of
from dashboard.errors import EngineError
from dashboard.formats import day, number

CELLS = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(WORDS, pl.String()),
        **dict.fromkeys((*SUMS, "new_customers"), pl.Int64()),
    }
)
BOUGHT = pl.Schema({"cell": pl.UInt32(), "user": pl.UInt64(), "followed": pl.Boolean()})


@dataclass(frozen=True, eq=False)
class Tally:
    """Rows as cells that say their words, and who bought there.

    Parameters
    ----------
    cells
        ``(C, 13)``: ``CELL``, each once; ``SUMS`` and ``new_customers``.
    bought
        ``(N, 3)`` each once: the row of ``cells``, the customer as a hash, and whether they are
        followed where there are many (``sampling``). Not ``whole``: only those who are.
    customers, rows_named
        Different customers in all rows, and the rows that name one.
    """

    cells: pl.DataFrame
    bought: pl.DataFrame
    whole: bool
    customers: int
    rows_named: int

    @classmethod
    def kept(cls, frames: Mapping[str, pl.DataFrame], counts: Mapping[str, Any]) -> Tally | None:
        """What was kept, as it was; None where a hash means another customer by now."""
        if counts.get("made") != _made():
            return None
        return cls(
            frames["cells"].cast(CELLS),
            frames["bought"].cast(BOUGHT),
            bool(counts["whole"]),
            int(counts["customers"]),
            int(counts["rows_named"]),
        )

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """All but the counts, by name, as parquet takes it."""
        return {"cells": self.cells, "bought": self.bought}

    @property
    def counts(self) -> dict[str, Any]:
        """All but the frames, as JSON takes it."""
        names = ("whole", "customers", "rows_named")
        return {"made": _made()} | {name: getattr(self, name) for name in names}

    @property
    def named(self) -> int:
        """Attributed rows with orders that name a customer."""
        return int(self.cells.filter(_ATTRIBUTED)["named"].sum())

    def until(self, since: dt.date) -> Tally:
        """The cells of the days before a day; how many customers they have, nobody knows."""
        cells = self.cells.with_row_index("was").filter(pl.col("date") < since)
        place = cells.select("was").with_row_index("cell")
        bought = self.bought.rename({"cell": "was"}).join(place, on="was")
        return replace(
            self, cells=cells.drop("was"), bought=bought.select(BOUGHT.names()).cast(BOUGHT)
        )

    def found(self) -> Found | None:
        """What rows come to, as engines tell it; None without rows."""
        if not self.cells.height:
            return None
        sample = 1 if self.named <= sampling.EXACT else sampling.SAMPLE
        if sample == 1 and not self.whole:
            raise EngineError(
                "There are fewer orders than before, and few enough to count every customer: "
                "import everything once, without --since."
            )
        packing, codes = _packed(self.cells)
        order = codes.arg_sort()
        place = order.arg_sort().cast(pl.UInt32)
        bought = self.bought if sample == 1 else self.bought.filter("followed")
        attributed = self.cells.filter(_ATTRIBUTED)
        return Found(
            packing,
            codes[order],
            sums_of(self.cells.select(MEASURES)[order]),
            bought.select(
                place.gather(bought["cell"]).alias("cell"),
                pl.col("user").rank("dense").cast(pl.UInt32),
            ),
            sample,
            buying=int(attributed["buying"].sum()),
            named=self.named,
            customers=self.customers,
            rows_named=self.rows_named,
        )


_ATTRIBUTED = pl.col("influencer_id").is_not_null()


def tally(engine: Engine) -> Tally:
    """Everything that the rows of an engine come to."""
    cells, bought, firsts = _asked(engine, None, 0)
    return Tally(
        cells,
        bought,
        int(cells.filter(_ATTRIBUTED)["named"].sum()) <= sampling.EXACT,
        int(firsts["customers"].sum()),
        int(firsts["rows"].sum()),
    )


def later(engine: Engine, older: Engine, before: Tally, rows: Rows, since: dt.date) -> Tally:
    """Add the rows of days from one on to what those of the days before come to.

    Parameters
    ----------
    engine, older
        The later rows, and those of the days before.
    before
        What was kept of the days before: see ``Tally.until``.
    rows
        All of them. Whoever bought something on a day before is not new on a later one.

    Raises
    ------
    EngineError
        Rows of the days before are no longer what they were.
    """
    named = ~nw.col("user_id").is_null()
    bought = older.rows.filter(named & (nw.col("orders") > 0))
    buyers = bought.select("user_id").unique(["user_id"])
    _must_be(older, buyers, before, since)
    cells, there, _ = _asked(engine, buyers, before.named)
    one = nw.lit(1).cast(nw.Int64)
    each = rows.filter(named).with_columns(rows=one).group_by("user_id").agg(nw.col("rows").sum())
    customers, rows_named = _sums(engine, each.with_columns(customers=one), "customers", "rows")
    moved = there.with_columns(pl.col("cell") + before.cells.height)
    both = pl.concat([before.cells, cells])
    return Tally(
        both,
        pl.concat([before.bought, moved.cast(BOUGHT)]),
        before.whole and int(both.filter(_ATTRIBUTED)["named"].sum()) <= sampling.EXACT,
        customers,
        rows_named,
    )


def _must_be(older: Engine, buyers: Rows, before: Tally, since: dt.date) -> None:
    """Refuse to add to days that are no longer what they were.

    Every cell must be, the count of customers, and where those who are followed bought.
    """
    there = _There.of(older)
    was = before.cells.select(*CELL, *SUMS)
    now = there.cells if there else was.clear()
    if not _alike(was, now):
        raise _changed(since, _difference(was, now), was, now)
    one = nw.lit(1).cast(nw.Int64)
    then = int(before.cells["new_customers"].sum())
    (customers,) = _sums(older, buyers.with_columns(customers=one), "customers")
    if then != customers:
        counts = f"{number(then)} customers bought then and {number(customers)} now"
        raise _changed(since, counts, was, now)
    followed = there.who(older, older.some(there.coded)) if there else before.bought.clear()
    was, now = (
        who.filter("followed")
        .join(cells.select(CELL).with_row_index("cell"), on="cell")
        .select(*CELL, "user")
        for who, cells in ((before.bought, was), (followed, now))
    )
    if not _alike(was, now):
        raise _changed(since, "some orders have other customers", was, now)


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """Whether the same rows stand in both, in any order."""
    sums = [(some.height, some.hash_rows().sum() if some.height else 0) for some in (one, other)]
    return sums[0] == sums[1]


def _difference(was: pl.DataFrame, now: pl.DataFrame) -> str:
    """In what the cells of some days are not what they were."""
    totals = [some.select(pl.col("rows", "orders", "revenue").sum()).row(0) for some in (was, now)]
    then, there = (f"{number(rows)} rows, {number(orders)} orders" for rows, orders, _ in totals)
    if then != there:
        return f"{then} then and {there} now"
    if totals[0] != totals[1]:
        return f"{then}, with other revenue"
    return f"{then} and their revenue, not all where they were"


def _changed(since: dt.date, what: str, was: pl.DataFrame, now: pl.DataFrame) -> EngineError:
    """What says that rows of days before are not what they were, and from which day on."""
    differ = [
        one.join(other, on=one.columns, how="anti", nulls_equal=True)["date"]
        for one, other in ((was, now), (now, was))
    ]
    first = pl.concat(differ).min()
    way_out = "Give an earlier day"
    if isinstance(first, dt.date):
        way_out = f"The first that differs is {day(first)}. Give that or an earlier day"
    return EngineError(
        f"Days before {day(since)} are no longer what they were at the last import: {what}. "
        f"{way_out}, or import everything once, without --since."
    )


def _sums(engine: Engine, rows: Rows, *names: str) -> tuple[int, ...]:
    """Sums over all rows."""
    summed = rows.select(*(nw.col(name).cast(nw.Int64).sum() for name in names))
    found = engine.fetch(summed).select(pl.col(name).cast(pl.Int64) for name in names)
    return tuple(value or 0 for value in found.row(0))


@dataclass(frozen=True, eq=False)
class _There:
    """The rows of an engine with their packed cell, and what each cell comes to."""

    packing: Packing
    coded: Rows
    sums: pl.DataFrame

    @classmethod
    def of(cls, engine: Engine) -> _There | None:
        """Those of an engine; None without rows."""
        first, last = engine.span()
        if first is None or last is None:
            return None
        packing = Packing.of(engine.words(), first, last)
        coded = engine.coded(packing)
        code = pl.col("code").cast(packing.kind)
        return cls(packing, coded, engine.fetch(cells_of(coded)).with_columns(code).sort("code"))

    @property
    def cells(self) -> pl.DataFrame:
        """``CELL`` and ``SUMS``."""
        said = [self.packing.cells(self.sums["code"]), self.sums.select(SUMS)]
        kinds = {name: kind for name, kind in CELLS.items() if name != "new_customers"}
        return pl.concat(said, how="horizontal").cast(kinds)  # type: ignore[arg-type]

    def who(self, engine: Engine, some: Rows) -> pl.DataFrame:
        """Who bought in which cell, of some of the rows: ``BOUGHT``."""
        code = pl.col("code").cast(self.packing.kind)
        bought = engine.fetch(bought_of(some)).with_columns(code)
        place = self.sums.select("code").with_row_index("cell")
        users = bought["user_id"].cast(pl.String)
        known = pl.DataFrame({"user_id": users.unique()})
        known = known.with_columns(
            user=hashed(known["user_id"]), followed=sampling.followed(known["user_id"])
        )
        told = bought.with_columns(users).join(place, on="code").join(known, on="user_id")
        return told.select(BOUGHT.names()).unique().cast(BOUGHT)


def _asked(
    engine: Engine, known: Rows | None, named_before: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Cells, who bought there, and first orders by cell, but for customers that are known."""
    there = _There.of(engine)
    if there is None:
        nothing = pl.DataFrame(schema={"first": pl.Int64, "customers": pl.Int64, "rows": pl.Int64})
        return CELLS.to_frame(), BOUGHT.to_frame(), nothing
    customers = customers_of(there.coded)
    if known is not None:
        customers = customers.join(known, on="user_id", how="anti")
    firsts = engine.fetch(firsts_of(customers))
    kind = there.packing.kind
    new = firsts.drop_nulls("first").select(code=pl.col("first").cast(kind), n="customers")
    counts = there.sums.join(new, on="code", how="left", maintain_order="left")["n"].fill_null(0)
    cells = there.cells.with_columns(counts.alias("new_customers")).cast(CELLS)
    named = named_before + int(cells.filter(_ATTRIBUTED)["named"].sum())
    few = named <= sampling.EXACT
    return cells, there.who(engine, there.coded if few else engine.some(there.coded)), firsts


def _packed(cells: pl.DataFrame) -> tuple[Packing, pl.Series]:
    """How cells are packed together, and their codes."""
    first, last = cells["date"].min(), cells["date"].max()
    packing = Packing.of({name: cells[name] for name in WORDS}, first, last)  # type: ignore[arg-type]  # polars types min() as any literal
    places = [
        pl.col(name).cast(pl.Enum(words)).to_physical().cast(pl.Int64).add(1).fill_null(0)
        for name, words in packing.words.items()
    ]
    return packing, packing.codes(cells.select(CELL[0], *places))


def _made() -> str:
    """What the hash of a name is here."""
    return f"1-{hashed(pl.Series(['whose?'])).item():016x}"
