"""Planner: whom next?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.budget import BudgetSplit
from dashboard.views.planned import Planned
from dashboard.views.planner import (
    BookAgain,
    ChosenProspect,
    HowFarToTrust,
    StopBooking,
    TryAgain,
)
from dashboard.views.saturation import Saturation


class Planner(Page):
    """Whom next?"""

    title = "Planner"
    question = "Whom next?"
    shape = (("1fr", 619), ("1fr", 549))

    def rows(self) -> Sequence[Row]:
        """Three lists, one creator in words, then money: a budget and how far it goes."""
        ask = self.explorer
        planned = Planned(ask)
        return [
            Row(BookAgain(ask, planned)),
            Row(TryAgain(ask, planned)),
            Row(StopBooking(ask, planned)),
            Row(ChosenProspect(ask, planned)),
            Row(BudgetSplit(ask, planned)),
            Row(Saturation(ask, planned), HowFarToTrust(ask)),
        ]
