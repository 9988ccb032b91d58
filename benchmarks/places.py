"""The data that is measured: the example set, and an invented world of any size, made once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dashboard.dataset import Store, load
from dashboard.incrementality import Kept, work_on
from dashboard.ledger import build
from data_gen import Plan, invent
from data_gen.writing import write_world

EXAMPLE = Path(__file__).parents[1] / "data"
CACHE = Path(tempfile.gettempdir()) / "influencer-roi-benchmarks"
ESTIMATES = CACHE / "estimates"
"""Where the servers that are measured find what came because of campaigns."""

ROWS_PER_ORDER = 1.82
"""Tracking rows in all for each baseline order, where so many campaigns run."""


def invented(rows: int) -> Path:
    """A folder with the four tables as CSV, about so many tracking rows; made if it is not there.

    A brand that sells more also pays more people: a creator for each 1,000 rows and a campaign for
    each 10,000, at least as many as in the example data.
    """
    place = CACHE / f"{rows}-rows"
    if not place.exists():
        usual = Plan()
        plan = Plan(
            influencers=max(60, rows // 1_000),
            campaigns=max(14, rows // 10_000),
            orders=rows / (usual.products * usual.days * ROWS_PER_ORDER),
        )
        unfinished = CACHE / f"{rows}-rows-unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_world(invent(plan), unfinished, "csv")
        unfinished.rename(place)
    return place


def large(rows: int) -> Path:
    """A folder with a large world as partitioned parquet; made if it is not there."""
    place = CACHE / f"large-{rows}"
    if not place.exists():
        unfinished = place.with_name(f"{place.name}-unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        _run("data_gen", "--out", str(unfinished), "--rows", str(rows))
        unfinished.rename(place)
    return place


def imported(source: Path) -> Path:
    """The folder as ``dashboard import`` saves it; made if it is not there, or keeps no cells."""
    place = CACHE / f"{source.name}-saved"
    if not Store.is_one(place) or "rolled" not in Store(place).current().manifest:
        unfinished = place.with_name(f"{place.name}-unfinished")
        for folder in (unfinished, place):
            shutil.rmtree(folder, ignore_errors=True)
        _run("dashboard", "import", str(source), "--to", str(unfinished))
        unfinished.rename(place)
    return place


def _run(module: str, *arguments: str) -> None:
    """A command of ours in a process of its own, so that what it held is given back."""
    kept = {**os.environ, "DASHBOARD_CACHE": str(ESTIMATES)}
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=kept)


def estimate(place: Path) -> None:
    """Work out what came because of campaigns once, so that no server does while it is measured."""
    work = work_on(build(load(place)), kept=Kept(str(ESTIMATES)))
    work.over.wait()
    if work.failed:
        raise RuntimeError(work.failed)
