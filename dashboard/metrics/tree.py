"""The small tree that defines a metric, and evaluates in Polars and on the offline page alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.errors import UnknownNameError
from dashboard.schema import MEASURES


class Value(ABC):
    """A node of the tree that defines a metric: totals, + and −, ratios, constant factors."""

    @property
    @abstractmethod
    def measures(self) -> tuple[str, ...]:
        """The measures that must be summed before the tree can be evaluated."""

    @abstractmethod
    def expression(self) -> pl.Expr:
        """A Polars expression over one row of summed measures (money in paise)."""

    @abstractmethod
    def tree(self) -> list[Any]:
        """The same as JSON, which the offline page evaluates: ``[operator, operand, …]``."""

    @abstractmethod
    def words(self) -> str:
        """The formula as people write it."""

    def __add__(self, other: Value) -> Value:
        return Combined("+", self, other)

    def __sub__(self, other: Value) -> Value:
        return Combined("−", self, other)

    def __mul__(self, factor: float) -> Value:
        return Scaled(factor, self)


@dataclass(frozen=True)
class Total(Value):
    """The sum of one measure."""

    measure: str

    def __post_init__(self) -> None:
        if self.measure not in MEASURES:
            raise UnknownNameError("measure", self.measure, MEASURES)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measure itself."""
        return (self.measure,)

    def expression(self) -> pl.Expr:
        """The column of sums."""
        return pl.col(self.measure)

    def tree(self) -> list[Any]:
        """``["total", measure]``."""
        return ["total", self.measure]

    def words(self) -> str:
        """The measure's label."""
        return MEASURES[self.measure].label.lower()


@dataclass(frozen=True)
class Combined(Value):
    """Two values added, or one taken from the other."""

    sign: str
    left: Value
    right: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of both sides, each once."""
        return tuple(dict.fromkeys((*self.left.measures, *self.right.measures)))

    def expression(self) -> pl.Expr:
        """The sum or difference; null where either side is."""
        left, right = self.left.expression(), self.right.expression()
        return left + right if self.sign == "+" else left - right

    def tree(self) -> list[Any]:
        """``["+" or "−", left, right]``."""
        return [self.sign, self.left.tree(), self.right.tree()]

    def words(self) -> str:
        """Both sides with the sign between them."""
        return f"{self.left.words()} {self.sign} {self.right.words()}"


@dataclass(frozen=True)
class Ratio(Value):
    """One value divided by another; null where there is nothing to divide by."""

    over: Value
    under: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of both sides, each once."""
        return tuple(dict.fromkeys((*self.over.measures, *self.under.measures)))

    def expression(self) -> pl.Expr:
        """Null where the divisor is 0 or null: never 0, inf or NaN."""
        under = self.under.expression()
        return pl.when(under != 0).then(self.over.expression().cast(pl.Float64) / under)

    def tree(self) -> list[Any]:
        """``["/", over, under]``."""
        return ["/", self.over.tree(), self.under.tree()]

    def words(self) -> str:
        """Both sides with ÷ between them, in brackets where they are sums themselves."""
        return " ÷ ".join(
            f"({side.words()})" if isinstance(side, Combined) else side.words()
            for side in (self.over, self.under)
        )


@dataclass(frozen=True)
class Scaled(Value):
    """A value times a constant."""

    factor: float
    value: Value

    @property
    def measures(self) -> tuple[str, ...]:
        """Those of the value."""
        return self.value.measures

    def expression(self) -> pl.Expr:
        """The product."""
        return self.value.expression() * self.factor

    def tree(self) -> list[Any]:
        """``["×", factor, value]``."""
        return ["×", self.factor, self.value.tree()]

    def words(self) -> str:
        """The value times the factor."""
        return f"{self.value.words()} × {self.factor:,g}"


def total(measure: str) -> Value:
    """Sum one measure of the ledger."""
    return Total(measure)


def ratio(over: Value, under: Value) -> Value:
    """Divide totals by totals; null where there is nothing to divide by."""
    return Ratio(over, under)
