"""METRICS: what we measure, each written once, for Polars and the offline page alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import polars as pl

from dashboard.errors import UnknownNameError
from dashboard.formats import said
from dashboard.metrics.tree import Ratio, Value, ratio, total

__all__ = ["METRICS", "Metric", "Value", "metric", "ratio", "total"]


@dataclass(frozen=True)
class Metric:
    """Something we measure: its formula, and the words and digits it is said with.

    ``good`` is ``"up"`` or ``"down"`` where a change in that direction is good, else ``""``.
    ``unit`` ``₹`` means that the value is in paise until it leaves ``query``; ``%`` that a ratio is
    said as percent. ``costed`` names the metric that stands in its place where the cost of the
    product is known: where everything sold in view has a gross margin.
    """

    name: str
    label: str
    value: Value
    definition: str
    unit: str = ""
    format: str = ".0f"
    good: str = ""
    costed: str = ""

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
        """A Polars expression over summed measures: money in paise, ratios as ratios."""
        answer = self.value.expression()
        return answer.alias(self.name)

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
                unit="₹",
                format=".2f",
                good="up",
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
                "What creators are paid for the work in view, each payout put on the days, "
                "campaigns and products it pays for. Cancelled payouts are not spend.",
                unit="₹",
                format=".2f",
            ),
            Metric(
                "profit",
                "Profit before product cost",
                total("revenue") - total("spend"),
                "Revenue less spend. The cost of the product itself is not taken off: with a gross "
                "margin for everything sold in view it is, and becomes the contribution.",
                unit="₹",
                format=".2f",
                good="up",
                costed="contribution",
            ),
            Metric(
                "gross_profit",
                "Gross profit",
                total("gross_profit"),
                "Revenue times the gross margin of its product, else of its brand. Where revenue "
                "in view has neither there is no answer: none is assumed.",
                unit="₹",
                format=".2f",
                good="up",
            ),
            Metric(
                "contribution",
                "Contribution",
                total("gross_profit") - total("spend"),
                "Gross profit less spend: what is left after the cost of the product and of the "
                "creators.",
                unit="₹",
                format=".2f",
                good="up",
            ),
            Metric(
                "roas",
                "ROAS",
                ratio(total("revenue"), total("spend")),
                "Revenue divided by spend, of the totals: never a mean of row ratios. The "
                "simplest reading of the brief calls this incremental ROAS, which would "
                "assume that every attributed order came only because of the creator.",
                unit="×",
                format=".2f",
                good="up",
            ),
            Metric(
                "roi",
                "ROI",
                ratio(total("revenue") - total("spend"), total("spend")),
                "Revenue less spend, divided by spend, of the totals; before product cost.",
                unit="%",
                format=".1f",
                good="up",
            ),
            Metric(
                "break_even_incrementality",
                "Break-even incrementality",
                ratio(total("spend"), total("revenue")),
                "Spend divided by revenue: the share of attributed revenue that must be "
                "incremental for the spend to come back. Needs no assumption.",
                unit="%",
                format=".1f",
                good="down",
                costed="break_even_incrementality_costed",
            ),
            Metric(
                "break_even_roas",
                "Break-even ROAS",
                ratio(total("revenue"), total("gross_profit")),
                "Revenue divided by gross profit: the ROAS at which spend and the cost of the "
                "product come back. With one margin in view that is 1 divided by it.",
                unit="×",
                format=".2f",
                good="down",
            ),
            Metric(
                "break_even_incrementality_costed",
                "Break-even incrementality after product cost",
                ratio(total("spend"), total("gross_profit")),
                "Spend divided by gross profit: the share of attributed revenue that must be "
                "incremental for the spend to come back once the product is paid for.",
                unit="%",
                format=".1f",
                good="down",
            ),
            Metric(
                "aov",
                "Average order value",
                ratio(total("revenue"), total("orders")),
                "Revenue divided by orders.",
                unit="₹",
                format=".2f",
                good="up",
            ),
            Metric(
                "cpo",
                "Cost per order",
                ratio(total("spend"), total("orders")),
                "Spend divided by attributed orders.",
                unit="₹",
                format=".2f",
                good="down",
            ),
            Metric(
                "new_customers",
                "New customers",
                total("new_customers"),
                "Customers whose first order ever, in this data, was attributed to a "
                "creator; counted on its day.",
                good="up",
            ),
            Metric(
                "customers",
                "Customers",
                total("customers"),
                "Different customers with attributed orders in view. They do not add up: "
                "one who buys in two months is one customer of both.",
                good="up",
            ),
            Metric(
                "new_customer_share",
                "New-customer share",
                ratio(total("new_customers"), total("customers")),
                "New customers divided by the different customers in view.",
                unit="%",
                format=".1f",
                good="up",
            ),
            Metric(
                "cac",
                "New-customer CAC",
                ratio(total("spend"), total("new_customers")),
                "Spend divided by new customers.",
                unit="₹",
                format=".2f",
                good="down",
            ),
            Metric(
                "posts",
                "Posts",
                total("posts"),
                "Posts published.",
            ),
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
                "Engagements divided by reach. Above 100 % is possible in real data: shown "
                "and flagged, not clipped.",
                unit="%",
                format=".2f",
                good="up",
            ),
            Metric(
                "clicks",
                "Clicks",
                total("clicks"),
                "Clicks on the posts' links.",
                good="up",
            ),
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
                unit="%",
                format=".2f",
                good="up",
            ),
            Metric(
                "conversion",
                "Conversion",
                ratio(total("orders"), total("clicks")),
                "Attributed orders divided by clicks.",
                unit="%",
                format=".2f",
                good="up",
            ),
            Metric(
                "cpe",
                "Cost per engagement",
                ratio(total("spend"), _ENGAGEMENTS),
                "Spend divided by engagements.",
                unit="₹",
                format=".2f",
                good="down",
            ),
            Metric(
                "cpm",
                "Cost per 1,000 reached",
                ratio(total("spend") * 1000, total("reach")),
                "Spend for each thousand people reached: reached, not shown to.",
                unit="₹",
                format=".2f",
                good="down",
            ),
            Metric(
                "revenue_per_post",
                "Revenue per post",
                ratio(total("revenue"), total("posts")),
                "Revenue divided by posts.",
                unit="₹",
                format=".2f",
                good="up",
            ),
            Metric(
                "orders_per_1000_reach",
                "Orders per 1,000 reached",
                ratio(total("orders") * 1000, total("reach")),
                "Attributed orders for each thousand people reached.",
                format=".2f",
                good="up",
            ),
            Metric(
                "returned_revenue",
                "Returned revenue",
                total("returned_revenue"),
                "The negative part of attributed revenue, as a positive amount; already "
                "taken off revenue.",
                unit="₹",
                format=".2f",
                good="down",
            ),
            Metric(
                "baseline_revenue",
                "Baseline revenue",
                total("baseline_revenue"),
                "Revenue of rows without a creator: organic, ads, email.",
                unit="₹",
                format=".2f",
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
    """Look a metric up by name; UnknownNameError gives the nearest spelling."""
    if name not in METRICS:
        raise UnknownNameError("metric", name, METRICS)
    return METRICS[name]
