"""roll(): rows on any engine to cells."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from dashboard.engines.engine import Engine, Found
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
    found = engine.found()
    return finished(found, brands) if found else Rolled()


def finished(found: Found, brands: Brands) -> Rolled:
    """Give cells their words and their brands; cells that are alike then are one."""
    cells = found.cells
    written = found.packing.cells(cells["code"])
    lines = written.select(LINE).unique()
    named_as = lines.with_columns(brands(lines).alias("named"))
    placed = written.join(
        named_as, on=LINE, how="left", nulls_equal=True, maintain_order="left"
    ).select(*PLACE[:-1], brand="named")
    place = _places(placed)
    summed = (
        pl.concat([placed, cells.select(MEASURES), place.to_frame()], how="horizontal")
        .group_by("cell")
        .agg(pl.col(PLACE).first(), pl.col(MEASURES).sum())
        .sort("cell")
    )
    return Rolled(
        summed.select(pl.col(name).cast(kind) for name, kind in CELLS.items()),
        _bought(found.bought, place),
        lines.sort(LINE),
        found.sample,
        found.buying,
        found.named,
        found.customers,
        found.rows_named,
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


def _bought(bought: pl.DataFrame, place: pl.Series) -> pl.DataFrame:
    """Who bought in which cell, once cells that are alike are one."""
    moved = bought.with_columns(place.gather(bought["cell"]))
    return moved.unique().sort("cell", "user").cast(BOUGHT)
