"""What all answers of a page cost, without drawing: ``python -m benchmarks.answers [ROWS]``.

CPU time of the whole process, so that threads count and other work on the machine does not: the
pages are real, and only what happens inside the doors to the ledger is counted.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from statistics import median, quantiles
from types import FunctionType
from typing import Annotated, Any

import psutil
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.breakdown import spending
from benchmarks.places import EXAMPLE, invented
from dashboard import alerts, reconciliation, tables
from dashboard.dataset import Dataset, load
from dashboard.pages import PAGES
from dashboard.pages.page import Page
from dashboard.query import View, Where, labels
from dashboard.schema import FILTERS
from dashboard.state import Asking, Explorer

ROOMS = (reconciliation, tables, alerts)
"""Rooms whose functions of a view are doors: they answer."""
DOORS = {
    View: ("ask", "coverage", "facts", "known", "sums", "gross_profit"),
    Asking: ("ask", "view", "before", "coverage", "known"),
}


@dataclass
class Spent:
    """CPU in milliseconds behind the doors, and how often one was opened from outside."""

    milliseconds: float = 0.0
    opened: int = 0
    doors: dict[str, float] = field(default_factory=lambda: defaultdict(float), repr=False)
    inside: bool = field(default=False, repr=False)

    def at(self, door: Callable[..., Any]) -> Callable[..., Any]:
        """The same door, watched; what is asked behind a door is part of it."""

        @wraps(door)
        def watched(*given: Any, **options: Any) -> Any:
            if self.inside:
                return door(*given, **options)
            self.inside, began = True, time.process_time()
            try:
                return door(*given, **options)
            finally:
                took = (time.process_time() - began) * 1000
                self.milliseconds += took
                self.doors[door.__qualname__] += took
                self.inside = False
                self.opened += 1

        return watched


@contextmanager
def watched() -> Iterator[Spent]:
    """Watch every door to the ledger, wherever it was imported to."""
    spent = Spent()
    doors = {id(door): spent.at(door) for room in ROOMS for door in _answering(room)}
    places: list[tuple[Any, str, Any]] = [
        (module, name, found)
        for called, module in list(sys.modules.items())
        if called.startswith("dashboard")
        for name, found in list(vars(module).items())
        if id(found) in doors
    ]
    methods = [(kind, name, vars(kind)[name]) for kind, names in DOORS.items() for name in names]
    for place, name, door in places:
        setattr(place, name, doors[id(door)])
    for kind, name, door in methods:
        setattr(kind, name, spent.at(door))
    try:
        yield spent
    finally:
        for place, name, door in (*places, *methods):
            setattr(place, name, door)


def _answering(room: Any) -> list[FunctionType]:
    """A room's own functions that are given a view."""
    return [
        one
        for name, one in vars(room).items()
        if isinstance(one, FunctionType)
        and one.__module__ == room.__name__
        and not name.startswith("_")
        and one.__annotations__.get("view") == "View"
    ]


@dataclass(frozen=True)
class Cost:
    """One page under many questions: CPU in milliseconds for its answers, and how many doors."""

    title: str
    every: tuple[float, ...]
    filtered: tuple[float, ...]
    again: tuple[float, ...]
    doors: int


def questions(dataset: Dataset, count: int, seed: int = 7) -> list[Where]:
    """Typical filters: one or two of them with one or two values each, half of them in a period."""
    explorer, chance = Explorer(dataset), random.Random(seed)
    ledger, span = explorer.ledger, explorer.ledger.span
    narrowing = [name for name in FILTERS if name not in {"basis", "influencer", "product"}]
    asked = []
    for _ in range(count):
        kept = {
            name: tuple(chance.sample(labels(ledger, name), chance.randint(1, 2)))
            for name in chance.sample(narrowing, chance.randint(1, 2))
        }
        first = last = None
        if span and chance.random() < 0.5:
            days = chance.choice([30, 90, 180])
            last = span[1] - dt.timedelta(chance.randint(0, 60))
            first = max(span[0], last - dt.timedelta(days - 1))
        asked.append(Where(**kept, first=first, last=last))
    return asked


def costs(dataset: Dataset, times: int, titles: Container[str] = ()) -> Iterator[Cost]:
    """Each page that answers: unfiltered, filtered, and asked again what was asked before.

    ``titles`` are the pages to measure; empty: all.
    """
    asked = questions(dataset, times)
    for kind in PAGES:
        if titles and kind.title not in titles:
            continue
        explorer = Explorer(dataset)
        page = kind(explorer, strict=True)
        page.refresh()
        with watched() as spent:
            filtered = [_changed(page, explorer, where, spent) for where in asked]
            doors = spent.opened // max(1, times)
            again = [
                _changed(page, explorer, where, spent, anew=False)
                for where in (asked[-1], asked[-2]) * 4
            ]
            every = [_changed(page, explorer, Where(), spent) for _ in asked]
        if doors:
            yield Cost(kind.title, tuple(every), tuple(filtered), tuple(again), doors)


def _changed(
    page: Page, explorer: Explorer, where: Where, spent: Spent, *, anew: bool = True
) -> float:
    before = spent.milliseconds
    explorer.filters.keep(where)
    if anew:  # let nothing be kept of what was asked: measured is what answering costs
        explorer.ledger.asked.clear()
    for view in page.views.values():
        view.update(strict=True)
    return spent.milliseconds - before


def profiled(
    dataset: Dataset, times: int, title: str
) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """CPU of one unfiltered page: milliseconds behind each door, and each function's share of all.

    Both with the dearest first.
    """
    explorer = Explorer(dataset)
    (kind,) = (each for each in PAGES if each.title == title)
    page = kind(explorer, strict=True)
    page.refresh()
    with watched() as spent:
        _changed(page, explorer, Where(), spent)
        spent.doors.clear()  # the first is not counted
        for _ in range(times):
            _changed(page, explorer, Where(), spent)
        doors = [(door, took / times) for door, took in spent.doors.items()]
        with spending(lambda: spent.inside) as found:
            for _ in range(times):
                _changed(page, explorer, Where(), spent)
    return sorted(doors, key=lambda one: -one[1]), found.shares


def floor(dataset: Dataset, times: int) -> float:
    """CPU in milliseconds for reading every fact once: each measure added up, nothing asked."""
    ledger = Explorer(dataset).ledger
    took = []
    for _ in range(times + 1):
        began = time.process_time()
        for facts in ledger.facts.values():
            for column in facts.get_columns():
                if column.dtype.is_integer():
                    column.sum()
        took.append((time.process_time() - began) * 1000)
    return median(took[1:])


def table(found: list[Cost], *, markdown: bool = False) -> Table:
    """One row a page."""
    answer = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    for words in (
        "CPU ms of all answers",
        "no filter (≤ 25)",
        "one in twenty",
        "filtered (≤ 12)",
        "one in twenty",
        "asked before",
        "doors",
    ):
        answer.add_column(words, justify="right" if answer.columns else "left")
    for one in found:
        answer.add_row(
            one.title,
            *_half_and_slow(one.every),
            *_half_and_slow(one.filtered),
            f"{median(one.again):.1f}",
            f"{one.doors}",
        )
    return answer


def _half_and_slow(took: tuple[float, ...]) -> tuple[str, str]:
    return f"{median(took):.1f}", f"{quantiles(took, n=20)[-1]:.1f}"


def main(
    rows: Annotated[int, typer.Argument(help="Tracking rows; 0: the example data.")] = 1_000_000,
    times: Annotated[int, typer.Option(help="Questions for each page.")] = 40,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Measure every page, and print one table."""
    place: Path = invented(rows) if rows else EXAMPLE
    dataset = load(place)
    out = Console(width=None if sys.stdout.isatty() else 140)
    out.print(table(list(costs(dataset, times)), markdown=markdown))
    cells = sum(facts.height for facts in Explorer(dataset).ledger.facts.values())
    read = floor(dataset, times)
    load_now = psutil.getloadavg()[0]
    out.print(f"{cells:,} facts; reading each once takes {read:.2f} ms. Load {load_now:.1f}.")


if __name__ == "__main__":
    typer.run(main)
