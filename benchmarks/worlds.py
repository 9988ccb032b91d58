"""The data the benchmarks look at: the example, and a large world made once and kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "data"

ROWS_PER_ORDER = 20_400
"""Tracking rows of the large world for each of data_gen's orders per product and day."""

LARGE = ("--seed", "7", "--influencers", "500", "--campaigns", "400", "--products", "24")
"""Many creators, campaigns and products: many cells in the ledger, not only many rows."""


def large(rows: int) -> Path:
    """A folder with about so many tracking rows; made on first use, kept in the temporary folder.

    A new release of data_gen may make another world: its code is part of the folder's name.
    """
    code = sum(path.stat().st_mtime_ns for path in (ROOT / "data_gen").glob("*.py"))
    folder = Path(tempfile.gettempdir()) / f"roi-benchmark-{rows}-{code:x}"
    if not (folder / "influencers.csv").is_file():
        unfinished = folder.with_name(folder.name + ".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        orders = f"{rows / ROWS_PER_ORDER:.3f}"
        command = ["data_gen", "--out", str(unfinished), *LARGE, "--orders", orders]
        subprocess.run(
            [sys.executable, "-m", *command], check=True, stdout=subprocess.DEVNULL, cwd=ROOT
        )
        unfinished.rename(folder)
    return folder
