"""Campaigns: which campaigns paid?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.bars import (
    RevenueByBrand,
    RevenueByProduct,
    RoasByBrand,
    RoasByCampaign,
    RoasByProduct,
)
from dashboard.views.focus import CampaignCreators, CampaignTimeline, ChosenCampaign
from dashboard.views.lists import Campaigns as CampaignTable


class Campaigns(Page):
    """Which campaigns paid?"""

    title = "Campaigns"
    question = "Which campaigns paid?"
    shape = (("1fr", 709), ("1fr", 264))

    def rows(self) -> Sequence[Row]:
        """All of them ranked, one of them in full, then brands and products."""
        ask = self.explorer
        table, chosen = CampaignTable(ask), ChosenCampaign(ask)
        timeline, creators = CampaignTimeline(chosen.focus), CampaignCreators(chosen.focus)
        chosen.followers = (timeline, creators)
        return [
            Row(table),
            Row(chosen),
            Row(timeline, creators, widths="3fr 2fr"),
            Row(RoasByCampaign(ask), RoasByBrand(ask), RevenueByBrand(ask)),
            Row(RoasByProduct(ask), RevenueByProduct(ask)),
        ]
