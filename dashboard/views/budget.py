"""A budget, split: each rupee to whom it is expected to bring most, among creators in view."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import panel as pn
import param
import polars as pl

from dashboard.address import Numbers, Words
from dashboard.formats import counted, rupees, rupees_compact
from dashboard.planning import Choice as Listed
from dashboard.planning import Split, split
from dashboard.query.answering import added
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.choose import Amount, Choice
from dashboard.views.planned import Planned
from dashboard.views.planner import RANGE_ENDS
from dashboard.views.table import Table

MOST = 1e9
"""The largest budget in rupees that can be asked for."""

WHOM: Mapping[str, tuple[str, tuple[Listed, ...]]] = {
    "both": ("Book again and test again", ("book again", "test again")),
    "sure": ("Book again only", ("book again",)),
}
"""Among whom it is split: what a link calls them, the words, and the lists."""

BUDGET, CHOSEN = "plan-budget", "plan-whom"
OFFERED: Mapping[str, Numbers | Words] = {
    BUDGET: Numbers(1, MOST, f"amount from ₹1 to {rupees_compact(MOST)}"),
    CHOSEN: tuple(WHOM),
}
"""What a link can ask for, by the names that it calls them."""

_COLUMNS = (
    TableColumn("influencer", "Creator"),
    TableColumn("amount", "Amount", "number", "₹", hint="The creator's part of the budget."),
    TableColumn(
        "marginal",
        "Last rupee",
        "number",
        "₹",
        2,
        "Marginal return: what the last rupee of the amount is expected to bring back.",
    ),
    TableColumn(
        "most",
        "Most paid",
        "number",
        "₹",
        hint="For one campaign. An amount far from it is a guess along the curve; nobody is given "
        "more than twice as much.",
    ),
    TableColumn(
        "expected",
        "Expected to bring",
        "number",
        "₹",
        hint="Incremental revenue of the amount, by the curve of the creator's tier.",
    ),
    TableColumn(
        "range", "Its range", hint="Where it lies with nine chances in ten.", by="expected_low"
    ),
)


class BudgetSplit(Table):
    """How would a budget be split, and what would it bring?"""

    title = "A budget, split"
    note = "by what the next rupee brings"
    page_size = 10
    estimated = True

    def __init__(self, explorer: Explorer, planned: Planned | None = None) -> None:
        super().__init__(explorer)
        self.planned = planned or Planned(explorer)
        self.amount = Amount(
            label="Budget in rupees",
            value=1.0,
            lowest=1,
            highest=MOST,
            step=1000,
            width=150,
            margin=(0, 0, 8, 0),
        )
        self.whom = Choice(
            label="Whom",
            options=[[name, words] for name, (words, _) in WHOM.items()],
            value=next(iter(WHOM)),
            width=230,
            margin=(0, 0, 8, 0),
        )
        self.amount.param.watch(self._asked, "value")
        self.whom.param.watch(self._asked, "value")
        self.card.add(pn.FlexBox(self.amount, self.whom, gap="0 12px", margin=0))
        self.split = Split((), 0.0, "")

    def rows(self) -> pl.DataFrame:
        """The parts of the budget, the largest first."""
        most = {one.influencer: one.most for one in self.planned.plan.prospects}
        rows = [
            {
                "influencer": one.influencer,
                "amount": one.amount,
                "marginal": one.marginal,
                "most": most[one.influencer],
                "expected": one.expected,
                "range": " to ".join(map(rupees_compact, one.interval)),
                "expected_low": one.interval[0],
                "expected_high": one.interval[1],
            }
            for one in sorted(self.split.shares, key=lambda one: (-one.amount, one.influencer))
        ]
        schema = {c.name: pl.Float64 if c.kind == "number" else pl.String for c in _COLUMNS}
        return pl.DataFrame(rows, schema=schema | RANGE_ENDS, orient="row")

    def numbers(self) -> pl.DataFrame:
        """The rows, with ranges as numbers."""
        return self._rows.drop("range", strict=False)

    def columns(self) -> Sequence[TableColumn]:
        """Who gets how much, and what comes of it."""
        return _COLUMNS

    def totals(self) -> Mapping[str, float | None]:
        """What is given out, and what it is expected to bring."""
        return {name: added(self._rows[name]) for name in ("amount", "expected")}

    def refresh(self) -> None:
        """Split it again."""
        budget, whom = self.budget, self.chosen
        self.amount.value, self.whom.value = budget, whom
        there = self.planned.in_view()
        wanted = [one.influencer for one in there if one.choice in WHOM[whom][1]]
        self.split = split(budget, self.planned.plan, wanted, self.planned.needed)
        super().refresh()
        if not there:
            self.planned.stand(self)
        elif not self.split.shares:  # what is typed must stay in sight
            self.card.say(self._nobody(wanted))

    @property
    def budget(self) -> float:
        """What was told last, here or in a link; the usual where that is no amount."""
        told = self.explorer.explorer.looks.get(BUDGET, "")
        return float(told) if told in OFFERED[BUDGET] else self.usual

    @property
    def usual(self) -> float:
        """What it begins with."""
        return min(max(self.planned.usual_budget, 1.0), MOST)

    @property
    def chosen(self) -> str:
        """Among whom, as told last."""
        told = self.explorer.explorer.looks.get(CHOSEN, "")
        return told if told in WHOM else next(iter(WHOM))

    def sentence(self, rows: pl.DataFrame) -> str:
        """What it is expected to bring, how sure that is, and what is left."""
        given, brought = added(rows["amount"]), added(rows["expected"])
        # Most of an error is in what all creators bring, so that they are wrong together.
        low, high = (math.fsum(one.interval[end] for one in self.split.shares) for end in (0, 1))
        left = f" {self.split.reason}" if self.split.reason else ""
        return (
            f"{rupees_compact(given)} of {rupees_compact(self.budget)}{self._origin()} to "
            f"{counted(rows.height, 'creator')} in view is expected to bring "
            f"{rupees_compact(brought)} that would not come otherwise: {rupees_compact(low)} to "
            f"{rupees_compact(high)} with nine chances in ten, even if all of them fall short or "
            f"exceed together.{left}"
        )

    def _origin(self) -> str:
        """Where the amount is from, while nobody typed another."""
        words = self.planned.usual_from
        if not words or not self.budget == self.usual == self.planned.usual_budget:
            return ""
        return f" ({words})"

    def _nobody(self, wanted: Sequence[str]) -> str:
        if wanted:
            return f"Nothing of {rupees(self.budget)} is given to anybody. {self.split.reason}"
        return "Nobody in view is on the lists chosen. Choose other lists, or clear a filter."

    def _asked(self, event: param.parameterized.Event) -> None:
        """Remember what was typed or chosen; the usual leaves the link bare."""
        if event.obj is self.amount and event.new != self.budget:
            told = "" if event.new == self.usual else f"{event.new:.12g}"
            self.explorer.explorer.remember(BUDGET, told)
        if event.obj is self.whom and event.new != self.chosen and event.new in WHOM:
            told = "" if event.new == next(iter(WHOM)) else event.new
            self.explorer.explorer.remember(CHOSEN, told)

    def _told(self, event: param.parameterized.Event) -> None:
        """Follow what was told, wherever it was: here or in a link."""
        super()._told(event)
        names = (BUDGET, CHOSEN)
        if any(event.new.get(name) != event.old.get(name) for name in names):
            with pn.io.hold():
                self.update()
