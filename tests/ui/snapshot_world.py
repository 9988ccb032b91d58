"""A small world with everything that can go wrong in it, and random questions about it; seeded."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator

from dashboard.dataset import Dataset
from dashboard.ledger import Ledger
from dashboard.query import Margins, Where, labels
from dashboard.schema import FILTERS
from tests import worlds

FIRST = dt.date(2026, 1, 1)
DAYS = 130
NAMES = (
    "Asha", "asha", "Béla", "Çelik", "Zoë 🏋", "\U0001f600 Dev", "\uff5eTilde", "__proto__",
    "Bela, of Pune", "Ravi & Sons", "Ravi \"R\" K.", "Meera (old)", "Meera", "Asha", "constructor",
    "A name that is much too long for any axis", "A name that is much too wide for any axis",
)  # fmt: skip
CATEGORIES = ("Fitness", "Parenting", "Food", "")
PRODUCTS = (("Whey", "MB"), ("Bar", "MB"), ("Kids", "Gritzo"), ("Mug", ""), ("", "HKV"), ("", ""))


def _day(rng: random.Random) -> dt.date:
    return FIRST + dt.timedelta(rng.randrange(DAYS))


def dataset(seed: int = 5) -> Dataset:
    """Creators without platform, category or size; returns; free work; money that fits nowhere."""
    rng = random.Random(seed)
    creators = [
        {
            "influencer_id": f"c{at}",
            "name": name,
            "platform": rng.choice(["YT", "IG", "X"]),
            "category": rng.choice(CATEGORIES),
            "gender": rng.choice(["F", "M", ""]),
            "followers": rng.choice(["", 900, 20_000, 150_000, 700_000, 3_000_000]),
        }
        for at, name in enumerate(NAMES)
    ]
    some = [f"c{at}" for at in range(len(NAMES))]
    campaigns = ["Diwali", "Summer; sale", "Öffnung", "unsold"]
    tracking = []
    for _ in range(700):
        product, brand = rng.choice(PRODUCTS)
        creator = rng.choice([*some[:-2], "nobody", ""])
        orders = rng.choice([1, 1, 2, 3, 0, -1])
        tracking.append(
            {
                "influencer_id": creator,
                "campaign": rng.choice([*campaigns[:3], ""]) if creator else "",
                "user_id": rng.choice(["", f"u{rng.randrange(150)}"]),
                "product": product,
                "brand": brand,
                "date": _day(rng),
                "orders": orders,
                "revenue": f"{orders * rng.randrange(1, 900_000) / 100:.2f}",
            }
        )
    posts = [
        {
            "influencer_id": rng.choice(some),
            "date": _day(rng),
            "campaign": rng.choice([*campaigns, "", ""]),
            "reach": rng.choice(["", 0, rng.randrange(90_000)]),
            "likes": rng.randrange(4_000),
            "comments": rng.choice(["", rng.randrange(90)]),
        }
        for _ in range(120)
    ]
    payouts = [
        {
            "influencer_id": rng.choice([*some, "ghost"]),
            "campaign": rng.choice([*campaigns, "", "", ""]),
            "basis": rng.choice(["post", "order", ""]),
            "total_payout": rng.choice([0, f"{rng.randrange(-2_000, 900_000) / 100:.2f}"]),
            "date": rng.choice(["", "", _day(rng)]),
            "status": rng.choice(["paid", "pending", "cancelled", ""]),
        }
        for _ in range(90)
    ]
    return worlds.dataset(
        influencers=creators, tracking_data=tracking, posts=posts, payouts=payouts
    )


def margins() -> Margins:
    """Margins that some products have, by which halves of a paisa come about."""
    return Margins.of({"MB": 45.5, "Bar": 33.33, "Kids": 50, "HKV": 12.5})


def states(ledger: Ledger, rng: random.Random, many: int) -> Iterator[Where]:
    """Questions of every kind: none, one or several filters, values that exclude each other."""
    offered = {name: labels(ledger, name) for name in FILTERS}
    first, last = ledger.span or (FIRST, FIRST)
    for _ in range(many):
        names = rng.sample(FILTERS, rng.choice([0, 1, 1, 2, 2, 3, 5]))
        values = {
            name: tuple(rng.sample(offered[name], rng.randint(1, min(4, len(offered[name])))))
            for name in names
            if offered[name]
        }
        days = (last - first).days
        ends = sorted(first + dt.timedelta(rng.randrange(-3, days + 4)) for _ in range(2))
        if rng.random() < 0.4:
            ends = [None, None]
        yield Where(**values, first=ends[0], last=ends[1])
