"""Whom to book again: what the next booking of each creator is expected to bring back.

Raw ROAS of a few bookings overstates the next one about threefold. Expectations here start from
incremental revenue, are drawn towards what all creators bring, and come with their chances. They do
not pick better creators than raw ROAS does; they promise honestly.
"""

from __future__ import annotations

from dashboard.planning.deciding import LEAST_CREATORS, plan
from dashboard.planning.expecting import HOPELESS, SURE, prospects
from dashboard.planning.results import (
    Booking,
    Choice,
    Curve,
    Plan,
    Prospect,
    Share,
    Split,
    Spreads,
    Weighed,
)
from dashboard.planning.saturation import LEAST_POSTS, curves, fitted_curve
from dashboard.planning.splitting import MOST_OF_USUAL, split
from dashboard.planning.spreads import fitted_spreads
from dashboard.planning.weighing import bookings, portfolio

__all__ = [
    "HOPELESS",
    "LEAST_CREATORS",
    "LEAST_POSTS",
    "MOST_OF_USUAL",
    "SURE",
    "Booking",
    "Choice",
    "Curve",
    "Plan",
    "Prospect",
    "Share",
    "Split",
    "Spreads",
    "Weighed",
    "bookings",
    "curves",
    "fitted_curve",
    "fitted_spreads",
    "plan",
    "portfolio",
    "prospects",
    "split",
]
