"""estimate(): every campaign of a ledger, with its number or the reason why it has none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from dashboard.errors import UnknownValueError
from dashboard.festivals import festivals
from dashboard.incrementality.judging import (
    NO_BASELINE,
    POWER,
    after_measuring,
    before_measuring,
    in_words,
    no_case,
    pending,
    remarks,
    verdict,
)
from dashboard.incrementality.measuring import Measured, level_lift, measure, weekly_error
from dashboard.incrementality.model import HALF_LIVES, expected
from dashboard.incrementality.results import Diagnostics, Estimate, Path, Status, ratio
from dashboard.incrementality.series import Case, Panel, Run, case, panel, runs
from dashboard.ledger import Ledger
from dashboard.query import Margins
from dashboard.settings import WHOLE, Settings

PAISE, STEADY = 2, 9
"""Decimals of money, and of all else: what threads and machines change in the last bit is gone."""

Tell = Callable[[int, int], None]
"""Told how many campaigns are done, of how many."""


def estimate(
    ledger: Ledger,
    settings: Settings | None = None,
    *,
    excluded: Collection[str] = (),
    placebos: bool = True,
    tell: Tell = lambda _done, _of: None,
) -> tuple[Estimate, ...]:
    """What came because of each campaign of the data, in the order of their names.

    Parameters
    ----------
    ledger
        All of it: filters choose which campaigns are shown, and never change an estimate.
    settings
        For the gross margins, which decide what pays back.
    excluded
        Products or brands that are not to say what would have happened: those whose sales a
        campaign moves as well, though none of its orders shows it.
    placebos
        Without them the interval is the model's own, and it is ten times faster.
    tell
        Told how far it is.

    Returns
    -------
    tuple[Estimate, ...]
        The same for the same ledger, to the last digit.

    Raises
    ------
    UnknownValueError
        Nothing that is sold is called as ``excluded`` says.

    Source
    ------
    docs/adr/0005-what-came-because-of-us.md
    """
    found = solve(prepare(ledger, excluded), placebos=placebos, tell=tell)
    return under(found, ledger, Margins.of((settings or Settings()).margins))


@dataclass(frozen=True, eq=False)
class Prepared:
    """All that estimates need of a ledger: small, and fit to be handed to another process."""

    panel: Panel | None
    runs: tuple[Run, ...]
    excluded: tuple[str, ...] = ()


def prepare(ledger: Ledger, excluded: Collection[str] = ()) -> Prepared:
    """Take from a ledger what estimates need; raises as ``estimate`` does."""
    items = ledger.products
    sold = {name for column in ("product", "brand") for name in items[column].drop_nulls()}
    folded = {name.casefold() for name in sold}
    for name in excluded:
        if name.casefold() not in folded:
            raise UnknownValueError("product", name, sold)
    days = ledger.sold()
    seen = panel(ledger, days)
    return Prepared(seen, tuple(runs(ledger, seen, days)), tuple(excluded))


def solve(
    prepared: Prepared, *, placebos: bool = True, tell: Tell = lambda _done, _of: None
) -> tuple[Estimate, ...]:
    """Estimate every campaign, under no gross margins: ``under`` judges them by others.

    One core does it best: where ``OPENBLAS_NUM_THREADS`` is 1 before numpy is first imported, it
    costs a tenth of the work.
    """
    found = []
    for done, run in enumerate(prepared.runs):
        tell(done, len(prepared.runs))
        found.append(_judged(_one(run, prepared, placebos=placebos), 1.0))
    tell(len(prepared.runs), len(prepared.runs))
    return tuple(found)


def under(estimates: Iterable[Estimate], ledger: Ledger, margins: Margins) -> tuple[Estimate, ...]:
    """The same estimates judged under other gross margins: only verdicts and their words change."""
    of_items = margins.of_items(ledger.products)
    return tuple(_judged(one, _needed(one, of_items.to_list())) for one in estimates)


def _needed(estimate: Estimate, margins: list[int | None]) -> float:
    """1 / gross margin of what the campaign moves; 1 where the margin of any of it is not known."""
    known = [(margins[item], revenue) for item, revenue in estimate.mix]
    total = sum(revenue for _, revenue in known)
    if total <= 0 or any(margin is None for margin, _ in known):
        return 1.0
    earned = sum((margin or 0) * revenue for margin, revenue in known)
    return WHOLE * total / earned if earned > 0 else float("inf")


def _judged(estimate: Estimate, needed: float) -> Estimate:
    """With a verdict and its sentence, first among the reasons."""
    old = in_words(estimate) if estimate.verdict or estimate.known else ""
    rest = tuple(reason for reason in estimate.reasons if reason != old)
    judged = replace(
        estimate, needed=needed, verdict=verdict(estimate.iroas_interval, needed), reasons=rest
    )
    words = in_words(judged)
    return replace(judged, reasons=(words, *rest) if words else rest)


def _one(run: Run, prepared: Prepared, *, placebos: bool) -> Estimate:
    """One campaign, not yet judged."""
    seen, made = prepared.panel, None
    if seen is not None and seen.known.any():
        made = case(run, prepared.runs, seen, prepared.excluded)
    if made is None:
        return _unknown(run, None, [no_case(run, seen)])
    reasons = list(before_measuring(made))
    if not made.panel.has_baseline.any():
        reasons = [NO_BASELINE]
    if reasons:
        return _unknown(run, made, reasons)
    measured = measure(made, placebos=placebos)
    reasons = list(after_measuring(measured)) if placebos else []
    if reasons:
        return _unknown(run, made, reasons, measured)
    settled = pending(made)
    status: Status = "provisional" if settled else "identified"
    brought, low, high = (round(end, PAISE) for end in (measured.incremental, *measured.interval))
    paid = run.payout
    ends = (low / paid, high / paid) if paid > 0 else None
    return Estimate(
        run.name,
        _window(made),
        status,
        brought,
        (low, high),
        ratio(brought, paid),
        ends,
        ratio(brought, run.tagged_revenue),
        _break_even(run),
        None,
        tuple(remarks(made, settled)),
        _diagnostics(made, measured, path=True),
        run.payout,
        run.tagged_revenue,
        mix=_mix(made),
    )


def _unknown(
    run: Run, made: Case | None, reasons: list[str], measured: Measured | None = None
) -> Estimate:
    """A campaign without a number, and why."""
    return Estimate(
        run.name,
        _window(made) if made else None,
        "not identifiable",
        None,
        None,
        None,
        None,
        None,
        _break_even(run),
        None,
        tuple(reasons),
        _diagnostics(made, measured) if made else Diagnostics(posts=len(run.posts)),
        run.payout,
        run.tagged_revenue,
        mix=_mix(made) if made else (),
    )


def _break_even(run: Run) -> float | None:
    return ratio(run.payout, run.tagged_revenue)


def _window(made: Case) -> tuple[dt.date, dt.date]:
    return made.panel.date(max(made.first, 0)), made.panel.date(made.last)


def _mix(made: Case) -> tuple[tuple[int, float], ...]:
    """What each product touched brought in the window, by the ledger's number of it."""
    panel, days = made.panel, slice(max(made.first, 0), made.last + 1)
    return tuple(
        (int(panel.keys[item]), float(panel.revenue[item, days].sum())) for item in made.run.items
    )


def _diagnostics(made: Case, measured: Measured | None, *, path: bool = False) -> Diagnostics:
    """What the answer, or its absence, rests on."""
    start, end = _window(made)
    basis = Diagnostics(
        products=tuple(made.panel.names(made.run.items)),
        donors=tuple(made.panel.names(made.donors)),
        excluded=made.excluded,
        together=tuple(other.name for other in made.others),
        posts=len(made.run.posts),
        before=made.before,
        after=made.after,
        settled=pending(made),
        orders_per_day=float(made.orders[made.days].mean()) if len(made.days) else None,
        festivals=tuple(dict.fromkeys(one.name for one in festivals(start, end))),
    )
    if measured is None:
        return basis
    reach, missed = (measured.quantile + POWER) * measured.error, weekly_error(made, measured)
    basis = replace(
        basis,
        error=None if missed is None else _steady(missed),
        placebos=tuple(_steady(float(score)) for score in measured.placebos),
        quantile=_steady(measured.quantile),
        least_lift=_steady(float(np.expm1(reach))),
    )
    if not path:
        return basis
    return replace(
        basis,
        half_life=HALF_LIVES[measured.best.half_life],
        log_lift=_steady(measured.incremental / measured.counterfactual),
        level_lift=_steady(level_lift(made, measured)),
        path=_path(made, measured),
    )


def _steady(value: float) -> float:
    return round(value, STEADY)


def _path(made: Case, measured: Measured) -> Path:
    """Day by day; the band of the sum is drawn as wide as the interval of the whole."""
    design, best = measured.design, measured.best
    known = expected(design, best)
    actual = made.revenue[design.day]
    lift = measured.drawn.lift(design.exposure[:, :, 0]) * design.inside[:, :1]
    caused = actual[:, None] * (1 - np.exp(-lift))
    summed = np.cumsum(caused, axis=0)
    middle, spread = summed.mean(axis=1), summed.std(axis=1)
    low, high = measured.interval
    below = (middle[-1] - low) / spread[-1] if spread[-1] else 0.0
    above = (high - middle[-1]) / spread[-1] if spread[-1] else 0.0
    return Path(
        date=tuple(made.panel.date(int(day)) for day in design.day),
        actual=np.round(actual, PAISE),
        expected=np.round(known.middle, PAISE),
        low=np.round(known.low, PAISE),
        high=np.round(known.high, PAISE),
        exposure=np.round(design.exposure[best.half_life, :, 0], STEADY),
        caused=np.round(caused.mean(axis=1), PAISE),
        cumulative=np.round(middle, PAISE),
        cumulative_low=np.round(middle - below * spread, PAISE),
        cumulative_high=np.round(middle + above * spread, PAISE),
    )
