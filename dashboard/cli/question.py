"""A question as it is typed: filters, days, dimensions and metrics by name."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from dashboard.cli.answers import making
from dashboard.cli.options import day
from dashboard.dataset import Dataset
from dashboard.errors import QueryError, UnknownNameError, did_you_mean
from dashboard.incrementality import Estimate, Kept, Work, under, work_on
from dashboard.incrementality.telling import in_view
from dashboard.ledger import build
from dashboard.metrics import METRICS, Metric, metric
from dashboard.query import Margins, View, Where
from dashboard.schema import DIMENSIONS, FILTERS
from dashboard.settings import Settings

HEADLINES = (
    "revenue",
    "orders",
    "spend",
    "profit",
    "roas",
    "break_even_incrementality",
    "cac",
    "engagement_rate",
)
"""What a table shows when no metrics are named; JSON gives them all."""


def view(
    dataset: Dataset,
    filters: Sequence[str],
    first: str | None,
    last: str | None,
    settings: Settings,
) -> View:
    """What the filters and the days keep, as they are typed; with the margins that are set.

    Raises
    ------
    QueryError
        One of them is not a filter, a value or a day of this data.
    """
    ledger = build(dataset)
    where = Where.of(ledger, _filters(filters), day("--from", first), day("--to", last))
    return View(ledger, where, Margins.of(settings.margins))


def work(view: View, settings: Settings) -> Work:
    """What came because of campaigns, found or given up; a bar on the error stream meanwhile."""
    found = work_on(view.ledger, settings.excluded_donors, Kept(settings.cache))
    with making() as tell:
        while not found.over.wait(0.1):
            tell("Working out what came because of campaigns", found.done, found.of)
    return found


def estimates(view: View, settings: Settings) -> tuple[Estimate, ...]:
    """What came because of each campaign in view.

    Raises
    ------
    QueryError
        It cannot be worked out, or a setting names what is not sold.
    """
    done = work(view, settings)
    if done.found is None:
        raise QueryError(done.failed)
    return in_view(under(done.found, view.ledger, Margins.of(settings.margins)), view)


def dimensions(by: str) -> list[str]:
    """What to split by.

    Raises
    ------
    UnknownNameError
        There is no dimension of that name.
    """
    asked = names(by)
    for name in asked:
        if name not in DIMENSIONS:
            raise UnknownNameError("dimension", name, DIMENSIONS)
    return asked


def metrics(typed: str, form: str) -> list[Metric]:
    """What to answer: the metrics named, or those that suit the format."""
    default = tuple(METRICS) if form == "json" else HEADLINES
    return [metric(name) for name in names(typed) or default]


def _filters(typed: Sequence[str]) -> dict[str, list[str]]:
    """``brand=A,B`` as a mapping; the same dimension may be given several times."""
    kept: dict[str, list[str]] = {}
    for one in typed:
        name, equals, values = one.partition("=")
        if not equals:
            raise QueryError(
                f"--filter {one!r} has no '='. Write it as DIMENSION=VALUE, such as "
                f"brand=MuscleBlaze. {did_you_mean(name, FILTERS)}"
            )
        kept.setdefault(name.strip(), []).extend(
            next(csv.reader(io.StringIO(values), skipinitialspace=True), [])
        )
    return kept


def names(typed: str) -> list[str]:
    """What is named in a list with commas."""
    return [name.strip() for name in typed.split(",") if name.strip()]
