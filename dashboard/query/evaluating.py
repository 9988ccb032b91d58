"""Metrics on group sums: the small tree that defines a metric, evaluated for all groups at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.query.grouping import Values


def evaluated(tree: Sequence[Any], sums: Mapping[str, Values]) -> Values:
    """The value of ``Value.tree()`` for each group; NaN where there is nothing to divide by."""
    match tree:
        case ["total", measure]:
            return sums[measure]
        case ["×", factor, value]:
            answer: Values = evaluated(value, sums) * factor
        case ["+", left, right]:
            answer = evaluated(left, sums) + evaluated(right, sums)
        case ["−", left, right]:
            answer = evaluated(left, sums) - evaluated(right, sums)
        case ["/", over, under]:
            divisor = evaluated(under, sums)
            answer = np.full(len(divisor), np.nan)
            np.divide(evaluated(over, sums), divisor, out=answer, where=divisor != 0)
        case _:
            raise ValueError(f"{tree!r} is no formula of totals.")
    return answer
