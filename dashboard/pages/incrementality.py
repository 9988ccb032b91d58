"""Incrementality: what came because of us?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.donors import ComparedWith
from dashboard.views.incrementality import ChosenEstimate, Verdicts
from dashboard.views.paths import CumulativeEffect, ExpectedAndActual, Exposure
from dashboard.views.placebos import PlaceboCheck


class Incrementality(Page):
    """What came because of us?"""

    title = "Incrementality"
    question = "What came because of us?"
    shape = (("1fr", 811),)

    def rows(self) -> Sequence[Row]:
        """The verdict on each campaign, then one of them in full."""
        chosen = ChosenEstimate(self.explorer)
        expected, summed = ExpectedAndActual(chosen), CumulativeEffect(chosen)
        exposure, check = Exposure(chosen), PlaceboCheck(chosen)
        compared = ComparedWith(chosen)
        chosen.followers = (compared, expected, summed, exposure, check)
        return [
            Row(Verdicts(self.explorer)),
            Row(chosen),
            Row(compared),
            Row(expected),
            Row(summed, exposure, check),
        ]
