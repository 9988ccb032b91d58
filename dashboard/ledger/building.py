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
from dashboard.engines import first_orders, roll_up
from dashboard.ledger.accrual import accrue
from dashboard.ledger.coding import Coded
from dashboard.ledger.keys import Packing, item_key, pair_key
from dashboard.schema import EVIDENCE_DAYS

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

CUSTOMERS_EXACT = 2_000_000
"""Up to so many attributed rows customers are counted exactly; beyond, a sample is followed."""
CUSTOMER_SAMPLE = 16
"""One customer in so many: the count errs by about 1 % in the median, 6 % at the 95th of 100."""

_FEW = 10_000
"""Rows that mostly show already whether customers come back."""


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

    @cached_property
    def customer_coverage(self) -> float | None:
        """Share of attributed rows with orders that name a customer; None where there are none.

        Customers, new ones and what they cost are counted from these rows alone.
        """
        tracking = self.dataset.tables["tracking_data"]
        bought = tracking.filter(pl.col("influencer_id").is_not_null() & (pl.col("orders") > 0))
        if not bought.height:
            return None
        return 1 - bought["user_id"].null_count() / bought.height

    @cached_property
    def coded(self) -> Coded:
        """Facts and keys as whole numbers; made when first asked."""
        return Coded(self.facts, self.accrued, self.pairs, self.items)

    @cached_property
    def asked(self) -> dict[Any, Any]:
        """The views that it was asked for last: see ``query.View.of``."""
        return {}

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
    cells = _cells(dataset.tables["tracking_data"])
    items = item_key(cells)
    cells = cells.join(items, on=["product", "brand"], how="left", nulls_equal=True).drop(
        "product", "brand"
    )
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
    return frame.join(
        key, on=["influencer_id", "campaign"], how="left", nulls_equal=True, maintain_order="left"
    )


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


def _cells(tracking: pl.DataFrame) -> pl.DataFrame:
    """``(C, 9)``: the cells with their sums, and how many customers ordered first in each."""
    packing = Packing.of(tracking)
    coded = tracking.select("user_id", "orders", "revenue", code=packing.codes())
    firsts = first_orders(coded, "code").group_by("code").agg(new_customers=pl.len())
    summed = (
        roll_up(coded, ["code"])
        .join(firsts, on="code", how="left")
        .with_columns(pl.col("new_customers").cast(pl.Int64).fill_null(0))
    )
    return packing.cells(summed["code"]).hstack(summed.drop("code"))


def assign_posts(posts: pl.DataFrame, attributed: pl.DataFrame) -> pl.DataFrame:
    """Give each post its campaign.

    That is its own; else the only one in which its creator has orders in the fourteen days from it.
    Returns the posts with ``campaign`` filled where it could be, and ``own_campaign`` as it was.
    """
    sold = (
        attributed.filter((pl.col("orders") > 0) & pl.col("campaign").is_not_null())
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
    users = dataset.tables["tracking_data"]["user_id"].drop_nulls()
    known = len(users)
    if not known:
        reason = _lacks(dataset, "tracking_data", "user_id")
    elif users.head(_FEW).n_unique() == len(users.head(_FEW)) and users.n_unique() == known:
        reason = "no customer appears twice in the data, so nobody can be told from a new customer."
    else:
        return absent
    absent |= dict.fromkeys(("new_customers", "baseline_new_customers"), reason)
    if not known:
        absent["customers"] = reason
    return absent


def _lacks(dataset: Dataset, table: str, column: str) -> str:
    return f"{table} has no {column if dataset.tables[table].height else 'rows'}."


def _customers(ledger: Ledger) -> Customers:
    """Follow each customer through cells, or one in sixteen where there are many."""
    tracking = ledger.dataset.tables["tracking_data"]
    bought = tracking.filter(
        pl.col("influencer_id").is_not_null()
        & pl.col("user_id").is_not_null()
        & (pl.col("orders") > 0)
    )
    sample = 1 if bought.height <= CUSTOMERS_EXACT else CUSTOMER_SAMPLE
    if sample > 1:
        bought = bought.filter(pl.col("user_id").hash(seed=11) % sample == 0)
    keyed = (
        bought.select(
            "date",
            "influencer_id",
            "campaign",
            "product",
            "brand",
            user=pl.col("user_id").hash(seed=13),
        )
        .unique()
        .join(
            ledger.pairs.select("pair", "influencer_id", "campaign"),
            on=["influencer_id", "campaign"],
            nulls_equal=True,
        )
        .join(ledger.items, on=["product", "brand"], nulls_equal=True)
    )
    return Customers(keyed.select("date", "pair", "item", "user").sort("date"), sample)
