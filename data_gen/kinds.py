"""How many lines of each kind a large world has on each day, drawn before the lines themselves.

A kind is a product's lines of one day with the same cause and campaign. With their numbers known,
each stretch of days can be drawn by itself, by any process; only the orders that come back, which
belong to two days, are drawn here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from data_gen.customers import EARLIER_SHARE, GUEST_SHARE, NEW_SHARE
from data_gen.effects import Effect
from data_gen.orders import (
    ADS,
    BASELINE,
    CAUSES,
    DOUBLE_SHARE,
    HALO,
    INFLUENCER,
    LABELLED_ADS_SHARE,
    LEAKED,
    NONE,
    ORDER_SPREAD,
    PULL_DAYS,
    PULL_SHARE,
    PULLED,
    RETURN_DAYS,
    RETURN_SHARE,
    TAGGED,
    UNTAGGED_SHARES,
)
from data_gen.plan import Floats, Ints, Plan
from data_gen.world import Baseline

Codes = npt.NDArray[np.signedinteger[Any]]

LEAST_PRICE = 99

SOURCE_BY_PERCENT = np.repeat(
    np.arange(len(UNTAGGED_SHARES), dtype=np.int8),
    np.rint(np.array(UNTAGGED_SHARES) * 100).astype(np.int64),
)

LIKE_PAIRS = 2 * DOUBLE_SHARE * sum(share**2 for share in UNTAGGED_SHARES)
"""Share of pairs of a product's unmarked orders of a day that are one line of two orders."""

STRETCH_LINES = 500_000
"""Lines that are drawn at once, or all of a day if it has more."""

NARROW = ("day", "product", "campaign", "cause", "orders", "running")
"""Columns of the kinds that two bytes hold."""

NEW_BY_CAUSE = (1 - GUEST_SHARE) * np.array([NEW_SHARE[name] for name in CAUSES])


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of lines by day, in columns.

    ``orders`` is one line's, 1 or 2; ``running`` the campaign that some of its ads orders name;
    ``count`` the lines that do not come back.
    """

    day: Codes
    product: Codes
    campaign: Codes
    cause: Codes
    orders: Codes
    running: Codes
    count: Ints

    def taken(self, rows: slice | Ints | list[int]) -> Kinds:
        """Some of the kinds."""
        return Kinds(*(getattr(self, column.name)[rows] for column in fields(self)))

    @property
    def coded(self) -> npt.NDArray[np.bool_]:
        """Whether its lines carry a creator's code."""
        return np.isin(self.cause, (TAGGED, LEAKED))

    @property
    def rebate(self) -> Ints:
        """Paise for a rupee before the discount."""
        return np.where(self.coded, 90, 100)

    @property
    def anyway(self) -> npt.NDArray[np.bool_]:
        """Whether its orders would have come without campaigns."""
        return np.isin(self.cause, (BASELINE, LEAKED, PULLED))


@dataclass(frozen=True, slots=True)
class Returned:
    """Lines that come back, and the lines that take them back, by day and by chance within it.

    ``kind`` is the row of the kinds that they belong to; orders and money are negative where they
    are taken back; ``rupees`` is before the discount, ``paise`` after; ``customer`` counts from 1,
    0 for a guest.
    """

    day: Codes
    kind: Codes
    product: Codes
    orders: Codes
    source: Codes
    label: Codes
    creator: Codes
    rupees: Codes
    paise: Ints
    customer: Ints

    def taken(self, rows: slice | Ints | list[int]) -> Returned:
        """Some of the lines."""
        return Returned(*(getattr(self, column.name)[rows] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """A large world's lines in numbers: the kinds, those that come back, those that never come.

    ``prevented`` are kinds with the cause ``PULLED``, and ``prevented_rupees`` is what each would
    have brought. ``stretches`` are the first days of the stretches that lines are drawn in, and
    the day after the last; ``known`` is how many customers there are before each stretch.
    """

    kinds: Kinds
    returned: Returned
    prevented: Kinds
    prevented_rupees: Ints
    stretches: Ints
    known: Ints


@dataclass(frozen=True, slots=True)
class Dressed:
    """What lines have beyond their kind; ``rupees`` before any discount."""

    source: Codes
    label: Codes
    creator: Codes
    rupees: npt.NDArray[np.float32]


def dress(
    chance: np.random.Generator,
    kinds: Kinds,
    kind: Codes,
    worth: Floats,
    effects: dict[int, Effect],
) -> Dressed:
    """Draw what lines have beyond their kind: source, the campaign named, creator and price.

    Parameters
    ----------
    kind
        ``(lines,)`` rows of the kinds.
    worth
        ``(products,)`` what an order is worth on average, in rupees.
    effects
        The campaigns at work by their codes, their days counted from each one's first.
    """
    count = len(kind)
    source = SOURCE_BY_PERCENT[chance.integers(100, size=count, dtype=np.uint8)]
    label = np.full(count, NONE, dtype=np.int16)
    creator = np.full(count, NONE, dtype=np.int32)
    expected = worth[kinds.product].astype(np.float32)[kind]
    rupees = _prices(chance, expected)
    twice = np.flatnonzero((kinds.orders == 2)[kind])
    rupees[twice] += _prices(chance, expected[twice])

    coded = np.flatnonzero(kinds.coded[kind])
    codes = kinds.campaign[kind[coded]]
    source[coded], label[coded] = INFLUENCER, codes
    for code in np.unique(codes):
        own, effect = coded[codes == code], effects[int(code)]
        day = kinds.day[kind[own]].astype(np.int64) - effect.first
        creator[own] = effect.creators_of(day, chance.random(len(own)))

    ads = np.flatnonzero((kinds.running != NONE)[kind])
    ads = ads[source[ads] == ADS]
    ads = ads[chance.random(len(ads)) < LABELLED_ADS_SHARE]
    label[ads] = kinds.running[kind[ads]]
    return Dressed(source, label, creator, rupees)


def _prices(
    chance: np.random.Generator, expected: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """Whole rupees spread around what is expected; single precision holds them exactly."""
    rupees = chance.standard_normal(len(expected), dtype=np.float32)
    rupees *= np.float32(ORDER_SPREAD)
    rupees -= np.float32(ORDER_SPREAD**2 / 2)
    np.exp(rupees, out=rupees)
    rupees *= expected
    np.rint(rupees, out=rupees)
    return np.maximum(rupees, np.float32(LEAST_PRICE), out=rupees)


def customers(
    chance: np.random.Generator,
    new: npt.NDArray[np.floating[Any]],
    first: int,
    known: Ints | None = None,
) -> Ints:
    """Draw each line's customer, from 1: a new one, a rather recent one, or 0 for a guest.

    Parameters
    ----------
    new
        ``(lines,)`` each line's chance of a new customer.
    first
        New ones are numbered on from here.
    known
        ``(lines,)`` how many came before each; by default all up to the last new one.
    """
    draw = chance.random(len(new), dtype=np.float32)
    fresh = draw < new
    number = first + np.cumsum(fresh) - fresh
    back = (number if known is None else known) * np.sqrt(chance.random(len(new)))
    customer = np.where(fresh, number, back.astype(np.int64)) + 1
    customer[draw >= 1 - GUEST_SHARE] = 0
    return customer


def draw_kinds(plan: Plan, baseline: Baseline, effects: list[Effect]) -> Drawn:
    """Draw how many lines of each kind there are on each day, and the lines that come back.

    Parameters
    ----------
    effects
        In order of their start, each with its days counted from its first.
    """
    chance = plan.chance("counts")
    left = chance.poisson(baseline.rate * chance.gamma(40, 1 / 40, baseline.rate.shape))
    chance = plan.chance("marks")
    marked, prevented = _marked(chance, plan, effects, left)
    running = np.full(left.shape, NONE)
    for code, effect in enumerate(effects):
        running[effect.campaign.product, effect.first : effect.last + 1] = code

    product, day = (grid.ravel() for grid in np.indices(left.shape))
    kinds = _stacked([_kinds(day, product, NONE, BASELINE, left.ravel()), *marked], running)
    chance = plan.chance("returned")
    back = chance.binomial(kinds.count, RETURN_SHARE)
    kinds, back = _with_doubles(chance, replace(kinds, count=kinds.count - back), back)
    stretches = _stretches(plan, kinds)
    known, known_by_day = _known(plan, kinds, int(back.sum()), stretches)
    returned = _returned(chance, baseline, kinds, back, effects, known_by_day)

    gone = _stacked(prevented, running)
    owner = np.repeat(np.arange(len(gone.count)), gone.count)
    rupees = _prices(chance, baseline.order_value[gone.product[owner]].astype(np.float32))
    sums = np.bincount(owner, rupees, len(gone.count)).astype(np.int64)
    return Drawn(kinds, returned, gone, sums, stretches, known)


def _marked(
    chance: np.random.Generator, plan: Plan, effects: list[Effect], left: Ints
) -> tuple[list[Kinds], list[Kinds]]:
    """The lines that campaigns cause or put their code on, and those that they prevent.

    Those that would have come anyway are taken from ``left``, ``(products, days)``.
    """
    marked, prevented, wanted = [], [], []
    for code, effect in enumerate(effects):
        product, day = effect.campaign.product, effect.first + np.arange(len(effect.caused))
        leaked = chance.binomial(left[product, day], effect.leak)
        left[product, day] -= leaked
        caused = chance.poisson(effect.caused)
        tagged = chance.binomial(caused, effect.campaign.tag_share)
        for cause, count in ((LEAKED, leaked), (TAGGED, tagged), (HALO, caused - tagged)):
            marked.append(_kinds(day, product, code, cause, count))
        sooner = np.repeat(day, chance.binomial(caused, PULL_SHARE))
        later = sooner + np.ceil(chance.exponential(PULL_DAYS, len(sooner))).astype(np.int64)
        wanted.append(np.bincount(later[later < plan.days], minlength=plan.days))
    every_day = np.arange(plan.days)
    for code, (effect, pulled) in enumerate(zip(effects, wanted, strict=True)):
        product = effect.campaign.product
        gone = np.minimum(pulled, left[product])
        left[product] -= gone
        prevented.append(_kinds(every_day, product, code, PULLED, gone))
    return marked, prevented


def _kinds(day: Ints, product: int | Ints, campaign: int, cause: int, count: Ints) -> Kinds:
    """Kinds of single orders with one campaign and one cause."""
    usual = np.ones_like(day)
    return Kinds(day, usual * product, usual * campaign, usual * cause, usual, usual * NONE, count)


def _stacked(parts: list[Kinds], running: Ints) -> Kinds:
    """The kinds that have any line, with the campaigns running on their products."""
    together = joined(parts)
    some = together.taken(np.flatnonzero(together.count))
    return replace(some, running=running[some.product, some.day])


def joined(parts: list[Kinds]) -> Kinds:
    """All kinds, one part after the other."""
    columns = [column.name for column in fields(Kinds)]
    return Kinds(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def _with_doubles(chance: np.random.Generator, kinds: Kinds, back: Ints) -> tuple[Kinds, Ints]:
    """Some pairs of unmarked orders become lines of two; all by day, in small numbers."""
    pairs = chance.binomial(np.where(kinds.cause == BASELINE, kinds.count // 2, 0), LIKE_PAIRS)
    double = replace(kinds, orders=np.full_like(kinds.orders, 2), count=pairs)
    single = replace(kinds, count=kinds.count - 2 * pairs)
    both = joined([single, double])
    back = np.concatenate((back, np.zeros_like(back)))
    some = np.flatnonzero(both.count + back)
    order = some[np.argsort(both.day[some], kind="stable")]
    small = both.taken(order)
    narrow = {name: getattr(small, name).astype(np.int16) for name in NARROW}
    return replace(small, **narrow), back[order]


def _stretches(plan: Plan, kinds: Kinds) -> Ints:
    """The first days of stretches that have lines enough to be drawn at once, and the end."""
    lines = np.cumsum(np.bincount(kinds.day, kinds.count, plan.days))
    first, stretches = 0, [0]
    while first < plan.days:
        drawn = lines[first - 1] if first else 0
        first = 1 + int(np.searchsorted(lines, drawn + STRETCH_LINES))
        stretches.append(min(first, plan.days))
    return np.array(stretches)


def _known(plan: Plan, kinds: Kinds, reserved: int, stretches: Ints) -> tuple[Ints, Ints]:
    """How many customers there are before each stretch, and about how many before each day.

    Some numbers are reserved for the new customers among those who return something; then come
    those from before the first day. Each stretch leaves room for more new ones than it will have.
    """
    new = np.bincount(kinds.day, kinds.count * NEW_BY_CAUSE[kinds.cause], plan.days)
    before = np.concatenate(([0], np.cumsum(new)))
    room = 10 + 6 * np.sqrt(np.diff(before[stretches]).max())
    earlier = reserved + max(20, round(EARLIER_SHARE * int(kinds.count.sum())))
    stretch = np.searchsorted(stretches, np.arange(plan.days + 1), side="right") - 1
    known = (earlier + before + room * stretch).astype(np.int64)
    return known[stretches], known


def _returned(
    chance: np.random.Generator,
    baseline: Baseline,
    kinds: Kinds,
    back: Ints,
    effects: list[Effect],
    known: Ints,
) -> Returned:
    """The lines that come back and, some days later, those that take them back."""
    kind = np.repeat(np.arange(len(back)), back)
    worn = dress(chance, kinds, kind, baseline.order_value, dict(enumerate(effects)))
    day = kinds.day[kind].astype(np.int64)
    again = day + chance.integers(*RETURN_DAYS, size=len(kind))
    rupees = worn.rupees.astype(np.int64)
    lines = Returned(
        day=day.astype(np.int16),
        kind=kind,
        product=kinds.product[kind],
        orders=np.ones(len(kind), dtype=np.int8),
        source=worn.source,
        label=worn.label,
        creator=worn.creator,
        rupees=rupees,
        paise=rupees * kinds.rebate[kind],
        customer=customers(chance, NEW_BY_CAUSE[kinds.cause[kind]], 0, known[day]),
    )
    there = np.flatnonzero(again < len(known) - 1)
    taken = lines.taken(there)
    taken = replace(
        taken,
        day=again[there].astype(np.int16),
        orders=-taken.orders,
        rupees=-taken.rupees,
        paise=-taken.paise,
    )
    both = Returned(
        *(
            np.concatenate((getattr(lines, column.name), getattr(taken, column.name)))
            for column in fields(Returned)
        )
    )
    return both.taken(np.lexsort((chance.random(len(both.day)), both.day)))
