"""The campaigns: which product, when, with whom, and how strongly each will act."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from dashboard.festivals import Festival, festivals
from data_gen.catalogue import Product
from data_gen.people import People
from data_gen.plan import Floats, Ints, Plan
from data_gen.world import BUMPS

HISTORY_DAYS, TAIL_DAYS, AFTER_DAYS = 140, 14, 30
"""Days before the first campaign, days that a campaign still acts after its last post, days of calm after that."""

FESTIVE_SHARE = 0.40
"""Share of campaigns that start in the fortnight before a festival; the others keep clear of those fortnights."""

UNTOUCHED_SHARE = 0.40
"""Share of products that no campaign ever touches."""

NO_EFFECT_SHARE = 0.15
"""Share of campaigns that cause no order at all."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign on one product. Days count from the world's first day.

    ``lift`` is the orders it causes, in shares of its window's baseline; ``tag_share`` the share of them that use
    its code; ``leak_share`` the share of baseline orders that use the code as well, on an average day of the window.
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


def draw_campaigns(plan: Plan, products: list[Product], people: People) -> list[Campaign]:
    """Draw the campaigns in order of their start. On one product they follow each other as long as there is room."""
    chance = plan.chance("campaigns")
    touched = _touched_products(chance, plan, products)
    festive = np.zeros(plan.campaigns, dtype=bool)
    festive[chance.permutation(plan.campaigns)[: round(FESTIVE_SHARE * plan.campaigns)]] = True
    slots: list[tuple[int, int, int, str]] = []
    for number, product in enumerate(touched):
        busy = [(start, start + span + TAIL_DAYS) for start, span, other, _ in slots if other == product]
        start, span, festival = _slot(chance, plan, bool(festive[number]), busy)
        slots.append((start, span, int(product), festival))

    campaigns: list[Campaign] = []
    runs = dict.fromkeys(range(plan.products), 0)
    bookings = np.zeros(plan.influencers)
    for start, span, product, festival in sorted(slots):
        runs[product] += 1
        creators = _cast(chance, plan, products[product], people, bookings)
        bookings[creators] += 1
        drawn = 0.0 if chance.random() < NO_EFFECT_SHARE else 0.18 * float(np.exp(0.6 * chance.standard_normal()))
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


def _touched_products(chance: np.random.Generator, plan: Plan, products: list[Product]) -> list[int]:
    """A product for each campaign: brands take turns, and a fixed share of products is never touched."""
    most = max(1, plan.products - math.ceil(UNTOUCHED_SHARE * plan.products))
    shuffled = [int(product) for product in chance.permutation(plan.products)]
    of_brand: dict[str, list[int]] = {}
    for product in shuffled:
        of_brand.setdefault(products[product].brand.name, []).append(product)
    in_turn = [product for turn in zip_longest(*of_brand.values()) for product in turn if product is not None]
    touched = in_turn[: min(most, plan.campaigns)]
    return [touched[number % len(touched)] for number in range(plan.campaigns)]


def _slot(
    chance: np.random.Generator, plan: Plan, festive: bool, busy: list[tuple[int, int]]
) -> tuple[int, int, str]:
    """A start, a length in days, and the festival it runs up to ("" for none).

    Looks for a place clear of the product's other campaigns and of their fading; in a world too crowded for that,
    the campaigns overlap.
    """
    earliest = min(HISTORY_DAYS, plan.days // 3)
    known = [festival for festival in festivals(plan.start, plan.end) if festival.name in BUMPS]
    start, span, name = earliest, 10, ""
    for _ in range(200):
        span = int(chance.integers(10, 36))
        latest = max(earliest, plan.days - span - TAIL_DAYS - AFTER_DAYS)
        ahead = _days_to_festivals(plan, known)
        eligible = [
            (peak - before, festival)
            for peak, festival in ahead
            for before in range(4, 15)
            if earliest <= peak - before <= latest
        ]
        if festive and eligible:
            start, festival = eligible[int(chance.integers(len(eligible)))]
            name = festival.name
        else:
            start, name = int(chance.integers(earliest, latest + 1)), ""
            if any(0 < peak - start <= 14 for peak, _ in ahead):
                continue
        if all(start + span + TAIL_DAYS + 7 <= first or start >= last + 7 for first, last in busy):
            break
    return start, span, name


def _days_to_festivals(plan: Plan, known: list[Festival]) -> list[tuple[int, Festival]]:
    """Each festival with its day, counted from the world's first."""
    return [((festival.peak - plan.start).days, festival) for festival in known]


def _cast(
    chance: np.random.Generator, plan: Plan, product: Product, people: People, bookings: Floats
) -> Ints:
    """Choose the creators of a campaign: rather those who suit the brand, rather those not yet booked."""
    usual = plan.influencers / plan.campaigns
    size = int(np.clip(round(usual * chance.uniform(1.1, 1.9)), min(3, plan.influencers), plan.influencers))
    suits = np.isin(people.categories, product.brand.suits)
    weight = np.where(suits, 3.0, 1.0) / (1 + bookings) ** 2
    key = np.log(chance.random(plan.influencers)) / weight
    return np.sort(np.argsort(-key, kind="stable")[:size]).astype(np.int64)
