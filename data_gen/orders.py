"""Order lines: the baseline's own, then what the campaigns add to them, take over and take away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from data_gen.effects import Effect
from data_gen.plan import Flags, Floats, Ints, Plan

BASELINE, TAGGED, HALO, LEAKED, PULLED = range(5)
CAUSES = ("baseline", "caused_tagged", "caused_halo", "leaked", "pulled_forward")
"""Why an order is there: it would have come anyway; a campaign caused it, with or without its code;
it would have come anyway but used a code; or it would have come, and does not, because its buyer
bought sooner."""

NONE = -1
"""No campaign, no creator, no other line."""

SOURCES = ("organic", "ads", "email", "referral", "influencer")
UNTAGGED_SHARES = (0.56, 0.24, 0.13, 0.07)
ADS, INFLUENCER = SOURCES.index("ads"), SOURCES.index("influencer")

ORDER_SPREAD = 0.45
PULL_SHARE, PULL_DAYS = 0.10, 10.0
RETURN_SHARE, RETURN_DAYS = 0.012, (3, 21)
DOUBLE_SHARE = 0.06
"""Share of neighbouring like lines that are one buyer's two orders of the day."""
LABELLED_ADS_SHARE = 0.20
"""Share of a product's ads orders in a campaign's window that name the campaign, though no
creator."""

LINES = {
    "product": pl.Int16,
    "day": pl.Int16,
    "source": pl.Int8,
    "campaign": pl.Int16,
    "label": pl.Int16,
    "creator": pl.Int32,
    "cause": pl.Int8,
    "orders_anyway": pl.Int8,
    "orders": pl.Int8,
    "anyway": pl.Int64,
    "revenue": pl.Int64,
    "twin": pl.Int64,
}
"""Columns of the order lines. ``anyway`` and ``revenue`` are paise without and with campaigns;
``campaign`` is the one behind the cause, ``label`` the one that the table names; ``twin`` is the
line whose buyer this one has, of the same product."""


@dataclass(slots=True)
class _Block:
    """Lines of one product while they are drawn. ``back`` is the day of return, or ``NONE``."""

    day: Ints
    source: Ints
    campaign: Ints
    creator: Ints
    cause: Ints
    price: Ints
    back: Ints

    def plus(self, other: _Block) -> _Block:
        """These lines, then the other's."""
        return _Block(
            *(
                np.concatenate((getattr(self, name), getattr(other, name)))
                for name in self.__slots__
            )
        )


def draw_lines(
    plan: Plan,
    product: int,
    rate: Floats,
    order_value: float,
    acting: list[tuple[int, Effect]],
) -> pl.DataFrame:
    """Draw the order lines of one product.

    Parameters
    ----------
    product, rate, order_value
        Its code; ``(days,)`` expected baseline orders; the mean worth of an order in rupees.
    acting
        The campaigns on this product with their codes, in order of their start.

    Returns
    -------
    pl.DataFrame
        Columns ``LINES``. Lines with no orders are orders that a campaign prevented: they exist
        only without it.
    """
    chance = plan.chance("orders", product)
    noisy = rate * chance.gamma(40, 1 / 40, plan.days)
    day = np.repeat(np.arange(plan.days), chance.poisson(noisy))
    lines = _untagged(chance, plan.days, day, order_value)

    # What campaigns do has chances of its own: without them the very same baseline comes.
    chance = plan.chance("effects", product)
    for code, effect in acting:
        _leak(chance, lines, code, effect)
    count = len(day)
    for code, effect in acting:
        lines = lines.plus(_caused(chance, code, effect, order_value))
    sooner, later = _pull_forward(chance, plan.days, lines, count)
    lines.cause[later] = PULLED
    lines.campaign[later] = lines.campaign[sooner]

    tied = lines.back != NONE
    tied[sooner] = tied[later] = True
    twin = np.full(len(lines.day), NONE)
    twin[sooner] = later
    columns = _columns(product, lines, twin)
    columns["label"] = _labels(chance, lines, acting)
    return _with_returns(_with_doubles(chance, columns, tied), lines.back)


def _prices(chance: np.random.Generator, count: int, order_value: float) -> Ints:
    """What orders cost before any discount, in paise: whole rupees, spread around their mean."""
    rupees = order_value * np.exp(
        ORDER_SPREAD * chance.standard_normal(count) - ORDER_SPREAD**2 / 2
    )
    return np.maximum(99, np.rint(rupees)).astype(np.int64) * 100


def _untagged(chance: np.random.Generator, days: int, day: Ints, order_value: float) -> _Block:
    """Orders on the given days, without any campaign as yet."""
    count = len(day)
    back = day + chance.integers(*RETURN_DAYS, size=count)
    back[(chance.random(count) >= RETURN_SHARE) | (back >= days)] = NONE
    return _Block(
        day=day,
        source=np.searchsorted(np.cumsum(UNTAGGED_SHARES)[:-1], chance.random(count), side="right"),
        campaign=np.full(count, NONE),
        creator=np.full(count, NONE),
        cause=np.full(count, BASELINE),
        price=_prices(chance, count, order_value),
        back=back,
    )


def _leak(chance: np.random.Generator, lines: _Block, code: int, effect: Effect) -> None:
    """Let some baseline orders use the campaign's code: they count as its own, at a discount."""
    draw = chance.random(len(lines.day))
    taken = np.flatnonzero((draw < effect.leak[lines.day]) & (lines.cause == BASELINE))
    lines.cause[taken], lines.campaign[taken], lines.source[taken] = LEAKED, code, INFLUENCER
    lines.creator[taken] = effect.creators_of(lines.day[taken], chance.random(len(taken)))


def _caused(chance: np.random.Generator, code: int, effect: Effect, order_value: float) -> _Block:
    """The orders that a campaign causes: some carry its code, the rest come unmarked (halo)."""
    day = np.repeat(np.arange(len(effect.caused)), chance.poisson(effect.caused))
    lines = _untagged(chance, len(effect.caused), day, order_value)
    lines.campaign[:] = code
    tagged = chance.random(len(day)) < effect.campaign.tag_share
    lines.cause[:] = np.where(tagged, TAGGED, HALO)
    lines.source[tagged] = INFLUENCER
    lines.creator[tagged] = effect.creators_of(day[tagged], chance.random(int(tagged.sum())))
    return lines


def _pull_forward(
    chance: np.random.Generator, days: int, lines: _Block, count: int
) -> tuple[Ints, Ints]:
    """Pair some caused orders with a later unmarked baseline order (of the first ``count`` lines)
    that they replace.

    Returns the lines of the caused orders and, in step, the lines of the orders that now never
    come.
    """
    caused = np.arange(count, len(lines.day))
    pulling = caused[chance.random(len(caused)) < PULL_SHARE]
    target = lines.day[pulling] + np.ceil(chance.exponential(PULL_DAYS, len(pulling))).astype(
        np.int64
    )
    order = np.argsort(target, kind="stable")
    pulling, target = pulling[order], target[order]
    free = np.flatnonzero(lines.cause[:count] == BASELINE)
    free_days = lines.day[free]
    rank = np.arange(len(target)) - np.searchsorted(target, target, side="left")
    place = np.searchsorted(free_days, target, side="left") + rank
    fits = (target < days) & (place < np.searchsorted(free_days, target, side="right"))
    return pulling[fits], free[place[fits]]


def _columns(product: int, lines: _Block, twin: Ints) -> dict[str, Ints]:
    """The lines with what they bring without and with campaigns; a code takes off a tenth."""
    anyway = np.isin(lines.cause, (BASELINE, LEAKED, PULLED))
    coded = np.isin(lines.cause, (TAGGED, LEAKED))
    there = lines.cause != PULLED
    return {
        "product": np.full(len(lines.day), product),
        "day": lines.day,
        "source": lines.source,
        "campaign": lines.campaign,
        "creator": lines.creator,
        "cause": lines.cause,
        "orders_anyway": anyway.astype(np.int64),
        "orders": there.astype(np.int64),
        "anyway": np.where(anyway, lines.price, 0),
        "revenue": np.where(there, np.where(coded, lines.price // 10 * 9, lines.price), 0),
        "twin": twin,
    }


def _labels(chance: np.random.Generator, lines: _Block, acting: list[tuple[int, Effect]]) -> Ints:
    """The campaign that the table names: whose code was used, and the one running for some ads."""
    label = np.where(lines.source == INFLUENCER, lines.campaign, NONE)
    draw = chance.random(len(label)) < LABELLED_ADS_SHARE
    for code, effect in acting:
        running = (lines.day >= effect.first) & (lines.day <= effect.last)
        label[draw & running & (lines.source == ADS)] = code
    return label


def _with_doubles(
    chance: np.random.Generator, columns: dict[str, Ints], tied: Flags
) -> dict[str, Ints]:
    """Make some pairs of like neighbours one line of two orders; tied lines stay as they are."""
    like = ~(tied[1:] | tied[:-1])
    for name in ("day", "source", "campaign", "label", "creator", "cause"):
        like &= columns[name][1:] == columns[name][:-1]
    into = np.zeros(len(tied), dtype=bool)
    into[:-1] = like & (chance.random(len(like)) < DOUBLE_SHARE)
    into[1:] &= ~into[:-1]
    second = np.zeros_like(into)
    second[1:] = into[:-1]
    for name in ("orders_anyway", "orders", "anyway", "revenue"):
        columns[name][into] += columns[name][second]
        columns[name][second] = 0
    return columns


def _with_returns(columns: dict[str, Ints], back: Ints) -> pl.DataFrame:
    """Add lines that take orders back on their days, each with its order's cause and buyer."""
    returned = np.flatnonzero(back != NONE)
    taken = {name: values[returned].copy() for name, values in columns.items()}
    for name in ("orders_anyway", "orders", "anyway", "revenue"):
        taken[name] *= -1
    taken["day"], taken["twin"] = back[returned], returned
    both = {name: np.concatenate((columns[name], taken[name])) for name in LINES}
    return pl.DataFrame(both, schema=LINES)
