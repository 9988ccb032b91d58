"""The charts by their names, each to be shown alone in a cell of a notebook.

A chart asks whoever it is given: an app, so that it follows the app's filters, or a dataset::

    from dashboard import App, charts, load

    app = App(load("data"))
    charts.RoasByPlatform(app)
"""

from __future__ import annotations

from dashboard.pages.posts import (
    CostPerEngagementByTier,
    EngagementByCategory,
    EngagementByPlatform,
)
from dashboard.views.bars import (
    RevenueByBrand,
    RevenueByCampaign,
    RevenueByCategory,
    RevenueByPlatform,
    RevenueByProduct,
    RevenueByTier,
    RoasByBrand,
    RoasByCampaign,
    RoasByCategory,
    RoasByPlatform,
    RoasByProduct,
    RoasByTier,
)
from dashboard.views.kpis import KpiCards
from dashboard.views.personas import Personas
from dashboard.views.saturation import Saturation
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.timeline import RevenueAndSpend
from dashboard.views.top import TopInfluencers

__all__ = [
    "CostPerEngagementByTier",
    "EngagementByCategory",
    "EngagementByPlatform",
    "KpiCards",
    "Personas",
    "RevenueAndSpend",
    "RevenueByBrand",
    "RevenueByCampaign",
    "RevenueByCategory",
    "RevenueByPlatform",
    "RevenueByProduct",
    "RevenueByTier",
    "RoasByBrand",
    "RoasByCampaign",
    "RoasByCategory",
    "RoasByPlatform",
    "RoasByProduct",
    "RoasByTier",
    "Saturation",
    "SpendAgainstRevenue",
    "TopInfluencers",
]
