"""What an estimate is: the number, how far it is to be believed, and why."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Status = Literal["identified", "provisional", "not identifiable"]
Verdict = Literal["pays back", "does not pay back", "inconclusive"]
Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Path:
    """Day by day, from the first that was learnt from to the last; all ``(days,)``, in rupees.

    ``expected`` is what the model holds for a day without the campaign, nine days in ten between
    ``low`` and ``high``; days that were left out are missing from ``date``. ``caused`` is the
    incremental part of a day; ``cumulative`` adds it up with its band, and ends on the estimate.
    ``exposure`` is 1 on the average day of the window.
    """

    date: tuple[dt.date, ...]
    actual: Floats
    expected: Floats
    low: Floats
    high: Floats
    exposure: Floats
    caused: Floats
    cumulative: Floats
    cumulative_low: Floats
    cumulative_high: Floats


@dataclass(frozen=True, eq=False)
class Diagnostics:
    """What the answer rests on.

    ``products`` are those that the campaign touched, ``donors`` those that say what would have
    happened, ``excluded`` those that the user took out, ``together`` campaigns estimated with it.
    ``before`` and ``after`` count days learnt from, ``settled`` is the day from which the answer is
    final. ``error`` is how far the path misses actual sales of a week before the window, on
    average, as a share. ``placebos`` are the z of windows where nothing happened, ``quantile`` what
    nine in ten of them stay below. ``log_lift`` and ``level_lift`` are the answers of the estimator
    and of the same on rupees instead of logarithms, in shares of the counterfactual; ``least_lift``
    the smallest lift that would be found four times in five. None: could not be worked out.
    """

    products: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    posts: int = 0
    before: int = 0
    after: int = 0
    settled: dt.date | None = None
    orders_per_day: float | None = None
    festivals: tuple[str, ...] = ()
    error: float | None = None
    placebos: tuple[float, ...] = ()
    quantile: float | None = None
    half_life: float | None = None
    log_lift: float | None = None
    level_lift: float | None = None
    least_lift: float | None = None
    path: Path | None = None


@dataclass(frozen=True, eq=False)
class Estimate:
    """What came because of one campaign. Money in rupees, ratios as ratios.

    ``window`` holds the days that the answer is about, cut to the data; ``incremental_revenue`` is
    the part of all revenue of the products touched that would not have come without the campaign,
    in the window, and ``interval`` where it lies with nine chances in ten. ``iroas`` divides it by
    ``payout``, all that is paid for the campaign. ``factor`` is incremental over tagged revenue,
    ``break_even`` the share of tagged revenue that must be incremental for the payout to come back:
    it needs no estimate. ``needed`` is the iROAS that pays back: 1, or 1 / gross margin. All are
    None where they are not known; ``reasons`` say why, the most important first.
    """

    campaign: str
    window: tuple[dt.date, dt.date] | None
    status: Status
    incremental_revenue: float | None
    interval: Interval | None
    iroas: float | None
    iroas_interval: Interval | None
    factor: float | None
    break_even: float | None
    verdict: Verdict | None
    reasons: tuple[str, ...]
    diagnostics: Diagnostics
    payout: float = 0.0
    tagged_revenue: float = 0.0
    needed: float = 1.0
    mix: tuple[tuple[int, float], ...] = field(default=(), repr=False)

    @property
    def tagged_roas(self) -> float | None:
        """Tagged revenue over payouts, which is no causal figure; None where nothing is paid."""
        return ratio(self.tagged_revenue, self.payout)

    def as_json(self) -> dict[str, Any]:
        """What a program needs of it, as plain values."""
        return {
            "campaign": self.campaign,
            "status": self.status,
            "reasons": list(self.reasons),
            "incremental_revenue": self.incremental_revenue,
            "interval": None if self.interval is None else list(self.interval),
            "iroas": self.iroas,
            "iroas_interval": None if self.iroas_interval is None else list(self.iroas_interval),
            "tagged_roas": self.tagged_roas,
            "break_even": self.break_even,
            "verdict": self.verdict,
        }

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return self.incremental_revenue is not None


@dataclass(frozen=True)
class Total:
    """What came because of several campaigns together: of those with a number and a payout.

    ``campaigns`` of ``of`` are in it. Money in rupees; the intervals hold the sum with nine chances
    in ten if the campaigns' errors are independent.
    """

    campaigns: int
    of: int
    incremental_revenue: float
    interval: Interval
    payout: float

    @property
    def iroas(self) -> float | None:
        """Incremental revenue over payouts, sums over sums; None where nothing is paid."""
        return ratio(self.incremental_revenue, self.payout)

    @property
    def iroas_interval(self) -> Interval | None:
        """Where it lies with nine chances in ten."""
        if self.payout <= 0:
            return None
        low, high = self.interval
        return low / self.payout, high / self.payout


def total(estimates: Sequence[Estimate]) -> Total:
    """Add up what is known; errors add up by their squares."""
    known = [one for one in estimates if one.known and one.payout > 0]
    middle = [one.incremental_revenue or 0.0 for one in known]
    lows, highs = ([(one.interval or (0.0, 0.0))[end] for one in known] for end in (0, 1))
    brought = math.fsum(middle)
    return Total(
        len(known),
        len(estimates),
        brought,
        (brought - math.dist(middle, lows), brought + math.dist(middle, highs)),
        math.fsum(one.payout for one in known),
    )


def ratio(over: float, under: float) -> float | None:
    """Null where there is nothing to divide by: never 0, inf or NaN."""
    return over / under if under > 0 else None
