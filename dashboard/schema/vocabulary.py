"""The ledger's vocabulary: what is measured, and what it is filtered and split by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

TIERS: tuple[tuple[str, int], ...] = (
    ("nano", 0),
    ("micro", 10_000),
    ("mid", 100_000),
    ("macro", 500_000),
    ("celebrity", 2_000_000),
)
"""Each tier with the follower count from which it starts."""

EVIDENCE_DAYS = 14
"""An order counts as evidence for a post on the post's day and the thirteen days after it."""

Home = Literal["time", "pair", "item", "basis"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something to filter or split by, and the part of the ledger's key it lives on."""

    name: str
    label: str
    home: Home
    meaning: str
    missing: str = "Unassigned"


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        dimension.name: dimension
        for dimension in (
            Dimension(
                "brand",
                "Brand",
                "item",
                "The brand of the product; from the row, never from the campaign alone.",
                "No product",
            ),
            Dimension("product", "Product", "item", "What was bought.", "No product"),
            Dimension(
                "campaign",
                "Campaign",
                "pair",
                "The campaign that the row names, or that the money was accrued to.",
                "No campaign",
            ),
            Dimension("influencer", "Influencer", "pair", "The creator.", "No influencer"),
            Dimension("platform", "Platform", "pair", "The creator's platform.", "Unknown"),
            Dimension("category", "Category", "pair", "What the creator talks about.", "Unknown"),
            Dimension("gender", "Gender", "pair", "The creator's gender.", "Unknown"),
            Dimension(
                "tier",
                "Tier",
                "pair",
                "By followers: nano below 10,000, micro below 1 lakh, mid below 5 lakh, "
                "macro below 20 lakh, else celebrity.",
                "Unknown",
            ),
            Dimension("persona", "Persona", "pair", "Category and gender together.", "Unknown"),
            Dimension(
                "basis",
                "Payout basis",
                "basis",
                "Paid by post or by order; carried by spend only.",
                "Not said",
            ),
            Dimension("day", "Day", "time", "The day.", "No date"),
            Dimension("week", "Week", "time", "The week, by its Monday.", "No date"),
            Dimension("month", "Month", "time", "The month, by its first day.", "No date"),
        )
    }
)
"""Every dimension by name."""

FILTERS: tuple[str, ...] = (
    "brand",
    "campaign",
    "product",
    "platform",
    "category",
    "gender",
    "tier",
    "influencer",
    "basis",
)
"""What the user narrows by, in the order of the screen; the period comes beside them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something counted or summed over cells: its source and the parts of the key it carries.

    ``stored`` is False for what follows from other measures when it is asked: gross profit from
    revenue and the margins that a session knows.
    """

    name: str
    label: str
    table: str
    homes: frozenset[Home]
    money: bool = False
    additive: bool = True
    stored: bool = True

    def carries(self, dimension: str) -> bool:
        """Whether the measure can be filtered and split by a dimension."""
        return DIMENSIONS[dimension].home in self.homes

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The names of the dimensions that it carries."""
        return tuple(name for name in DIMENSIONS if self.carries(name))


_SALES: frozenset[Home] = frozenset({"time", "pair", "item"})
_BASELINE: frozenset[Home] = frozenset({"time", "item"})
_POSTS: frozenset[Home] = frozenset({"time", "pair"})

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for measure in (
            Measure("revenue", "Revenue", "tracking_data", _SALES, money=True),
            Measure("orders", "Orders", "tracking_data", _SALES),
            Measure("returned_revenue", "Returned revenue", "tracking_data", _SALES, money=True),
            Measure("new_customers", "New customers", "tracking_data", _SALES),
            Measure(
                "gross_profit",
                "Gross profit",
                "tracking_data",
                _SALES,
                money=True,
                stored=False,
            ),
            Measure("customers", "Customers", "tracking_data", _SALES, additive=False),
            Measure(
                "spend",
                "Spend",
                "payouts",
                frozenset({"time", "pair", "item", "basis"}),
                money=True,
            ),
            Measure("posts", "Posts", "posts", _POSTS),
            Measure("reach", "Reach", "posts", _POSTS),
            Measure("likes", "Likes", "posts", _POSTS),
            Measure("comments", "Comments", "posts", _POSTS),
            Measure("shares", "Shares", "posts", _POSTS),
            Measure("saves", "Saves", "posts", _POSTS),
            Measure("clicks", "Clicks", "posts", _POSTS),
            Measure("impressions", "Impressions", "posts", _POSTS),
            Measure("baseline_revenue", "Baseline revenue", "tracking_data", _BASELINE, money=True),
            Measure("baseline_orders", "Baseline orders", "tracking_data", _BASELINE),
            Measure("baseline_new_customers", "Baseline new customers", "tracking_data", _BASELINE),
        )
    }
)
"""Every measure of the ledger by name; all add up but ``customers``, who count once each."""
