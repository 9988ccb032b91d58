"""What is asked of the invented world, and the streams of chance that it is drawn from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from dashboard.errors import SettingsError
from data_gen.catalogue import MOST_PRODUCTS

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Stream = Literal[
    "products",
    "demand",
    "people",
    "campaigns",
    "posts",
    "effects",
    "orders",
    "customers",
    "payouts",
    "counts",
    "marks",
    "returned",
    "days",
]

Progress = Callable[[str, float], None]
"""Told what is being done, and the share of the work that is done, from 0 to 1."""

EDITION = 6
"""Another number gives every seed another world."""

MOST_ROWS = 50_000_000
"""Tracking rows that one run may draw: they are held in memory, at about 300 bytes each."""

LEAST_LARGE, MOST_LARGE = 10_000, 1_000_000_000
"""Tracking rows of a large world, which is written in parts and never held in memory."""

ROWS_PER_BASELINE_ORDER = 1.35
"""Expected rows per unit of ``orders``: uneven products, festivals, campaigns and returns add to
the median."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of a world and the seed it is drawn from; checked when made.

    ``orders`` is the median over products of the orders that a product gets on a usual day.
    ``lift`` plants the same lift in every campaign, in shares of the baseline from its first post
    to its last; None draws one for each. ``bookings`` is about two thirds of the campaigns that a
    creator takes part in. ``rows`` makes a world of about so many tracking rows, in place of
    ``orders``.
    """

    seed: int = 7
    influencers: int = 60
    days: int = 420
    orders: float = 40.0
    start: date = date(2025, 9, 7)
    campaigns: int = 8
    products: int = 12
    lift: float | None = None
    bookings: float = 1.0
    rows: int | None = None

    def __post_init__(self) -> None:
        _check("seed", self.seed, 0, 2**63 - 1)
        _check("influencers", self.influencers, 1, 100_000)
        _check("days", self.days, 90, 3_650)
        _check("campaigns", self.campaigns, 1, 1_000)
        _check("products", self.products, 2, MOST_PRODUCTS)
        _check("orders", self.orders, 0.1, 1_000_000)
        if self.lift is not None:
            _check("lift", self.lift, 0, 2)
        if not 2001 <= self.start.year <= 2030:
            raise SettingsError(
                f"start must be a day from 2001 to 2030, not {self.start.isoformat()}."
            )
        _check("bookings", self.bookings, 0.1, 100)
        if self.rows is not None:
            _check("rows", self.rows, LEAST_LARGE, MOST_LARGE)
        elif self.expected_rows > MOST_ROWS:
            raise SettingsError(
                f"These sizes would make about {self.expected_rows:,} tracking rows; at most "
                f"{MOST_ROWS:,} fit with the truth of every order. Ask for fewer orders, days or "
                "products, or for a large world with --rows."
            )

    @property
    def expected_rows(self) -> int:
        """About how many tracking rows will be drawn."""
        if self.rows is not None:
            return self.rows
        return round(self.products * self.days * self.orders * ROWS_PER_BASELINE_ORDER)

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(self.days - 1)

    @property
    def options(self) -> str:
        """The command line options that differ from their defaults, and the seed."""
        usual = Plan() if self.rows is None else large(self.rows)
        said = [f"--seed {self.seed}"]
        if self.rows is not None:
            said.append(f"--rows {self.rows}")
        for name in OPTIONS:
            value = getattr(self, name)
            if value != getattr(usual, name):
                said.append(f"--{name} {str(value).removesuffix('.0')}")
        return " ".join(said)

    def chance(self, stream: Stream, part: int = 0) -> np.random.Generator:
        """The random numbers of one part of the world, whatever the other parts draw."""
        key = (EDITION, get_args(Stream).index(stream), part)
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


OPTIONS = ("influencers", "days", "orders", "start", "campaigns", "products")
"""Sizes that the command line takes as options of the same names."""


def large(rows: int, **sizes: Any) -> Plan:
    """The plan of a large world: a national brand's three years, where no other size is given."""
    return Plan(**(LARGE | {"rows": rows} | sizes))


def _check(name: str, value: float, least: float, most: float) -> None:
    """Refuse a size outside its bounds, in a sentence."""
    if not math.isfinite(value) or not least <= value <= most:
        raise SettingsError(f"{name} must be from {least:,} to {most:,}, not {value:,}.")


def silence(doing: str, done: float) -> None:
    """Tell nobody."""


EXAMPLE = Plan(seed=7, orders=4.75, campaigns=14)
"""The world that lies in ``data/``."""

LARGE: dict[str, Any] = {
    "influencers": 2_000,
    "days": 1_096,
    "start": date(2023, 11, 1),
    "campaigns": 480,
    "products": 200,
    "bookings": 12.0,
}
"""The sizes of a large world, but for its rows: three years to the end of October 2026."""
