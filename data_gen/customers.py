"""The customers: who placed each order, and who comes back."""

from __future__ import annotations

import numpy as np
import polars as pl

from data_gen.orders import CAUSES, NONE
from data_gen.plan import Ints, Plan

NEW_SHARE = {
    "baseline": 0.30,
    "caused_tagged": 0.60,
    "caused_halo": 0.50,
    "leaked": 0.12,
    "pulled_forward": 0.20,
}
"""Share of orders placed by somebody who never ordered before, by the order's cause."""

EARLIER_SHARE = 0.10
"""Customers from before the world's first day, in shares of all lines."""

GUEST_SHARE = 0.02
"""Share of lines without a customer, who checked out as a guest."""


def draw_customers(plan: Plan, lines: pl.DataFrame) -> tuple[Ints, Ints]:
    """Draw the order in which lines come and the customer of each.

    Parameters
    ----------
    lines
        ``(lines, …)`` with day, cause and twin: the line whose customer this one shares, ``NONE``
        for its own.

    Returns
    -------
    tuple[Ints, Ints]
        The positions of the lines sorted by day, in chance order within a day; and the customer of
        each line, from 1 up, in the order of the lines given, 0 for a guest. Returning customers
        are rather recent ones.
    """
    chance, count = plan.chance("customers"), lines.height
    order = chance.permutation(count)
    order = order[np.argsort(lines["day"].to_numpy()[order], kind="stable")]

    cause = lines["cause"].to_numpy()[order]
    fresh = chance.random(count) < np.array([NEW_SHARE[name] for name in CAUSES])[cause]
    known = max(20, round(EARLIER_SHARE * count)) + np.cumsum(fresh) - fresh
    drawn = np.where(fresh, known, (known * np.sqrt(chance.random(count))).astype(np.int64)) + 1
    drawn[chance.random(count) < GUEST_SHARE] = 0
    customer = np.empty(count, dtype=np.int64)
    customer[order] = drawn

    # A return follows its order, which may follow the order that it replaced: two steps at most.
    twin = lines["twin"].to_numpy()
    follows = np.flatnonzero(twin != NONE)
    for _ in range(2):
        customer[follows] = customer[twin[follows]]
    return order, customer
