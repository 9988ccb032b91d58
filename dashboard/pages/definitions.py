"""Definitions: what does this number mean?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.definitions import (
    Assumptions,
    ColumnDefinitions,
    DimensionDefinitions,
    MetricDefinitions,
    MoneyRules,
    RowRules,
)


class Definitions(Page):
    """What does this number mean?"""

    title = "Definitions"
    question = "What does this number mean?"
    shape = (("1fr", 1942),)

    def rows(self) -> Sequence[Row]:
        """Metrics, the rules and assumptions behind them, and what they are made from."""
        ask = self.explorer
        return [
            Row(MetricDefinitions(ask)),
            Row(MoneyRules(ask), Assumptions(ask)),
            Row(DimensionDefinitions(ask)),
            Row(ColumnDefinitions(ask)),
            Row(RowRules(ask)),
        ]
