"""What would have come anyway: series, estimator, placebo calibration, verdict."""

from __future__ import annotations

from dashboard.incrementality.estimating import Prepared, estimate, prepare, solve, under
from dashboard.incrementality.results import Diagnostics, Estimate, Path, Status, Verdict

__all__ = [
    "Diagnostics",
    "Estimate",
    "Path",
    "Prepared",
    "Status",
    "Verdict",
    "estimate",
    "prepare",
    "solve",
    "under",
]
