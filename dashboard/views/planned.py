"""Planned: what to expect of creators, worked out once and shared by the views of a page."""

from __future__ import annotations

import datetime as dt
import math

from dashboard.formats import times
from dashboard.incrementality import Estimate
from dashboard.planning import Plan, Prospect, plan
from dashboard.query import View, Where
from dashboard.query.answering import added
from dashboard.schema import FILTERS
from dashboard.state import Asking
from dashboard.views.view import CardView

EVEN = "break_even_roas"
LAST_DAYS = 90
"""Days of which the spending is what a budget begins with."""

NOBODY = "No creator in view was paid for a campaign. Clear a filter to see more."
NOTHING_LEFT = (
    "At the gross margins set nothing is left of revenue, so no booking can pay back. Set them on "
    "the page Data."
)


class Planned:
    """What to expect of creators, whatever the filters; they choose who of them is in view."""

    def __init__(self, explorer: Asking) -> None:
        self.explorer = explorer
        self._needed: tuple[object, float] = (None, 1.0)
        self._found: tuple[tuple[Estimate, ...], float, Plan] | None = None
        self._usual: tuple[str, float, str] = ("", 0.0, "")

    @property
    def needed(self) -> float:
        """The iROAS that pays back: 1, or what all data need where all gross margins are known.

        Infinite where product cost leaves nothing of revenue.
        """
        told = (self.explorer.ledger.version, dict(self.explorer.margins))
        if self._needed[0] != told:
            view = self.explorer.view(*FILTERS, "period")
            needed = 1.0
            if view.known("profit") == "contribution":
                even = view.ask([EVEN]).value(EVEN)
                needed = math.inf if even is None or even <= 0 else even
            self._needed = told, needed
        return self._needed[1]

    @property
    def plan(self) -> Plan:
        """Of everybody; of nobody while it is not known what came because of campaigns."""
        estimates, needed = self.explorer.estimates, self.needed
        if estimates is None:
            return Plan()
        if math.isinf(needed):
            return Plan(reason=NOTHING_LEFT)
        if self._found is None or self._found[0] is not estimates or self._found[1] != needed:
            self._found = estimates, needed, plan(self.explorer.ledger, estimates, needed)
        return self._found[2]

    def in_view(self) -> tuple[Prospect, ...]:
        """Those whom the filters leave, the most promising first."""
        found = self.plan.prospects
        if not found:
            return ()
        asked = self.explorer.ask(["revenue", "spend"], ["influencer"])
        there = set(asked.frame["influencer"].drop_nulls())
        return tuple(one for one in found if one.influencer in there)

    @property
    def usual_budget(self) -> float:
        """What campaigns cost in the last days of the data, to two digits; what all cost, if 0.

        In rupees; 0 where nothing was paid.
        """
        return self._known_usual()[1]

    @property
    def usual_from(self) -> str:
        """Where ``usual_budget`` is from, in words; empty where nothing was paid."""
        return self._known_usual()[2]

    def _known_usual(self) -> tuple[str, float, str]:
        version = self.explorer.ledger.version
        if self._usual[0] != version:
            last = self.explorer.ledger.span[1] if self.explorer.ledger.span else None
            recent = self._spent(last - dt.timedelta(LAST_DAYS - 1), last) if last else 0.0
            spent, words = recent, f"what campaigns cost in the last {LAST_DAYS} days of the data"
            if recent <= 0:
                spent, words = self._spent(), "what all campaigns cost"
            self._usual = version, rounded(spent), f"about {words}" if spent > 0 else ""
        return self._usual

    def _spent(self, first: dt.date | None = None, last: dt.date | None = None) -> float:
        view = View(self.explorer.ledger, Where(first=first, last=last))
        by_campaign = view.ask(["spend"], ["campaign"]).frame.drop_nulls("campaign")
        return added(by_campaign["spend"])

    @property
    def line(self) -> str:
        """What pays back, in words: ``the 2.22× that pays back``."""
        return f"the {times(self.needed)} that pays back"

    def stand(self, view: CardView) -> None:
        """Say in place of a card's body why there is nothing to see."""
        work = self.explorer.explorer.work
        waits = work is not None and not work.is_over
        view.card.stand("waiting" if waits else "empty", self.why)

    @property
    def why(self) -> str:
        """Why nothing can be expected of anybody in view, where that is so."""
        return self.explorer.unestimated or self.plan.reason or NOBODY


def rounded(rupees: float) -> float:
    """To two digits: 1,43,200 is 1,40,000."""
    if rupees <= 0:
        return 0.0
    return float(round(rupees, 1 - math.floor(math.log10(rupees))))
