"""Rows to cells: what was sold per day, creator, campaign and item, and to whom first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import narwhals as nw
from narwhals.typing import IntoFrame, IntoFrameT

CELL = ("date", "influencer_id", "campaign", "product", "brand")
"""The shared dimensions of a tracking row; a null influencer_id marks a baseline row."""


def roll_up(tracking: IntoFrameT, cell: Sequence[str] = CELL) -> IntoFrameT:
    """Sum tracking rows to cells.

    Parameters
    ----------
    tracking
        ``(N, …)`` with the columns of ``cell``, ``orders`` and ``revenue`` (paise); any engine that
        narwhals knows.

    Returns
    -------
    IntoFrameT
        ``(C, …)`` the same engine's frame: the cell, ``orders``, ``revenue`` and
        ``returned_revenue`` (the negative part of revenue, as a positive amount; paise). Null keys
        are kept as a group of their own. No order is promised.
    """
    rows = _frame(tracking)
    returned = nw.when(nw.col("revenue") < 0).then(-nw.col("revenue")).otherwise(nw.lit(0))
    summed = (
        rows.with_columns(returned_revenue=returned)
        .group_by(*cell)
        .agg(nw.col("orders").sum(), nw.col("revenue").sum(), nw.col("returned_revenue").sum())
    )
    return cast("IntoFrameT", summed.to_native())


def first_orders(tracking: IntoFrameT, rank: str = "rank") -> IntoFrameT:
    """Find each customer's first order.

    Parameters
    ----------
    tracking
        ``(N, …)`` with ``user_id``, ``orders`` and a whole number ``rank`` that grows with day,
        attribution and key.

    Returns
    -------
    IntoFrameT
        ``(U, 2)``: ``user_id`` and the smallest rank over rows with orders above 0.
    """
    rows = _frame(tracking)
    bought = rows.filter((nw.col("orders") > 0) & ~nw.col("user_id").is_null())
    return cast("IntoFrameT", bought.group_by("user_id").agg(nw.col(rank).min()).to_native())


def _frame(native: IntoFrame) -> nw.LazyFrame[Any]:
    """The engine's frame as narwhals speaks of it; eager and lazy ones answer the same verbs."""
    return cast("nw.LazyFrame[Any]", nw.from_native(cast("Any", native)))
