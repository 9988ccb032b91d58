"""What would have come anyway: series, estimator, placebo calibration, verdict."""

from __future__ import annotations

from dashboard.incrementality.estimating import Prepared, estimate, prepare, solve, under
from dashboard.incrementality.keeping import Kept
from dashboard.incrementality.results import (
    Diagnostics,
    Estimate,
    Path,
    Status,
    Total,
    Verdict,
    total,
)
from dashboard.incrementality.working import Work, work_on

__all__ = [
    "Diagnostics",
    "Estimate",
    "Kept",
    "Path",
    "Prepared",
    "Status",
    "Total",
    "Verdict",
    "Work",
    "estimate",
    "prepare",
    "solve",
    "total",
    "under",
    "work_on",
]
