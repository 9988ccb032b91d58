"""The ledger's keys: pair (creator and campaign) and item (product and brand)."""

from __future__ import annotations

import polars as pl

from dashboard.schema import TIERS


def item_key(cells: pl.DataFrame | pl.LazyFrame) -> pl.DataFrame:
    """``(I, 3)``: item, product, brand, sorted by the last two; item 0 is "unassigned"."""
    seen = (
        cells.lazy()
        .select("product", "brand")
        .unique()
        .collect()
        .filter(~(pl.col("product").is_null() & pl.col("brand").is_null()))
    )
    unassigned = pl.DataFrame(
        {"product": [None], "brand": [None]}, schema={"product": pl.String, "brand": pl.String}
    )
    ordered = pl.concat([unassigned, seen.sort("product", "brand")])
    return ordered.with_row_index("item")


def pair_key(seen: list[pl.DataFrame], influencers: pl.DataFrame) -> pl.DataFrame:
    """``(P, 9)``: pair, influencer_id, campaign, what the creator implies; pair 0 is "no creator".

    ``influencer`` is the name people see: unique, with the id behind it where two creators share a
    name or the creator is unknown.
    """
    baseline = pl.DataFrame(
        {"influencer_id": [None], "campaign": [None]},
        schema={"influencer_id": pl.String, "campaign": pl.String},
    )
    distinct = pl.concat([frame.select("influencer_id", "campaign") for frame in seen]).unique()
    ordered = pl.concat(
        [
            baseline,
            distinct.filter(pl.col("influencer_id").is_not_null()).sort(
                "influencer_id", "campaign"
            ),
        ]
    )
    return (
        ordered.join(creators(influencers), on="influencer_id", how="left", maintain_order="left")
        .with_columns(
            influencer=pl.coalesce(
                "influencer", pl.format("Unknown influencer ({})", "influencer_id")
            )
        )
        .with_row_index("pair")
    )


def creators(influencers: pl.DataFrame) -> pl.DataFrame:
    """``(N, 7)``: each creator with the name people see, tier and persona."""
    name = pl.coalesce("name", pl.format("Influencer {}", "influencer_id"))
    shared = name.is_duplicated()
    return influencers.filter(pl.col("influencer_id").is_not_null()).select(
        "influencer_id",
        pl.when(shared)
        .then(pl.format("{} ({})", name, "influencer_id"))
        .otherwise(name)
        .alias("influencer"),
        "platform",
        "category",
        "gender",
        tier=tier(pl.col("follower_count")),
        persona=pl.format("{} · {}", "category", "gender"),
    )


def tier(followers: pl.Expr) -> pl.Expr:
    """The tier of a follower count; null where it is not known."""
    answer = pl.lit(None, pl.String)
    for name, start in TIERS:
        answer = pl.when(followers >= start).then(pl.lit(name)).otherwise(answer)
    return answer
