"""Whom next: three lists of creators, one of them in words, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.formats import NOTHING, chance, counted, number, percent, rupees_compact, times
from dashboard.planning import Choice, Prospect
from dashboard.planning.expecting import said_beside
from dashboard.query.answering import added
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.definitions import Document
from dashboard.views.focus import Chooser, facts_of
from dashboard.views.markup import Markup, joined, show
from dashboard.views.planned import Planned
from dashboard.views.table import Table

COLUMNS = (
    TableColumn("influencer", "Creator"),
    TableColumn(
        "expected",
        "Expected iROAS",
        "number",
        "×",
        2,
        "Incremental revenue that the next rupee is expected to bring: what all creators bring, "
        "moved towards what the creator's own bookings brought beside others of their campaigns.",
    ),
    TableColumn(
        "range",
        "Its range",
        hint="Where it lies with nine chances in ten, over many bookings: a single one strays "
        "further.",
        by="expected_low",
    ),
    TableColumn(
        "chance",
        "Chance",
        "number",
        "chance",
        0,
        "Chance of paying back: that the next rupee brings at least what pays back.",
    ),
    TableColumn(
        "payout", "Paid so far", "number", "₹", hint="All that was paid for campaigns by name."
    ),
    TableColumn(
        "orders",
        "Incremental orders",
        "number",
        digits=1,
        hint="Orders so far that would not have come without the creator: the campaign's "
        "incremental revenue, shared by tags, in average orders.",
    ),
    TableColumn("tier", "Tier"),
    TableColumn(
        "reason",
        "Reason",
        hint="Incremental ROAS so far, in how many campaigns; how many times as much that is as "
        "these campaigns usually bring for such payouts; and how far the expectation follows that "
        "number, not the ROAS: the rest is what all creators bring. Unknown campaigns have no "
        "number of their own and borrow from the others.",
        widest=420,
    ),
)


RANGE_ENDS = {"expected_low": pl.Float64, "expected_high": pl.Float64}
"""The ends of a range as numbers, beside its words."""


def rows_of(found: Sequence[Prospect]) -> pl.DataFrame:
    """``(creators, 10)`` a row for each, money in rupees; the range in words and as its ends."""
    schema = {
        column.name: pl.Float64 if column.kind == "number" else pl.String for column in COLUMNS
    }
    rows = [
        {
            "influencer": one.influencer,
            "expected": one.expected,
            "range": said_range(one),
            "expected_low": one.interval[0],
            "expected_high": one.interval[1],
            "chance": one.chance,
            "payout": one.payout,
            "orders": one.incremental_orders,
            "tier": one.tier,
            "reason": evidence(one),
        }
        for one in found
    ]
    return pl.DataFrame(rows, schema=schema | RANGE_ENDS, orient="row")


def said_range(one: Prospect) -> str:
    """``1.20× to 3.40×``."""
    low, high = one.interval
    return f"{times(low)} to {times(high)}"


def evidence(one: Prospect) -> str:
    """What the expectation rests on, as short as a row of a table is."""
    so_far = one.brought / one.payout if one.payout > 0 else None
    said = f"{times(so_far)} in {counted(len(one.told), 'campaign')}"
    if one.borrowed:
        said += f" ({len(one.borrowed)} unknown)"
    return f"{said}, {said_beside(one.beside, len(one.told))}, counts {percent(one.own, 0)}."


class ProspectList(Table):
    """One of the three lists; a click on a row shows the creator in words."""

    choice: Choice
    page_size = 8
    estimated = True
    answer: str = ""
    nobody: str = ""

    def __init__(self, explorer: Explorer, planned: Planned | None = None) -> None:
        super().__init__(explorer)
        self.planned = planned or Planned(explorer)

    def rows(self) -> pl.DataFrame:
        """Those of the list who are in view, the most promising first."""
        return rows_of([one for one in self.planned.in_view() if one.choice == self.choice])

    def numbers(self) -> pl.DataFrame:
        """The rows, with ranges as numbers."""
        return self._rows.drop("range", strict=False)

    def refresh(self) -> None:
        """Fill the list, or say why it is empty."""
        super().refresh()
        if not self.planned.in_view():
            self.planned.stand(self)

    def empty(self) -> str:
        """Where others are in view, and nobody for this list."""
        return f"Nobody in view {self.nobody.format(line=self.planned.line)}."

    def columns(self) -> Sequence[TableColumn]:
        """The expectation first, then what it rests on."""
        return COLUMNS

    def totals(self) -> Mapping[str, float | None]:
        """What was paid and what came of it."""
        return {"payout": added(self._rows["payout"]), "orders": self._rows["orders"].sum()}

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and what puts them here."""
        are = "is" if rows.height == 1 else "are"
        answer = self.answer.format(are=are, line=self.planned.line)
        return f"{counted(rows.height, 'creator')} {answer}."

    def pick(self, row: Mapping[str, Any]) -> None:
        """Show a creator in words."""
        self.explorer.explorer.remember("chosen-influencer", str(row["influencer"]))


class BookAgain(ProspectList):
    """Whom to book again?"""

    title = "Book again"
    note = "four chances in five or more"
    choice = "book again"
    page_size = 10
    answer = "{are} very likely to bring back at least {line}"
    nobody = "reaches {line} with four chances in five"


class TryAgain(ProspectList):
    """Whom to test again, with little money?"""

    title = "Test again"
    note = "may or may not pay back"
    choice = "test again"
    answer = "may or may not bring back {line}: a small booking would tell"
    nobody = "is undecided: all are likely or unlikely to bring back {line}"


class StopBooking(ProspectList):
    """Whom not to book again?"""

    title = "Stop"
    note = "one chance in five or less"
    choice = "stop"
    answer = "{are} very unlikely to bring back {line}"
    nobody = "is as unlikely as one chance in five to bring back {line}"


LISTS = {"book again": "Book again", "test again": "Test again", "stop": "Stop"}


class ChosenProspect(Chooser):
    """What to expect of this creator, and why?"""

    title = "One creator"
    dimension = "influencer"
    estimated = True
    further = (
        ("influencers", "Their profile →"),
        ("posts", "Their posts →"),
        ("payouts", "Their payouts →"),
    )

    def __init__(self, explorer: Explorer, planned: Planned | None = None) -> None:
        super().__init__(explorer)
        self.planned = planned or Planned(explorer)

    def refresh(self) -> None:
        """Offer those in view, and say what is expected of the chosen one."""
        found = {one.influencer: one for one in self.planned.in_view()}
        self.focus.options = tuple(found)
        self.choice.offer(self.focus.options, self.focus.value)
        if self.focus.value is None:
            show(self._facts, Markup(""))
            self.planned.stand(self)
            return
        one = found[self.focus.value]
        show(self._facts, joined([facts_of(facts(one), words(one)), self._links()]))
        self.card.say(
            f"{LISTS[one.choice]}: the next rupee is expected to bring back {times(one.expected)}, "
            f"{said_range(one)} with nine chances in ten. The chance to reach {self.planned.line} "
            f"is {chance(one.chance)}."
        )


def facts(one: Prospect) -> list[tuple[str, str]]:
    """The figures of a creator, each with its label."""
    return [
        ("Expected iROAS", times(one.expected)),
        ("Its range", said_range(one)),
        ("Chance of paying back", chance(one.chance)),
        ("So far", times(one.brought / one.payout) if one.payout > 0 else NOTHING),
        ("Paid so far", rupees_compact(one.payout)),
        ("Incremental orders", number(one.incremental_orders, 1)),
        ("Most for one campaign", rupees_compact(one.most)),
    ]


def words(one: Prospect) -> list[tuple[str, str]]:
    """Why, and how much of it is the creator's own."""
    return [
        ("Why", one.reason),
        (
            "How much it tells",
            (
                f"{percent(one.own, 0)} of this expectation follows how they did beside others of "
                f"the same campaigns, {said_beside(one.beside, len(one.told))}; the rest is what "
                "all creators bring. What the creators of a campaign have in common is the "
                "campaign's, so their ROAS so far is not what is expected. Of what is left little "
                "stays with a creator, unless those who were booked again show that it does."
            ),
        ),
    ]


class HowFarToTrust(Document):
    """What do these lists promise, and what not?"""

    title = "How far to trust this"

    def said(self) -> str:
        """In a word."""
        return "Expectations to plan with, and no more than that."

    def words(self) -> Markup:
        """Said once, in plain words."""
        return _TRUST.format(joined([_LINE.format(one) for one in TRUST]))


_TRUST = Markup("<ul>{}</ul>")
_LINE = Markup("<li>{}</li>")
TRUST = (
    (
        "An expectation begins at what all bookings together brought, drawn a little towards "
        "1.00×, as a few good campaigns are luck too. It moves as a creator brought more or less "
        "than others of the same campaign, and only a little: what a campaign did is the "
        "campaign's, and much of the rest is luck."
    ),
    (
        "How much stays with a creator is learnt from those who were booked again. As long as they "
        "are few, about a tenth of the differences is taken to stay."
    ),
    (
        "Ranges hold with nine chances in ten, for what a creator brings over many bookings. A "
        "single booking strays further."
    ),
    (
        "Raw ROAS of a few bookings overstates the next: luck is in it, and orders that would"
        " have come anyway. On invented worlds, where all is known, it promised ₹2.68 for each "
        "rupee that came; these expectations promised ₹0.97, and ₹1.28 under Book again."
    ),
    ("They do not pick better creators than raw ROAS does. What they give is an honester promise."),
    (
        "A campaign's incremental revenue is shared among its creators by the orders with "
        "their code or link. Who brings orders without one is undervalued."
    ),
    (
        "Campaigns without a number of their own borrow from the others: only how their creators "
        "compare with each other counts."
    ),
    "Filters choose who is shown. They never change an expectation.",
    ("Only creators who were paid for a campaign by name can be judged: keep money for new ones."),
)
"""What a reader must know before money follows a list."""
