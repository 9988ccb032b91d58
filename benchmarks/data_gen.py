"""How fast worlds are invented and written, truth included: ``python -m benchmarks.data_gen``."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from data_gen import Plan, invent
from data_gen.writing import FORMATS, write_world

ORDERS = (5.0, 40.0, 320.0)
"""Orders per product and day: about 40 thousand, 270 thousand and 2 million tracking rows."""


def measure(orders: tuple[float, ...] = ORDERS) -> Table:
    """Time one world of each size in each format, the smallest first."""
    table = Table("tracking rows", "format", "seconds", "rows per second", "MB written", "peak MB")
    for size in orders:
        for form in FORMATS:
            with tempfile.TemporaryDirectory() as folder:
                began = time.perf_counter()
                world = invent(Plan(orders=size))
                write_world(world, Path(folder), form)
                seconds = time.perf_counter() - began
                written = sum(path.stat().st_size for path in Path(folder).rglob("*.*"))
            rows = world.tracking_data.height
            table.add_row(
                f"{rows:,}",
                form,
                f"{seconds:.2f}",
                f"{rows / seconds:,.0f}",
                f"{written / 1e6:,.1f}",
                f"{_peak_megabytes():,.0f}",
            )
    return table


def _peak_megabytes() -> float:
    """The most memory that this process has held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    Console().print(measure(tuple(float(size) for size in sys.argv[1:]) or ORDERS))
