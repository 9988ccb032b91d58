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
    sold = (
        revenue.group_by("item")
        .agg(pl.col("revenue").abs().sum())
        .filter(pl.col("revenue") > 0)
        .join(items.with_columns(margin), on="item")
        .with_columns(whole=pl.col("margin").is_null().all().over("brand"))
        .filter(pl.col("margin").is_null())
    )
    nameless = pl.col("brand").fill_null("").str.starts_with("(")
    return (
        sold.with_columns(
            name=pl.when(pl.col("whole") & ~nameless)
            .then(pl.col("brand"))
            .otherwise(pl.coalesce("product", "brand", pl.lit("what has no product")))
        )
        .group_by("name")
        .agg(pl.col("revenue").sum())
        .sort("revenue", "name", descending=[True, False])["name"]
        .to_list()
    )


def gross(revenue: pl.Expr, margin: pl.Series, item: pl.Series) -> pl.Expr:
    """Revenue times margin in 1/10,000 of a paisa: whole, so that it adds up exactly."""
    return revenue.cast(pl.Int128) * margin.gather(item).cast(pl.Int128)


def in_paise(units: pl.Expr) -> pl.Expr:
    """1/10,000 of a paisa as paise, half to even: done once, on a finished sum."""
    whole = units // WHOLE
    rest = units - whole * WHOLE
    up = (rest > WHOLE // 2) | ((rest == WHOLE // 2) & (whole % 2 == 1))
    return (whole + up.cast(pl.Int128)).cast(pl.Int64)
