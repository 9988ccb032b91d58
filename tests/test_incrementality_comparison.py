"""The textbook methods: figures worked by hand, and published answers on public data."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.optimize import minimize

from dashboard.incrementality.comparison import (
    before_after,
    difference_in_differences,
    simplex_weights,
    synthetic_control,
)

TARGET = np.array([10.0, 20, 30, 50])
DONORS = np.array([[1.0, 2], [3, 2], [5, 9], [7, 9]])


def test_before_and_after_is_the_difference_of_means():
    """(30 + 50) / 2 − (10 + 20) / 2 = 25."""
    assert before_after(TARGET, 2) == 25


def test_differences_take_off_what_donors_did():
    """Donors' means are 1.5 and 2.5, then 7 and 8: they rose by 5.5, the target by 25."""
    assert difference_in_differences(TARGET, DONORS, 2) == 19.5


def test_a_target_that_is_a_mix_of_donors_gets_its_weights():
    donors = np.array([[1.0, 4, 9], [2, 3, 1], [5, 1, 4], [1, 1, 7]])
    assert simplex_weights(donors @ [0.25, 0.75, 0], donors) == pytest.approx([0.25, 0.75, 0])


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_the_constrained_least_squares(seed):
    """A general solver, from even weights, comes to no better mix."""
    chance = np.random.default_rng(seed)
    donors, target = chance.normal(size=(30, 6)), chance.normal(size=30)
    weights = simplex_weights(target, donors)

    def missed(mix):
        return ((target - donors @ mix) ** 2).sum()

    best = minimize(
        missed,
        np.full(6, 1 / 6),
        bounds=[(0, 1)] * 6,
        constraints={"type": "eq", "fun": lambda mix: mix.sum() - 1},
    )
    assert weights.sum() == pytest.approx(1)
    assert weights.min() >= 0
    assert missed(weights) == pytest.approx(best.fun, rel=1e-5)


def test_fixed_effects_follow_changes_and_not_levels():
    """The target is the first donor, 100 higher, and 7 higher again at the end."""
    first, second = np.array([1.0, 5, 2, 8]), np.array([3.0, 1, 4, 1])
    target = first + np.array([100.0, 100, 100, 107])
    donors = np.column_stack([first, second])
    assert synthetic_control(target, donors, 3, fixed_effects=True) == pytest.approx(7)


def wide(reference, file, unit, time, value, **options):
    """``(T, units)``: a series in long form, one column per unit."""
    long = pl.read_csv(reference / file, columns=[unit, time, value], **options)
    return long.pivot(on=unit, index=time, values=value).sort(time)


def apart(series, *treated):
    """The mean of the treated and all other units."""
    return (
        series.select(pl.mean_horizontal(treated)).to_series().to_numpy(),
        series.drop(series.columns[0], *treated).to_numpy().astype(float),
    )


def test_geolift_answers_as_published(reference):
    """155.556 per city and day, which is 4,667 over two cities and fifteen days."""
    series = wide(reference, "GeoLift_Test.csv", "location", "date", "Y")
    found = synthetic_control(*apart(series, "chicago", "portland"), 90, fixed_effects=True)
    assert found == pytest.approx(155.556, abs=0.01)
    assert 2 * 15 * found == pytest.approx(4667, abs=0.5)


def test_proposition_99_answers_as_published(reference):
    file = "synthdid_california_prop99.csv"
    series = wide(reference, file, "State", "Year", "PacksPerCapita", separator=";")
    before = int((series["Year"] < 1989).sum())
    target, donors = apart(series, "California")
    assert difference_in_differences(target, donors, before) == pytest.approx(-27.3, abs=0.2)
    assert synthetic_control(target, donors, before) == pytest.approx(-19.6, abs=0.2)


def test_kansas_answers_as_published(reference):
    series = wide(reference, "kansas.csv", "state", "year_qtr", "lngdpcapita")
    before = int((series["year_qtr"] < 2012.25).sum())
    assert synthetic_control(*apart(series, "Kansas"), before) == pytest.approx(-0.0294, abs=0.0005)
