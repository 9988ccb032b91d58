"""Influencers: who, and what kind of person?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.bars import (
    RevenueByCategory,
    RevenueByPlatform,
    RoasByCategory,
    RoasByTier,
)
from dashboard.views.focus import ChosenInfluencer, InfluencerTimeline
from dashboard.views.lists import InfluencerPayouts, InfluencerPosts
from dashboard.views.lists import Influencers as InfluencerTable
from dashboard.views.personas import Personas
from dashboard.views.poor import PoorRoi
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.top import TopInfluencers


class Influencers(Page):
    """Who, and what kind of person?"""

    title = "Influencers"
    question = "Who, and what kind of person?"
    shape = (("1fr 1fr", 343), ("1fr 1fr", 459))

    def rows(self) -> Sequence[Row]:
        """Everybody at a glance, the best and the poor, kinds of people, then one in full."""
        ask = self.explorer
        table, chosen = InfluencerTable(ask), ChosenInfluencer(ask)
        timeline = InfluencerTimeline(chosen.focus)
        posts, payouts = InfluencerPosts(chosen.focus), InfluencerPayouts(chosen.focus)
        chosen.followers = (timeline, posts, payouts)
        return [
            Row(SpendAgainstRevenue(ask), Personas(ask)),
            Row(TopInfluencers(ask), PoorRoi(ask)),
            Row(RoasByCategory(ask), RevenueByCategory(ask)),
            Row(RoasByTier(ask), RevenueByPlatform(ask)),
            Row(table),
            Row(chosen, timeline, widths="2fr 3fr"),
            Row(posts),
            Row(payouts),
        ]
