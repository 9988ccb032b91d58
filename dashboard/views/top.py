"""Top influencers by a metric that the user picks."""

from __future__ import annotations

from typing import Any

import panel as pn
import param
import polars as pl

from dashboard.metrics import METRICS
from dashboard.state import Explorer
from dashboard.views.bars import MOST, RankedBars
from dashboard.views.choose import Choice

OFFERED = (
    "revenue",
    "roas",
    "profit",
    "contribution",
    "orders",
    "new_customers",
    "engagement_rate",
    "reach",
    "orders_per_1000_reach",
)
"""Metrics of which more is better: what "top" can mean."""


class TopInfluencers(RankedBars):
    """Who is best, by the metric that the user picks?"""

    title = "Top influencers"
    metric, dimension = "revenue", "influencer"
    height = 300

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        options = [(name, METRICS[name].label) for name in OFFERED]
        self.choice = Choice.of("Ranked by", options, self.metric)
        self.choice.param.watch(self._chosen, "value")
        self.explorer.explorer.param.watch(self._told, "looks")
        self.card.add(self.choice)

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The first bars only: what the others have together says nothing about who is best."""
        return super().columns(frame.head(MOST))

    def offline(self) -> dict[str, Any]:
        """As bars, without others; and what there is to rank by."""
        return {**super().offline(), "kind": "top", "offered": OFFERED}

    def refresh(self) -> None:
        """Rank by what was told last, wherever it was."""
        told = self.explorer.looks.get(self.name, "")
        self.metric = told if told in OFFERED else OFFERED[0]
        self.metrics = (self.metric,)
        self.choice.value = self.metric
        super().refresh()

    def _chosen(self, event: param.parameterized.Event) -> None:
        if event.new in OFFERED and event.new != self.metric:
            self.explorer.remember(self.name, "" if event.new == OFFERED[0] else event.new)

    def _told(self, event: param.parameterized.Event) -> None:
        if event.new.get(self.name) != event.old.get(self.name):
            with pn.io.hold():
                self.update()
