"""A budget: each rupee goes to whom it is expected to bring most, marginally."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.formats import rupees_compact, times
from dashboard.planning.results import Curve, Floats, Plan, Prospect, Share, Split

MOST_OF_USUAL = 2.0
"""Nobody is given more than this many times the most that was ever paid for one campaign."""


def split(
    amount: float,
    found: Plan,
    chosen: Sequence[str] | None = None,
    needed: float = 1.0,
) -> Split:
    """Give each rupee to whom it is expected to bring most, marginally.

    Parameters
    ----------
    amount
        The budget in rupees.
    found
        What ``plan`` found.
    chosen
        Creators to split it among; by default all but those to stop.
    needed
        Nobody is given a rupee that is expected to bring less than this back.
    """
    names = None if chosen is None else set(chosen)
    wanted = [
        one
        for one in found.prospects
        if (one.choice != "stop" if names is None else one.influencer in names)
    ]
    if amount <= 0 or not wanted:
        why = "There is nobody to give it to." if amount > 0 else "There is nothing to split."
        return Split((), max(amount, 0.0), why)
    bends = dict(found.curves)
    bend = np.array([bends[one.tier].bend if one.tier in bends else 0.0 for one in wanted])
    most = np.array([MOST_OF_USUAL * one.most for one in wanted])
    slope = np.array([_slope(one, float(b)) for one, b in zip(wanted, bend, strict=True)])
    given = _water(amount, slope, bend, most, needed)
    shares = tuple(
        _share(one, float(part), float(a), float(b))
        for one, part, a, b in zip(wanted, given, slope, bend, strict=True)
        if part >= 1
    )
    left = amount - sum(share.amount for share in shares)
    return Split(shares, left, _left(left, needed))


def _slope(one: Prospect, bend: float) -> float:
    """What the first rupee brings on a curve of this bend.

    It is the curve that brings what is expected on the creator's bookings, each as far as it
    counts: through the largest alone, which may count for nothing, it would promise wonders of the
    smallest.
    """
    told = one.told or ((one.most, 1.0),)
    paid = sum(payout * weight for payout, weight in told)
    return one.expected * paid / sum(w * s / (1 + bend * s) for s, w in told)


def _left(left: float, needed: float) -> str:
    if left < 1:
        return ""
    return (
        f"{rupees_compact(left)} is left: the next rupee is expected to bring back less than "
        f"{times(needed)}, or would go beyond twice what was ever paid to these creators, where "
        "nothing is known. Test new creators with it."
    )


def _share(one: Prospect, amount: float, slope: float, bend: float) -> Share:
    curve = Curve(slope, bend, 0)
    expected = curve.brought(amount)
    low, high = (expected * end / one.expected for end in one.interval)
    return Share(one.influencer, amount, expected, (low, high), curve.marginal(amount))


def _water(amount: float, slope: Floats, bend: Floats, most: Floats, needed: float) -> Floats:
    """Amounts at which all marginal returns are alike, within what each may be given.

    Where returns are straight lines the best come first, each up to its most.
    """

    def at(level: float) -> Floats:
        curved = (np.sqrt(slope / level) - 1) / np.where(bend > 0, bend, 1)
        straight = np.where(slope > level, most, 0.0)
        return np.asarray(np.clip(np.where(bend > 0, curved, straight), 0, most))

    low, high = needed, max(needed, float(slope.max())) * (1 + 1e-9)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).sum() > amount else (low, middle)
    given = at(high)
    # Whoever stands exactly at the level takes the rest.
    rest = amount - given.sum()
    for place in np.argsort(-slope, kind="stable"):
        more = min(rest, float(at(low)[place] - given[place]))
        if more > 0:
            given[place] += more
            rest -= more
    return given
