"""What to expect of each creator: gamma-Poisson, drawn towards what creators in general bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dashboard.formats import counted, listing, rupees_compact, times
from dashboard.planning.results import Booking, Choice, Floats, Prior, Prospect

SURE, HOPELESS = 0.8, 0.2
"""From which chance of paying back a creator is booked again, and up to which not."""


def prospects(booked: Sequence[Booking], needed: float = 1.0) -> tuple[Prospect, ...]:
    """Each creator's expectation, the most promising first; payouts are above 0."""
    worth = _worth(booked)
    by_name: dict[str, list[Booking]] = {}
    for one in booked:
        by_name.setdefault(one.influencer, []).append(one)
    own = list(by_name.values())
    rate = sum(one.incremental_revenue for one in booked) / sum(one.payout for one in booked)
    told = _told(booked, rate / worth)
    orders, paid = (
        np.array(
            [
                sum(told[one.campaign, one.influencer] * getattr(one, part) for one in some)
                for some in own
            ]
        )
        for part in ("incremental_revenue", "payout")
    )
    prior = fitted_prior(orders / worth, paid, rate / worth)
    found = [
        replace(
            _prospect(some, float(brought / worth), float(cost), prior, worth, needed),
            told=tuple((one.payout, told[one.campaign, one.influencer]) for one in some),
            brought=sum(one.incremental_revenue for one in some),
            borrowed=tuple(one.campaign for one in some if not one.measured),
        )
        for some, brought, cost in zip(own, orders, paid, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.chance, -one.expected, one.influencer)))


def _told(booked: Sequence[Booking], rate: float) -> dict[tuple[str, str], float]:
    """How much of each booking counts: less where its campaign's own number is in doubt.

    Orders that chance alone makes vary by their number; what is wrong with a campaign's number
    adds the square of it. The number is the one that so much money usually brings, ``rate`` of it,
    so that no result weighs less for being good.
    """
    return {
        (one.campaign, one.influencer): 1 / (1 + one.doubt**2 * rate * one.payout) for one in booked
    }


def _worth(booked: Sequence[Booking]) -> float:
    """What an order is worth on average."""
    orders = sum(one.orders for one in booked)
    revenue = sum(one.tagged_revenue for one in booked)
    return revenue / orders if orders > 0 and revenue > 0 else 1.0


def _prospect(
    own: Sequence[Booking],
    orders: float,
    paid: float,
    prior: Prior,
    worth: float,
    needed: float,
) -> Prospect:
    """From the orders and payouts that count, ``orders`` and ``paid``."""
    from scipy import special  # not needed before somebody plans

    shape, rate = prior.shape + orders, prior.rate + paid
    chance = float(special.gammaincc(shape, needed * rate / worth))
    choice: Choice = "test again"
    if chance >= SURE:
        choice = "book again"
    elif chance <= HOPELESS:
        choice = "stop"
    low, high = (float(special.gammaincinv(shape, end)) * worth / rate for end in (0.05, 0.95))
    return Prospect(
        own[0].influencer,
        own[0].tier,
        worth * shape / rate,
        (low, high),
        chance,
        choice,
        _reason(own, worth, (low, high), needed, choice),
        sum(one.payout for one in own),
        sum(one.incremental_revenue for one in own) / worth,
        max(one.payout for one in own),
    )


def _reason(
    own: Sequence[Booking],
    worth: float,
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
        f"{counted(len(own), 'campaign')}, {times(brought / paid)} so far; drawn towards other "
        f"creators, {times(low)} to {times(high)}."
    )
    verdict = {
        "book again": f"Very likely above the {times(needed)} that pays back.",
        "test again": f"May or may not reach the {times(needed)} that pays back: a small booking "
        "would tell.",
        "stop": f"Very unlikely to reach the {times(needed)} that pays back.",
    }[choice]
    guess = f" Incrementality of {borrowed} is taken from the other campaigns." if borrowed else ""
    return f"{evidence} {verdict}{guess}"


def _orders(count: float) -> str:
    """Orders need not be whole where only a share of them is incremental."""
    if count < 0.5:
        return "Hardly an incremental order"
    return f"About {counted(round(count), 'incremental order')}"


def fitted_prior(orders: Floats, paid: Floats, mean: float) -> Prior:
    """The gamma distribution of orders per rupee that makes what creators brought most likely.

    Its mean is given, that of all money together, so that what creators are expected to bring adds
    up; only how far they differ is fitted. Orders given the rate are Poisson, so that they are
    negative binomial in all; incremental orders need not be whole.
    """
    from scipy import optimize, special  # not needed before somebody plans

    mean = max(mean, 1e-12)

    def unlikely(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        rate = shape / mean
        terms = (
            special.gammaln(orders + shape)
            - special.gammaln(shape)
            + shape * np.log(rate / (rate + paid))
            + orders * np.log(paid / (rate + paid))
        )
        # A weak opinion keeps the fit in bounds where all creators are alike.
        return float(-terms.sum() + log_shape**2 / 18)

    best = optimize.minimize_scalar(unlikely, bounds=(-5, 7), method="bounded").x
    shape = float(np.exp(best))
    return Prior(shape, shape / mean)
