"""The heavy rollup of rows to cells, written once in narwhals: it runs where the rows live."""

from __future__ import annotations

from dashboard.engines.engine import Engine
from dashboard.engines.here import Here
from dashboard.engines.rolled import Rolled
from dashboard.engines.rolling import roll

__all__ = ["Engine", "Here", "Rolled", "roll"]
