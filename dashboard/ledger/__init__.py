"""accrue() money over cells, build() the ledger: facts and keys."""

from __future__ import annotations

from dashboard.ledger.accrual import accrue
from dashboard.ledger.building import Ledger, build

__all__ = ["Ledger", "accrue", "build"]
