"""The truth: what each campaign really brought, from the causes of the single orders."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data_gen.catalogue import Product
from data_gen.effects import Effect
from data_gen.orders import CAUSES, HALO, LEAKED, NONE, PULLED, TAGGED
from data_gen.payouts import Payouts
from data_gen.plan import Plan
from data_gen.posts import dates


@dataclass(frozen=True, slots=True)
class Truth:
    """The truth as four tables, money in rupees.

    ``campaigns``: what each campaign planned and brought; ``product_days``: orders and revenue
    without (0) and with (1) campaigns; ``orders``: the cause of every tracking row, in the order of
    those rows; ``prevented_orders``: the orders that would have come and, because their buyers
    bought sooner, never did.
    """

    campaigns: pl.DataFrame
    product_days: pl.DataFrame
    orders: pl.DataFrame
    prevented_orders: pl.DataFrame


def tell(
    plan: Plan,
    products: list[Product],
    effects: list[Effect],
    posts: pl.DataFrame,
    payouts: Payouts,
    lines: pl.DataFrame,
    shown: pl.DataFrame,
) -> Truth:
    """Work out the truth from all lines, and from those that are shown as tracking rows."""
    return Truth(
        campaigns(plan, products, effects, posts, payouts, lines),
        product_days(plan, products, lines),
        _orders(effects, shown),
        _prevented(plan, products, effects, lines),
    )


def rupees(paise: pl.Series) -> pl.Series:
    """Paise in rupees, each the nearest number to its two decimals.

    Divided by numpy: Polars multiplies by the inverse of 100, which may miss by the last bit.
    """
    return pl.Series(paise.name, paise.to_numpy() / 100)


def campaigns(
    plan: Plan,
    products: list[Product],
    effects: list[Effect],
    posts: pl.DataFrame,
    payouts: Payouts,
    lines: pl.DataFrame,
) -> pl.DataFrame:
    """One row per campaign; the parts are those of its window. Lines may be sums of lines."""
    sums = _sums_by_campaign(effects, lines)
    rows = []
    for code, effect in enumerate(effects):
        campaign, product = effect.campaign, products[effect.campaign.product]
        window = dates(plan, pl.Series([effect.first, effect.last]))
        paid = int(payouts.paise[(payouts.campaign == code) & payouts.spent].sum())
        own = {name: sums[name][code] for name in sums.columns}
        rows.append(
            {
                "campaign": campaign.name,
                "brand": product.brand.name,
                "product": product.name,
                "festival": campaign.festival or None,
                "window_start": window[0],
                "window_end": window[1],
                "creators": len(campaign.creators),
                "posts": int((posts["campaign"] == code).sum()),
                "payout": paid / 100,
                "planted_lift": round(campaign.lift, 6),
                "planted_tag_share": round(campaign.tag_share, 6),
                "planted_leak_share": round(campaign.leak_share, 6),
                **{name: paise / 100 for name, paise in own.items()},
                "iroas": round(own["incremental_revenue"] / paid, 6) if paid else None,
                "tagged_roas": round(own["tagged_revenue"] / paid, 6) if paid else None,
            }
        )
    return pl.DataFrame(
        rows,
        schema_overrides={"festival": pl.String, "iroas": pl.Float64, "tagged_roas": pl.Float64},
    )


def _sums_by_campaign(effects: list[Effect], lines: pl.DataFrame) -> pl.DataFrame:
    """Paise per campaign: the baseline of its window, and the parts of what it did there."""
    windows = pl.DataFrame(
        {
            "campaign": range(len(effects)),
            "product_code": [effect.campaign.product for effect in effects],
            "first": [effect.first for effect in effects],
            "last": [effect.last for effect in effects],
        },
        schema={
            "campaign": pl.Int16,
            "product_code": pl.Int16,
            "first": pl.Int16,
            "last": pl.Int16,
        },
    )
    inside = pl.col("day").is_between(pl.col("first"), pl.col("last"))
    with_, without = pl.col("revenue"), pl.col("anyway")

    def part(cause: int, value: pl.Expr) -> pl.Expr:
        return value.filter(inside & (pl.col("cause") == cause)).sum()

    own = (
        lines.filter(pl.col("campaign") != NONE)
        .join(windows, on="campaign")
        .group_by("campaign")
        .agg(
            tagged_revenue=part(TAGGED, with_) + part(LEAKED, with_),
            caused_tagged=part(TAGGED, with_),
            halo=part(HALO, with_),
            cannibalised=part(LEAKED, with_),
            discount_cost=part(LEAKED, without - with_),
            pulled_forward=part(PULLED, without),
            incremental_revenue=(with_ - without).filter(inside).sum(),
            incremental_after=(with_ - without).filter(~inside).sum(),
        )
    )
    usual = (
        lines.select("day", "anyway", product_code="product")
        .join(windows, on="product_code")
        .filter(inside)
        .group_by("campaign")
        .agg(baseline_revenue=pl.col("anyway").sum())
    )
    found = windows.select("campaign").join(usual, on="campaign", how="left", maintain_order="left")
    found = found.join(own, on="campaign", how="left", maintain_order="left")
    return found.drop("campaign").fill_null(0)


def product_days(plan: Plan, products: list[Product], lines: pl.DataFrame) -> pl.DataFrame:
    """Orders and revenue of every product on every day, without and with campaigns.

    Lines may be sums of lines.
    """
    grid = pl.DataFrame({"product": range(len(products))}, schema={"product": pl.Int16}).join(
        pl.DataFrame({"day": range(plan.days)}, schema={"day": pl.Int16}), how="cross"
    )
    sums = lines.group_by("product", "day").agg(
        orders_0=pl.col("orders_anyway").cast(pl.Int64).sum(),
        orders_1=pl.col("orders").cast(pl.Int64).sum(),
        y0=pl.col("anyway").sum(),
        y1=pl.col("revenue").sum(),
    )
    days = grid.join(sums, on=["product", "day"], how="left", maintain_order="left").fill_null(0)
    return days.select(
        product=coded(days["product"], [product.name for product in products]),
        date=dates(plan, days["day"]),
        orders_0="orders_0",
        orders_1="orders_1",
        y0=rupees(days["y0"]),
        y1=rupees(days["y1"]),
    )


def _orders(effects: list[Effect], shown: pl.DataFrame) -> pl.DataFrame:
    """The cause of every tracking row: row 1 is the first after the header."""
    return shown.select(
        pl.int_range(1, pl.len() + 1).alias("row"),
        coded(shown["cause"], CAUSES).alias("cause"),
        coded(shown["campaign"], [effect.campaign.name for effect in effects]).alias("campaign"),
        pl.col("orders_anyway"),
        rupees(shown["anyway"]).alias("revenue_anyway"),
    )


def _prevented(
    plan: Plan, products: list[Product], effects: list[Effect], lines: pl.DataFrame
) -> pl.DataFrame:
    """The orders that never came, by day; a return that never came either is negative."""
    gone = lines.filter((pl.col("cause") == PULLED) & (pl.col("orders_anyway") != 0))
    gone = gone.sort("day", "product", "campaign", maintain_order=True)
    return gone.select(
        date=dates(plan, gone["day"]),
        product=coded(gone["product"], [product.name for product in products]),
        campaign=coded(gone["campaign"], [effect.campaign.name for effect in effects]),
        orders_anyway="orders_anyway",
        revenue_anyway=rupees(gone["anyway"]),
    )


def coded(code: pl.Series, names: list[str] | tuple[str, ...]) -> pl.Series:
    """Codes as the names they stand for; ``NONE`` becomes null."""
    return pl.Series(names, dtype=pl.Enum(names)).gather(code.set(code == NONE, None))
