"""How bookings differ: what stays with a creator, what their campaign does, and what is chance."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dashboard.planning.results import Floats, Spreads

STAYS = 0.1
"""How much of what bookings differ by, in logarithms, is taken to stay with the creator until they
tell."""
PAIRS = 50
"""So many pairs of bookings of one creator tell as much as what is taken for granted."""
BRANDS = 2
"""Of any brand an iROAS of 1 is taken for granted, and 1 / this is the square of its spread."""
FARTHEST = 4.0
"""Beyond five times the usual a booking tells no more of how bookings differ: a few small payouts
would say it all."""
_LEAST = 1e-9
"""A spread of nothing, that can still be divided by."""

Codes = npt.NDArray[np.intp]


def fitted_spreads(orders: Floats, usual: Floats, creator: Codes, campaign: Codes) -> Spreads:
    """How far bookings stray from what so much money usually brings, and with whom they do.

    Moments, weighed by money: the squares of strays beyond those that chance makes of so few
    orders; products of the strays of one campaign's bookings, for the campaign; products of those
    of one creator, for the creator. The last are few, so that they are weighed with what is taken
    for granted.

    Parameters
    ----------
    orders, usual
        ``(bookings,)`` what came, and what so much money usually brings; above 0.
    creator, campaign
        ``(bookings,)`` whose each is, as numbers from 0.
    """
    stray, weight = np.minimum(orders / usual - 1, FARTHEST), np.sqrt(usual / usual.mean())
    in_all = max(float(((usual * stray**2).sum() - len(usual)) / usual.sum()), 0.0)
    alike, pairs = _together(weight * stray, weight, creator)
    granted = (1 + in_all) ** STAYS - 1
    lasting = min(max((alike + PAIRS * granted) / (pairs + PAIRS), 0.0), in_all)
    alike, pairs = _together(weight * stray, weight, campaign)
    shared = min(max(alike / pairs, 0.0), (1 + in_all) / (1 + lasting) - 1) if pairs > 0 else 0.0
    # One lifts what the other lifted: 1 + all of them is the product of 1 + each.
    return Spreads(lasting, shared, (1 + in_all) / ((1 + lasting) * (1 + shared)) - 1)


def _together(strays: Floats, weights: Floats, group: Codes) -> tuple[float, float]:
    """Over all pairs within a group: the products of strays, and those of weights."""
    sums = [
        float((np.bincount(group, one) ** 2 - np.bincount(group, one**2)).sum() / 2)
        for one in (strays, weights)
    ]
    return sums[0], sums[1]


def levels(
    orders: Floats, usual: Floats, campaign: Codes, doubt: Floats, spreads: Spreads
) -> tuple[Floats, Floats]:
    """How much each booking's campaign lifted all of its creators, and how unsure that is.

    A campaign's result is the more its own, the more campaigns differ and the more its number is in
    doubt; ``doubt`` ``(bookings,)`` is that of the booking's campaign, as a share of what is usual.
    Both answers are ``(bookings,)``: 1 is what is usual, and a spread around it.
    """
    by_doubt = float(np.average(doubt**2, weights=usual))
    spread = np.zeros(campaign.max() + 1)
    spread[campaign] = np.maximum(max(spreads.campaign - by_doubt, 0.0) + doubt**2, _LEAST)
    counts = 1 / (1 + (spreads.booking + spreads.creator) * usual)
    proof = 1 / spread + np.bincount(campaign, counts * usual)
    level = (1 / spread + np.bincount(campaign, counts * orders)) / proof
    return level[campaign], (1 / proof)[campaign]


def shared_error(orders: Floats, usual: Floats, campaign: Codes, doubt: Floats) -> float:
    """How far what is usual may itself be off, as a squared share of it.

    By what it would be without each campaign in turn (the jackknife), or by the errors of their
    numbers, whichever is more: with one campaign only the second is known.
    """
    money, brought = np.bincount(campaign, usual), np.bincount(campaign, orders)
    off = np.zeros(len(money))
    off[campaign] = doubt
    by_error = float(((off * money) ** 2).sum()) / float(usual.sum()) ** 2
    if len(money) < 2:
        return by_error
    without = (orders.sum() - brought) / (usual.sum() - money)
    return max(by_error, float(without.var()) * (len(money) - 1))


def drawn(iroas: float, error: float) -> tuple[float, float]:
    """What all money brought, drawn towards 1 as far as it may be off; and how far that may be off.

    Campaigns that went well are good luck as well, for all their creators. Both errors are squared
    shares.
    """
    if error <= 0 or iroas <= 0:
        return iroas, max(error, 0.0)
    proof = 1 / error
    return (BRANDS + proof) / (BRANDS + proof / iroas), 1 / (BRANDS + proof)


def proof_of(spreads: Spreads) -> float:
    """How many usual orders weigh as much as what is known of all creators together."""
    return 1 / max(spreads.creator, _LEAST)
