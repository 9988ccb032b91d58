"""Coarsening: where cells would be more than the budget, products are added up to their brands."""

from __future__ import annotations

import polars as pl

from dashboard.formats import number
from dashboard.ingest.brands import NO_BRAND

BUDGET = 10_000_000
"""Cells that are kept with each product told apart; see docs/adr/0013-cells-have-a-budget.md."""
ALL_OF, ALL_WITHOUT = "Every product of {}", "Every product without a brand"
_BEGINS = "Products are not told apart"


def added_up(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines with all products of a brand in place of each; what names neither stays as it is."""
    nameless = pl.col("brand").is_null() | (pl.col("brand") == NO_BRAND)
    whole = (
        pl.when(~nameless)
        .then(pl.format(ALL_OF, "brand"))
        .when(pl.col("product").is_not_null())
        .then(pl.lit(ALL_WITHOUT))
    )
    return lines.with_columns(product=whole)


def sentence(finest: int, kept: int, budget: int) -> str:
    """What a budget of cells did, and the way out; empty where there is room for all.

    Parameters
    ----------
    finest, kept
        How many cells there would be with each product told apart, and how many there are.
    """
    if finest <= budget:
        return ""
    room = f"more than the {number(budget)} there is room for"
    out = f"dashboard import with --cells {finest}"
    if kept == finest:
        return (
            f"There are {number(finest)} cells of a day, creator, campaign and product, {room}. "
            "Adding up the products of each brand would not make them fewer, so they are kept. "
            f"{out[0].upper()}{out[1:]} says that they may be so many."
        )
    still = "" if kept <= budget else ", still more than there is room for, and kept"
    return (
        f"{_BEGINS}: there would be {number(finest)} cells of a day, creator, campaign and "
        f"product, {room}, so the products of each brand are added up to {number(kept)} "
        f"cells{still}. All else is as exact, and what came because of campaigns is estimated from "
        f"each product as before. To tell products apart, use {out}: it takes memory in proportion."
    )


def is_about_cells(note: str) -> bool:
    """Whether a note is such a sentence."""
    return "--cells" in note
