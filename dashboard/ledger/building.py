"""Build the ledger: every source row becomes part of a cell; rows are stacked, never joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

import polars as pl

from dashboard.dataset import Dataset
from dashboard.engines import Rolled
from dashboard.ledger.accrual import accrue
from dashboard.ledger.coding import Coded
from dashboard.ledger.keys import item_key, pair_key
from dashboard.schema import EVIDENCE_DAYS, TABLES

Family = Literal["sales", "spend", "posts", "baseline"]
FAMILIES: Mapping[Family, tuple[str, ...]] = MappingProxyType(
    {
        "sales": ("revenue", "orders", "returned_revenue", "new_customers"),
        "spend": ("spend",),
        "posts": (
            "posts",
            "reach",
            "likes",
            "comments",
            "shares",
            "saves",
            "clicks",
            "impressions",
        ),
        "baseline": ("baseline_revenue", "baseline_orders", "baseline_new_customers"),
    }
)
"""Measures that come from the same rows and so share one frame of facts."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """The four tables as facts and keys; built once per version, shared, never changed.

    ``facts`` has one frame per family, each sorted by date (null last): date, pair, item (spend:
    and basis), and the family's measures as whole numbers, money in paise. ``pairs`` and ``items``
    explain the keys, row *i* being key *i*. ``accrued`` is spend per payout with its labels;
    ``posts`` are the posts with the campaign each was assigned. ``absent`` says why a measure is
    not available.
    """

    facts: Mapping[Family, pl.DataFrame]
    pairs: pl.DataFrame
    items: pl.DataFrame
    accrued: pl.DataFrame
    posts: pl.DataFrame
    absent: Mapping[str, str]
    dataset: Dataset

    @property
    def version(self) -> str:
        """The version of the dataset it was built from."""
        return self.dataset.version

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the data; None where nothing is dated."""
        return self.dataset.span

    @property
    def customer_coverage(self) -> float | None:
        """Share of attributed rows with orders that name a customer; None where there are none.

        Customers, new ones and what they cost are counted from these rows alone.
        """
        return self.dataset.rolled.coverage

    @cached_property
    def coded(self) -> Coded:
        """Facts and keys as whole numbers; made when first asked."""
        return Coded(self.facts, self.accrued, self.pairs, self.items)

    @cached_property
    def asked(self) -> dict[Any, Any]:
        """The views that it was asked for last: see ``query.View.of``."""
        return {}

    @cached_property
    def products(self) -> pl.DataFrame:
        """``(I, 3)``: item, product, brand of ``sold``: ``items``, but always each product."""
        fine = self.dataset.rolled.sold
        return self.items if fine is None else item_key(fine)

    def sold(self) -> pl.DataFrame:
        """``(S, 6)``: what was sold by date, campaign and item of ``products``.

        With whether it is attributed, and orders and revenue (paise). Baseline has no campaign.
        Each product is told apart also where facts have those of a brand added up.
        """
        campaigns = pl.Enum(self.pairs["campaign"].drop_nulls().unique().sort())
        fine = self.dataset.rolled.sold
        if fine is None:
            sales, baseline = self.facts["sales"], self.facts["baseline"]
            named = self.pairs["campaign"].cast(campaigns).gather(sales["pair"])
            own = {f"baseline_{name}": name for name in ("orders", "revenue")}
            parts = [
                sales.lazy().with_columns(named.alias("campaign"), attributed=True),
                baseline.lazy()
                .rename(own)
                .with_columns(campaign=pl.lit(None, campaigns), attributed=False),
            ]
        else:
            key = ["product", "brand"]
            keyed = fine.join(self.products.lazy(), on=key, how="left", nulls_equal=True)
            campaign = pl.when("attributed").then("campaign").cast(campaigns)
            parts = [keyed.with_columns(campaign)]
        keys = ["date", "campaign", "item", "attributed"]
        columns = [*keys, "orders", "revenue"]
        every = pl.concat(part.select(columns) for part in parts)
        sums = every.group_by(keys).agg(pl.col("orders", "revenue").sum())
        return sums.collect(engine="streaming").sort(keys)

    @cached_property
    def found(self) -> dict[Any, Any]:
        """What was found of it once: see ``query.once``."""
        return {}

    @cached_property
    def customers(self) -> Customers:
        """Who bought in which cell; made when first asked for."""
        return _customers(self)


@dataclass(frozen=True)
class Customers:
    """Who bought: ``(N, 4)`` date, pair, item, user of attributed rows with orders.

    One user in ``sample`` is followed.
    """

    bought: pl.DataFrame
    sample: int


def build(dataset: Dataset) -> Ledger:
    """Build the ledger of a dataset.

    Parameters
    ----------
    dataset
        The four tables; no rows at all is fine.

    Returns
    -------
    Ledger
        Its spend sums to the payouts that are not cancelled, its revenue and orders to the
        attributed rows, and its baseline to the other rows, each to the paisa.

    Source
    ------
    docs/adr/0001-tables-are-stacked.md
    """
    items = item_key(dataset.rolled.cells)
    cells = _with_item(dataset.rolled, items)
    attributed = cells.filter(pl.col("influencer_id").is_not_null())
    posts = assign_posts(dataset.tables["posts"], attributed)
    payouts = (
        dataset.tables["payouts"]
        .with_row_index("payout")
        .filter(pl.col("status").fill_null("") != "cancelled")
    )
    accrued = accrue(payouts, attributed, dataset.tables["posts"])
    pairs = pair_key([attributed, accrued, posts], dataset.tables["influencers"])
    key = pairs.select("pair", "influencer_id", "campaign")
    accrued = _with_pair(accrued, key)
    facts: dict[Family, pl.DataFrame] = {
        "sales": _facts("sales", attributed, key),
        "spend": _facts("spend", accrued.with_columns(pl.col("item").fill_null(0)), key, "basis"),
        "posts": _facts(
            "posts", posts.with_columns(posts=pl.lit(1, pl.Int64), item=pl.lit(0, pl.UInt32)), key
        ),
        "baseline": _baseline(cells.filter(pl.col("influencer_id").is_null())),
    }
    return Ledger(
        MappingProxyType(facts),
        pairs,
        items,
        accrued,
        _with_pair(posts, key),
        MappingProxyType(_absent(dataset)),
        dataset,
    )


def _with_pair(frame: pl.DataFrame, key: pl.DataFrame) -> pl.DataFrame:
    """Rows with the number of their pair; nothing else of them is copied."""
    on = ["influencer_id", "campaign"]
    paired = frame.select(on).join(key, on=on, how="left", nulls_equal=True, maintain_order="left")
    return frame.with_columns(paired["pair"])


def _facts(family: Family, cells: pl.DataFrame, key: pl.DataFrame, *more: str) -> pl.DataFrame:
    """Sum cells by date and keys, sorted by date."""
    measures = FAMILIES[family]
    keys = ["date", "pair", "item", *more]
    paired = cells if "pair" in cells.columns else _with_pair(cells, key)
    summed = paired.group_by(keys).agg(pl.col(measures).fill_null(0).sum())
    return summed.select(*keys, *measures).sort(keys, nulls_last=True)


def _baseline(cells: pl.DataFrame) -> pl.DataFrame:
    """Facts of the empty pair: rows without a creator."""
    named = cells.rename({name.removeprefix("baseline_"): name for name in FAMILIES["baseline"]})
    summed = named.group_by("date", "item").agg(pl.col(FAMILIES["baseline"]).sum())
    keys = ["date", "pair", "item"]
    return (
        summed.with_columns(pair=pl.lit(0, pl.UInt32))
        .select(*keys, *FAMILIES["baseline"])
        .sort(keys)
    )


def _with_item(rolled: Rolled, items: pl.DataFrame) -> pl.DataFrame:
    """``(C, …)``: the cells in their order, with the number of their item."""
    return rolled.cells.join(
        items, on=["product", "brand"], how="left", nulls_equal=True, maintain_order="left"
    ).drop("product", "brand")


def assign_posts(posts: pl.DataFrame, attributed: pl.DataFrame) -> pl.DataFrame:
    """Give each post its campaign.

    That is its own; else the only one in which its creator has orders in the fourteen days from it.
    Returns the posts with ``campaign`` filled where it could be, and ``own_campaign`` as it was.
    """
    orders = "weight" if "weight" in attributed.columns else "orders"  # of any product
    sold = (
        attributed.filter((pl.col(orders) > 0) & pl.col("campaign").is_not_null())
        .select("influencer_id", "date", "campaign")
        .unique()
    )
    numbered = posts.with_row_index("post")
    days = pl.date_ranges("date", pl.col("date") + pl.duration(days=EVIDENCE_DAYS - 1)).alias(
        "date"
    )
    only = (
        numbered.filter(pl.col("campaign").is_null())
        .select("post", "influencer_id", days)
        .explode("date")
        .join(sold, on=["influencer_id", "date"])
        .group_by("post")
        .agg(pl.col("campaign").unique())
        .filter(pl.col("campaign").list.len() == 1)
        .select("post", guess=pl.col("campaign").list.first())
    )
    return (
        numbered.join(only, on="post", how="left", maintain_order="left")
        .with_columns(own_campaign="campaign", campaign=pl.coalesce("campaign", "guess"))
        .drop("guess")
    )


def _absent(dataset: Dataset) -> dict[str, str]:
    """The measures that this data cannot give, each with the reason."""
    absent = {}
    for name in ("reach", "likes", "comments", "clicks", "impressions"):
        if not dataset.has("posts", name):
            absent[name] = _lacks(dataset, "posts", name)
    rolled = dataset.rolled
    known = rolled.rows_named
    if not known:
        reason = _lacks(dataset, "tracking_data", "user_id")
    elif rolled.customers == known:
        reason = "no customer appears twice in the data, so nobody can be told from a new customer."
    else:
        return absent
    absent |= dict.fromkeys(("new_customers", "baseline_new_customers"), reason)
    if not known:
        absent["customers"] = reason
    return absent


def _lacks(dataset: Dataset, table: str, column: str) -> str:
    if not dataset.rows(table):
        return f"there are no rows in {TABLES[table].words}."
    return f"there is no column {column} in {TABLES[table].words}."


def _customers(ledger: Ledger) -> Customers:
    """Follow customers through cells, by the numbers that the ledger has for them."""
    rolled = ledger.dataset.rolled
    keyed = (
        _with_item(rolled, ledger.items)
        .select("date", "influencer_id", "campaign", "item")
        .join(
            ledger.pairs.select("pair", "influencer_id", "campaign"),
            on=["influencer_id", "campaign"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .select("date", "pair", "item")
        .with_row_index("cell")
    )
    bought = rolled.bought.join(keyed, on="cell", how="left", maintain_order="left")
    return Customers(bought.select("date", "pair", "item", "user").sort("date"), rolled.sample)
