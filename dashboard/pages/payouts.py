"""Payouts: what do we owe, and is it right?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.lists import OrderReconciliation, SpendByBasis, SpendByStatus
from dashboard.views.lists import Payouts as PayoutTable


class Payouts(Page):
    """What do we owe, and is it right?"""

    title = "Payouts"
    question = "What do we owe, and is it right?"
    shape = (("1fr 1fr", 328), ("1fr", 794))

    def rows(self) -> Sequence[Row]:
        """Totals, each payout against its rate and its result, then orders against orders."""
        ask = self.explorer
        return [
            Row(SpendByStatus(ask), SpendByBasis(ask)),
            Row(PayoutTable(ask)),
            Row(OrderReconciliation(ask)),
        ]
