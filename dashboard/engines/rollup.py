"""The rollup of rows to cells, said once in narwhals for every engine that rows may live on."""

from __future__ import annotations

from typing import Any

import narwhals as nw

SUMS = ("rows", "orders", "revenue", "returned_revenue", "buying", "named")
"""What is summed of the rows of a cell."""
CODED = ("code", "influencer_id", "user_id", "orders", "revenue")
"""What is asked of rows: their packed cell, the place of their creator (0: none), and so on."""

Rows = nw.LazyFrame[Any]


def cells_of(coded: Rows) -> Rows:
    """Sum rows to cells.

    Parameters
    ----------
    coded
        ``(N, 5)`` with ``CODED``.

    Returns
    -------
    nw.LazyFrame
        ``(C, 7)``: code, and ``SUMS``: rows, orders, revenue, its negative part as a positive
        amount, how many rows bought something, and how many of these name a customer.
    """
    bought, named = nw.col("orders") > 0, ~nw.col("user_id").is_null()
    returned = nw.when(nw.col("revenue") < 0).then(-nw.col("revenue")).otherwise(nw.lit(0))
    marked = coded.with_columns(
        rows=nw.lit(1).cast(nw.Int64),
        returned_revenue=returned.cast(nw.Int64),
        buying=nw.when(bought).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
        named=nw.when(bought & named).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64),
    )
    summed = marked.group_by("code").agg(*(nw.col(name).sum() for name in SUMS))
    # Engines add whole numbers up to wider ones, or to decimals.
    return summed.with_columns(*(nw.col(name).cast(nw.Int64) for name in SUMS))


def customers_of(coded: Rows) -> Rows:
    """Find each customer's first order.

    Returns
    -------
    nw.LazyFrame
        ``(U, 3)``: ``user_id``, the number of their ``rows``, and the least code of a row with
        orders above 0 as ``first``; null where they never bought.
    """
    known = coded.filter(~nw.col("user_id").is_null()).with_columns(
        rows=nw.lit(1).cast(nw.Int64), first=nw.when(nw.col("orders") > 0).then(nw.col("code"))
    )
    return known.group_by("user_id").agg(nw.col("rows").sum(), nw.col("first").min())


def firsts_of(customers: Rows) -> Rows:
    """Count first orders by cell: ``(F, 3)`` first, ``customers`` and their ``rows``."""
    counted = customers.with_columns(customers=nw.lit(1).cast(nw.Int64))
    summed = counted.group_by("first").agg(nw.col("customers").sum(), nw.col("rows").sum())
    return summed.with_columns(nw.col("customers").cast(nw.Int64), nw.col("rows").cast(nw.Int64))


def bought_of(coded: Rows) -> Rows:
    """Find who bought in which attributed cell: ``(N, 2)`` code and user_id, each pair once."""
    bought = (nw.col("orders") > 0) & ~nw.col("user_id").is_null() & (nw.col("influencer_id") > 0)
    return coded.filter(bought).select("code", "user_id").unique(["code", "user_id"])
