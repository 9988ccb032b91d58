"""The ledger's keys: pair (creator and campaign), item (product and brand), and both in a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dashboard.schema import TIERS

CELL = ("date", "influencer_id", "campaign", "product", "brand")


def item_key(cells: pl.DataFrame) -> pl.DataFrame:
    """``(I, 3)``: item, product, brand, sorted by the last two; item 0 is "unassigned"."""
    seen = (
        cells.select("product", "brand")
        .unique()
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


@dataclass(frozen=True)
class Packing:
    """How the five parts of a cell are packed into one whole number that sorts as they do.

    Grouping, ordering and counting a million rows by one number is several times cheaper than by
    five texts.
    """

    categories: Mapping[str, pl.Series]
    first_day: int
    days: int

    @classmethod
    def of(cls, tracking: pl.DataFrame) -> Packing:
        """Fit a packing to tracking rows (every date set)."""
        categories = {name: tracking[name].unique().drop_nulls().sort() for name in CELL[1:]}
        day = tracking["date"].to_physical()
        if not tracking.height:
            return cls(categories, 0, 1)
        first, last = day.min(), day.max()
        return cls(categories, int(first), int(last) - int(first) + 1)  # type: ignore[arg-type]  # polars types min() as any literal

    @property
    def wide(self) -> type[pl.DataType]:
        """64 bits where every code fits, else 128."""
        size = self.days * 2
        for values in self.categories.values():
            size *= len(values) + 1
        return pl.Int64 if size < 2**63 else pl.Int128

    def codes(self) -> pl.Expr:
        """The packed cell of tracking rows; attributed rows of a day come before baseline ones."""
        code = (pl.col("date").to_physical().cast(self.wide) - self.first_day) * 2 + pl.col(
            "influencer_id"
        ).is_null().cast(self.wide)
        for name, values in self.categories.items():
            place = pl.col(name).cast(pl.Enum(values)).to_physical().cast(self.wide) + 1
            code = code * (len(values) + 1) + place.fill_null(0)
        return code

    def cells(self, codes: pl.Series) -> pl.DataFrame:
        """``(N, 5)``: the cells that codes stand for."""
        rest = pl.col("code")
        places = []
        for name, values in reversed(list(self.categories.items())):
            size = pl.lit(len(values) + 1, self.wide)
            places.append((rest % size).cast(pl.Int64).alias(name))
            rest = rest // size
        day = (rest // pl.lit(2, self.wide)).cast(pl.Int32) + self.first_day
        packed = pl.DataFrame([codes.alias("code")])
        found = packed.select(day.cast(pl.Date).alias("date"), *places)
        nothing = pl.Series([None], dtype=pl.String)
        names = {
            name: pl.concat([nothing, values]).gather(found[name]).alias(name)
            for name, values in self.categories.items()
        }
        return pl.DataFrame([found["date"], *(names[name] for name in CELL[1:])])
