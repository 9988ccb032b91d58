"""What came because of campaigns: the verdict on each, and one of them in words."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard.formats import (
    NOTHING,
    counted,
    day,
    listing,
    number,
    percent,
    period,
    rupees_compact,
    times,
)
from dashboard.incrementality import Diagnostics, Estimate, Total, total
from dashboard.query import Answer
from dashboard.state import Asking
from dashboard.tables import TableColumn
from dashboard.views.chart import Chart
from dashboard.views.focus import Chooser, facts_of
from dashboard.views.markup import Markup, show
from dashboard.views.table import Table
from dashboard.views.view import CardView

VERDICTS = {
    "pays back": "Pays back",
    "inconclusive": "Inconclusive",
    "does not pay back": "Does not pay back",
    None: "Cannot be known",
}
"""Verdicts as people read them, the best first."""

STATUSES = {
    "identified": "Final",
    "provisional": "Provisional",
    "not identifiable": "Not identifiable",
}

_COLUMNS = (
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
    TableColumn("iroas_range", "Its range", hint="Where it lies with nine chances in ten."),
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
    TableColumn("incremental_revenue", "Incremental revenue", "number", "₹"),
    TableColumn("revenue_range", "Range of revenue", hint="Nine chances in ten."),
    TableColumn("payout", "Paid for it", "number", "₹"),
    TableColumn("status", "Status", hint="Provisional until 30 days after the campaign are in."),
    TableColumn("reason", "Why", widest=420),
)


NO_CAMPAIGN = "No campaign in view. Clear a filter to see more."


def stand(view: CardView, otherwise: str) -> None:
    """Say in place of a card's body that nothing is known yet, or what else keeps it empty."""
    work, why = view.explorer.explorer.work, view.explorer.unestimated
    waits = work is not None and not work.is_over
    view.card.stand("waiting" if waits else "empty", why or otherwise)


def row_of(one: Estimate) -> dict[str, Any]:
    """An estimate as a row of the table of verdicts, money in rupees."""
    return {
        "campaign": one.campaign,
        "verdict": VERDICTS[one.verdict],
        "iroas": one.iroas,
        "iroas_range": said_range(one.iroas_interval, times),
        "tagged_roas": one.tagged_roas,
        "break_even": one.break_even,
        "incremental_revenue": one.incremental_revenue,
        "revenue_range": said_range(one.interval, rupees_compact),
        "payout": one.payout,
        "status": STATUSES[one.status],
        "reason": next(iter(one.reasons), ""),
    }


def said_range(ends: tuple[float, float] | None, say: Any) -> str:
    """``1.20× to 3.40×``; nothing where there is none."""
    return NOTHING if ends is None else f"{say(ends[0])} to {say(ends[1])}"


def verdict_rows(estimates: Sequence[Estimate]) -> pl.DataFrame:
    """``(campaigns, 11)`` a row for each, the best verdict first, then by incremental ROAS."""
    order = list(VERDICTS)
    ranked = sorted(
        estimates,
        key=lambda one: (
            order.index(one.verdict),
            -(one.iroas if one.iroas is not None else 0.0),
            one.campaign,
        ),
    )
    schema = {
        column.name: pl.Float64 if column.kind == "number" else pl.String for column in _COLUMNS
    }
    return pl.DataFrame([row_of(one) for one in ranked], schema=schema, orient="row")


class Verdicts(Table):
    """Which campaigns paid because of themselves?"""

    title = "Verdicts"
    page_size = 15
    estimated = True

    def rows(self) -> pl.DataFrame:
        """The campaigns in view; none while nothing is known."""
        return verdict_rows(self.explorer.estimates_in_view() or ())

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
        return _COLUMNS

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
        counts = dict(rows["verdict"].value_counts().iter_rows())
        said = listing(
            [f"{counts[word]} {_IN_SENTENCE[word]}" for word in VERDICTS.values() if word in counts]
        )
        return f"Of {counted(rows.height, 'campaign')}: {said}.{_together(self.explorer)}"

    def pick(self, row: Mapping[str, Any]) -> None:
        """Show a campaign in full."""
        self.explorer.explorer.remember("chosen-campaign", str(row["campaign"]))


_IN_SENTENCE = {
    "Pays back": "paid back",
    "Inconclusive": "cannot be told from break-even",
    "Does not pay back": "did not pay back",
    "Cannot be known": "cannot be estimated from these data",
}


def _together(explorer: Asking) -> str:
    whole = total(explorer.estimates_in_view() or ())
    if not whole.campaigns or whole.iroas_interval is None:
        return ""
    low, high = whole.iroas_interval
    return (
        f" The {counted(whole.campaigns, 'campaign')} with a number brought {times(whole.iroas)} "
        f"together ({times(low)} to {times(high)})."
    )


def portfolio_note(whole: Total) -> str:
    """What a card says below the incremental ROAS of all campaigns in view."""
    low, high = whole.iroas_interval or (0.0, 0.0)
    scope = (
        "all campaigns in view"
        if whole.campaigns == whole.of
        else f"{whole.campaigns} of {counted(whole.of, 'campaign')}"
    )
    return f"{times(low)} to {times(high)}, {scope}"


class ChosenEstimate(Chooser):
    """What came because of this campaign, and how do we know?"""

    title = "One campaign"
    dimension = "campaign"
    estimated = True
    further = (("campaigns", "How it did in all →"),)

    @property
    def estimate(self) -> Estimate | None:
        """What is shown."""
        found = self.explorer.estimates or ()
        return next((one for one in found if one.campaign == self.focus.value), None)

    def refresh(self) -> None:
        """Offer the campaigns in view, and say what is known of the chosen one."""
        rows = verdict_rows(self.explorer.estimates_in_view() or ())
        self.focus.options = tuple(rows["campaign"])
        self.choice.offer(self.focus.options, self.focus.value)
        one = self.estimate
        if one is None:
            show(self._facts, Markup(""))
            stand(self, NO_CAMPAIGN)
            return
        links = self._links()
        show(self._facts, Markup(facts_of(facts(one), words(one)) + links))
        self.card.say(headline(one))


def headline(one: Estimate) -> str:
    """The answer in one sentence."""
    if one.incremental_revenue is None:
        return f"What came because of {one.campaign} cannot be known from these data."
    low, high = one.interval or (0.0, 0.0)
    sure = "" if one.status == "identified" else "So far, "
    return (
        f"{sure}{rupees_compact(one.incremental_revenue)} came because of it "
        f"({rupees_compact(low)} to {rupees_compact(high)}): "
        f"{VERDICTS[one.verdict].lower() if one.verdict else 'nothing was paid for it'}."
    )


def facts(one: Estimate) -> list[tuple[str, str]]:
    """The figures of an estimate, each with its label."""
    said = [
        ("Verdict", VERDICTS[one.verdict] if one.verdict or not one.known else "Nothing paid"),
        ("Status", STATUSES[one.status]),
        ("Incremental ROAS", times(one.iroas)),
        ("Its range", said_range(one.iroas_interval, times)),
        ("Pays back from", times(one.needed)),
        ("Tagged ROAS", times(one.tagged_roas)),
        ("Paid for it", rupees_compact(one.payout)),
        ("Break-even share", percent(one.break_even)),
    ]
    if one.factor is not None:
        said.append(("Incremental ÷ tagged", times(one.factor)))
    return said


def words(one: Estimate) -> list[tuple[str, str]]:
    """Why, what it rests on and how far it is to be believed, in sentences."""
    about = one.diagnostics
    said = {"Why": " ".join(one.reasons)}
    if one.window:
        said["Days"] = f"{period(*one.window)}: from its first post to 14 days after its last."
    if about.products:
        said["It sells"] = f"{listing(about.products)}."
    if about.together:
        said["Estimated together with"] = f"{listing(about.together)}."
    if about.donors:
        said["What would have happened"] = (
            f"Told by sales of {listing(about.donors)}, which no campaign touched; learnt on "
            f"{counted(about.before, 'day')} before and {counted(about.after, 'day')} after."
        )
    if about.excluded:
        said["Left out by you"] = f"{listing(about.excluded)}."
    if about.error is not None:
        missed = percent(about.error)
        said["Fit"] = f"A week before the campaign is missed by {missed} on average."
    if about.placebos:
        said["Check"] = _check(one)
    if about.log_lift is not None and about.level_lift is not None:
        said["A second way"] = (
            f"Lift over usual sales {percent(about.log_lift)}; worked out on rupees instead of "
            f"logarithms {percent(about.level_lift)}."
        )
    if about.festivals:
        said["Festivals in it"] = (
            f"{listing(about.festivals)}. Products that no campaign touched tell how much of the "
            "rise is the festival's."
        )
    if about.settled:
        said["Final from"] = f"{day(about.settled)}, once that day is in the data."
    return list(said.items())


def _check(one: Estimate) -> str:
    about = one.diagnostics
    tried = counted(len(about.placebos), "stretch", "stretches")
    said = f"Tried on {tried} of the same length where nothing happened"
    if about.quantile is None:
        return f"{said}."
    return (
        f"{said}: nine in ten stayed within {number(about.quantile, 2)} standard errors, which is "
        "how wide the range is drawn."
    )


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
