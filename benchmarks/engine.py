"""Loading, building and answering without a screen: ``python -m benchmarks.engine PLACE``.

Run as a process of its own, so that nothing is warm; prints one JSON object. The same questions are
then answered the pandas way, in the same process and on the same data.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.merging import merge, read
from dashboard.dataset import Dataset, load
from dashboard.ledger import Ledger, build
from dashboard.query import Answer, View, Where, labels
from dashboard.reconciliation import dues
from dashboard.state import Explorer

Question = tuple[tuple[str, ...], tuple[str, ...]]
"""Metrics, and the dimensions they are split by."""


@dataclass(frozen=True)
class Figures:
    """What was measured: rows, seconds, and milliseconds for the answers of one Overview.

    The answers come as medians, unfiltered and filtered: ours, pandas' where the tables are merged
    for every change as is usual, and where the merged table is kept.
    """

    rows: int
    load_seconds: float
    build_seconds: float
    questions: int
    ours: tuple[float, float]
    merging: tuple[float, float]
    merged: tuple[float, float]


class Recorder(Explorer):
    """An explorer that remembers what it was asked."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.questions: list[Question] = []

    def ask(self, metrics: Sequence[str], by: Sequence[str] = (), **options: Any) -> Answer:
        """Answer and remember; what is asked under other filters is not part of a change."""
        if not set(options.get("without", ())) & set(self.where.active):
            self.questions.append((tuple(metrics), tuple(by)))
        return super().ask(metrics, by, **options)


def overview_questions(dataset: Dataset, where: Where) -> list[Question]:
    """What the Overview asks after a change, as the page itself asks it."""
    from dashboard.pages.overview import Overview

    recorder = Recorder(dataset)
    page = Overview(recorder, strict=True)
    page.refresh()
    recorder.filters.keep(where)
    recorder.questions.clear()
    for view in page.views.values():
        view.update(strict=True)
    return recorder.questions


def measure(place: str, times: int) -> Figures:
    """Measure one folder."""
    began = time.perf_counter()
    dataset = load(place)
    loaded = time.perf_counter()
    ledger = build(dataset)
    built = time.perf_counter()
    filtered = Where(brand=(labels(ledger, "brand")[0],), platform=(labels(ledger, "platform")[0],))
    questions = {where: overview_questions(dataset, where) for where in (Where(), filtered)}
    tables = read(place)
    kept = merge(tables)
    return Figures(
        rows=dataset.tables["tracking_data"].height,
        load_seconds=loaded - began,
        build_seconds=built - loaded,
        questions=len(questions[filtered]),
        ours=_both(lambda where: answers(ledger, where, questions[where]), filtered, times),
        merging=_both(lambda where: merge(tables).answers(where, questions[where]), filtered, 3),
        merged=_both(lambda where: kept.answers(where, questions[where]), filtered, 3),
    )


def answers(ledger: Ledger, where: Where, questions: Sequence[Question]) -> list[Answer]:
    """One Overview, from nothing kept: every answer, what is payable, what was left out."""
    view = View(ledger, where)
    view.coverage()
    dues(view)
    return [view.ask(metrics, by) for metrics, by in questions]


def _both(work: Callable[[Where], object], filtered: Where, times: int) -> tuple[float, float]:
    return _median(lambda: work(Where()), times), _median(lambda: work(filtered), times)


def _median(work: Callable[[], object], times: int) -> float:
    """Milliseconds, after one that is not counted."""
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


if __name__ == "__main__":
    folder, repeats = sys.argv[1], int(sys.argv[2])
    print(json.dumps(asdict(measure(folder, repeats))))
