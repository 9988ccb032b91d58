"""Rows in this process, in memory or in parquet files, through Polars."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.engines.engine import Engine, Found
from dashboard.engines.joining import found_of
from dashboard.engines.piece import COLUMNS, rolled_piece

AT_ONCE = 250_000
"""Rows that are best read at a time: what bounds memory where there are many more."""


class Here(Engine):
    """Tracking rows in pieces that are read one after the other.

    Parameters
    ----------
    pieces
        Each ``(N, …)`` with ``COLUMNS``.
    """

    name = "Polars"
    wide = True

    def __init__(self, pieces: Sequence[pl.LazyFrame]) -> None:
        self._pieces = [piece.select(COLUMNS) for piece in pieces]

    @classmethod
    def of(cls, tracking: pl.DataFrame) -> Here:
        """Rows that are in memory already."""
        starts = range(0, tracking.height, AT_ONCE)
        return cls([tracking.slice(start, AT_ONCE).lazy() for start in starts])

    def found(self) -> Found | None:
        """Everything in one pass over the pieces; of each stays what it comes to."""
        return found_of([rolled_piece(piece) for piece in self._pieces])
