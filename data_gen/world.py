"""The baseline: what each product would sell on each day if no campaign had ever run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from dashboard.festivals import festivals
from data_gen.catalogue import Product
from data_gen.plan import Floats, Plan

BUMPS = {
    "Diwali": (0.70, 6.0),
    "Republic Day": (0.35, 2.0),
    "Holi": (0.25, 3.0),
    "Independence Day": (0.35, 2.5),
    "Raksha Bandhan": (0.20, 3.0),
    "Year end": (0.25, 4.0),
}
"""Height (of the logarithm) and width in days of what each festival does to demand."""

REACH_OF_A_BUMP = timedelta(60)
"""Festivals this far outside the period still move days inside it."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Expected orders per product and day without campaigns, and what an order is worth on average.

    ``rate`` is ``(products, days)``, before the daily chance that no expectation explains;
    ``order_value`` is in rupees, ``(products,)``.
    """

    rate: Floats
    order_value: Floats


def draw_baseline(plan: Plan, products: list[Product]) -> Baseline:
    """Draw the demand: trend, weekdays, season, festivals, promotions and drift."""
    chance, count, days = plan.chance("demand"), len(products), plan.days
    day = np.arange(days)
    brands = sorted({product.brand.name for product in products})
    brand = np.array([brands.index(product.brand.name) for product in products])

    level = np.log(plan.orders) + 0.6 * chance.standard_normal(count)
    growth = 0.05 + 0.20 * chance.standard_normal(count)
    loading = 1 + 0.25 * chance.standard_normal(count)
    market = _drift(chance, 1, days, 0.97, 0.10)
    brand_drift = _drift(chance, len(brands), days, 0.97, 0.05)
    own_drift = _drift(chance, count, days, 0.90, 0.06)
    weekday = 0.10 * chance.standard_normal(7) + 0.03 * chance.standard_normal((count, 7))
    swing = np.abs(0.12 + 0.04 * chance.standard_normal(count))
    phase = chance.uniform(0, 2 * np.pi, count)
    promoted = _promotions(chance, count, days)

    logarithm = level[:, None] + growth[:, None] * day / 365
    logarithm += loading[:, None] * (market + brand_drift[brand])
    logarithm += weekday[:, (day + plan.start.weekday()) % 7]
    logarithm += swing[:, None] * np.sin(2 * np.pi * day / 365 + phase[:, None])
    logarithm += _festival_demand(plan, chance, count)
    logarithm += 0.30 * promoted + own_drift

    order_value = np.exp(np.log(1500) + 0.4 * plan.chance("products").standard_normal(count))
    return Baseline(np.exp(logarithm), order_value)


def _drift(
    chance: np.random.Generator, rows: int, days: int, memory: float, spread: float
) -> Floats:
    """Series around 0 that keep ``memory`` of the day before, with ``spread`` in the long run."""
    shocks = spread * chance.standard_normal((rows, days))
    shocks[:, 1:] *= np.sqrt(1 - memory**2)
    series = np.empty_like(shocks)
    series[:, 0] = shocks[:, 0]
    for day in range(1, days):
        series[:, day] = memory * series[:, day - 1] + shocks[:, day]
    return series


def _promotions(chance: np.random.Generator, count: int, days: int) -> Floats:
    """1 on days of a price promotion: one starts every 60 days or so, and lasts four."""
    starts = chance.random((count, days + 3)) < 1 / 60
    running = starts[:, 3:].copy()
    for ago in (1, 2, 3):
        running |= starts[:, 3 - ago : 3 - ago + days]
    return running.astype(np.float64)


def _festival_demand(plan: Plan, chance: np.random.Generator, count: int) -> Floats:
    """A rise around each festival and a small dip after it, each product in its own measure."""
    spread = np.sqrt(np.log1p(0.35**2))
    measure = np.exp(spread * chance.standard_normal((count, len(BUMPS))) - spread**2 / 2)
    day = np.arange(plan.days)
    demand = np.zeros((count, plan.days))
    for festival in festivals(plan.start - REACH_OF_A_BUMP, plan.end + REACH_OF_A_BUMP):
        if festival.name in BUMPS:
            height, width = BUMPS[festival.name]
            centre = (festival.peak - plan.start).days
            rise = np.exp(-0.5 * ((day - centre) / width) ** 2)
            dip = np.exp(-0.5 * ((day - centre - 3 * width) / width) ** 2)
            own = measure[:, list(BUMPS).index(festival.name)]
            demand += own[:, None] * height * (rise - 0.25 * dip)
    return demand
