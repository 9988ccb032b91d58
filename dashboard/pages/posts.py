"""Posts: which content worked?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.bars import RankedBars
from dashboard.views.lists import Posts as PostTable
from dashboard.views.post import ChosenPost


class EngagementByPlatform(RankedBars):
    """On which platform do people respond?"""

    title = "Engagement rate by platform"
    metric, dimension = "engagement_rate", "platform"


class EngagementByCategory(RankedBars):
    """About what do people respond?"""

    title = "Engagement rate by category"
    metric, dimension = "engagement_rate", "category"


class CostPerEngagementByTier(RankedBars):
    """What does a response cost, by the creator's size?"""

    title = "Cost per engagement by tier"
    metric, dimension = "cpe", "tier"


class Posts(Page):
    """Which content worked?"""

    title = "Posts"
    question = "Which content worked?"
    shape = (("1fr 1fr 1fr", 326), ("1fr", 757))

    def rows(self) -> Sequence[Row]:
        """Where people respond and what that costs, then every post, and one in full."""
        ask = self.explorer
        posts = PostTable(ask)
        return [
            Row(EngagementByPlatform(ask), EngagementByCategory(ask), CostPerEngagementByTier(ask)),
            Row(posts),
            Row(ChosenPost(ask, posts)),
        ]
