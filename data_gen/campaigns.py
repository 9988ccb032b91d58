"""The campaigns: which product, when, with whom, and how strongly each will act."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from dashboard.festivals import festivals
from data_gen.catalogue import Product
from data_gen.people import People
from data_gen.plan import Floats, Ints, Plan
from data_gen.world import BUMPS, Baseline

HISTORY_DAYS, TAIL_DAYS, AFTER_DAYS = 140, 14, 30
"""Days before the first campaign, days that a campaign still acts after its last post, days of calm
after that."""

FESTIVE_SHARE = 0.40
"""Share of campaigns that start in the fortnight before a festival; the others keep clear of those
fortnights."""

LATE_ONE_IN = 6
"""One campaign in so many is still running, or hardly over, on the last day."""

TIMINGS = ("festive", "late", "any")
SPANS, RUN_UP_DAYS = (10, 36), range(4, 15)
"""Days from a campaign's first day to its last post (below the second number), and from its start
to its festival."""

UNTOUCHED_SHARE = 0.40
"""Share of products that no campaign ever touches."""

NO_EFFECT_SHARE = 0.15
"""Share of campaigns that cause no order at all."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign on one product. Days count from the world's first day.

    ``lift`` is the orders it causes, in shares of the baseline from its first post to its last;
    ``tag_share`` the share of them that use its code; ``leak_share`` the share of baseline orders
    that use the code as well, on an average of the same days.
    """

    name: str
    product: int
    start: int
    span: int
    festival: str
    creators: Ints
    lift: float
    tag_share: float
    leak_share: float

    @property
    def end(self) -> int:
        """The last day on which it is still expected to act."""
        return self.start + self.span - 1 + TAIL_DAYS


def draw_campaigns(
    plan: Plan, products: list[Product], people: People, baseline: Baseline
) -> list[Campaign]:
    """Draw the campaigns by start; those on one product follow each other while there is room."""
    chance = plan.chance("campaigns")
    touched = _touched_products(chance, plan, products, baseline)
    festive = round(FESTIVE_SHARE * plan.campaigns)
    timing = np.repeat(
        TIMINGS, (festive, late := plan.campaigns // LATE_ONE_IN, plan.campaigns - festive - late)
    )
    slots: list[tuple[int, int, int, str]] = []
    for product, when in zip(touched, chance.permutation(timing), strict=True):
        busy = [
            (start, start + span + TAIL_DAYS) for start, span, other, _ in slots if other == product
        ]
        start, span, festival = _slot(chance, plan, str(when), busy)
        slots.append((start, span, product, festival))

    campaigns: list[Campaign] = []
    runs = dict.fromkeys(range(plan.products), 0)
    bookings = np.zeros(plan.influencers)
    for start, span, product, festival in sorted(slots):
        runs[product] += 1
        creators = _cast(chance, plan, products[product], people, bookings)
        bookings[creators] += 1
        drawn = (
            0.0
            if chance.random() < NO_EFFECT_SHARE
            else 0.18 * float(np.exp(0.6 * chance.standard_normal()))
        )
        campaigns.append(
            Campaign(
                name=f"{products[product].campaign_stem}_{runs[product]}",
                product=product,
                start=start,
                span=span,
                festival=festival,
                creators=creators,
                lift=drawn if plan.lift is None else plan.lift,
                tag_share=float(chance.beta(6.5, 3.5)),
                leak_share=float(chance.beta(1.8, 10.2)),
            )
        )
    return campaigns


def _touched_products(
    chance: np.random.Generator, plan: Plan, products: list[Product], baseline: Baseline
) -> list[int]:
    """A product each: brands take turns, what sells well comes first, some is never touched."""
    most = max(1, plan.products - math.ceil(UNTOUCHED_SHARE * plan.products))
    appeal = np.log(baseline.rate.mean(axis=1)) + chance.gumbel(size=plan.products)
    of_brand: dict[str, list[int]] = {}
    for product in np.argsort(-appeal, kind="stable"):
        of_brand.setdefault(products[product].brand.name, []).append(int(product))
    in_turn = [
        product
        for turn in zip_longest(*of_brand.values())
        for product in turn
        if product is not None
    ]
    touched = in_turn[: min(most, plan.campaigns)]
    return [touched[number % len(touched)] for number in range(plan.campaigns)]


def _slot(
    chance: np.random.Generator, plan: Plan, when: str, busy: list[tuple[int, int]]
) -> tuple[int, int, str]:
    """A start, a length in days, and the festival it runs up to ("" for none).

    Looks for a place far from the product's other campaigns, then for one just clear of them; in a
    world too crowded for that, the campaigns overlap.
    """
    peaks = [
        ((festival.peak - plan.start).days, festival.name)
        for festival in festivals(plan.start, plan.end)
        if festival.name in BUMPS
    ]
    earliest = min(HISTORY_DAYS, plan.days // 3)
    start, span, name = earliest, SPANS[0], ""
    for attempt in range(200):
        span = int(chance.integers(*SPANS))
        latest = max(earliest, plan.days - span - TAIL_DAYS - AFTER_DAYS)
        eligible = [
            (peak - before, festival)
            for peak, festival in peaks
            for before in RUN_UP_DAYS
            if earliest <= peak - before <= latest
        ]
        if when == "festive" and eligible:
            start, name = eligible[int(chance.integers(len(eligible)))]
        elif when == "late":
            start, name = plan.days - span - int(chance.integers(10)), ""
        else:
            start, name = int(chance.integers(earliest, latest + 1)), ""
        calm = 60 if attempt < 100 else 7
        clear = all(
            start + span + TAIL_DAYS + calm <= first or start >= last + calm for first, last in busy
        )
        if clear and (name or not any(0 < peak - start <= RUN_UP_DAYS[-1] for peak, _ in peaks)):
            break
    return start, span, name


def _cast(
    chance: np.random.Generator, plan: Plan, product: Product, people: People, bookings: Floats
) -> Ints:
    """Choose a campaign's creators: rather those who suit the brand and are not yet booked."""
    usual = plan.bookings * plan.influencers / plan.campaigns
    size = int(
        np.clip(round(usual * chance.uniform(1.1, 1.9)), min(3, plan.influencers), plan.influencers)
    )
    suits = np.isin(people.categories, product.brand.suits)
    weight = np.where(suits, 3.0, 1.0) / (1 + bookings) ** 2
    key = np.log(chance.random(plan.influencers)) / weight
    return np.sort(np.argsort(-key, kind="stable")[:size]).astype(np.int64)
