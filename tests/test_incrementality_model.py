"""The estimator's arithmetic, against dense formulas of a few lines and figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from dashboard.incrementality import measuring, model
from dashboard.incrementality.series import Run

NO_MONEY = {"items": (), "payout": 0.0, "tagged_revenue": 0.0, "orders": 0}


@pytest.fixture
def design():
    """Sixty days with a gap, three donors, two campaigns that overlap, all drawn at random."""
    chance = np.random.default_rng(5)
    days = np.delete(np.arange(62), [20, 21])
    inside = np.column_stack([(days >= 30) & (days < 45), (days >= 38) & (days < 50)])
    exposure = chance.gamma(2, 1, (2, 60, 2)) * inside
    donors = 5 + np.cumsum(0.1 * chance.standard_normal((60, 3)), axis=0)
    target = donors.mean(axis=1) + 0.2 * chance.standard_normal(60) + 0.1 * exposure[0, :, 0]
    return model.Design(days, target, days % 7, donors, exposure, inside.astype(float))


def dense(design, noise, life):
    """Everything about a grid point from the covariance of the observations themselves.

    In units of the noise: mean and covariance of the coefficients, the covariance of the days, and
    the observations with the prior mean of the donor weights taken off.
    """
    spread_of_weights, rho, share = noise
    count, donors = design.donors.shape
    around = design.donors - design.donors.mean(axis=0)
    weekdays = np.column_stack([design.weekday == number for number in range(1, 7)])
    columns = np.column_stack(
        [np.ones(count), weekdays, around, design.inside, design.exposure[life]]
    )
    effect = max(model.EFFECT_SPREAD, model.LEAST_EFFECT_SPREAD / design.unit)
    spread = np.array(
        [100.0] * 7
        + [spread_of_weights / np.sqrt(donors) / design.unit] * donors
        + [0.05] * 2
        + [effect] * 2
    )
    apart = np.abs(np.subtract.outer(design.day, design.day))
    noise_covariance = share * rho**apart + (1 - share) * np.eye(count)
    prior = np.diag(spread**2)
    observed = columns @ prior @ columns.T + noise_covariance
    start = design.target - design.target.mean() - around @ np.full(donors, 1 / donors)
    gain = prior @ columns.T @ np.linalg.inv(observed)
    return gain @ start, prior - gain @ columns @ prior, observed, start


NOISE = (0.3, 0.9, 0.6)


def test_the_coefficients_are_those_of_the_dense_formula(design):
    point = model.points(design, (NOISE,), (1,))[0]
    mean, covariance, observed, start = dense(design, NOISE, 1)
    squares = start @ np.linalg.solve(observed, start)
    assert point.mean == pytest.approx(mean, abs=1e-8)
    found = np.linalg.inv(point.factor @ point.factor.T)
    assert found == pytest.approx(covariance, abs=1e-6)
    assert point.scale**2 == pytest.approx(squares / 60)


def test_grid_points_weigh_what_the_student_density_says(design):
    """With the variance integrated out, observations are Student's t; its freedom is the days'.

    A t with so many degrees of freedom and its scale divided by them is, up to a constant,
    |S|^-1/2 (y' S^-1 y)^-n/2 where y' S^-1 y is large beside 1, as it is for 1e6 times y.
    """
    noises = (NOISE, (0.05, 0.7, 0.3), (1.0, 0.0, 0.0))
    points = model.points(design, noises)
    logs = []
    for point in points:
        _, _, observed, start = dense(design, point.noise, point.half_life)
        density = stats.multivariate_t(np.zeros(60), observed, df=1e-9)
        logs.append(density.logpdf(1e6 * start))
    expected = np.exp(np.array(logs) - max(logs))
    assert [point.weight for point in points] == pytest.approx(expected / expected.sum(), rel=1e-4)
    assert sum(point.weight for point in points) == pytest.approx(1)


def test_the_draws_have_the_mean_and_spread_of_the_formula(design):
    point = model.points(design, (NOISE,), (0,))
    mean, covariance, observed, start = dense(design, NOISE, 0)
    variance = start @ np.linalg.solve(observed, start) / 60
    drawn = model.draw(design, point, count=40_000)
    step, effect = 7 + 3, 7 + 3 + 2
    assert drawn.effect.mean() == pytest.approx(mean[effect], abs=0.003)
    assert drawn.step.mean() == pytest.approx(mean[step], abs=0.003)
    assert drawn.effect.std() == pytest.approx(
        np.sqrt(variance * covariance[effect, effect] * 60 / 58), rel=0.02
    )


def test_draws_are_shared_out_by_weight_and_are_always_the_same(design):
    points = model.points(design)
    first, again = model.draw(design, points), model.draw(design, points)
    assert len(first.effect) == model.DRAWS
    assert first.effect.tolist() == again.effect.tolist()
    for life in range(2):
        share = sum(point.weight for point in points if point.half_life == life)
        assert (first.half_life == life).sum() == pytest.approx(400 * share, abs=6)


def test_the_expected_path_is_the_dense_posterior_of_the_days(design):
    """Without the campaign: all coefficients but its two, and the drift given what is left."""
    point = model.points(design, (NOISE,), (1,))[0]
    mean, _, _, start = dense(design, NOISE, 1)
    around = design.donors - design.donors.mean(axis=0)
    weekdays = np.column_stack([design.weekday == number for number in range(1, 7)])
    columns = np.column_stack([np.ones(60), weekdays, around, design.inside, design.exposure[1]])
    apart = np.abs(np.subtract.outer(design.day, design.day))
    drift = 0.6 * 0.9**apart
    smooth = drift @ np.linalg.solve(drift + 0.4 * np.eye(60), start - columns @ mean)
    own = columns[:, [10, 12]] @ mean[[10, 12]]
    path = model.expected(design, point)
    assert np.log(path.middle) == pytest.approx(
        design.target - start + columns @ mean - own + smooth, abs=1e-7
    )
    assert (path.low < path.middle).all()
    assert (path.middle < path.high).all()


def test_a_z_score_is_the_effect_over_its_error():
    """One day of exposure, flat: log(actual / anyway) is effect + step, whatever was sold."""
    chance = np.random.default_rng(1)
    days = np.arange(50)
    inside = ((days >= 30) & (days < 40)).astype(float)[:, None]
    target = 3 + 0.1 * chance.standard_normal(50)
    donors = 3 + 0.1 * chance.standard_normal((50, 2))
    design = model.Design(days, target, days % 7, donors, inside[None], inside)
    point = model.points(design, (NOISE,), (0,))[0]
    covariance = np.linalg.inv(point.factor @ point.factor.T)[-2:, -2:]
    error = point.scale * np.sqrt(covariance.sum())
    sold = np.exp(target)
    assert model.z_score(design, point, sold) == pytest.approx(point.mean[-2:].sum() / error)


def test_exposure_halves_every_half_life_and_is_one_on_average():
    """One post of any reach: 8, 4, 2, 1 over four days at a half-life of one day; their mean 3.75.

    A second post of a third of the reach on the last day adds 8 / 3.
    """
    one = Run("c", (10, 13), np.array([[10.0, 900.0]]), **NO_MONEY)
    days = np.arange(8, 16)
    found = measuring.shape(one, days, 10, 13)[model.HALF_LIVES.index(1)]
    assert found == pytest.approx(np.array([0, 0, 8, 4, 2, 1, 0, 0]) / 3.75)
    two = Run("c", (10, 13), np.array([[10.0, 900.0], [13.0, 300.0]]), **NO_MONEY)
    found = measuring.shape(two, days, 10, 13)[model.HALF_LIVES.index(1)]
    assert found == pytest.approx(np.array([0, 0, 8, 4, 2, 1 + 8 / 3, 0, 0]) / (53 / 12))


def test_a_campaign_without_posts_acts_evenly():
    none = Run("c", (10, 13), np.zeros((0, 2)), **NO_MONEY)
    assert measuring.shape(none, np.arange(9, 15), 10, 13)[0].tolist() == [0, 1, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("scores", "quantile"),
    [
        ([], 1.645),
        ([9.0] * 8, 1.645),  # rank 9 of 8: too few to say
        ([-5, 1, 1, 1, 1, 1, 1, 1, 1], 5),  # rank ⌈10 · 0.9⌉ = 9 of 9
        ([*range(1, 20)], 18),  # rank ⌈20 · 0.9⌉ = 18 of 19
        ([0.1] * 30, 1.645),  # placebos widen an interval, and never narrow it
    ],
)
def test_the_conformal_quantile_is_the_ranked_placebo(scores, quantile):
    assert measuring.conformal(np.array(scores, dtype=float)) == quantile


def test_an_interval_reaches_as_many_errors_as_the_placebos_say(design):
    """1,000 sold, a log ratio of 0.2 ± 0.1 and three errors: from 1 − e^0.1 to 1 − e^−0.5."""
    solved = model.points(design)
    measured = measuring.Measured(
        design,
        solved,
        model.draw(design, solved),
        actual=1000,
        caused=np.array([100.0, 200]),
        ratio=0.2,
        error=0.1,
        placebos=np.zeros(0),
        quantile=3,
    )
    assert measured.interval == pytest.approx((1000 * (1 - np.exp(0.1)), 1000 * (1 - np.exp(-0.5))))
    assert (measured.incremental, measured.counterfactual) == (150, 850)


def test_a_day_of_next_to_nothing_counts_as_a_tenth_of_a_usual_one():
    assert np.exp(measuring.logs(np.array([100.0, 100, 1, 200, 100]))) == pytest.approx(
        [100, 100, 10, 200, 100]
    )
