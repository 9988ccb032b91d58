"""roll(): rows on any engine to cells."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.engines.engine import Engine
from dashboard.engines.packing import Packing
from dashboard.engines.rolled import BOUGHT, CELLS, LINE, MEASURES, PLACE, Rolled

Brands = Callable[[pl.DataFrame], pl.Series]
"""The brand of each line: see ``rolled.LINE``."""


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
    first, last = engine.span()
    if first is None or last is None:
        return Rolled()
    packing = Packing.of(engine.words(), first, last)
    found = engine.found(packing)
    cells, firsts = found.cells.sort("code"), found.firsts
    written = packing.cells(cells["code"])
    attributed = written["influencer_id"].is_not_null()
    first_here = firsts.filter(pl.col("first").is_not_null()).select(
        pl.col("first").alias("code").cast(cells.schema["code"]), new_customers="customers"
    )
    counted = cells.join(first_here, on="code", how="left", maintain_order="left")
    numbers = counted.select(pl.col(MEASURES).fill_null(0))
    lines = written.select(LINE).unique()
    named_as = lines.with_columns(brands(lines).alias("named"))
    placed = written.join(
        named_as, on=LINE, how="left", nulls_equal=True, maintain_order="left"
    ).select(*PLACE[:-1], brand="named")
    place = _places(placed)
    summed = (
        pl.concat([placed, numbers, place.to_frame()], how="horizontal")
        .group_by("cell")
        .agg(pl.col(PLACE).first(), pl.col(MEASURES).sum())
        .sort("cell")
    )
    return Rolled(
        summed.select(pl.col(name).cast(kind) for name, kind in CELLS.items()),
        _bought(found.bought, cells["code"], place),
        lines.sort(LINE),
        found.sample,
        int(cells["buying"].filter(attributed).sum()),
        int(cells["named"].filter(attributed).sum()),
        int(firsts["customers"].sum()),
        int(firsts["rows"].sum()),
    )


def _places(placed: pl.DataFrame) -> pl.Series:
    """Number the cells from 0, in the order in which they first stand."""
    numbers = placed.select(
        "date", *(pl.col(name).cast(pl.Categorical).to_physical() for name in PLACE[1:])
    )
    known = numbers.unique(maintain_order=True).with_row_index("cell")
    return numbers.join(known, on=PLACE, how="left", nulls_equal=True, maintain_order="left")[
        "cell"
    ]


def _bought(bought: pl.DataFrame, codes: pl.Series, place: pl.Series) -> pl.DataFrame:
    """Who bought in which cell, both as numbers."""
    cell = pl.DataFrame([codes.alias("code"), place])
    customer = pl.col("user_id").cast(pl.String).cast(pl.Categorical).to_physical()
    return (
        bought.with_columns(pl.col("code").cast(codes.dtype))
        .join(cell, on="code")
        .select("cell", customer.alias("user"))
        .unique()
        .sort("cell", "user")
        .cast(BOUGHT)
    )
