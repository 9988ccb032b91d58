"""Change: how far a metric moved from before to now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from dashboard.formats import MINUS, NOTHING, is_number, number, said
from dashboard.metrics import Metric
from dashboard.metrics.tree import Combined

NEW = "new"
"""What is said where there was nothing before."""

Unit = Literal["%", "points", "×", "₹"]


def unit_of(metric: Metric) -> Unit:
    """What a metric's change is counted in.

    Amounts and counts change by percent of what they were, shares by points, multiples by their
    difference, and so do amounts that can fall below nothing (revenue less spend), of which a
    percentage says little.
    """
    if metric.unit == "%":
        return "points"
    if metric.unit == "×":
        return "×"
    if metric.is_money and isinstance(metric.value, Combined) and metric.value.sign == "−":
        return "₹"
    return "%"


def digits_of(metric: Metric) -> int:
    """Decimals that a metric's change is shown with."""
    return 1 if unit_of(metric) == "%" else metric.digits


def change(metric: Metric, now: pl.Expr, before: pl.Expr) -> pl.Expr:
    """The change as a number: a share of what was, or a difference; null where there is none.

    Nothing is a percentage of nothing, nor of less than nothing. From nothing to nothing is no
    change.
    """
    if unit_of(metric) != "%":
        return now - before
    return (
        pl.when(before > 0)
        .then((now - before) / before)
        .when((before == 0) & (now == 0))
        .then(pl.lit(0.0))
    )


def instead(metric: Metric, now: pl.Expr, before: pl.Expr, found: pl.Expr) -> pl.Expr:
    """The word that stands where a change has no number, else "".

    ``found`` says whether there was anything before; what was not there, or was 0, makes ``new``.
    """
    fresh = now.is_not_null() & (now != 0) & (~found | (before == 0))
    return (
        pl.when(change(metric, now, before).is_not_null())
        .then(pl.lit(""))
        .when(fresh.fill_null(value=False))
        .then(pl.lit(NEW))
        .otherwise(pl.lit(NOTHING))
    )


@dataclass(frozen=True)
class Change:
    """A metric's change in sign, words and colour; ``value`` is None where ``word`` stands."""

    metric: Metric
    now: float | None
    before: float | None
    value: float | None
    word: str = ""

    @classmethod
    def of(cls, metric: Metric, now: float | None, before: float | None) -> Change:
        """The change between two values of one metric, in rupees where it is money."""
        ends = (pl.lit(now, pl.Float64), pl.lit(before, pl.Float64))
        value, word = pl.select(
            value=change(metric, *ends), word=instead(metric, *ends, pl.lit(value=True))
        ).row(0)
        return cls(metric, now, before, value, word)

    @property
    def size(self) -> str:
        """How far it moved, without a sign: ``12.3 %``, ``1.2 points``, ``0.31×``."""
        value = None if self.value is None else abs(self.value)
        return _said(value, self.metric)

    @property
    def moves(self) -> Literal["up", "down", ""]:
        """Whither it moved; nowhere where the digits shown are all 0."""
        if not is_number(self.value) or not any(c in "123456789" for c in self.size):
            return ""
        return "up" if (self.value or 0) > 0 else "down"

    @property
    def mark(self) -> str:
        """An arrow that points where it moved."""
        return {"up": "▲", "down": "▼", "": ""}[self.moves]

    @property
    def mood(self) -> str:
        """``good`` or ``bad``; ``still`` where it did not move or neither way is good."""
        if not self.moves or not self.metric.good:
            return "still"
        return "good" if self.moves == self.metric.good else "bad"

    @property
    def words(self) -> str:
        """``+12.3 %``, ``−0.31×``, ``±0.0 %``, or the word that stands instead."""
        if self.word:
            return self.word
        return {"up": "+", "down": MINUS, "": "±"}[self.moves] + self.size

    def sentence(self, against: str) -> str:
        """``up 12.3 % against 1 Sep – 30 Sep 2026``, to be heard."""
        if self.word == NEW:
            return f"new: nothing in {against}"
        if self.word:
            return f"no change can be said against {against}"
        return f"{self.moves} {self.size} against {against}" if self.moves else (
            f"no change against {against}"
        )  # fmt: skip


def _said(value: float | None, metric: Metric) -> str:
    unit, digits = unit_of(metric), digits_of(metric)
    if unit == "points":
        points = number(None if value is None else value * 100, digits)
        return f"{points} points"
    return said(value, unit, digits, compact=unit == "₹")
