"""What would have come anyway: series, estimator, placebo calibration, verdict."""

from __future__ import annotations

from dashboard.incrementality.estimating import estimate, under
from dashboard.incrementality.results import Diagnostics, Estimate, Path

__all__ = ["Diagnostics", "Estimate", "Path", "estimate", "under"]
