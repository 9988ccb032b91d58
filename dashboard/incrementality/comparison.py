"""The textbook methods, to compare with: before and after, differences, synthetic control.

None of them is an answer here: on worlds whose truth is known they miss it by more than the tagged
revenue does (docs/benchmarks.md). Each takes ``target``, ``(T,)``, and says by how much a period
after the first ``before`` differs on average from what it would have been.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls

Floats = npt.NDArray[np.float64]

_SUM_TO_ONE = 1e4
"""How much more weights that do not sum to 1 cost than a period that is missed by its own size."""


def before_after(target: Floats, before: int) -> float:
    """The mean after less the mean before."""
    return float(target[before:].mean() - target[:before].mean())


def difference_in_differences(target: Floats, donors: Floats, before: int) -> float:
    """The change of the target less the mean change of the donors, ``(T, J)``."""
    return before_after(target, before) - before_after(donors.mean(axis=1), before)


def synthetic_control(
    target: Floats, donors: Floats, before: int, *, fixed_effects: bool = False
) -> float:
    """The mean gap after to the mix of donors, ``(T, J)``, that follows the target best before.

    With ``fixed_effects`` every series is taken as what it is above its own mean before.
    """
    if fixed_effects:
        target = target - target[:before].mean()
        donors = donors - donors[:before].mean(axis=0)
    weights = simplex_weights(target[:before], donors[:before])
    return float((target - donors @ weights)[before:].mean())


def simplex_weights(target: Floats, donors: Floats) -> Floats:
    """``(J,)``: weights from 0 that sum to 1 and bring ``donors @ weights`` closest to the target.

    Least squares under both conditions, the sum as one more period that is not to be missed.
    """
    size = max(float(np.abs(donors).max()), float(np.abs(target).max()), 1e-300)
    heavy = np.full((1, donors.shape[1]), _SUM_TO_ONE)
    stacked = np.concatenate([donors / size, heavy])
    weights, _ = nnls(stacked, np.append(target / size, _SUM_TO_ONE))
    return np.asarray(weights / weights.sum())
