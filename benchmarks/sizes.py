"""What a size costs: ``python -m benchmarks.sizes [--sizes 1M,10M,100M] [--quick] [--write]``.

Large worlds as parquet, imported; each thing is measured in a process of its own, beside pandas and
beside what the memory of this machine allows at best. ``--write`` makes docs/performance.md and its
plot from what was measured, with a profile of each miss.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import psutil
import typer
from rich.console import Console

from benchmarks.__main__ import machine
from benchmarks.bandwidth import Bandwidth
from benchmarks.pages import slowest
from benchmarks.performance import written
from benchmarks.places import CACHE, imported, large
from benchmarks.screen import chromium, cold_start, loaded
from benchmarks.sizing import FIGURES, SIZES, Measured, Painted, Size, footer, markdown, table

UNITS = {"": 1, "k": 1_000, "M": 1_000_000}
KEPT = CACHE / "sizes.json"
"""What was measured last, so that the page can be written again without measuring."""
SPARED = 2 << 30
"""Bytes of free memory that pandas may not have, so that only its own process ends."""
PATIENCE_S = 400.0

console = Console(stderr=True)


@contextmanager
def doing(words: str) -> Iterator[None]:
    """Say what is being measured: with a spinner, or in a log as a line with its seconds."""
    began = time.monotonic()
    with console.status(words):
        yield
    if not console.is_terminal:
        console.print(f"{words}: {time.monotonic() - began:.0f} s", highlight=False)


# ------------------------------------------------------------------------------- what is measured


@dataclass(frozen=True)
class Effort:
    """How often each thing is done; ``tries`` are the changes that say which page is slowest."""

    answers: int = 30
    starts: int = 3
    changes: int = 30
    tries: int = 8
    pandas: int = 3


QUICK = Effort(answers=8, starts=1, changes=12, tries=4, pandas=1)


def measured(sizes: Sequence[int], effort: Effort, *, quick: bool) -> Iterator[Measured]:
    """Measure each size, and hand over all so far; what is missed is profiled."""
    idle = psutil.getloadavg()[0]
    with doing("How fast this machine reads its memory"):
        bandwidth = Bandwidth(**alone("reading"))
    found, busy = [], idle
    today = dt.datetime.now(tz=dt.UTC).astimezone()
    day = f"{today.day} {today:%B %Y}"
    for rows in sizes:
        found.append(_measured(rows, effort, found))
        busy = max(busy, *psutil.getloadavg())
        yield Measured(tuple(found), bandwidth, machine(), (idle, busy), day, quick)


def _measured(rows: int, effort: Effort, smaller: Sequence[Size]) -> Size:
    """One size, each part in a process of its own."""
    words = f"{rows:,} rows"
    with doing(f"{words}: made and imported, if it is not there"):
        source = large(rows)
        saved = str(imported(source))
    with doing(f"{words}: what came because of campaigns"):
        alone("estimates", saved)
    with doing(f"{words}: the ledger from parquet"):
        built = alone("build", saved)
    with doing(f"{words}: all answers of the Overview"):
        answered = alone("answers", saved, effort.answers)
    asked = json.dumps(answered.pop("asked"))
    with doing(f"{words}: the pandas way"):
        beside = _beside(source, rows, asked, effort.pandas, smaller)
    with chromium() as browser:
        with doing(f"{words}: starts of a server"):
            held = loaded(browser, Path(saved))
            more = [cold_start(browser, Path(saved)).answers for _ in range(effort.starts - 1)]
        with doing(f"{words}: changes on the pages"):
            seen = slowest(browser, Path(saved), effort.changes, effort.tries)
    one = Size(
        rows,
        built,
        answered,
        beside,
        tuple(Painted.of(page) for page in seen),
        (held.answers, *more),
        held.first,
        held.rest,
        sum(part.stat().st_size for part in source.glob("tracking_data-*.parquet")),
    )
    missed = {figure.part for figure in FIGURES if figure.misses(one)}
    profiles = {}
    with doing(f"{words}: profiles of what missed"):
        if "build" in missed:
            profiles["build"] = alone("build_profile", saved)
        if "answers" in missed:
            profiles["answers"] = alone("answers_profile", saved, 10)
        if "memory" in missed:
            profiles["memory"] = alone("held", saved)
    return replace(one, profiles=profiles)


def _beside(
    source: Path, rows: int, asked: str, times: int, smaller: Sequence[Size]
) -> dict[str, Any]:
    """Pandas, with the memory that is free now, in a process that may die of it."""
    free = psutil.virtual_memory().available - SPARED
    many = 1 if rows >= SIZES["10M"] else times
    found = alone("pandas", str(source), asked, many, free)
    wanted = needed(
        rows, [(each.rows, each.pandas["peak"]) for each in smaller if each.pandas["ran"]]
    )
    ran = not found["step"] and not found.get("died")
    return {**found, "ran": ran, "most": free / 1e6, "needed": wanted}


def needed(rows: int, peaks: Sequence[tuple[int, float]]) -> float | None:
    """MB that so many rows would take, as memory grew between the two largest sizes that ran."""
    if len(peaks) < 2:
        return None
    (less, low), (more, high) = sorted(peaks)[-2:]
    return high + (high - low) / (more - less) * (rows - more)


def alone(what: str, *given: object) -> dict[str, Any]:
    """The last that a part of ``benchmarks.alone`` said; that of pandas may end half-way."""
    command = [sys.executable, "-m", "benchmarks.alone", what, *(str(one) for one in given)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said, _ = process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
    if process.returncode and what != "pandas":
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}.")
    lines = said.splitlines()
    found: dict[str, Any] = json.loads(lines[-1]) if lines else {}
    return found


# --------------------------------------------------------------------------------- the command


def counts(text: str) -> list[int]:
    """``1M,500k`` as numbers."""
    found = []
    for one in text.split(","):
        size = re.fullmatch(r"(\d+)([kM]?)", one.strip())
        if size is None:
            raise typer.BadParameter(f"A size is written as 500k or 10M, not as {one!r}.")
        found.append(int(size[1]) * UNITS[size[2]])
    return sorted(found)


def main(
    sizes: Annotated[str, typer.Option(help="Tracking rows, between commas.")] = ",".join(SIZES),
    quick: Annotated[bool, typer.Option("--quick", help="Fewer of everything.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write docs/performance.md too.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Measure nothing: show what was measured last.")
    ] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Measure sizes, and print one table."""
    if again:
        found = Measured.from_json(KEPT.read_text("utf-8"))
    else:
        for found in measured(counts(sizes), QUICK if quick else Effort(), quick=quick):
            KEPT.write_text(found.as_json(), "utf-8")
    out = Console(width=None if sys.stdout.isatty() else 140)
    if as_markdown:
        print(markdown(found))
    else:
        out.print(table(found))
    out.print(footer(found), highlight=False)
    if write:
        for path in written(found):
            out.print(f"Wrote {path}.", highlight=False)


if __name__ == "__main__":
    typer.run(main)
