"""Whom to book again: what the next booking of each creator is expected to bring back.

Raw ROAS of a few bookings overstates the next one about threefold. Expectations here start from
incremental revenue, are drawn towards what all creators bring, and come with their chances. They do
not pick better creators than raw ROAS does; they promise honestly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import optimize, special, stats

from dashboard.formats import counted, listing, number, rupees_compact, times
from dashboard.incrementality import Estimate
from dashboard.ledger import Ledger

Floats = npt.NDArray[np.float64]
Choice = Literal["book again", "test again", "stop"]

SURE, HOPELESS = 0.8, 0.2
"""From which chance of paying back a creator is booked again, and up to which not."""
LEAST_CREATORS = 5
"""Creators with payouts that it takes to know what creators in general bring."""
LEAST_POSTS = 6
"""Bookings of a tier below which it has no curve of its own."""
MOST_OF_USUAL = 2.0
"""Nobody is given more than this many times the most that was ever paid for one campaign."""
_CURVES = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 121)])
"""How bent a curve may be, per largest booking: from not at all to flat at once."""


NO_NUMBER = 1.0
"""How far the incremental revenue of a campaign without a number may be off, as a share of it."""


@dataclass(frozen=True)
class Weighed:
    """A campaign's incremental revenue for planning, and how far it may be off (one error)."""

    revenue: float
    error: float


@dataclass(frozen=True)
class Booking:
    """One creator in one campaign: what was paid and what came because of it, in rupees.

    ``doubt`` is how far the campaign's incremental revenue may be off, as a share of it.
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
    it is above what pays back. ``most`` is the most that was paid for one campaign.
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


@dataclass(frozen=True)
class Prior:
    """What creators in general bring: orders per rupee are Gamma(``shape``, ``rate``)."""

    shape: float
    rate: float


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

    def chosen(self, choice: Choice) -> tuple[Prospect, ...]:
        """One of the three lists."""
        return tuple(one for one in self.prospects if one.choice == choice)


def plan(ledger: Ledger, estimates: Sequence[Estimate], needed: float = 1.0) -> Plan:
    """What to expect of each creator's next booking.

    Parameters
    ----------
    ledger
        Whose pairs say who was paid for which campaign, and whose code brought which orders.
    estimates
        What ``incrementality.estimate`` found; those without a number borrow from the others.
    needed
        The iROAS that pays back: 1, or 1 / gross margin.
    """
    if not any(one.known and one.tagged_revenue > 0 for one in estimates):
        return Plan(
            reason="No campaign has an incremental revenue yet, so nothing can be said of the next "
            "booking. The page Incrementality says what each campaign lacks."
        )
    booked = bookings(ledger, estimates)
    paid = [one for one in booked if one.payout > 0]
    people = len({one.influencer for one in paid})
    if people < LEAST_CREATORS:
        return Plan(
            reason=f"Only {counted(people, 'creator')} of these campaigns "
            f"{'is' if people == 1 else 'are'} paid; it takes {LEAST_CREATORS} to know what is "
            "usual. Name the campaign in more payouts."
        )
    return Plan(prospects(paid, needed), curves(paid))


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
    doubts = {
        name: min(one.error / abs(one.revenue), NO_NUMBER) if one.revenue else NO_NUMBER
        for name, one in weighed.items()
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
    return [
        Booking(
            influencer,
            tier,
            campaign,
            payout / 100,
            revenue / 100,
            max(revenue / 100, 0.0) * factors.get(campaign, 0.0),
            orders,
            campaign in weighed,
            doubts.get(campaign, NO_NUMBER),
        )
        for influencer, tier, campaign, payout, revenue, orders in rows.rows()
    ]


def prospects(booked: Sequence[Booking], needed: float = 1.0) -> tuple[Prospect, ...]:
    """Each creator's expectation, the most promising first; payouts are above 0."""
    worth = _worth(booked)
    names = sorted({one.influencer for one in booked})
    own = [[one for one in booked if one.influencer == name] for name in names]
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
        _prospect(some, float(brought / worth), float(cost), prior, worth, needed)
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
    shape, rate = prior.shape + orders, prior.rate + paid
    rupee = stats.gamma(shape, scale=worth / rate)
    chance = float(rupee.sf(needed))
    choice: Choice = "test again"
    if chance >= SURE:
        choice = "book again"
    elif chance <= HOPELESS:
        choice = "stop"
    low, high = (float(end) for end in rupee.ppf([0.05, 0.95]))
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
        f"About {number(brought / worth)} incremental orders for {rupees_compact(paid)} in "
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
    return f"{verdict} {evidence}{guess}"


def fitted_prior(orders: Floats, paid: Floats, mean: float) -> Prior:
    """The gamma distribution of orders per rupee that makes what creators brought most likely.

    Its mean is given, that of all money together, so that what creators are expected to bring adds
    up; only how far they differ is fitted. Orders given the rate are Poisson, so that they are
    negative binomial in all; incremental orders need not be whole.
    """
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
    wanted = [
        one
        for one in found.prospects
        if (one.influencer in chosen if chosen is not None else one.choice != "stop")
    ]
    if amount <= 0 or not wanted:
        why = "There is nobody to give it to." if amount > 0 else "There is nothing to split."
        return Split((), max(amount, 0.0), why)
    bends = dict(found.curves)
    bend = np.array([bends[one.tier].bend if one.tier in bends else 0.0 for one in wanted])
    most = np.array([MOST_OF_USUAL * one.most for one in wanted])
    # A curve through what the creator is expected to bring on a usual booking.
    slope = np.array([one.expected for one in wanted]) * (1 + bend * most / MOST_OF_USUAL)
    given = _water(amount, slope, bend, most, needed)
    shares = tuple(
        _share(one, float(part), float(a), float(b))
        for one, part, a, b in zip(wanted, given, slope, bend, strict=True)
        if part >= 1
    )
    left = amount - sum(share.amount for share in shares)
    return Split(shares, left, _left(left, needed))


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
