"""How fast the dashboard is, as one table: ``python -m benchmarks [--rows N] [--quick]``."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.engine import Figures
from benchmarks.pages import Opening, Seen, Session, openings, session
from benchmarks.places import EXAMPLE, estimate, invented
from benchmarks.screen import Changes, Memory, Start, chromium, cold_start, memory

console = Console(stderr=True)


@dataclass(frozen=True)
class Effort:
    """How often each thing is done."""

    starts: int = 3
    visits: int = 5
    changes: int = 60
    sessions: int = 20
    answers: int = 30


QUICK = Effort(starts=1, visits=2, changes=17, sessions=5, answers=10)


@dataclass(frozen=True)
class Result:
    """Everything that was measured of one folder."""

    engine: Figures
    starts: tuple[Start, ...]
    empty: Opening
    warm: Opening
    session: Session
    memory: Memory


def main(
    rows: Annotated[int, typer.Option(help="Tracking rows of the invented world.")] = 1_000_000,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer of everything.")] = False,
    example: Annotated[bool, typer.Option("--example", help="The example data only.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Measure the example data and an invented world, and print one table, and one of the pages."""
    places = [EXAMPLE] if example else [EXAMPLE, _made(rows)]
    effort = QUICK if quick else Effort()
    busy = psutil.getloadavg()[0]
    results = [measured(place, effort) for place in places]
    busy = max(busy, *psutil.getloadavg())
    out = Console(width=None if sys.stdout.isatty() else 140)
    out.print(table(results, markdown=markdown))
    for result in results:
        out.print(
            f"{result.engine.rows:,} tracking rows, page by page: milliseconds until painted."
        )
        out.print(of_pages(result.session, markdown=markdown))
    out.print(f"{machine()}; load while measuring up to {busy:.1f}.")


def measured(place: Path, effort: Effort) -> Result:
    """Measure one folder, each part in a process of its own."""
    with console.status(f"{place}: what came because of campaigns"):
        estimate(place)
    with console.status(f"{place}: answers"):
        engine = _engine(place, effort.answers)
    with chromium() as browser:
        with console.status(f"{place}: cold starts"):
            starts = tuple(cold_start(browser, place) for _ in range(effort.starts))
        with console.status(f"{place}: visits"):
            empty, warm = openings(browser, place, effort.visits)
        with console.status(f"{place}: changes on every page"):
            seen = session(browser, place, effort.changes)
    with console.status(f"{place}: {effort.sessions} visitors"):
        held = memory(place, effort.sessions)
    return Result(engine, starts, empty, warm, seen, held)


def _made(rows: int) -> Path:
    with console.status(f"Inventing {rows:,} tracking rows"):
        return invented(rows)


def _engine(place: Path, times: int) -> Figures:
    command = [sys.executable, "-m", "benchmarks.engine", str(place), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Figures(**json.loads(done.stdout))


def table(results: Sequence[Result], *, markdown: bool = False) -> Table:
    """One row a figure, one column a folder."""
    columns = [list(lines(result)) for result in results]
    answer = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    for words in ("", *(f"{result.engine.rows:,} tracking rows" for result in results)):
        answer.add_column(words, justify="right" if words else "left")
    for row in zip(*columns, strict=True):
        answer.add_row(row[0][0], *(value for _, value in row))
    return answer


def lines(result: Result) -> Iterator[tuple[str, str]]:
    """Each figure in words, with what is to be reached."""
    engine, seen = result.engine, result.session
    complete = statistics.median(start.complete for start in result.starts)
    answers = statistics.median(start.answers for start in result.starts)
    yield "first complete page after start, s (≤ 5)", f"{complete:.1f}"
    yield "  of it until the server answers, s", f"{answers:.1f}"
    yield "first paint, empty browser cache, s (≤ 1.2)", f"{result.empty.first_median / 1000:.2f}"
    yield "  the whole page, s", f"{result.empty.complete_median / 1000:.2f}"
    yield "  all it loads, compressed, kB (≤ 1,300)", f"{result.empty.kilobytes:,.0f}"
    yield "first paint, coming back, s (≤ 0.6)", f"{result.warm.first_median / 1000:.2f}"
    yield "  the whole page, s", f"{result.warm.complete_median / 1000:.2f}"
    yield "  all it loads, compressed, kB", f"{result.warm.kilobytes:,.0f}"
    yield "load and check the files, s", f"{engine.load_seconds:.2f}"
    yield "build the ledger, s", f"{engine.build_seconds:.2f}"
    seconds = engine.load_seconds + engine.build_seconds
    yield "both, rows a second", f"{engine.rows / seconds:,.0f}"
    yield "layout shift over a session (≤ 0.02)", f"{seen.shift:.3f}"
    yield "  with what an input moved", f"{seen.shift_in_all:.3f}"
    yield "server CPU for all pages of a visitor, most of it while idle, s", f"{seen.opening:.1f}"
    yield "requests to other machines (0)", f"{seen.outside}"
    yield "memory of a session with every page built, MB", f"{result.memory.open:.1f}"
    yield "  more for each when as many come again, MB", f"{result.memory.again:.1f}"
    yield f"the Overview's answers ({engine.questions}), all rows, ms", f"{engine.ours[0]:.0f}"
    yield "  filtered, ms", f"{engine.ours[1]:.0f}"
    for words, took in (
        ("the same in pandas, merging for each change", engine.merging),
        ("the same in pandas, merged once", engine.merged),
    ):
        yield f"{words}, all rows, ms", _times(took[0], engine.ours[0])
        yield "  filtered, ms", _times(took[1], engine.ours[1])


def of_pages(seen: Session, *, markdown: bool = False) -> Table:
    """One row a page, with what is to be reached at a million rows in the head."""
    answer = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    for words in (
        "",
        "filter change (≤ 110)",
        "one in twenty (≤ 170)",
        "server CPU (≤ 80)",
        "sent again, nothing asked",
        "one in twenty",
        "change / sent again (≤ 1.4)",
        "tap (≤ 110)",
        "one in twenty (≤ 170)",
        "opened, fresh (≤ 100)",
        "opened, stale (≤ 200)",
    ):
        answer.add_column(words, justify="right" if words else "left")
    for page in seen.pages:
        answer.add_row(page.title, *_of_page(page))
    return answer


def _of_page(page: Seen) -> Iterator[str]:
    yield from _half_and_slow(page.changes)
    yield f"{page.changes.cpu_each:.0f}"
    yield from _half_and_slow(page.floor)
    times = page.changes.median / page.floor.median if page.floor.took else None
    yield "—" if times is None else f"{times:.1f}"
    yield from _half_and_slow(page.taps)
    yield f"{page.fresh.median:.0f}"
    yield f"{page.stale.median:.0f}"


def _half_and_slow(changes: Changes) -> tuple[str, str]:
    if not changes.took:
        return "—", "—"
    return f"{changes.median:.0f}", f"{changes.slow:.0f}"


def _times(theirs: float, ours: float) -> str:
    return f"{theirs:,.0f} ({theirs / ours:.0f}×)"


def machine() -> str:
    """What it ran on: cores, memory, Python."""
    memory_gib = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory_gib:.0f} GiB, Python {platform.python_version()}"


if __name__ == "__main__":
    typer.run(main)
