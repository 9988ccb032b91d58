"""One thing about one place, measured in a process of its own: ``python -m benchmarks.alone``.

What it is comes first (a function's name below), then its places and numbers. Prints JSON lines, of
which a later one says more: a process that dies half-way has said how far it came.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from dashboard.dataset import Dataset, Store, load
from dashboard.dataset.opening import Opened, rolled_of
from dashboard.engines import Rolled
from dashboard.ingest import Report
from dashboard.ingest.mapping import read_mapping
from dashboard.ingest.report import no_quarantine
from dashboard.ledger import build as build_ledger
from dashboard.query import View, Where, labels

Say = Callable[..., None]
MB = 1e6


def estimates(_: Say, saved: str) -> None:
    """What came because of campaigns, so that no server works on it while it is measured."""
    from benchmarks.places import estimate

    estimate(Path(saved))


def build(say: Say, saved: str) -> None:
    """The rows of a saved dataset to a ledger that answers: CPU seconds, peak MB, rows, cells."""
    began = _cpu()
    rolled = _built(say, saved)
    say(
        cpu=_cpu() - began,
        peak=_peak(),
        rows=rolled.rows,
        cells=rolled.cells.height,
        attributed=int(rolled.cells.drop_nulls("influencer_id")["rows"].sum()),
    )


def build_profile(say: Say, saved: str) -> None:
    """What share of building each of our functions takes."""
    from benchmarks.breakdown import spending

    with spending() as spent:
        _built(say, saved)
    say(shares=spent.shares)


def _built(say: Say, saved: str) -> Rolled:
    """The cells, of which a ledger was built, too."""
    began = _cpu()
    version = Store(Path(saved)).current()
    manifest, mapping = version.manifest, read_mapping(version.mapping(), saved)
    rolled = rolled_of(version.pieces("tracking_data"), mapping)
    say(rolled=_cpu() - began, rolled_peak=_peak())
    dataset = Dataset(
        tables=Opened(version, mapping),
        report=Report.from_json(manifest["report"], no_quarantine()),
        version=manifest["version"],
        place=saved,
        loaded_at=dt.datetime.now(tz=dt.UTC),
        rolling=lambda: rolled,
    )
    build_ledger(dataset).coded  # noqa: B018  # made when first asked, which is part of building
    return rolled


def answers(say: Say, saved: str, times: str) -> None:
    """All answers of the Overview: CPU ms, and the facts that they are found in.

    ``same`` are those that pandas is asked too, one after the other.
    """
    from benchmarks.answers import costs
    from benchmarks.engine import overview_questions

    dataset = load(saved)
    (cost,) = costs(dataset, int(times), {"Overview"})
    ledger = build_ledger(dataset)
    facts = ledger.facts.values()
    filtered = Where(brand=(labels(ledger, "brand")[0],), platform=(labels(ledger, "platform")[0],))
    asked = {where: overview_questions(dataset, where) for where in (Where(), filtered)}

    def same(where: Where) -> None:
        view = View(ledger, where)
        for metrics, by in asked[where]:
            view.ask(metrics, by)

    say(
        every=median(cost.every),
        filtered=median(cost.filtered),
        doors=cost.doors,
        same=[_milliseconds(partial(same, where), times) for where in asked],
        asked=[
            [{name: where.values(name) for name in where.active}, questions]
            for where, questions in asked.items()
        ],
        facts=sum(each.height for each in facts),
        fact_bytes=sum(each.estimated_size() for each in facts),
    )


def answers_profile(say: Say, saved: str, times: str) -> None:
    """Which doors and which of our functions the answers of the Overview cost."""
    from benchmarks.answers import profiled

    doors, shares = profiled(load(saved), int(times), "Overview")
    say(doors=doors, shares=shares)


def pandas(say: Say, place: str, asked: str, times: str, most: str) -> None:
    """The same questions the pandas way, with no more memory than ``most`` bytes."""
    from benchmarks.merging import merge, read

    questions = {
        Where(**{name: tuple(values) for name, values in where.items()}): each
        for where, each in json.loads(asked)
    }
    resource.setrlimit(resource.RLIMIT_AS, (int(most), int(most)))
    try:
        say(step="reading the tables")
        began = _cpu()
        tables = read(place)
        say(step="merging them", read=_cpu() - began, peak=_peak())
        merged = merge(tables)
        say(step="answering", made=_cpu() - began, peak=_peak())
        asks = [partial(merged.answers, where, each) for where, each in questions.items()]
        say(step="merging for each change", merged=[_milliseconds(ask, times) for ask in asks])
        del asks, merged

        def anew(where: Where) -> None:
            merge(tables).answers(where, questions[where])

        found = [_milliseconds(partial(anew, where), times) for where in questions]
        say(step="", merging=found, peak=_peak())
    except MemoryError:
        say(peak=_peak(), died=True)


def reading(say: Say) -> None:
    """Bytes a second that this machine reads from its memory."""
    from benchmarks.bandwidth import measure

    found = measure()
    say(one=found.one, two=found.two)


def held(say: Say, saved: str) -> None:
    """MB of a process as it comes to serve: what is loaded, the dataset, the ledger, a page."""
    steps: list[tuple[str, float]] = []

    def step(words: str) -> None:
        gc.collect()
        steps.append((words, psutil.Process().memory_info().rss / MB))

    step("Python, Polars and what builds a ledger")
    from dashboard.pages import PAGES
    from dashboard.serving import process
    from dashboard.state import Explorer

    assert process
    step("Panel, Bokeh, HoloViews and our pages")
    dataset = load(saved)
    step("the dataset: its cells and small tables")
    explorer = Explorer(dataset)
    explorer.ledger.coded  # noqa: B018  # made when first asked
    step("the ledger")
    PAGES[0](explorer, strict=True).refresh()
    step("the first page, answered")
    say(steps=steps)


def _milliseconds(work: Callable[[], object], times: str) -> float:
    """CPU of the whole process, in the middle."""
    took = []
    for _ in range(int(times)):
        began = _cpu()
        work()
        took.append((_cpu() - began) * 1000)
    return median(took)


def _cpu() -> float:
    return time.process_time()


def _peak() -> float:
    """The most MB that this process held.

    What the system says of a process's resources counts what its parent held, on Linux.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if found:
            return int(found[1]) * 1024 / MB
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / MB if sys.platform == "darwin" else most * 1024 / MB


PARTS = (estimates, build, build_profile, answers, answers_profile, pandas, reading, held)


def main(what: str, *given: str) -> None:
    """Measure it, and say what is known so far as one line of JSON each time."""
    known: dict[str, Any] = {}
    parts: dict[str, Callable[..., None]] = {part.__name__: part for part in PARTS}

    def say(**found: Any) -> None:
        known.update(found)
        print(json.dumps(known), flush=True)

    parts[what](say, *given)


if __name__ == "__main__":
    main(*sys.argv[1:])
