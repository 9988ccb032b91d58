"""Margins: the gross margin of products and brands, and what is left of revenue after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from dashboard.settings import WHOLE, basis_points, folded


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

    def unused(self, items: pl.DataFrame) -> list[str]:
        """Names that no product and no brand of a ledger's items has."""
        held = {folded(name) for at in ("product", "brand") for name in items[at].drop_nulls()}
        return [name for name in self.by_name if name not in held]


NO_MARGINS = Margins(MappingProxyType({}))


def lacking(revenue: pl.DataFrame, items: pl.DataFrame, margin: pl.Series) -> list[str]:
    """Brands (and products of none) with revenue in view and no margin, the largest revenue first.

    ``revenue`` has item and revenue. A brand of which only some products lack one is named by them.
    """
    without = margin.is_null()
    sold = (
        revenue.filter(without.gather(revenue["item"]))
        .group_by("item")
        .agg(pl.col("revenue").abs().sum())
        .filter(pl.col("revenue") > 0)
    )
    return (
        sold.with_columns(name=said_as(items, margin).gather(sold["item"]))
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


def gross(sold: pl.DataFrame, margin: pl.Series) -> pl.DataFrame:
    """``(N, 4)``: revenue × margin of each fact: date, pair, item, gross_profit.

    In 1/10,000 of a paisa: whole, so that it adds up exactly; in 128 bits where the sum of all
    could leave 64.
    """
    most = int(sold["revenue"].abs().sum()) * WHOLE
    wide = pl.Int64 if most < 2**63 else pl.Int128
    share = margin.gather(sold["item"]).cast(wide)
    revenue = pl.col("revenue").cast(wide)
    return sold.select("date", "pair", "item", gross_profit=revenue * share)


def in_paise(units: pl.Expr) -> pl.Expr:
    """1/10,000 of a paisa as paise, half to even: done once, on a finished sum."""
    whole = units // WHOLE
    rest = units - whole * WHOLE
    up = (rest > WHOLE // 2) | ((rest == WHOLE // 2) & (whole % 2 == 1))
    return (whole + up.cast(pl.Int128)).cast(pl.Int64)
