"""One file a page; PAGES names them in the order of the menu."""

from __future__ import annotations

from dashboard.pages.campaigns import Campaigns
from dashboard.pages.data import Data
from dashboard.pages.definitions import Definitions
from dashboard.pages.incrementality import Incrementality
from dashboard.pages.influencers import Influencers
from dashboard.pages.overview import Overview
from dashboard.pages.page import Page, Row
from dashboard.pages.payouts import Payouts
from dashboard.pages.planner import Planner
from dashboard.pages.posts import Posts

__all__ = ["PAGES", "Page", "Row"]

PAGES: tuple[type[Page], ...] = (
    Overview,
    Campaigns,
    Influencers,
    Posts,
    Payouts,
    Incrementality,
    Planner,
    Data,
    Definitions,
)
"""The pages, in the order of the menu; the first is where visitors arrive."""
