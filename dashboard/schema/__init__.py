"""The four tables and the ledger's vocabulary: columns, dimensions, measures."""

from __future__ import annotations

from dashboard.schema.tables import (
    BASES,
    GENDERS,
    PLATFORMS,
    STATUSES,
    TABLES,
    Column,
    Kind,
    Table,
    folded,
)
from dashboard.schema.vocabulary import (
    DIMENSIONS,
    EVIDENCE_DAYS,
    FILTERS,
    MEASURES,
    TIERS,
    Dimension,
    Home,
    Measure,
)

__all__ = [
    "BASES",
    "DIMENSIONS",
    "EVIDENCE_DAYS",
    "FILTERS",
    "GENDERS",
    "MEASURES",
    "PLATFORMS",
    "STATUSES",
    "TABLES",
    "TIERS",
    "Column",
    "Dimension",
    "Home",
    "Kind",
    "Measure",
    "Table",
    "folded",
]
