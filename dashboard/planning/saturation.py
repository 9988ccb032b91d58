"""Saturation: how what a booking brings back grows with what is paid for it, by tier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dashboard.planning.results import Booking, Curve

LEAST_POSTS = 6
"""Bookings of a tier below which it has no curve of its own."""
_CURVES = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 121)])
"""How bent a curve may be, per largest booking: from not at all to flat at once."""


def curves(booked: Sequence[Booking]) -> tuple[tuple[str, Curve], ...]:
    """The curve of each tier, by name; one with too few bookings has that of all tiers."""
    everybody = fitted_curve(booked)
    found = []
    for tier in sorted({one.tier for one in booked if one.tier}):
        own = [one for one in booked if one.tier == tier]
        if len(own) >= LEAST_POSTS:
            found.append((tier, fitted_curve(own)))
        else:
            found.append((tier, replace(everybody, bookings=len(own), pooled=True)))
    return tuple(found)


def fitted_curve(booked: Sequence[Booking]) -> Curve:
    """Least squares, each booking weighed by the inverse of its spend.

    For each bend the best slope is known in closed form; the bend is the best of a fine grid.
    """
    spend = np.array([one.payout for one in booked])
    brought = np.array([one.incremental_revenue for one in booked])
    best = (np.inf, 0.0, 0.0)
    for bend in _CURVES / spend.max():
        shape = spend / (1 + bend * spend)
        slope = (shape * brought / spend).sum() / (shape**2 / spend).sum()
        missed = ((brought - slope * shape) ** 2 / spend).sum()
        if missed < best[0] * (1 - 1e-9):
            best = (float(missed), float(slope), float(bend))
    return Curve(best[1], best[2], len(booked))
