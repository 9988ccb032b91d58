"""What each booking brought because of it: campaigns' incremental revenue, shared by tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from dashboard.incrementality import Estimate
from dashboard.ledger import Ledger
from dashboard.planning.results import Booking, Floats, Weighed

NO_NUMBER = 1.0
"""How far a campaign's incremental revenue may be off at most, as a share of what so much money
usually brings; one without a number is as far off."""


def portfolio(estimates: Sequence[Estimate]) -> dict[str, Weighed]:
    """Incremental revenue per campaign, drawn towards what tagged revenue lets expect.

    For planning only, never for a campaign's own interval. In shares of the usual revenue,
    incremental = a + b · tagged + N(0, tau²); a, b and tau by restricted maximum likelihood over
    the campaigns with a number. Fewer than four of them stay as they are.
    """
    known = [one for one in estimates if one.known and _usual(one) > 0]
    usual = np.array([_usual(one) for one in known])
    share = np.array([one.incremental_revenue or 0.0 for one in known]) / usual
    error = np.array([max(_error(one), 1e-9) for one in known]) / usual
    if len(known) >= 4:
        tagged = np.array([one.tagged_revenue for one in known]) / usual
        line = np.column_stack([np.ones(len(known)), tagged])
        spread = _between(share, line, error)
        root = 1 / np.sqrt(error**2 + spread**2)
        fitted = line @ np.linalg.lstsq(line * root[:, None], share * root, rcond=None)[0]
        own = spread**2 / (spread**2 + error**2)
        share, error = own * share + (1 - own) * fitted, np.sqrt(own) * error
    return {
        one.campaign: Weighed(float(value), float(off))
        for one, value, off in zip(known, share * usual, error * usual, strict=True)
    }


def _usual(estimate: Estimate) -> float:
    """Revenue of the window that would have come anyway."""
    total = sum(revenue for _, revenue in estimate.mix)
    return total - (estimate.incremental_revenue or 0.0)


def _error(estimate: Estimate) -> float:
    low, high = estimate.interval or (0.0, 0.0)
    return (high - low) / 2 / 1.645


def _between(share: Floats, line: Floats, error: Floats) -> float:
    """The spread between campaigns that is most likely, beyond their own errors."""

    def unlikely(spread: float) -> float:
        variance = error**2 + spread**2
        root = 1 / np.sqrt(variance)
        gram = (line * root[:, None]).T @ (line * root[:, None])
        rest = share - line @ np.linalg.lstsq(line * root[:, None], share * root, rcond=None)[0]
        return float(
            0.5 * np.log(variance).sum()
            + 0.5 * np.linalg.slogdet(gram + 1e-12 * np.eye(2))[1]
            + 0.5 * (rest**2 / variance).sum()
        )

    tried = np.concatenate([[1e-6], np.geomspace(1e-3, 1.0, 60)])
    return float(tried[np.argmin([unlikely(float(spread)) for spread in tried])])


def bookings(ledger: Ledger, estimates: Sequence[Estimate]) -> list[Booking]:
    """Every creator of every campaign; a campaign's incremental revenue is shared by its tags.

    A campaign without a number is taken to be as incremental as all others together, and never
    below nothing.
    """
    weighed = portfolio(estimates)
    tagged = {one.campaign: one.tagged_revenue for one in estimates if one.tagged_revenue > 0}
    known = [name for name in weighed if name in tagged]
    total = sum(tagged[name] for name in known)
    usual = max(sum(weighed[name].revenue for name in known) / total, 0.0) if known else 0.0
    factors = {
        name: max(weighed[name].revenue / revenue, 0.0) if name in weighed else usual
        for name, revenue in tagged.items()
    }
    spend, sales = ledger.facts["spend"], ledger.facts["sales"]
    paid = spend.group_by("pair").agg(payout=pl.col("spend").sum())
    sold = sales.group_by("pair").agg(pl.col("revenue", "orders").sum())
    rows = (
        ledger.pairs.filter(pl.col("campaign").is_not_null() & (pl.col("pair") != 0))
        .join(paid, on="pair", how="left", maintain_order="left")
        .join(sold, on="pair", how="left", maintain_order="left")
        .select(
            "influencer", "tier", "campaign", pl.col("payout", "revenue", "orders").fill_null(0)
        )
    )
    booked = [
        Booking(
            influencer,
            tier,
            campaign,
            payout / 100,
            revenue / 100,
            max(revenue / 100, 0.0) * factors.get(campaign, 0.0),
            orders,
            campaign in weighed,
            NO_NUMBER,
        )
        for influencer, tier, campaign, payout, revenue, orders in rows.rows()
    ]
    doubts = _doubts(booked, weighed)
    return [replace(one, doubt=doubts.get(one.campaign, NO_NUMBER)) for one in booked]


def _doubts(booked: Sequence[Booking], weighed: Mapping[str, Weighed]) -> dict[str, float]:
    """How far each campaign's number may be off, as a share of what its payouts usually bring.

    Not of the number itself, so that no result is doubted less for being good.
    """
    paid: dict[str, float] = {}
    for one in booked:
        if one.payout > 0:
            paid[one.campaign] = paid.get(one.campaign, 0.0) + one.payout
    brought = sum(one.incremental_revenue for one in booked if one.payout > 0)
    if brought <= 0:
        return {}
    rate = brought / sum(paid.values())
    return {
        name: min(one.error / (rate * paid[name]), NO_NUMBER)
        for name, one in weighed.items()
        if name in paid
    }
