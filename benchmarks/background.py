"""How usable pages stay while campaigns are estimated: ``python -m benchmarks.background``.

A saved dataset of 200 campaigns is served for the first time, which starts its one process of
estimates. A visitor changes filters, a few while that works and a few while it is held, in turn: so
both are timed under the same load. Real sessions over real websockets, without browsers.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import tempfile
import time
from contextlib import suppress
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
from benchmarks.places import CACHE
from benchmarks.screen import running, wait_for
from benchmarks.viewers import saved
from benchmarks.visiting import Visitor, at_rest
from dashboard.dataset import load
from dashboard.incrementality import Kept
from dashboard.ledger import build
from data_gen import Plan, invent
from data_gen.writing import write_world

CAMPAIGNS = 200
SIZES = {"influencers": 400, "products": 80, "days": 1_096, "orders": 10.0}
MOST_S, MOST_CPU_S, MOST_TIMES = 300.0, 1.0, 2.0
"""What is asked: seconds in all, CPU seconds a campaign, and times that a change takes."""
PAUSE_S = 0.5
LOOK_S = 0.1
TURN = 6
"""Changes after which the estimates are held, or go on."""

console = Console(stderr=True)


@dataclass
class Found:
    """Seconds that estimates worked, their CPU, and milliseconds of changes beside it and alone."""

    campaigns: int = 0
    known: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    beside: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    load: float = 0.0


def main(
    campaigns: Annotated[int, typer.Option(help="Campaigns.")] = CAMPAIGNS,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
) -> None:
    """Estimate so many campaigns while filters are changed, and print what that took."""
    with console.status("inventing the data, if they are not there"):
        place = saved(invented(campaigns))
        version = build(load(place)).version
    with tempfile.TemporaryDirectory() as fresh:
        found = asyncio.run(measured(place, Path(fresh)))
        estimates = Kept(fresh).read(version)
    if estimates is None:
        raise RuntimeError("The server has not kept its estimates.")
    found.campaigns, found.known = len(estimates), sum(one.known for one in estimates)
    out = Console(width=120)
    out.print(table(found, box.MARKDOWN if markdown else box.SIMPLE_HEAD))
    out.print(f"{machine()}; load while measuring up to {found.load:.1f}.")


def invented(campaigns: int) -> Path:
    """A folder with the four tables as CSV, of so many campaigns in three years."""
    place = CACHE / f"{campaigns}-campaigns"
    if not place.exists():
        unfinished = CACHE / f"{campaigns}-campaigns-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_world(invent(Plan(campaigns=campaigns, **SIZES)), unfinished, "csv")
        unfinished.rename(place)
    return place


async def measured(place: Path, fresh: Path) -> Found:
    """Serve it with nothing estimated yet, and change filters until it is."""
    found = Found()
    with running("dashboard", "serve", str(place), "--port", "{port}", kept=fresh) as (
        server,
        port,
    ):
        wait_for(port, server)
        visitor = Visitor(port)
        await visitor.arrive()
        while not (there := _estimating(server)):
            await asyncio.sleep(LOOK_S)
        (process,) = there
        process.suspend()
        await at_rest(partial(_own, server))  # the pages that nobody has opened are drawn
        chance = Random(0)
        with console.status("filters are changed while campaigns are estimated"):
            while _works(process):
                await _turn(visitor, chance, found, found.alone)
                process.resume()
                began = time.monotonic()
                await _turn(visitor, chance, found, found.beside)
                found.seconds += time.monotonic() - began
                with suppress(psutil.NoSuchProcess):  # it may end at any moment
                    process.suspend()
                    times = process.cpu_times()
                    found.cpu = max(found.cpu, times.user + times.system)
        await visitor.leave()
    return found


def _works(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _estimating(server: psutil.Process) -> list[psutil.Process]:
    return [one for one in server.children() if "dashboard.incrementality" in one.cmdline()]


def _own(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


async def _turn(visitor: Visitor, chance: Random, found: Found, took: list[float]) -> None:
    """A few changes of a filter, one after the other."""
    for _ in range(TURN):
        took.append(1000 * await visitor.change(*visitor.choice(chance)))
        found.load = max(found.load, psutil.getloadavg()[0])
        await asyncio.sleep(PAUSE_S)


def slow(took: list[float]) -> float:
    """Milliseconds that one change in twenty takes longer than."""
    return statistics.quantiles(took, n=20, method="inclusive")[-1]


def table(found: Found, style: box.Box) -> Table:
    """What it took, and what is asked."""
    answer = Table(box=style)
    answer.add_column(f"{found.campaigns} campaigns, {found.known} of them with a number")
    answer.add_column("", justify="right")
    beside, alone = slow(found.beside), slow(found.alone)
    medians = (statistics.median(found.beside), statistics.median(found.alone))
    for words, value in (
        (f"estimated in, s (≤ {MOST_S:.0f})", f"{found.seconds:.0f}"),
        ("CPU of it, s", f"{found.cpu:.0f}"),
        (f"CPU a campaign, s (≤ {MOST_CPU_S:.0f})", f"{found.cpu / found.campaigns:.2f}"),
        ("filter change while it works, median ms", f"{medians[0]:.0f}"),
        ("while it is held", f"{medians[1]:.0f}"),
        ("one in twenty takes longer than, while it works, ms", f"{beside:.0f}"),
        ("while it is held", f"{alone:.0f}"),
        (f"while it works / while it is held (< {MOST_TIMES:.0f})", f"{beside / alone:.2f}"),
        ("changes timed", f"{len(found.beside)} + {len(found.alone)}"),
    ):
        answer.add_row(words, value)
    return answer


if __name__ == "__main__":
    typer.run(main)
