"""roll(): rows on any engine to cells."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

from dashboard.engines.engine import Engine, Found
from dashboard.engines.numbering import Part, added, numbered, standing_for
from dashboard.engines.packing import WORDS
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
    places = found.packing.places(found.cells["code"])
    words = {name: _with_nothing(values) for name, values in found.packing.words.items()}
    parts = {name: Part(places[name].to_numpy(), len(words[name])) for name in WORDS}
    line, many = numbered([parts[name] for name in LINE])
    one = places[standing_for(line, many)]
    lines = pl.DataFrame([words[name].gather(one[name]).alias(name) for name in LINE])
    named = brands(lines).alias("brand")
    where = _numbers(lines.select("campaign", "product").with_columns(named))
    place, count = np.arange(len(line), dtype=np.uint32), len(line)
    if where.n_unique() < many:
        days = (places["date"] - found.packing.first).dt.total_days().to_numpy()
        heads = [Part(days, found.packing.days), parts["influencer_id"]]
        place, count = numbered([*heads, Part(line, many, where.to_numpy())])
    row = standing_for(place, count)
    said = {name: words[name].gather(places[name].gather(row)) for name in PLACE[1:-1]}
    sums = {name: added(found.cells[name].to_numpy(), place, count) for name in MEASURES}
    cells = {"date": places["date"].gather(row), **said, "brand": named.gather(line[row]), **sums}
    return Rolled(
        pl.DataFrame(cells, schema=CELLS),
        _bought(found.bought, pl.Series("cell", place)),
        lines.sort(LINE),
        found.sample,
        found.buying,
        found.named,
        found.customers,
        found.rows_named,
    )


def _with_nothing(words: pl.Series) -> pl.Series:
    return pl.concat([pl.Series([None], dtype=pl.String), words])


def _numbers(lines: pl.DataFrame) -> pl.Series:
    """Lines by number, the same where they say the same."""
    known = lines.unique(maintain_order=True).with_row_index("number")
    return lines.join(known, on=lines.columns, how="left", nulls_equal=True, maintain_order="left")[
        "number"
    ]


def _bought(bought: pl.DataFrame, place: pl.Series) -> pl.DataFrame:
    """Who bought in which cell, once cells that are alike are one."""
    moved = bought.with_columns(place.gather(bought["cell"]))
    return moved.unique().sort("cell", "user").cast(BOUGHT)
