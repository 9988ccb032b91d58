"""A shop small enough to reason about: some products, their sales by day, one campaign or two.

Every product sells about 20 orders of 100 rupees a day, with a drift that all share and daily
chance of its own. A campaign adds ``lift`` times its exposure to the sales of its product;
``shop`` says what came because of it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from dashboard.ledger import Ledger
from tests.worlds import ledger

START = dt.date(2025, 1, 1)
Row = dict[str, object]


@dataclass
class Campaign:
    """Posts on given days for one product; lift on the average day of its window."""

    name: str = "Launch"
    product: int = 0
    posts: tuple[int, ...] = (150, 155, 160)
    lift: float = 0.0
    tagged: float = 0.1
    payout: float = 5000.0
    reach: object = 1000

    @property
    def window(self) -> tuple[int, int]:
        return min(self.posts), max(self.posts) + 14


@dataclass
class Shop:
    """The tables, and what each campaign really brought in rupees."""

    tracking: list[Row]
    posts: list[Row]
    payouts: list[Row]
    truth: dict[str, float] = field(default_factory=dict)

    def ledger(self) -> Ledger:
        return ledger(tracking_data=self.tracking, posts=self.posts, payouts=self.payouts)

    def without(self, kept: Callable[[Row], bool]) -> Shop:
        """The shop with only some of its tracking rows."""
        return Shop([row for row in self.tracking if kept(row)], self.posts, self.payouts)


def day(number: int) -> str:
    return (START + dt.timedelta(number)).isoformat()


def shop(
    campaigns: Iterable[Campaign] = (Campaign(),),
    days: int = 260,
    products: int = 5,
    orders: float = 20.0,
    noise: float = 0.1,
    seed: int = 0,
) -> Shop:
    """Invent it; the same arguments give the same shop."""
    chance = np.random.default_rng(seed)
    market = np.cumsum(0.02 * chance.standard_normal(days))
    usual = orders * np.exp(market + noise * chance.standard_normal((products, days)))
    made = Shop([], [], [])
    caused = {product: np.zeros(days) for product in range(products)}
    tagged: list[Row] = []
    for number, one in enumerate(campaigns):
        exposure = heard(one, days)
        extra = one.lift * exposure * usual[one.product]
        caused[one.product] += extra
        first, last = one.window
        inside = slice(max(first, 0), last + 1)
        made.truth[one.name] = float(100 * np.rint(extra)[inside].sum())
        for when in range(max(first, 0), min(last + 1, days)):
            count = round(one.tagged * usual[one.product, when])
            if count:
                tagged.append(_row(one.product, when, count, one.name, f"c{number}"))
                caused[one.product][when] -= count
        made.posts += [
            {"influencer_id": f"c{number}", "date": day(post), "campaign": one.name}
            | ({} if one.reach is None else {"reach": one.reach})
            for post in one.posts
        ]
        made.payouts.append(
            {"influencer_id": f"c{number}", "campaign": one.name, "total_payout": one.payout}
        )
    for product in range(products):
        for when in range(days):
            count = round(float(usual[product, when])) + round(float(caused[product][when]))
            made.tracking.append(_row(product, when, count))
    made.tracking += tagged
    return made


def heard(campaign: Campaign, days: int) -> np.ndarray:
    """Exposure with a half-life of two days, its mean 1 over the window."""
    first, last = campaign.window
    when = np.arange(days)[:, None]
    ago = when - np.array(campaign.posts)
    total = np.where(ago >= 0, 0.5 ** (np.maximum(ago, 0) / 2), 0).sum(axis=1)
    total[(when[:, 0] < first) | (when[:, 0] > last)] = 0
    return total / total[max(first, 0) : last + 1].mean() if total.any() else total


def _row(product: int, when: int, count: int, campaign: str = "", creator: str = "") -> Row:
    return {
        "influencer_id": creator,
        "campaign": campaign,
        "product": f"Product {product}",
        "date": day(when),
        "orders": count,
        "revenue": 100 * count,
    }


def with_revenue(rows: Iterable[Mapping[str, object]], revenue: int) -> list[Row]:
    """The same rows, each with that revenue."""
    return [{**row, "revenue": revenue} for row in rows]
