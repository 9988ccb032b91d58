"""What came because of campaigns: the verdict on each, and one of them in words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.incrementality import Diagnostics, Estimate, total
from dashboard.incrementality.telling import RANGES, facts, headline, summary, verdict_rows, words
from dashboard.query import Answer
from dashboard.tables import TableColumn
from dashboard.views.chart import Chart
from dashboard.views.focus import Chooser, facts_of
from dashboard.views.markup import Markup, joined, show
from dashboard.views.table import Table
from dashboard.views.view import CardView

COLUMNS = (
    TableColumn("campaign", "Campaign"),
    TableColumn(
        "verdict",
        "Verdict",
        hint="Whether the range of incremental ROAS lies above what pays back, below it, or on "
        "both sides.",
    ),
    TableColumn(
        "iroas",
        "Incremental ROAS",
        "number",
        "×",
        2,
        "Revenue that would not have come without the campaign, divided by all that is paid for "
        "it.",
    ),
    TableColumn(
        "iroas_range", "Its range", hint="Where it lies with nine chances in ten.", by="iroas_low"
    ),
    TableColumn(
        "tagged_roas",
        "Tagged ROAS",
        "number",
        "×",
        2,
        "Revenue that carries a code or link of the campaign, divided by all that is paid for it. "
        "Some of it would have come anyway, and some that it caused carries no code.",
    ),
    TableColumn(
        "break_even",
        "Break-even share",
        "number",
        "%",
        1,
        "Share of tagged revenue that must be incremental for the payout to come back.",
    ),
    TableColumn(
        "incremental_revenue",
        "Incremental revenue",
        "number",
        "₹",
        hint="Revenue of its products, tagged or not, that would not have come without the "
        "campaign, from its first post to 14 days after its last.",
    ),
    TableColumn("revenue_range", "Range of revenue", hint="Nine chances in ten.", by="revenue_low"),
    TableColumn(
        "payout",
        "Paid for it",
        "number",
        "₹",
        hint="All payouts for the campaign, whatever the period.",
    ),
    TableColumn("status", "Status", hint="Provisional until 30 days after the campaign are in."),
    TableColumn("reason", "Why", widest=420),
)


NO_CAMPAIGN = "No campaign in view. Clear a filter to see more."


def stand(view: CardView, otherwise: str) -> None:
    """Say in place of a card's body that nothing is known yet, or what else keeps it empty."""
    work, why = view.explorer.explorer.work, view.explorer.unestimated
    waits = work is not None and not work.is_over
    view.card.stand("waiting" if waits else "empty", why or otherwise)


class Verdicts(Table):
    """Which campaigns paid because of themselves?"""

    title = "Verdicts"
    page_size = 15
    estimated = True

    def rows(self) -> pl.DataFrame:
        """The campaigns in view; none while nothing is known."""
        return verdict_rows(self.explorer.estimates_in_view() or ())

    def numbers(self) -> pl.DataFrame:
        """The rows, with ranges as numbers."""
        return self._rows.drop(RANGES, strict=False)

    def empty(self) -> str:
        """Why there are none."""
        return self.explorer.unestimated or NO_CAMPAIGN

    def refresh(self) -> None:
        """Fill the table, or say that it is not known yet."""
        super().refresh()
        if not self._rows.height:
            stand(self, NO_CAMPAIGN)

    def columns(self) -> Sequence[TableColumn]:
        """The verdict first, then what it rests on."""
        return COLUMNS

    def totals(self) -> Mapping[str, float | None]:
        """What campaigns with a number brought together."""
        whole = total(self.explorer.estimates_in_view() or ())
        if not whole.campaigns:
            return {}
        return {
            "iroas": whole.iroas,
            "incremental_revenue": whole.incremental_revenue,
            "payout": whole.payout,
        }

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many of each verdict, and what they brought together."""
        del rows
        return summary(self.explorer.estimates_in_view() or ())

    def pick(self, row: Mapping[str, Any]) -> None:
        """Show a campaign in full."""
        self.explorer.explorer.remember("chosen-campaign", str(row["campaign"]))


class ChosenEstimate(Chooser):
    """What came because of this campaign, and how do we know?"""

    title = "One campaign"
    dimension = "campaign"
    estimated = True
    further = (("campaigns", "How it did in all →"),)

    @property
    def estimate(self) -> Estimate | None:
        """What is shown; whoever follows may be refreshed first, so it is looked up anew."""
        self._look()
        found = self.explorer.estimates or ()
        return next((one for one in found if one.campaign == self.focus.value), None)

    def refresh(self) -> None:
        """Offer the campaigns in view, and say what is known of the chosen one."""
        self._look()
        self.choice.offer(self.focus.options, self.focus.value)
        one = self.estimate
        if one is None:
            show(self._facts, Markup(""))
            stand(self, NO_CAMPAIGN)
            return
        show(self._facts, joined([facts_of(facts(one), words(one)), self._links()]))
        self.card.say(headline(one))

    def _look(self) -> None:
        rows = verdict_rows(self.explorer.estimates_in_view() or ())
        self.focus.options = tuple(rows["campaign"])


class OfEstimate(Chart):
    """A chart of the campaign that a ``ChosenEstimate`` shows, or the reason why there is none.

    A derived class says in ``drawn`` what is drawn of an estimate; no rows where it has none.
    """

    estimated = True

    def __init__(self, chosen: ChosenEstimate) -> None:
        super().__init__(chosen.focus)
        self.chosen = chosen

    @abstractmethod
    def drawn(self, one: Estimate | None) -> pl.DataFrame:
        """The rows to draw."""

    @property
    def estimate(self) -> Estimate | None:
        """What is drawn; None while nothing is known."""
        return self.chosen.estimate

    @property
    def _about(self) -> Diagnostics:
        """What it rests on."""
        return self.estimate.diagnostics if self.estimate else Diagnostics()

    def ask(self) -> Answer:
        """The rows to draw."""
        return Answer(self.drawn(self.estimate))

    def is_empty(self, frame: pl.DataFrame) -> bool:
        """Whether there are no rows."""
        return not frame.height

    def refresh(self) -> None:
        """Draw it, or say why it cannot be drawn."""
        super().refresh()
        if not self.frame.height:
            why = next(iter(self.estimate.reasons), NO_CAMPAIGN) if self.estimate else NO_CAMPAIGN
            stand(self, why)
