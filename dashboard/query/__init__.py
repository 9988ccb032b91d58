"""answer(ledger, metrics, by, filters): the only place that answers; refusals and coverage too."""

from __future__ import annotations

from dashboard.query.answering import Answer, View, added, answer, in_rupees, once
from dashboard.query.breaking_even import breaking_even, orders_wanted, short
from dashboard.query.coverage import Coverage
from dashboard.query.margins import Margins
from dashboard.query.where import Where, labels

__all__ = [
    "Answer",
    "Coverage",
    "Margins",
    "View",
    "Where",
    "added",
    "answer",
    "breaking_even",
    "in_rupees",
    "labels",
    "once",
    "orders_wanted",
    "short",
]
