"""What to expect of each creator: gamma-Poisson, drawn towards what creators in general bring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dashboard.formats import counted, listing, number, rupees_compact, times
from dashboard.planning.results import Booking, Choice, Prospect
from dashboard.planning.spreads import drawn, fitted_spreads, levels, proof_of, shared_error

SURE, HOPELESS = 0.8, 0.2
"""From which chance of paying back a creator is booked again, and up to which not."""


def prospects(booked: Sequence[Booking], needed: float = 1.0) -> tuple[Prospect, ...]:
    """Each creator's expectation, the most promising first; payouts are above 0.

    All begin at what all money together brought, drawn towards 1 as far as it may be luck. What a
    campaign's creators have in common is taken for the campaign's; what is left counts for the
    creator as far as bookings of one creator resemble each other.
    """
    worth = _worth(booked)
    paid = np.array([one.payout for one in booked])
    orders = np.array([one.incremental_revenue for one in booked]) / worth
    doubt = np.array([one.doubt for one in booked])
    rate = max(float(orders.sum() / paid.sum()), 1e-12)
    usual = rate * paid
    names, creator = np.unique([one.influencer for one in booked], return_inverse=True)
    campaign = np.unique([one.campaign for one in booked], return_inverse=True)[1]
    spreads = fitted_spreads(orders, usual, creator, campaign)
    level, unsure = levels(orders, usual, campaign, doubt, spreads)
    counts = 1 / (1 + (spreads.booking + unsure) * usual)
    prior = proof_of(spreads)
    came = np.bincount(creator, counts * orders)
    due = np.bincount(creator, counts * usual * level)
    iroas, error = drawn(rate * worth, shared_error(orders, usual, campaign, doubt))
    expected = iroas * (prior + came) / (prior + due)
    # What is not known of everybody is not known of anybody either.
    shape = 1 / (1 / (prior + came) + error)
    own, beside = due / (prior + due), came / due
    of: list[list[int]] = [[] for _ in names]
    for place, at in enumerate(creator):
        of[at].append(place)
    found = []
    for at, places in enumerate(of):
        told = tuple((booked[place].payout, float(counts[place])) for place in places)
        known = (float(expected[at]), float(shape[at]), float(own[at]), float(beside[at]))
        found.append(_prospect([booked[place] for place in places], told, known, worth, needed))
    return tuple(sorted(found, key=lambda one: (-one.chance, -one.expected, one.influencer)))


def _worth(booked: Sequence[Booking]) -> float:
    """What an order is worth on average."""
    orders = sum(one.orders for one in booked)
    revenue = sum(one.tagged_revenue for one in booked)
    return revenue / orders if orders > 0 and revenue > 0 else 1.0


def _prospect(
    own: Sequence[Booking],
    told: tuple[tuple[float, float], ...],
    known: tuple[float, float, float, float],
    worth: float,
    needed: float,
) -> Prospect:
    """From what is ``known``: the expectation, its gamma's shape, ``own`` and ``beside``.

    ``told`` is how much each of their bookings counts.
    """
    from scipy import special  # not needed before somebody plans

    expected, shape, share, beside = known
    chance = float(special.gammaincc(shape, needed * shape / expected))
    choice: Choice = "test again"
    if chance >= SURE:
        choice = "book again"
    elif chance <= HOPELESS:
        choice = "stop"
    low, high = (float(special.gammaincinv(shape, end)) * expected / shape for end in (0.05, 0.95))
    brought = sum(one.incremental_revenue for one in own)
    return Prospect(
        own[0].influencer,
        own[0].tier,
        expected,
        (low, high),
        chance,
        choice,
        _reason(own, worth, beside, (low, high), needed, choice),
        sum(one.payout for one in own),
        brought / worth,
        max(one.payout for one in own),
        told,
        share,
        beside,
        brought,
        tuple(one.campaign for one in own if not one.measured),
    )


def _reason(
    own: Sequence[Booking],
    worth: float,
    beside: float,
    interval: tuple[float, float],
    needed: float,
    choice: Choice,
) -> str:
    paid = sum(one.payout for one in own)
    brought = sum(one.incremental_revenue for one in own)
    borrowed = listing([one.campaign for one in own if not one.measured])
    low, high = interval
    evidence = (
        f"{_orders(brought / worth)} for {rupees_compact(paid)} in "
        f"{counted(len(own), 'campaign')}, {times(brought / paid)} so far: "
        f"{said_beside(beside, len(own))}. As far as that stays, {times(low)} to {times(high)}."
    )
    verdict = {
        "book again": f"Very likely above the {times(needed)} that pays back.",
        "test again": f"May or may not reach the {times(needed)} that pays back: a small booking "
        "would tell.",
        "stop": f"Very unlikely to reach the {times(needed)} that pays back.",
    }[choice]
    guess = f" Incrementality of {borrowed} is taken from the other campaigns." if borrowed else ""
    return f"{evidence} {verdict}{guess}"


def said_beside(beside: float, campaigns: int) -> str:
    """``0.90 times what these campaigns usually bring``: the number that expectations follow."""
    of = "the campaign usually brings" if campaigns == 1 else "these campaigns usually bring"
    return f"{number(beside, 2)} times what {of}"


def _orders(count: float) -> str:
    """Orders need not be whole where only a share of them is incremental."""
    if count < 0.5:
        return "Hardly an incremental order"
    return f"About {counted(round(count), 'incremental order')}"
