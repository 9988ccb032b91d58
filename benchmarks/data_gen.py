"""How fast worlds are invented and written: ``python -m benchmarks.data_gen [SIZE...]``.

Each runs as the command in processes of its own. A size such as ``10M`` is about so many tracking
rows with the whole truth, in each format; ``100M+`` is a large world of so many. What is counted is
the work of all processes together, and the most memory that all held at once.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import machine
from data_gen import Plan

SIZES = ("1M", "10M", "10M+", "100M+")
UNITS = {"": 1, "k": 1_000, "M": 1_000_000}


def options(size: str) -> list[list[str]]:
    """The command's options for a size, for each format that it is written in."""
    found = re.fullmatch(r"(\d+)([kM]?)(\+?)", size)
    if found is None:
        raise SystemExit(f"A size is written as 500k, 10M or 100M+, not as {size!r}.")
    rows = int(found[1]) * UNITS[found[2]]
    if found[3]:
        return [["--rows", str(rows)]]
    usual = Plan()
    orders = usual.orders * rows / usual.expected_rows
    return [["--orders", f"{orders:.3f}", "--format", form] for form in ("csv", "parquet")]


def measure(sizes: tuple[str, ...] = SIZES) -> Table:
    """Time a run for each size and format."""
    table = Table(
        "options", "rows", "CPU s", "wall s", "rows a CPU second", "peak MB", "MB written", "load"
    )
    for size in sizes:
        for given in options(size):
            with tempfile.TemporaryDirectory() as folder:
                table.add_row(" ".join(given), *_run(given, Path(folder)))
    return table


def _run(given: list[str], folder: Path) -> list[str]:
    """One run: its figures in words."""
    command = [sys.executable, "-m", "data_gen", "--out", str(folder), *given]
    began, peak = time.perf_counter(), 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        watched = psutil.Process(process.pid)
        while not _ended(process.pid):
            peak = max(peak, _held(watched))
            time.sleep(0.1)
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.perf_counter() - began, used.ru_utime + used.ru_stime
    if process.returncode:
        raise SystemExit(process.returncode)
    rows = int(said.split()[1].replace(",", ""))
    size = sum(path.stat().st_size for path in folder.rglob("*.*"))
    return [
        f"{rows:,}",
        f"{cpu:.1f}",
        f"{wall:.1f}",
        f"{rows / cpu:,.0f}",
        f"{peak / 1e6:,.0f}",
        f"{size / 1e6:,.0f}",
        f"{os.getloadavg()[0]:.0f}",
    ]


def _ended(process: int) -> bool:
    """Whether a process has ended; its usage is still there to be asked for."""
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _held(process: psutil.Process) -> float:
    """Bytes that a process and those it started hold now; shared ones count in each."""
    held = 0.0
    for each in (process, *_children(process)):
        try:
            held += each.memory_info().rss
        except psutil.Error:
            continue
    return held


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.Error:
        return []


if __name__ == "__main__":
    print(machine())
    Console(width=140).print(measure(tuple(sys.argv[1:]) or SIZES))
