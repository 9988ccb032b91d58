"""Overview: how are we doing?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.alerts import Alerts
from dashboard.views.bars import RoasByPlatform
from dashboard.views.kpis import KpiCards
from dashboard.views.movers import Movers
from dashboard.views.personas import Personas
from dashboard.views.quality import DataQuality
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.timeline import RevenueAndSpend


class Overview(Page):
    """How are we doing?"""

    title = "Overview"
    question = "How are we doing?"
    shape = (("1fr 1fr 1fr 1fr 1fr 1fr", 196), ("2fr 1fr", 484), ("1fr 1fr 1fr", 361))

    def rows(self) -> Sequence[Row]:
        """Key figures, their course, who made it, small answers, alerts, how far to trust all."""
        ask = self.explorer
        return [
            Row(KpiCards(ask)),
            Row(RevenueAndSpend(ask), Movers(ask), widths="2fr 1fr"),
            Row(RoasByPlatform(ask), Personas(ask), SpendAgainstRevenue(ask)),
            Row(Alerts(ask)),
            Row(DataQuality(ask)),
        ]
