"""How many can look at once, as one table: ``python -m benchmarks.viewers [--rows N]``.

Real sessions over real websockets, without browsers; each changes a filter every five seconds, and
timed is until all that is in sight has been sent. More come until one change in twenty takes longer
than half a second. They share the machine with the server, as its own visitors would not.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Annotated

import psutil
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import machine
from benchmarks.places import CACHE, EXAMPLE, estimate, invented
from benchmarks.screen import running, wait_for
from benchmarks.visiting import Visitor, at_rest
from dashboard.dataset import Store, load, save

EVERY_S = 5.0
ASKED, MOST_MS = 30, 500.0
"""So many viewers are asked for, of whom one in twenty may wait so long."""
MORE = 1.33
AT_ONCE = 3
"""Visitors who open the page at the same time."""

console = Console(stderr=True)


@dataclass
class Row:
    """So many viewers of so many processes, what they waited, and what that took."""

    procs: int
    viewers: int
    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    server: float = 0.0
    visitors: float = 0.0
    memory: tuple[float, ...] = ()
    load: float = 0.0

    @property
    def slow(self) -> float:
        """Milliseconds that one change in twenty takes longer than."""
        return statistics.quantiles(self.took, n=20, method="inclusive")[-1]


def main(
    rows: Annotated[int, typer.Option(help="Tracking rows; 0 for the example data.")] = 1_000_000,
    procs: Annotated[str, typer.Option(help="How many processes serve, between commas.")] = "1,2",
    seconds: Annotated[int, typer.Option(help="How long so many viewers are timed.")] = 40,
    most: Annotated[int, typer.Option(help="Viewers, at most.")] = 400,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Measure viewers of a saved dataset until it breaks, and print one table."""
    source = invented(rows) if rows else EXAMPLE
    place = saved(source)
    estimate(place)
    found: list[Row] = []
    for one in procs.split(","):
        found += asyncio.run(_raised(place, int(one), seconds, most))
    out = Console(width=140)
    out.print(f"{place.name}: each viewer changes a filter every {EVERY_S:.0f} s.")
    out.print(table(found, markdown=markdown))
    out.print(f"{machine()}; load while measuring up to {max(row.load for row in found):.1f}.")


def saved(source: Path) -> Path:
    """The folder as a saved dataset, made once."""
    place = CACHE / f"{source.name}-saved"
    if not Store.is_one(place):
        save(load(source), Store(place))
    return place


async def _raised(place: Path, procs: int, seconds: int, most: int) -> list[Row]:
    """Measure more and more viewers, until one change in twenty takes too long."""
    found: list[Row] = []
    here: list[Visitor] = []
    arguments = ("serve", str(place), "--port", "{port}", "--procs", str(procs))
    with running("dashboard", *arguments) as (server, port):
        wait_for(port, server)
        await _all_serve(server, procs)
        viewers = ASKED
        while viewers <= most and (not found or found[-1].slow <= MOST_MS):
            with console.status(f"{procs} processes: {viewers} viewers arrive"):
                await _arrive(here, viewers, port)
                await at_rest(partial(_cpu, server))
            with console.status(f"{procs} processes: {viewers} viewers"):
                found.append(await _timed(server, Row(procs, viewers), here, seconds))
            console.print(f"{procs} processes, {viewers} viewers: p95 {found[-1].slow:.0f} ms")
            viewers = round(viewers * MORE)
        await asyncio.gather(*(one.leave() for one in here))
    return found


async def _all_serve(server: psutil.Process, procs: int) -> None:
    """Wait until each process has read the data: the first serves before the others."""
    while procs > 1 and len(server.children()) < procs:
        await asyncio.sleep(0.1)
    await at_rest(partial(_cpu, server))


async def _arrive(here: list[Visitor], viewers: int, port: int) -> None:
    while len(here) < viewers:
        coming = [Visitor(port) for _ in range(min(AT_ONCE, viewers - len(here)))]
        await asyncio.gather(*(one.arrive() for one in coming))
        here.extend(coming)


async def _timed(server: psutil.Process, row: Row, here: list[Visitor], seconds: int) -> Row:
    """Let all change filters for so long, each in a rhythm of its own."""
    end = time.monotonic() + seconds
    chance = Random(row.viewers)
    before, ours = _cpu(server), time.process_time()

    async def look(one: Visitor, chance: Random) -> None:
        at = time.monotonic() + chance.uniform(0, EVERY_S)
        while at < end:
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            row.took.append(1000 * await one.change(*one.choice(chance)))
            at = max(at + EVERY_S, time.monotonic())

    await asyncio.gather(*(look(one, Random(chance.random())) for one in here))
    row.seconds = seconds + max(0.0, time.monotonic() - end)
    row.server, row.visitors = _cpu(server) - before, time.process_time() - ours
    row.memory = tuple(one.memory_info().rss / 1e6 for one in _serving(server))
    row.load = psutil.getloadavg()[0]
    return row


def _serving(server: psutil.Process) -> list[psutil.Process]:
    """The processes that serve: what it started, or it alone."""
    return server.children() or [server]


def _cpu(server: psutil.Process) -> float:
    """Seconds of work so far, in all processes."""
    times = [one.cpu_times() for one in (server, *server.children())]
    return sum(one.user + one.system for one in times)


def table(rows: list[Row], *, markdown: bool = False) -> Table:
    """What was measured, as a table."""
    found = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    for title in ("processes", "viewers", "median ms", f"p95 ms (≤ {MOST_MS:.0f})",
                  "changes a second", "server, cores", "CPU ms a change", "visitors, cores",
                  "MB each process", "load"):  # fmt: skip
        found.add_column(title, justify="right")
    for row in rows:
        found.add_row(
            str(row.procs),
            str(row.viewers),
            f"{statistics.median(row.took):.0f}",
            f"{row.slow:.0f}",
            f"{len(row.took) / row.seconds:.1f}",
            f"{row.server / row.seconds:.2f}",
            f"{1000 * row.server / len(row.took):.0f}",
            f"{row.visitors / row.seconds:.2f}",
            " + ".join(f"{one:.0f}" for one in row.memory),
            f"{row.load:.1f}",
        )
    return found


if __name__ == "__main__":
    typer.run(main)
