"""METRICS: what we measure, each written once, as an expression that Polars and the offline page both evaluate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from dashboard.errors import UnknownNameError
from dashboard.formats import said
from dashboard.schema import MEASURES


class Value(ABC):
    """A node of the small tree that defines a metric: sums, their sums and differences, ratios, constant factors."""

    @property
    @abstractmethod
    def measures(self) -> tuple[str, ...]:
        """The measures that must be summed before the tree can be evaluated."""

    @abstractmethod
    def expression(self) -> pl.Expr:
        """A Polars expression over one row of summed measures (money in paise)."""

    @abstractmethod
    def tree(self) -> list[Any]:
        """The same as JSON, which the offline page evaluates: ``[operator, operand, …]``."""

    @abstractmethod
    def words(self) -> str:
        """The formula as people write it."""

    def __add__(self, other: Value) -> Value:
        return Combined("+", self, other)

    def __sub__(self, other: Value) -> Value:
        return Combined("−", self, other)

    def __mul__(self, factor: float) -> Value:
        return Scaled(factor, self)


@dataclass(frozen=True)
class Total(Value):
    """The sum of one measure."""

    measure: str

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise UnknownNameError("measure", self.measure, MEASURES)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measure itself."""
        return (self.measure,)

    def expression(self) -> pl.Expr:
        """The column of sums."""
        return pl.col(self.measure)

    def tree(self) -> list[Any]:
        """``["total", measure]``."""
        return ["total", self.measure]

    def words(self) -> str:
        """The measure's label."""
        return MEASURES[self.measure].label.lower()


@dataclass(frozen=True)
class Combined(Value):
    """Two values added, or one taken from the other."""

    sign: str
    left: Value
    right: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of both sides, each once."""
        return tuple(dict.fromkeys((*self.left.measures, *self.right.measures)))

    def expression(self) -> pl.Expr:
        """The sum or difference; null where either side is."""
        left, right = self.left.expression(), self.right.expression()
        return left + right if self.sign == "+" else left - right

    def tree(self) -> list[Any]:
        """``["+" or "−", left, right]``."""
        return [self.sign, self.left.tree(), self.right.tree()]

    def words(self) -> str:
        """Both sides with the sign between them."""
        return f"{self.left.words()} {self.sign} {self.right.words()}"


@dataclass(frozen=True)
class Ratio(Value):
    """One value divided by another; null where there is nothing to divide by."""

    over: Value
    under: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of both sides, each once."""
        return tuple(dict.fromkeys((*self.over.measures, *self.under.measures)))

    def expression(self) -> pl.Expr:
        """Null where the divisor is 0 or null: never 0, inf or NaN."""
        under = self.under.expression()
        return pl.when(under != 0).then(self.over.expression().cast(pl.Float64) / under)

    def tree(self) -> list[Any]:
        """``["/", over, under]``."""
        return ["/", self.over.tree(), self.under.tree()]

    def words(self) -> str:
        """Both sides with ÷ between them, in brackets where they are sums themselves."""
        return " ÷ ".join(
            f"({side.words()})" if isinstance(side, Combined) else side.words()
            for side in (self.over, self.under)
        )


@dataclass(frozen=True)
class Scaled(Value):
    """A value times a constant."""

    factor: float
    value: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of the value."""
        return self.value.measures

    def expression(self) -> pl.Expr:
        """The product."""
        return self.value.expression() * self.factor

    def tree(self) -> list[Any]:
        """``["×", factor, value]``."""
        return ["×", self.factor, self.value.tree()]

    def words(self) -> str:
        """The value times the factor."""
        return f"{self.value.words()} × {self.factor:,g}"


def total(measure: str) -> Value:
    """Sum one measure of the ledger."""
    return Total(measure)


def ratio(over: Value, under: Value) -> Value:
    """Divide totals by totals; null where there is nothing to divide by."""
    return Ratio(over, under)


@dataclass(frozen=True)
class Metric:
    """Something we measure: its formula, and the words and digits it is said with.

    ``good`` is ``"up"`` or ``"down"`` where a change in that direction is good, else ``""``.
    ``unit`` ``₹`` means that the value is in paise until it leaves ``query``; ``%`` that a ratio is said as percent.
    """

    name: str
    label: str
    value: Value
    definition: str
    unit: str = ""
    format: str = ".0f"
    good: str = ""

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it needs."""
        return self.value.measures

    @property
    def digits(self) -> int:
        """Decimals that it is shown with."""
        return int(self.format[1:-1])

    @property
    def is_money(self) -> bool:
        """Whether its value is an amount of money."""
        return self.unit == "₹"

    @property
    def is_ratio(self) -> bool:
        """Whether it divides, and so can be undefined."""
        return isinstance(self.value, Ratio)

    def expression(self) -> pl.Expr:
        """A Polars expression over summed measures: money in rupees, ratios as ratios."""
        answer = self.value.expression()
        return (answer.cast(pl.Float64) / 100 if self.is_money else answer).alias(self.name)

    def definition_tree(self) -> dict[str, Any]:
        """What the offline page needs to evaluate and say the metric."""
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "digits": self.digits,
            "value": self.value.tree(),
        }

    def say(self, value: float | None, *, compact: bool = False) -> str:
        """A value of this metric as text; ``compact`` for cards and axes."""
        return said(value, self.unit, self.digits, compact=compact)

    @property
    def formula(self) -> str:
        """The formula as people write it."""
        return self.value.words()


_ENGAGEMENTS = total("likes") + total("comments") + total("shares") + total("saves")

METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(
                "revenue",
                "Revenue",
                total("revenue"),
                "What attributed orders brought in, returns taken off.",
                "₹",
                ".2f",
                "up",
            ),
            Metric(
                "orders",
                "Orders",
                total("orders"),
                "Attributed orders, returns taken off.",
                good="up",
            ),
            Metric(
                "spend",
                "Spend",
                total("spend"),
                "What creators are paid for the work in view, each payout put on the days, campaigns and products it pays for. Cancelled payouts are not spend.",
                "₹",
                ".2f",
            ),
            Metric(
                "profit",
                "Profit before product cost",
                total("revenue") - total("spend"),
                "Revenue less spend. The cost of the product itself is not taken off.",
                "₹",
                ".2f",
                "up",
            ),
            Metric(
                "roas",
                "ROAS",
                ratio(total("revenue"), total("spend")),
                "Revenue divided by spend, of the totals: never a mean of row ratios. The simplest reading of the brief calls this incremental ROAS, which would assume that every attributed order came only because of the creator.",
                "×",
                ".2f",
                "up",
            ),
            Metric(
                "roi",
                "ROI",
                ratio(total("revenue") - total("spend"), total("spend")),
                "Revenue less spend, divided by spend, of the totals.",
                "%",
                ".1f",
                "up",
            ),
            Metric(
                "break_even_incrementality",
                "Break-even incrementality",
                ratio(total("spend"), total("revenue")),
                "Spend divided by revenue: the share of attributed revenue that must be incremental for the spend to come back. Needs no assumption.",
                "%",
                ".1f",
                "down",
            ),
            Metric(
                "aov",
                "Average order value",
                ratio(total("revenue"), total("orders")),
                "Revenue divided by orders.",
                "₹",
                ".2f",
                "up",
            ),
            Metric(
                "cpo",
                "Cost per order",
                ratio(total("spend"), total("orders")),
                "Spend divided by attributed orders.",
                "₹",
                ".2f",
                "down",
            ),
            Metric(
                "new_customers",
                "New customers",
                total("new_customers"),
                "Customers whose first order ever, in this data, was attributed to a creator; counted on its day.",
                good="up",
            ),
            Metric(
                "customers",
                "Customers",
                total("customers"),
                "Different customers with attributed orders in view. They do not add up: one who buys in two months is one customer of both.",
                good="up",
            ),
            Metric(
                "new_customer_share",
                "New-customer share",
                ratio(total("new_customers"), total("customers")),
                "New customers divided by the different customers in view.",
                "%",
                ".1f",
                "up",
            ),
            Metric(
                "cac",
                "New-customer CAC",
                ratio(total("spend"), total("new_customers")),
                "Spend divided by new customers.",
                "₹",
                ".2f",
                "down",
            ),
            Metric("posts", "Posts", total("posts"), "Posts published."),
            Metric(
                "reach",
                "Reach",
                total("reach"),
                "People reached, added over posts: one person reached twice counts twice.",
                good="up",
            ),
            Metric(
                "engagements",
                "Engagements",
                _ENGAGEMENTS,
                "Likes, comments, shares and saves.",
                good="up",
            ),
            Metric(
                "engagement_rate",
                "Engagement rate",
                ratio(_ENGAGEMENTS, total("reach")),
                "Engagements divided by reach. Above 100 % is possible in real data: shown and flagged, not clipped.",
                "%",
                ".2f",
                "up",
            ),
            Metric("clicks", "Clicks", total("clicks"), "Clicks on the posts' links.", good="up"),
            Metric(
                "impressions",
                "Impressions",
                total("impressions"),
                "Times the posts were shown.",
                good="up",
            ),
            Metric(
                "ctr",
                "Click-through rate",
                ratio(total("clicks"), total("impressions")),
                "Clicks divided by impressions.",
                "%",
                ".2f",
                "up",
            ),
            Metric(
                "conversion",
                "Conversion",
                ratio(total("orders"), total("clicks")),
                "Attributed orders divided by clicks.",
                "%",
                ".2f",
                "up",
            ),
            Metric(
                "cpe",
                "Cost per engagement",
                ratio(total("spend"), _ENGAGEMENTS),
                "Spend divided by engagements.",
                "₹",
                ".2f",
                "down",
            ),
            Metric(
                "cpm",
                "Cost per 1,000 reached",
                ratio(total("spend") * 1000, total("reach")),
                "Spend for each thousand people reached: reached, not shown to.",
                "₹",
                ".2f",
                "down",
            ),
            Metric(
                "revenue_per_post",
                "Revenue per post",
                ratio(total("revenue"), total("posts")),
                "Revenue divided by posts.",
                "₹",
                ".2f",
                "up",
            ),
            Metric(
                "orders_per_1000_reach",
                "Orders per 1,000 reached",
                ratio(total("orders") * 1000, total("reach")),
                "Attributed orders for each thousand people reached.",
                "",
                ".2f",
                "up",
            ),
            Metric(
                "returned_revenue",
                "Returned revenue",
                total("returned_revenue"),
                "The negative part of attributed revenue, as a positive amount; already taken off revenue.",
                "₹",
                ".2f",
                "down",
            ),
            Metric(
                "baseline_revenue",
                "Baseline revenue",
                total("baseline_revenue"),
                "Revenue of rows without a creator: organic, ads, email.",
                "₹",
                ".2f",
            ),
            Metric(
                "baseline_orders",
                "Baseline orders",
                total("baseline_orders"),
                "Orders of rows without a creator.",
            ),
            Metric(
                "baseline_new_customers",
                "Baseline new customers",
                total("baseline_new_customers"),
                "Customers whose first order ever, in this data, carried no creator.",
            ),
        )
    }
)
"""Every metric by name."""


def metric(name: str) -> Metric:
    """Look a metric up by name; an unknown one raises UnknownNameError, with the nearest spelling."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]
