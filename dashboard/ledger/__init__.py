"""accrue() money over cells, build() the ledger: facts and keys; ledger_of() shares it."""

from __future__ import annotations

from dashboard.ledger.accrual import accrue
from dashboard.ledger.building import Ledger, build
from dashboard.ledger.sharing import ledger_of

__all__ = ["Ledger", "accrue", "build", "ledger_of"]
