"""Rolled: tracking rows as cells, and what of their customers no sum of cells can say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dashboard.engines import coarsening

PLACE = ("date", "influencer_id", "campaign", "product", "brand")
"""What a cell is: the shared dimensions of its rows."""
LINE = ("campaign", "product", "brand", "source")
"""What may say the brand of a row."""
MEASURES = ("rows", "orders", "revenue", "returned_revenue", "new_customers")

CELLS = pl.Schema(
    {
        "date": pl.Date(),
        **dict.fromkeys(PLACE[1:], pl.String()),
        **dict.fromkeys(MEASURES, pl.Int64()),
    }
)
BOUGHT = pl.Schema({"cell": pl.UInt32(), "user": pl.UInt32()})
COUNTS = ("sample", "buying", "named", "customers", "rows_named")
BUDGETED = ("finest", "budget")
"""Counts where there are more cells than there is room for."""
LINES = pl.Schema(dict.fromkeys(LINE, pl.String()))
EVIDENCE = pl.Schema({"weight": pl.Int64(), "parts": pl.UInt32()})
SOLD = pl.Schema(
    {
        "date": pl.Date(),
        "attributed": pl.Boolean(),
        **dict.fromkeys(("campaign", "product", "brand"), pl.String()),
        **dict.fromkeys(("orders", "revenue"), pl.Int64()),
    }
)


@dataclass(frozen=True, eq=False)
class Rolled:
    """Tracking rows as cells; a few megabytes for a hundred million rows.

    Parameters
    ----------
    cells
        ``(C, 10)``: ``PLACE``, each once; how many rows are in it, orders, revenue and
        returned_revenue (paise), and new_customers: those whose first row ever with orders is in
        it. A null influencer_id marks baseline rows. Where they do not tell products apart, also
        ``EVIDENCE``: the orders of each product, at least 0, summed, and how many cells they were.
    bought
        ``(N, 2)`` who bought where: the row of ``cells``, which is an attributed one, and a number
        for the customer. One customer in ``sample`` is followed.
    lines
        ``(L, 4)`` what rows say of campaign, product, brand and source, as written, each once.
    buying, named
        Attributed rows with orders, and those of them that name a customer.
    customers, rows_named
        Different customers in all rows, and the rows that name one.
    sold
        Only where ``cells`` do not tell products apart: ``(S, 7)`` what was sold of each product
        by day and campaign, by whomever; read when somebody asks.
    finest, budget
        Where there are more than there is room for: how many cells there would be with each
        product told apart, and how many there might be.
    """

    cells: pl.DataFrame = field(default_factory=CELLS.to_frame)
    bought: pl.DataFrame = field(default_factory=BOUGHT.to_frame)
    lines: pl.DataFrame = field(default_factory=LINES.to_frame)
    sample: int = 1
    buying: int = 0
    named: int = 0
    customers: int = 0
    rows_named: int = 0
    sold: pl.LazyFrame | None = None
    finest: int = 0
    budget: int = 0

    @property
    def note(self) -> str:
        """What is to be said of the budget; empty where there is room for all cells."""
        return coarsening.sentence(self.finest, self.cells.height, self.budget)

    @property
    def rows(self) -> int:
        """How many rows there were."""
        return int(self.cells["rows"].sum())

    @property
    def coverage(self) -> float | None:
        """Share of attributed rows with orders that name a customer; None where there are none."""
        return self.named / self.buying if self.buying else None

    @property
    def days(self) -> tuple[dt.date, dt.date] | None:
        """First and last day; None without rows."""
        if not self.cells.height:
            return None
        first, last = self.cells["date"].min(), self.cells["date"].max()
        return first, last  # type: ignore[return-value]  # polars types min() as any literal

    def says(self, column: str) -> bool | None:
        """Whether any row says something in a column; None where only the rows know."""
        if column == "user_id":
            return self.rows_named > 0
        if column in {"date", "orders", "revenue"}:
            return self.cells.height > 0
        frame = self.lines if column in self.lines.columns else self.cells
        if column not in frame.columns:
            return None
        return frame[column].null_count() < frame.height

    @property
    def counts(self) -> dict[str, int]:
        """All but the frames, as JSON takes it."""
        names = (*COUNTS, *BUDGETED) if self.finest else COUNTS
        return {name: getattr(self, name) for name in names}

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """All but the counts, by name."""
        frames = {"cells": self.cells, "bought": self.bought, "lines": self.lines}
        return frames if self.sold is None else {**frames, "sold": self.sold.collect()}

    @property
    def slices(self) -> dict[str, Iterable[pl.DataFrame]]:
        """The frames, as ``rolling.Sliced`` has them."""
        return {name: [frame] for name, frame in self.frames.items()}

    @classmethod
    def kept(
        cls,
        frames: Mapping[str, pl.DataFrame],
        counts: Mapping[str, Any],
        sold: pl.LazyFrame | None = None,
    ) -> Rolled:
        """What was saved, as it was."""
        return cls(
            frames["cells"].cast(CELLS),
            frames["bought"].cast(BOUGHT),
            frames["lines"].cast(LINES),
            sold=sold,
            **counts,
        )
