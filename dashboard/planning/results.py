"""What planning finds: bookings, expectations of creators, curves, and a budget that is split."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Choice = Literal["book again", "test again", "stop"]


@dataclass(frozen=True)
class Weighed:
    """A campaign's incremental revenue for planning, and how far it may be off (one error)."""

    revenue: float
    error: float


@dataclass(frozen=True)
class Booking:
    """One creator in one campaign: what was paid and what came because of it, in rupees.

    ``doubt`` is how far the campaign's incremental revenue may be off, as a share of what so much
    money usually brings.
    """

    influencer: str
    tier: str | None
    campaign: str
    payout: float
    tagged_revenue: float
    incremental_revenue: float
    orders: int
    measured: bool
    doubt: float = 0.0


@dataclass(frozen=True)
class Prospect:
    """What a creator's next rupee is expected to bring back.

    ``expected`` is the iROAS, ``interval`` where it lies with nine chances in ten, ``chance`` that
    it is above what pays back. ``most`` is the most that was paid for one campaign; ``told`` holds
    each booking's payout and how much it counts, empty for ``most`` alone. ``beside`` is how many
    times as much as their campaigns usually bring for such payouts the creator's bookings brought,
    and ``own`` how much of the expectation follows that: ``expected`` is what all creators bring
    times (1 − ``own`` + ``own`` · ``beside``). ``brought`` is the incremental revenue so far in
    rupees; ``borrowed`` names campaigns whose incrementality is taken from the others.
    """

    influencer: str
    tier: str | None
    expected: float
    interval: tuple[float, float]
    chance: float
    choice: Choice
    reason: str
    payout: float
    incremental_orders: float
    most: float
    told: tuple[tuple[float, float], ...] = ()
    own: float = 0.0
    beside: float = 1.0
    brought: float = 0.0
    borrowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Spreads:
    """How bookings differ, as squared shares of what so much money usually brings.

    ``creator`` stays with the creator, ``campaign`` is shared by all creators of a campaign, and
    ``booking`` is neither.
    """

    creator: float
    campaign: float
    booking: float


@dataclass(frozen=True)
class Curve:
    """What a booking brings back: ``slope · s / (1 + bend · s)`` of ``s`` rupees.

    This is M·E / (M + E) with E = ``slope`` · s and M = ``slope`` / ``bend``. A bend of 0 is a
    straight line: the data shows no saturation. ``pooled`` says that a tier had too few bookings
    of its own.
    """

    slope: float
    bend: float
    bookings: int
    pooled: bool = False

    def brought(self, spend: float) -> float:
        """Incremental revenue of so much spend."""
        return self.slope * spend / (1 + self.bend * spend)

    def marginal(self, spend: float) -> float:
        """What the next rupee brings: M² / (M + E)² of the slope."""
        return self.slope / (1 + self.bend * spend) ** 2

    def enough(self, needed: float) -> float:
        """The booking from which on the next rupee brings less than this; inf where none is known.

        0 where not even the first rupee brings as much.
        """
        if self.slope <= needed:
            return 0.0
        return (math.sqrt(self.slope / needed) - 1) / self.bend if self.bend else math.inf


@dataclass(frozen=True)
class Share:
    """A creator's part of a budget and what it is expected to bring, in rupees."""

    influencer: str
    amount: float
    expected: float
    interval: tuple[float, float]
    marginal: float


@dataclass(frozen=True)
class Split:
    """A budget split by marginal return; ``left`` is better not spent on these creators."""

    shares: tuple[Share, ...]
    left: float
    reason: str


@dataclass(frozen=True)
class Plan:
    """Everybody who can be judged, the most promising first, and the curve of each tier.

    Where nobody can be, ``reason`` says why.
    """

    prospects: tuple[Prospect, ...] = ()
    curves: tuple[tuple[str, Curve], ...] = ()
    reason: str = ""
