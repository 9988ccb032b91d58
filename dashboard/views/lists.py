"""The tables of the pages: campaigns, influencers, posts, payouts, and what reconciles them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.formats import counted, rupees_compact
from dashboard.query import added
from dashboard.reconciliation import by_basis, by_status, order_rows, payout_rows
from dashboard.tables import (
    ORDER_COLUMNS,
    PAYOUT_COLUMNS,
    POST_COLUMNS,
    TableColumn,
    columns_of,
    named,
    post_rows,
)
from dashboard.views.table import Table


def _came_back(paid: pl.DataFrame) -> int:
    """How many gave the money back: by contribution where margins are known."""
    known = "contribution" in paid.columns
    return paid.filter(pl.col("contribution") >= 0 if known else pl.col("roas") >= 1).height


CHANGES = ("revenue", "spend", "roas", "profit")
RESULTS = ("revenue", "spend", "roas", "profit", "orders", "aov", "cpo", "new_customers", "cac")


CHOSEN_POST = "chosen-post"
"""The look that says which post is shown in full, by its number."""


class Campaigns(Table):
    """Which campaigns paid?"""

    title = "Campaigns"
    called = "campaign"
    metrics, by, order = RESULTS, ("campaign",), "revenue"
    changes, picks = CHANGES, "campaign"

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and how many gave the money back."""
        paid = rows.drop_nulls("roas")
        back = _came_back(paid)
        return f"{back} of {counted(paid.height, self.called)} with spend gave the money back."


class Influencers(Table):
    """Who, and with what result?"""

    title = "Influencers"
    called = "creator"
    metrics = (*RESULTS, "posts", "engagement_rate")
    by, order = ("influencer", "platform", "category", "gender", "tier"), "revenue"
    changes, picks = CHANGES, "influencer"

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and how many gave the money back."""
        paid = rows.drop_nulls("roas")
        back = _came_back(paid)
        return f"{back} of {counted(paid.height, self.called)} with spend gave the money back."


class Posts(Table):
    """Which posts worked?"""

    title = "Posts"
    page_size = 15

    def rows(self) -> pl.DataFrame:
        """The posts in view."""
        return named(post_rows(self.explorer.view()))

    def columns(self) -> Sequence[TableColumn]:
        """As the post table says."""
        return POST_COLUMNS

    @property
    def in_view(self) -> pl.DataFrame:
        """The posts in view, each with its number."""
        return self._rows

    def numbers(self) -> pl.DataFrame:
        """What is seen of the posts."""
        return self._rows.drop("post", strict=False)

    def pick(self, row: Mapping[str, Any]) -> None:
        """Show a post in full."""
        self.explorer.explorer.remember(CHOSEN_POST, str(row["post"]))

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many posts, whose they are, and how many rates are above what can be."""
        loose = rows.filter(pl.col("campaign") == "No campaign").height
        above = rows.filter(pl.col("engagement_rate") > 1).height
        narrowed = {"campaign", "brand", "product"} & set(self.explorer.where.active)
        parts = [f"{counted(rows.height, 'post')} in view"]
        if loose:
            words = "posts by these creators, of no campaign" if narrowed else "of no campaign"
            parts.append(f"{counted(loose, words, words)}")
        if above:
            parts.append(
                f"{above} with more engagements than reach: kept as they are, worth a look"
            )
        return "; ".join(parts) + "."


class InfluencerPosts(Posts):
    """What did this creator publish?"""

    title = "Posts of this influencer"
    page_size = 6

    def pick(self, row: Mapping[str, Any]) -> None:
        """Nothing: the page of posts shows one in full."""


class Payouts(Table):
    """What is paid, and does each payout add up?"""

    title = "Payouts"
    page_size = 15

    def rows(self) -> pl.DataFrame:
        """The payouts in view."""
        return _titled(payout_rows(self.explorer.view()))

    def columns(self) -> Sequence[TableColumn]:
        """As the payout table says."""
        return PAYOUT_COLUMNS

    def totals(self) -> Mapping[str, float | None]:
        """Amounts of all rows in view."""
        return _sums(self._rows, ("total_payout", "spend", "revenue"))

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and how many differ from rate × units."""
        differ = rows.filter(pl.col("difference").abs() >= 1)
        if not differ.height:
            return f"{counted(rows.height, 'payout')}; each is rate × units where both are known."
        return (
            f"{differ.height} of {counted(rows.height, 'payout')} differ from rate × units: "
            f"{above_and_below(differ)} together."
        )


class InfluencerPayouts(Payouts):
    """What was this creator paid?"""

    title = "Payouts of this influencer"
    page_size = 6


class OrderReconciliation(Table):
    """Do the orders that payees counted match those that were tracked?"""

    title = "Orders counted and tracked"
    page_size = 10

    def rows(self) -> pl.DataFrame:
        """One row per creator and campaign that payouts name, the largest difference first."""
        return _titled(order_rows(self.explorer.view()))

    def columns(self) -> Sequence[TableColumn]:
        """As the reconciliation says."""
        return ORDER_COLUMNS

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many agree."""
        equal = rows.filter(pl.col("difference") == 0).height
        more = rows.filter(pl.col("difference") > 0).height
        return (
            f"{equal} of {counted(rows.height, 'row')} agree; {more} count more orders than were "
            "tracked. Payouts count all days, whatever the period."
        )


class SpendByBasis(Table):
    """What is paid by post, and what by order?"""

    title = "Spend by basis"
    page_size, searchable = 4, False

    def rows(self) -> pl.DataFrame:
        """One row per basis."""
        return by_basis(self.explorer.view())

    def columns(self) -> Sequence[TableColumn]:
        """Basis, payouts, spend."""
        return _summary_columns("basis", "Basis")

    def sentence(self, rows: pl.DataFrame) -> str:
        """The larger part."""
        return _largest(rows, "basis")


class SpendByStatus(Table):
    """What is paid, and what is still owed?"""

    title = "Spend by status"
    page_size, searchable = 4, False

    def rows(self) -> pl.DataFrame:
        """One row per status."""
        return by_status(self.explorer.view())

    def columns(self) -> Sequence[TableColumn]:
        """Status, payouts, spend."""
        return _summary_columns("status", "Status")

    def sentence(self, rows: pl.DataFrame) -> str:
        """The larger part, or why there is none."""
        if not self.explorer.ledger.dataset.has("payouts", "status"):
            return "What is owed is not available: there is no column status in payouts."
        return _largest(rows, "status")


def _summary_columns(name: str, label: str) -> Sequence[TableColumn]:
    spend = next(column for column in columns_of(("spend",)))
    return (TableColumn(name, label), TableColumn("payouts", "Payouts", "number"), spend)


def _largest(rows: pl.DataFrame, name: str) -> str:
    first = rows.row(0, named=True)
    whole = added(rows["spend"])
    share = f"{first['spend'] / whole:.0%}".replace("%", " %") if whole else "—"
    paid = rupees_compact(first["spend"])
    return f"{str(first[name]).capitalize()}: {paid}, {share} of spend in view."


def _titled(rows: pl.DataFrame) -> pl.DataFrame:
    """Blank campaigns, bases and states in words."""
    words = {"campaign": "Not named", "basis": "Not said", "status": "Not said"}
    return rows.with_columns(
        pl.col(name).fill_null(word) for name, word in words.items() if name in rows.columns
    )


def above_and_below(differ: pl.DataFrame) -> str:
    """By how much payouts are above and below rate × units, each side added up."""
    above = added(differ.filter(pl.col("difference") > 0)["difference"])
    below = -added(differ.filter(pl.col("difference") < 0)["difference"])
    sides = [f"{rupees_compact(above)} above it"] if above else []
    sides += [f"{rupees_compact(below)} below it"] if below else []
    return " and ".join(sides)


def _sums(rows: pl.DataFrame, names: Sequence[str]) -> dict[str, float | None]:
    return {name: added(rows[name]) for name in names if name in rows.columns}
