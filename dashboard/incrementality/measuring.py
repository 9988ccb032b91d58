"""From a case to a number: the estimator, and placebos that say how far it is to be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dashboard.incrementality.model import (
    HALF_LIVES,
    Design,
    Draws,
    Floats,
    Point,
    draw,
    expected,
    points,
    z_score,
)
from dashboard.incrementality.series import Case, Run

Ints = npt.NDArray[np.int64]

COVERED = 0.90
USUAL_QUANTILE = 1.645
"""How many standard errors an interval of the bell curve reaches: the least that is used."""
EVERY, MOST_PLACEBOS = 21, 80
"""Placebo windows start every so many days; more than so many tell nothing new."""
LEAST_BEFORE = 60
"""Days that a placebo window has before it."""
FLOOR = 0.1
"""A day below this share of the usual one counts as so much: a logarithm of nothing is none."""
SEPARABLE = 0.8
"""Campaigns on one product whose exposures are more alike than this cannot be told apart."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What the estimator says of a case, whether it is to be believed or not. Money in rupees.

    ``actual`` is revenue in the window, ``caused`` ``(draws,)`` the incremental part of it.
    ``ratio`` and ``error`` are the mean and the spread of log(actual / counterfactual);
    ``placebos`` the z of windows where nothing happened, ``quantile`` how many errors the interval
    reaches.
    """

    design: Design
    solved: list[Point]
    drawn: Draws
    actual: float
    caused: Floats
    ratio: float
    error: float
    placebos: Floats
    quantile: float

    @property
    def best(self) -> Point:
        """The grid point that the data likes best."""
        return max(self.solved, key=lambda point: point.weight)

    @property
    def incremental(self) -> float:
        """Incremental revenue: the mean of the draws."""
        return float(self.caused.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Where incremental revenue lies with nine chances in ten."""
        low, high = (
            self.actual * (1 - math.exp(-self.ratio + side * self.quantile * self.error))
            for side in (1, -1)
        )
        return low, high

    @property
    def counterfactual(self) -> float:
        """Revenue that would have come anyway."""
        return self.actual - self.incremental


def shape(run: Run, days: Ints, first: int, last: int) -> Floats:
    """``(H, days)``: exposure per half-life, 0 outside the window, its mean 1 in it.

    Each post counts its reach, halved every half-life from its day on. Without posts in the window
    the campaign acts evenly.
    """
    window = np.arange(first, last + 1)
    inside = (days >= first) & (days <= last)
    found = np.zeros((len(HALF_LIVES), len(days)))
    for place, half_life in enumerate(HALF_LIVES):
        ago = window[:, None] - run.posts[None, :, 0]
        heard = np.where(ago >= 0, 0.5 ** (np.maximum(ago, 0) / half_life), 0.0) @ run.posts[:, 1]
        level = heard.mean()
        even = heard / level if level > 0 else np.ones(len(window))
        found[place, inside] = even[days[inside] - first]
    return found


def logs(revenue: Floats) -> Floats:
    """Logarithms along the last axis, a day of next to nothing lifted to a tenth of a usual one."""
    usual = np.median(revenue, axis=-1, keepdims=True)
    return np.asarray(np.log(np.maximum(revenue, np.maximum(FLOOR * usual, 1e-9))))


def design(case: Case) -> Design:
    """The estimator's input for a case."""
    days, panel = case.days, case.panel
    every = (case.run, *case.others)
    spans = [(case.first, case.last), *(_span(case, other) for other in case.others)]
    exposure = [shape(run, days, *span) for run, span in zip(every, spans, strict=True)]
    inside = [(days >= low) & (days <= high) for low, high in spans]
    return Design(
        days,
        logs(case.revenue[days]),
        panel.weekday[days],
        logs(panel.revenue[list(case.donors)][:, days]).T,
        np.stack(exposure, axis=2),
        np.stack(inside, axis=1).astype(np.float64),
    )


def _span(case: Case, other: Run) -> tuple[int, int]:
    assert other.window is not None  # noqa: S101  # only such campaigns are estimated together
    return max(other.window[0], 0), min(other.window[1], case.panel.days - 1)


def alike(case: Case) -> float:
    """How alike the exposures of campaigns on one product are: the highest correlation, or 0."""
    if not case.others:
        return 0.0
    spans = [(case.first, case.last), *(_span(case, other) for other in case.others)]
    low, high = min(span[0] for span in spans), max(span[1] for span in spans)
    days = np.arange(low - 1, high + 2)
    exposures = [
        shape(run, days, *span)[2]
        for run, span in zip((case.run, *case.others), spans, strict=True)
    ]
    return float(max(np.corrcoef(exposures)[0, 1:]))


def measure(case: Case, *, placebos: bool = True) -> Measured:
    """Estimate a case that has donors and days enough to be computed at all."""
    made = design(case)
    solved = points(made)
    drawn = draw(made, solved)
    within = made.inside[:, 0] > 0
    sold = case.revenue[made.day[within]]
    anyway = (sold[:, None] * np.exp(-drawn.lift(made.exposure[:, within, 0]))).sum(axis=0)
    actual = float(sold.sum())
    ratios = np.log(actual / anyway)
    best = max(solved, key=lambda point: point.weight)
    scores = _placebos(case, best) if placebos else np.zeros(0)
    return Measured(
        made,
        solved,
        drawn,
        actual,
        actual - anyway,
        float(ratios.mean()),
        float(ratios.std()),
        scores,
        conformal(scores),
    )


def conformal(scores: Floats) -> float:
    """The |z| that nine placebos in ten stay below, at least the bell curve's.

    Placebos widen an interval and never narrow it: those of one campaign share donors and days, so
    that a mild lot of them is mostly luck.
    """
    rank = math.ceil((len(scores) + 1) * COVERED)
    if rank > len(scores):
        return USUAL_QUANTILE
    return max(USUAL_QUANTILE, float(np.sort(np.abs(scores))[rank - 1]))


def _placebos(case: Case, point: Point) -> Floats:
    """The z of windows of the same length and shape where nothing happened, at one grid point."""
    length = case.last - case.first + 1
    panel, span = case.panel, np.arange(case.days.min(), case.days.max() + 1)
    known = span[panel.known[span]]
    after = max(int(case.days.max()) - case.last, 0)
    quiet = case.days[(case.days < case.first) | (case.days > case.last)]
    for other in case.others:
        low, high = _span(case, other)
        quiet = quiet[(quiet < low) | (quiet > high)]
    starts = range(int(span[0]) + LEAST_BEFORE, int(span[-1]) - length + 2, EVERY)
    sites: list[tuple[int | None, int]] = [
        (None, start) for start in starts if start + length <= case.first
    ]
    sites += [(donor, start) for start in starts for donor in case.donors]
    if len(sites) > MOST_PLACEBOS:
        chosen = np.linspace(0, len(sites) - 1, MOST_PLACEBOS).round().astype(int)
        sites = [sites[place] for place in chosen]
    form = shape(case.run, np.arange(case.first, case.last + 1), case.first, case.last)
    scores = []
    for donor, start in sites:
        days = quiet if donor is None else known
        days = days[(days <= start + length - 1 + after)]
        within = (days >= start) & (days < start + length)
        if within.sum() < 0.8 * length or (~within).sum() < LEAST_BEFORE:
            continue
        revenue = (case.revenue if donor is None else panel.revenue[donor])[days]
        if revenue[within].sum() <= 0:
            continue
        others = [item for item in case.donors if item != donor]
        exposure = np.zeros((len(form), len(days), 1))
        exposure[:, within, 0] = form[:, days[within] - start]
        made = Design(
            days,
            logs(revenue),
            panel.weekday[days],
            logs(panel.revenue[others][:, days]).T,
            exposure,
            within.astype(np.float64)[:, None],
        )
        (solved,) = points(made, (point.noise,), (point.half_life,))
        scores.append(z_score(made, solved, revenue))
    return np.array(scores)


def level_lift(case: Case, measured: Measured) -> float:
    """The lift by the same model on rupees instead of logarithms, in shares of usual sales."""
    made = measured.design
    quiet = made.inside[:, 0] == 0
    revenue = case.revenue[made.day]
    donors = case.panel.revenue[list(case.donors)][:, made.day].T
    usual = revenue[quiet].mean()
    scaled = replace(made, target=revenue / usual, donors=donors / donors[quiet].mean(axis=0))
    best = measured.best
    (point,) = points(scaled, (best.noise,), (best.half_life,))
    step, effect = scaled.base.shape[1], scaled.base.shape[1] + scaled.campaigns
    within = ~quiet
    form = scaled.exposure[best.half_life, within, 0]
    caused = float((point.mean[effect] * form + point.mean[step]).sum() * usual)
    return caused / (measured.actual - caused)


def weekly_error(case: Case, measured: Measured) -> float | None:
    """How far the path misses the sales of a week before the window, on average, as a share."""
    made = measured.design
    before = made.day < case.first
    week = (case.first - 1 - made.day[before]) // 7
    if week.size == 0:
        return None
    path = expected(made, measured.best).middle[before]
    held = np.bincount(week, path)
    sold = np.bincount(week, case.revenue[made.day][before])
    there = np.bincount(week) >= 5
    return float(np.abs(held[there] / sold[there] - 1).mean()) if there.any() else None
