"""The default estimator: a structural series in closed form, averaged over a small grid.

Per day, in logarithms::

    log y = level + weekday + Σ_j w_j log x_j + u + ε + Σ_c (effect_c A_c(h) + step_c)

``A_c`` is the exposure to campaign c and ``step_c`` counts in its window only. ``u`` keeps ``rho``
of the day before and holds the share ``f`` of the residual variance; the rest, ``ε``, is new each
day. Given ``(s_w, rho, f, h)`` all is Gaussian and the variance integrates out,
so that a grid point is one Cholesky factor and a small system of equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy  # which loads its linear algebra when that is first used: a server never does

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HALF_LIVES = (1.0, 2.0, 4.0, 7.0)
"""Days after which half of what a post does has been done: those that are tried."""

NOISE: tuple[tuple[float, float, float], ...] = (
    *(
        (0.3, rho, share)
        for rho, share in (
            (0.0, 0.0),
            (0.7, 0.3),
            (0.7, 0.7),
            (0.9, 0.3),
            (0.9, 0.6),
            (0.97, 0.3),
            (0.97, 0.6),
            (0.99, 0.6),
            (0.97, 0.9),
        )
    ),
    (0.05, 0.9, 0.6),
    (1.0, 0.9, 0.6),
)
"""``(s_w, rho, f)``: how far donor weights may stray, how long drift lasts, its share."""

EFFECT_SPREAD, STEP_SPREAD = 0.6, 0.05
"""Prior spread of effects and steps, in residual standard deviations: what a campaign does is small
beside a day's noise, and follows its posts."""
LEAST_EFFECT_SPREAD = 0.15
"""The prior spread of effects is never less than this on the logarithm itself: where sales are very
steady, campaigns do not act less."""
WIDE = 100.0
"""Prior spread of level and weekdays, likewise: as good as none."""

DRAWS = 400
SEED = 20_240_131


@dataclass(frozen=True)
class Design:
    """What one estimate is made from: ``n`` days, ``J`` donors, ``C`` campaigns.

    ``target`` is ``(n,)`` log revenue; ``weekday`` ``(n,)`` from 0; ``donors`` ``(n, J)`` log
    revenue; ``exposure`` ``(H, n, C)`` per half-life, each campaign's mean in its window being 1;
    ``inside`` ``(n, C)``. Campaign 0 is the one that is asked for. ``day`` are day numbers, which
    may have gaps.
    """

    day: Ints
    target: Floats
    weekday: Ints
    donors: Floats
    exposure: Floats
    inside: Floats

    @property
    def campaigns(self) -> int:
        """How many campaigns are estimated together."""
        return int(self.inside.shape[1])

    @cached_property
    def base(self) -> Floats:
        """``(n, 7 + J)``: level and weekdays, then donors around their means."""
        weekdays = (self.weekday[:, None] == np.arange(1, 7)).astype(np.float64)
        return np.column_stack([np.ones(len(self.day)), weekdays, self._around])

    @cached_property
    def start(self) -> Floats:
        """``(n,)``: log revenue less what equal donor weights and the mean explain."""
        shared = self._around.mean(axis=1) if self.donors.shape[1] else 0.0
        return np.asarray(self.target - self.target.mean() - shared)

    @cached_property
    def unit(self) -> float:
        """The standard deviation of a day around its weekday's level, donors taken off, about.

        The spread of donor weights is one of its own, all others are in units of the noise: this
        turns one into the other.
        """
        quiet = ~self.inside.any(axis=1)
        fixed, start = self.base[quiet, :7], self.start[quiet]
        if len(start) <= 7:
            return 1.0
        rest = start - fixed @ np.linalg.lstsq(fixed, start, rcond=None)[0]
        return max(float(np.sqrt(rest @ rest / (len(start) - 7))), 1e-6)

    @property
    def _around(self) -> Floats:
        return np.asarray(self.donors - self.donors.mean(axis=0))


@dataclass(frozen=True)
class Point:
    """The answer at one grid point.

    ``mean`` and ``factor`` (of the covariance, in units of ``scale``) are those of all
    coefficients; ``weight`` is the logarithm of the marginal likelihood, later its share.
    """

    noise: tuple[float, float, float]
    half_life: int
    mean: Floats
    factor: Floats
    scale: float
    freedom: int
    weight: float


def kernel(day: Ints, rho: float, share: float) -> Floats:
    """``(n, n)``: the covariance of drift and daily noise together, in units of their variance."""
    return drift(day, rho, share) + (1 - share) * np.eye(len(day))


def drift(day: Ints, rho: float, share: float) -> Floats:
    """``(n, n)``: the covariance of the drift alone."""
    if not share or not rho:
        return share * np.eye(len(day))
    apart = np.abs(day[:, None] - day[None, :])
    return np.asarray((share * rho ** np.arange(apart.max() + 1))[apart])


def points(
    design: Design,
    noise: tuple[tuple[float, float, float], ...] = NOISE,
    half_lives: tuple[int, ...] | None = None,
) -> list[Point]:
    """Solve the model at every grid point; ``weight`` sums to 1 over them.

    ``half_lives`` are positions in ``design.exposure``; all of them by default.
    """
    lives = range(len(design.exposure)) if half_lives is None else half_lives
    found: list[Point] = []
    factored: dict[tuple[float, float], tuple[Floats, float]] = {}
    shapes = np.concatenate([design.exposure[life] for life in lives], axis=1)
    columns = np.column_stack([design.base, design.inside, shapes, design.start])
    for spread, rho, share in noise:
        if (rho, share) not in factored:
            lower = scipy.linalg.cholesky(
                kernel(design.day, rho, share), lower=True, overwrite_a=True, check_finite=False
            )
            white = scipy.linalg.solve_triangular(lower, columns, lower=True, check_finite=False)
            factored[rho, share] = (white.T @ white, 2 * float(np.log(np.diag(lower)).sum()))
        products, log_size = factored[rho, share]
        for place, life in enumerate(lives):
            found.append(_solved(design, products, log_size, (spread, rho, share), place, life))
    best = max(point.weight for point in found)
    shares = np.exp([point.weight - best for point in found])
    shares /= shares.sum()
    return [
        Point(p.noise, p.half_life, p.mean, p.factor, p.scale, p.freedom, float(share))
        for p, share in zip(found, shares, strict=True)
    ]


def _solved(
    design: Design,
    products: Floats,
    log_size: float,
    noise: tuple[float, float, float],
    place: int,
    life: int,
) -> Point:
    """One grid point from the whitened cross products of all columns."""
    fixed, count = design.base.shape[1], design.campaigns
    own = np.concatenate([np.arange(fixed + count), fixed + count * (1 + place) + np.arange(count)])
    donors = design.donors.shape[1]
    spread = np.concatenate(
        [
            np.full(7, WIDE),
            np.full(donors, noise[0] / np.sqrt(max(donors, 1)) / design.unit),
            np.full(count, STEP_SPREAD),
            np.full(count, max(EFFECT_SPREAD, LEAST_EFFECT_SPREAD / design.unit)),
        ]
    )
    precision = products[np.ix_(own, own)] + np.diag(spread**-2)
    lower = scipy.linalg.cholesky(precision, lower=True, check_finite=False)
    against = products[own, -1]
    mean = scipy.linalg.cho_solve((lower, True), against, check_finite=False)
    freedom = len(design.day)
    squares = max(float(products[-1, -1] - against @ mean), 1e-12)
    weight = (
        -0.5 * log_size
        - float(np.log(spread).sum())
        - float(np.log(np.diag(lower)).sum())
        - 0.5 * freedom * np.log(squares)
    )
    return Point(noise, life, mean, lower, float(np.sqrt(squares / freedom)), freedom, weight)


@dataclass(frozen=True)
class Draws:
    """So many answers drawn from all grid points, by their weight.

    ``step`` and ``effect`` are those of the campaign asked for, ``(draws,)``; ``half_life`` is
    the position of each draw's half-life.
    """

    step: Floats
    effect: Floats
    half_life: Ints

    def lift(self, exposure: Floats) -> Floats:
        """``(days, draws)``: the logarithm of what the campaign multiplies a day's sales by.

        ``exposure`` is ``(H, days)``, the campaign's own.
        """
        return np.asarray(exposure[self.half_life].T * self.effect + self.step)


def draw(design: Design, solved: list[Point], count: int = DRAWS) -> Draws:
    """Draw coefficients: the same design gives the same draws."""
    chance = np.random.default_rng(SEED)
    ends = np.rint(np.cumsum([point.weight for point in solved]) * count).astype(np.int64)
    step, effect = design.base.shape[1], design.base.shape[1] + design.campaigns
    drawn: list[Floats] = []
    lives: list[Ints] = []
    for point, many in zip(solved, np.diff(ends, prepend=0), strict=True):
        if not many:
            continue
        spread = point.scale * np.sqrt(point.freedom / chance.chisquare(point.freedom, many))
        normal = chance.standard_normal((len(point.mean), many))
        moved = scipy.linalg.solve_triangular(
            point.factor, normal, trans="T", lower=True, check_finite=False
        )
        drawn.append((point.mean[:, None] + moved * spread)[[step, effect]])
        lives.append(np.full(many, point.half_life))
    both = np.concatenate(drawn, axis=1)
    return Draws(both[0], both[1], np.concatenate(lives))


def z_score(design: Design, point: Point, revenue: Floats) -> float:
    """How many standard errors the effect of campaign 0 is from none, along the mean path.

    ``revenue`` is ``(n,)``, that of the design's days.
    """
    within = design.inside[:, 0] > 0
    shape, sold = design.exposure[point.half_life, within, 0], revenue[within]
    step, effect = design.base.shape[1], design.base.shape[1] + design.campaigns
    anyway = sold * np.exp(-point.mean[effect] * shape - point.mean[step])
    gradient = np.zeros(len(point.mean))
    gradient[step], gradient[effect] = 1.0, (shape * anyway).sum() / anyway.sum()
    half = scipy.linalg.solve_triangular(point.factor, gradient, lower=True, check_finite=False)
    return float(np.log(sold.sum() / anyway.sum()) / (point.scale * np.sqrt(half @ half)))


@dataclass(frozen=True)
class Expected:
    """What days would have brought without the campaign asked for: ``(days,)`` each.

    ``low`` and ``high`` hold nine days in ten, a day's own noise included.
    """

    middle: Floats
    low: Floats
    high: Floats


def expected(design: Design, point: Point) -> Expected:
    """The path without campaign 0 on the design's days, the drift smoothed, in rupees."""
    _, rho, share = point.noise
    slow = drift(design.day, rho, share)
    lower = scipy.linalg.cholesky(kernel(design.day, rho, share), lower=True, check_finite=False)
    columns = np.column_stack([design.base, design.inside, design.exposure[point.half_life]])
    rest = design.start - columns @ point.mean
    learnt = scipy.linalg.cho_solve(
        (lower, True), np.column_stack([slow, columns, rest]), check_finite=False
    )
    count = len(design.day)
    without = columns.copy()
    fixed = design.base.shape[1]
    without[:, [fixed, fixed + design.campaigns]] = 0.0
    path = design.target - design.start + without @ point.mean + slow @ learnt[:, -1]
    unsure = without - slow @ learnt[:, count:-1]
    half = scipy.linalg.solve_triangular(point.factor, unsure.T, lower=True, check_finite=False)
    left = np.diag(slow) - np.einsum("ij,ji->i", slow, learnt[:, :count])
    variance = point.scale**2 * (np.maximum(left, 0) + (half**2).sum(axis=0) + 1 - share)
    reach = 1.645 * np.sqrt(variance)
    return Expected(np.exp(path), np.exp(path - reach), np.exp(path + reach))
