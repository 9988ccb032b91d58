"""Margins: the gross margin of products and brands, and what is left of revenue after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from dashboard.formats import listing
from dashboard.ledger.coding import Ints
from dashboard.query.grouping import Values
from dashboard.settings import WHOLE, basis_points, folded, percent_typed

_MOST_SAID = 12
"""Gross margins that one sentence names."""


@dataclass(frozen=True)
class Margins:
    """Gross margins in basis points, by the name of a product or brand in lower case.

    A product's own margin stands above its brand's. What has neither is not known, and never
    assumed.
    """

    by_name: Mapping[str, int]

    @classmethod
    def of(cls, percents: Mapping[str, object]) -> Margins:
        """Make them from percents by name; case does not matter.

        Raises
        ------
        SettingsError
            A percent that is none from 0 to 100, or with more than two decimals; a name given
            twice.
        """
        return cls(MappingProxyType(basis_points(percents)))

    def __bool__(self) -> bool:
        return bool(self.by_name)

    def of_items(self, items: pl.DataFrame) -> pl.Series:
        """``(I,)``: the basis points of each of a ledger's items; null where none is known."""
        names, values = list(self.by_name), list(self.by_name.values())
        known = [
            pl.col(column)
            .str.to_lowercase()
            .str.strip_chars()
            .replace_strict(names, values, default=None, return_dtype=pl.Int64)
            for column in ("product", "brand")
        ]
        return items.select(pl.coalesce(known).alias("margin")).to_series()

    def sentence(self, items: pl.DataFrame) -> str:
        """``Gross margins: Bar 25 % and Gritzo 50 %.``, of a ledger's items; empty without any."""
        held = {
            folded(name): name for at in ("product", "brand") for name in items[at].drop_nulls()
        }
        known = [
            f"{held[name]} {percent_typed(points)} %"
            for name, points in self.by_name.items()
            if name in held
        ]
        return f"Gross margins: {listing(sorted(known), most=_MOST_SAID)}." if known else ""

    def unused(self, items: pl.DataFrame) -> list[str]:
        """Names that no product and no brand of a ledger's items has."""
        held = {folded(name) for at in ("product", "brand") for name in items[at].drop_nulls()}
        return [name for name in self.by_name if name not in held]


NO_MARGINS = Margins(MappingProxyType({}))


def typed(name: str, percent: str) -> int | None:
    """A percent that was typed for a name, in basis points; None where nothing was.

    Raises
    ------
    SettingsError
        It is no percent from 0 to 100, or has more than two decimals.
    """
    return basis_points({name: percent.strip()})[folded(name)] if percent.strip() else None


def retold(percents: Mapping[str, float], told: Mapping[str, int | None]) -> dict[str, float]:
    """Percents by name, with those that were told (in basis points); None forgets one."""
    names = {folded(name) for name in told}
    kept = {name: percent for name, percent in percents.items() if folded(name) not in names}
    said = {name: points * 100 / WHOLE for name, points in told.items() if points is not None}
    return kept | said


def lacking(revenue: pl.Series, items: pl.DataFrame, margin: pl.Series) -> list[str]:
    """Brands (and products of none) with revenue in view and no margin, the largest revenue first.

    ``revenue`` is what each item moved, returns as much as sales. A brand of which only some
    products lack a margin is named by them.
    """
    sold = pl.DataFrame([said_as(items, margin), revenue.alias("revenue")])
    return (
        sold.filter(margin.is_null() & (revenue > 0))
        .group_by("name")
        .agg(pl.col("revenue").sum())
        .sort("revenue", "name", descending=[True, False])["name"]
        .to_list()
    )


def said_as(items: pl.DataFrame, margin: pl.Series) -> pl.Series:
    """``(I,)``: what is named where an item's margin is asked for.

    Its brand; the product where the brand has no name, or other products of it have a margin.
    """
    whole = pl.col("without").all().over("brand")
    nameless = pl.col("brand").fill_null("").str.starts_with("(")
    return (
        items.with_columns(without=margin.is_null())
        .select(
            pl.when(whole & ~nameless)
            .then(pl.col("brand"))
            .otherwise(pl.coalesce("product", "brand", pl.lit("what has no product")))
            .alias("name")
        )
        .to_series()
    )


def gross(revenue: Ints, item: Ints, margin: pl.Series) -> Values:
    """``(N,)``: revenue × margin of each fact, in 1/10,000 of a paisa; nothing without a margin.

    Whole, so that it adds up exactly: Python's own numbers where the sum of all could leave 64
    bits.
    """
    most = int(np.abs(revenue).sum()) * WHOLE
    wide = np.int64 if most < 2**63 else object
    units: Values = revenue.astype(wide) * margin.fill_null(0).to_numpy()[item]
    return units


def times_points(paise: Ints, points: int) -> Ints:
    """Amounts in paise times so many basis points, in paise: each rounded once, half to even."""
    wide = np.int64 if int(np.abs(paise).sum()) * abs(points) < 2**63 else object
    found: Ints = in_paise(paise.astype(wide) * points)
    return found


def in_paise(units: Values) -> Values:
    """1/10,000 of a paisa as paise, half to even: done once, on finished sums."""
    whole = units // WHOLE
    rest = units - whole * WHOLE
    up = (rest > WHOLE // 2) | ((rest == WHOLE // 2) & (whole % 2 == 1))
    paise: Values = (whole + up).astype(np.int64)
    return paise
