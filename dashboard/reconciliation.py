"""What was paid against what the evidence says: dues, rate × units, orders, ROAS per payout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from dashboard.ledger import Ledger
from dashboard.ledger.shares import split
from dashboard.query import View, in_rupees, once
from dashboard.query.grouping import Split
from dashboard.query.selection import Rows

PAYOUT_ROW = (
    "payout",
    "influencer",
    "campaign",
    "basis",
    "total_payout",
    "revenue",
    "roas",
    "rate",
    "units",
    "expected",
    "difference",
    "status",
    "paid_on",
    "spend",
)
"""The columns of ``payout_rows``."""

_STEPS = {"1d": "day", "1w": "week", "1mo": "month"}


@dataclass(frozen=True)
class Dues:
    """What is still to be paid, in rupees; ``payable`` is None where ``reason`` says why."""

    payable: float | None
    payouts: int
    reason: str = ""


@once
def owed_in_view(view: View) -> Rows:
    """The accrued rows in view of payouts that are neither paid nor cancelled; spend in paise."""
    rows = view.rows("accrued")
    status = view.ledger.dataset.tables["payouts"]["status"]
    is_open = (status.fill_null("") != "paid").to_numpy()
    return Rows(rows, np.flatnonzero(is_open[rows["payout"]]))


@once
def dues(view: View) -> Dues:
    """Payouts in view that are neither paid nor cancelled; None without a status column."""
    if not view.ledger.dataset.has("payouts", "status"):
        return Dues(None, 0, "there is no column status in payouts.")
    owed = owed_in_view(view)
    return Dues(int(owed["spend"].sum()) / 100, len(np.unique(owed["payout"])))


@once
def dues_over_time(view: View, every: str) -> list[float]:
    """What is owed of each day, week or month (``1d``, ``1w``, ``1mo``) in view, in rupees."""
    if not view.ledger.dataset.has("payouts", "status"):
        return []
    split = Split(view.ledger.coded, [_STEPS[every]])
    groups = split.groups(owed_in_view(view))
    steps = split.keys(groups.codes).with_columns(owed=groups["spend"]).drop_nulls()
    return [paise / 100 for paise in steps["owed"]]


@once
def by_status(view: View) -> pl.DataFrame:
    """``(N, 3)``: status, payouts and spend in view (rupees); cancelled payouts are not here."""
    return _by(view, "status", "Not said")


@once
def by_basis(view: View) -> pl.DataFrame:
    """``(N, 3)``: basis, payouts and spend in view (rupees)."""
    return _by(view, "basis", "Not said")


def _by(view: View, column: str, missing: str) -> pl.DataFrame:
    rows = view.rows("accrued")
    values = view.ledger.dataset.tables["payouts"][column].fill_null(missing)
    accrued = {column: values.gather(rows["payout"]), "payout": rows["payout"]}
    return (
        pl.DataFrame({**accrued, "spend": rows["spend"]})
        .group_by(column)
        .agg(payouts=pl.col("payout").n_unique().cast(pl.Int64), spend=pl.col("spend").sum())
        .sort("spend", column, descending=[True, False])
        .pipe(in_rupees, "spend")
    )


@once
def payout_rows(view: View) -> pl.DataFrame:
    """``(P, 14)`` payouts with spend or revenue in view, largest first; see ``PAYOUT_ROW``.

    Revenue sums to the revenue in view of creators who have a payout that may pay for it. A rate or
    unit that is missing leaves the expected amount null: the total is never inferred from them.
    """
    payouts = of_payouts_in_view(view, every_payout(view.ledger))
    accrued = view.rows("accrued")
    spend = np.zeros(view.ledger.dataset.tables["payouts"].height, np.int64)
    np.add.at(spend, accrued["payout"], accrued["spend"])
    at = payouts["payout"].to_numpy()
    has_spend = np.bincount(accrued["payout"], minlength=len(spend)) > 0
    rows = (
        payouts.with_columns(spend=spend[at], has_spend=has_spend[at])
        .join(_revenue_shares(view, payouts), on="payout", how="left", maintain_order="left")
        .with_columns(pl.col("revenue").fill_null(0))
        .filter(pl.col("has_spend") | (pl.col("revenue") != 0))
        .with_columns(roas=pl.when(pl.col("spend") != 0).then(pl.col("revenue") / pl.col("spend")))
    )
    money = ("rate", "expected", "total_payout", "difference", "spend", "revenue")
    return in_rupees(rows.select(PAYOUT_ROW), *money)


@once
def order_rows(view: View) -> pl.DataFrame:
    """``(N, 5)``: orders counted by payees against orders tracked, per creator and named campaign.

    A reconciliation of the books: it follows the filters on creators and campaigns, not the period.
    """
    payouts = of_payouts_in_view(view, every_payout(view.ledger)).filter(
        pl.col("orders").is_not_null()
    )
    counted = payouts.group_by("influencer_id", "influencer", "campaign").agg(
        counted=pl.col("orders").sum()
    )
    tracked = _sold(View.of(view.ledger, view.where.without("period", "basis")), "orders")
    whole = tracked.group_by("influencer_id").agg(tracked=pl.col("orders").sum())
    per_campaign = counted.filter(pl.col("campaign").is_not_null()).join(
        tracked.select("influencer_id", campaign="tracked", tracked="orders"),
        on=["influencer_id", "campaign"],
        how="left",
    )
    in_all = counted.filter(pl.col("campaign").is_null()).join(
        whole, on="influencer_id", how="left"
    )
    return (
        pl.concat([per_campaign, in_all])
        .select(
            *("influencer", "campaign", "counted"),
            tracked=pl.col("tracked").fill_null(0),
            difference=pl.col("counted") - pl.col("tracked").fill_null(0),
        )
        .sort(pl.col("difference").abs(), "influencer", "campaign", descending=[True, False, False])
    )


def _sold(view: View, measure: str) -> pl.DataFrame:
    """``(N, 4)``: pair, influencer_id, the campaign tracked, and a measure of sales in view."""
    sales = view.by_key("sales", "pair")
    pairs = view.ledger.pairs.select("pair", "influencer_id", tracked="campaign")
    return pairs[sales.codes].with_columns(pl.Series(measure, sales[measure]))


def of_payouts_in_view(view: View, payouts: pl.DataFrame) -> pl.DataFrame:
    """Those of some payouts that are in view."""
    if not view.where.active and not view.where.dated:
        return payouts
    seen = np.zeros(view.ledger.dataset.tables["payouts"].height, bool)
    seen[view.rows("accrued")["payout"]] = True
    return payouts.filter(seen[payouts["payout"].to_numpy()])


@once
def every_payout(ledger: Ledger) -> pl.DataFrame:
    """Payouts that are not cancelled, the largest first, and what each should be.

    The columns of the table; ``payout`` (its row there, from 0); ``influencer``, the creator's
    name; ``units``; ``expected`` (rate × units) and ``difference`` (the total less that), in paise.
    """
    names = ledger.pairs.select("influencer_id", "influencer").unique()
    payouts = (
        ledger.dataset.tables["payouts"]
        .with_row_index("payout")
        .filter(pl.col("status").fill_null("") != "cancelled")
    )
    return (
        payouts.join(names, on="influencer_id", how="left")
        .join(_units(ledger, payouts), on="payout", how="left")
        .with_columns(expected=pl.col("rate") * pl.col("units"))
        .with_columns(difference=pl.col("total_payout") - pl.col("expected"))
        .sort("total_payout", "payout", descending=[True, False])
    )


def _revenue_shares(view: View, payouts: pl.DataFrame) -> pl.DataFrame:
    """``(P, 2)``: revenue in view (paise), shared by amount among payouts that may pay for it."""
    if "basis" in view.where.active:
        return pl.DataFrame(schema={"payout": pl.UInt32, "revenue": pl.Int64})
    eligible = (
        payouts.select("payout", "influencer_id", "campaign", "total_payout")
        .join(_sold(view, "revenue"), on="influencer_id")
        .filter(
            pl.col("campaign").is_null()
            | (pl.col("campaign") == pl.col("tracked")).fill_null(value=False)
        )
    )
    paid = pl.col("total_payout").clip(lower_bound=0)
    weight = pl.when(paid.sum().over("pair") == 0).then(1).otherwise(paid)
    shared = split(eligible.with_columns(weight=weight, amount="revenue"), ["pair"], ["payout"])
    return shared.group_by("payout").agg(revenue=pl.col("share").sum())


def _units(ledger: Ledger, payouts: pl.DataFrame) -> pl.DataFrame:
    """``(P, 2)``: orders counted where paid by order, else posts that the payout may pay for."""
    posts = ledger.posts.group_by("influencer_id", "own_campaign").len("published")
    fitting = (
        payouts.join(posts, on="influencer_id")
        .filter(
            pl.col("campaign").is_null()
            | pl.col("own_campaign").is_null()
            | (pl.col("campaign") == pl.col("own_campaign"))
        )
        .with_columns(own=(pl.col("campaign") == pl.col("own_campaign")).fill_null(value=False))
        .filter(pl.col("campaign").is_null() | pl.col("own") | ~pl.col("own").any().over("payout"))
        .group_by("payout")
        .agg(published=pl.col("published").sum().cast(pl.Int64))
    )
    return payouts.join(fitting, on="payout", how="left").select(
        "payout",
        units=pl.when(pl.col("basis").fill_null("") == "order")
        .then(pl.col("orders"))
        .otherwise(pl.col("published").fill_null(0)),
    )
