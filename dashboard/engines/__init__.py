"""The heavy rollup of rows to cells, written once in narwhals: it runs where the rows live."""

from __future__ import annotations

from dashboard.engines.rollup import first_orders, roll_up

__all__ = ["first_orders", "roll_up"]
