"""How fast files become a dataset: ``python -m benchmarks.importing --rows 10_000_000 [--pandas]``.

A clean ``tracking_data.csv`` of so many rows is invented, and one in which a row in a thousand has
a fault. Each is imported by ``dashboard import`` in a process of its own; what is counted is its
work, not what else the machine does. Beside it: the least that a pandas script would do with the
same file, which keeps no record of the cells that it empties.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import polars as pl
import typer
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import machine
from benchmarks.places import CACHE
from dashboard.dataset import check_files

console = Console(stderr=True)
_PIECE = 1_000_000
_CREATORS = 500
_BARE = """
import sys
import polars as pl
(
    pl.scan_csv(sys.argv[1], infer_schema=False)
    .with_columns(
        pl.col("date").str.to_date("%Y-%m-%d", strict=False),
        pl.col("orders").cast(pl.Int64, strict=False),
        (pl.col("revenue").cast(pl.Float64, strict=False) * 100).round().cast(pl.Int64),
    )
    .sink_parquet(sys.argv[2], compression="lz4")
)
"""
_PANDAS = """\
import sys
import pandas as pd
rows = pd.read_csv(sys.argv[1], dtype=str)
for column in ("orders", "revenue"):
    rows[column] = pd.to_numeric(rows[column], errors="coerce")
rows["date"] = pd.to_datetime(rows["date"], format="%Y-%m-%d", errors="coerce")
rows.to_parquet(sys.argv[2])
"""


@dataclass(frozen=True)
class Run:
    """What a process took: seconds of work and of waiting, and the most memory that it held."""

    cpu: float
    wall: float
    peak: float
    said: str


# --------------------------------------------------------------------------------------- the files


def invented(rows: int, *, dirty: bool, within: Path = CACHE) -> Path:
    """A folder with the four files, made if it is not there."""
    place = within / f"import-{rows}{'-dirty' if dirty else ''}"
    if place.exists():
        return place
    unfinished = place.with_name(f"{place.name}-unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    rng = np.random.default_rng(7)
    ids = [f"INF{number:05d}" for number in range(_CREATORS)]
    creators = pl.DataFrame({"influencer_id": ids, "name": ids, "platform": "Instagram"})
    creators.write_csv(unfinished / "influencers.csv")
    pl.DataFrame({"influencer_id": ids, "date": "2025-01-01", "reach": 1000}).write_csv(
        unfinished / "posts.csv"
    )
    pl.DataFrame({"influencer_id": ids, "total_payout": "1000.00"}).write_csv(
        unfinished / "payouts.csv"
    )
    with (unfinished / "tracking_data.csv").open("wb") as file:
        for at in range(0, rows, _PIECE):
            piece = _orders(rng, min(_PIECE, rows - at), ids, dirty=dirty)
            piece.write_csv(file, include_header=not at)
    unfinished.rename(place)
    return place


def _orders(
    rng: np.random.Generator, rows: int, ids: Sequence[str], *, dirty: bool
) -> pl.DataFrame:
    """Tracking rows, a tenth of them baseline; if they are dirty, one in a thousand has a fault."""

    def one_of(words: Sequence[str | None]) -> pl.Series:
        return pl.Series(words, dtype=pl.String).gather(rng.integers(0, len(words), rows))

    sold = rng.random(rows) < 0.9
    campaigns = [f"MuscleBlaze_Launch_{number}" for number in range(200)]
    days = pl.Series(rng.integers(19_700, 20_430, rows).astype(np.int32)).cast(pl.Date)
    orders = pl.DataFrame(
        {
            "source": one_of(["ads", "organic", "email"]),
            "campaign": one_of(campaigns).set(pl.Series(~sold), None),
            "influencer_id": one_of(ids).set(pl.Series(~sold), None),
            "user_id": rng.integers(0, max(10, rows), rows),
            "product": one_of([f"Whey {number}" for number in range(40)]),
            "date": days.cast(pl.String),
            "orders": pl.Series(rng.integers(1, 4, rows)).cast(pl.String),
            "revenue": pl.Series(rng.integers(10_000, 900_000, rows)),
            "brand": one_of(["MuscleBlaze", "HKVitals", "Gritzo"]),
        }
    ).with_columns(
        pl.format("U{}", pl.col("user_id").cast(pl.String).str.zfill(9)).alias("user_id"),
        pl.format(
            "{}.{}",
            pl.col("revenue") // 100,
            (pl.col("revenue") % 100).cast(pl.String).str.zfill(2),
        ).alias("revenue"),
    )
    if not dirty:
        return orders
    faults = pl.DataFrame(
        [
            ("date", "soon"),
            ("date", "31/12/2025"),
            ("orders", "2.5"),
            ("revenue", "lots"),
            ("revenue", "₹1,25,000"),
            ("revenue", None),
        ],
        schema=["column", "value"],
        orient="row",
    ).rows()
    hit = np.flatnonzero(rng.random(rows) < 0.001)
    which = rng.integers(0, len(faults), len(hit))
    for number, (column, value) in enumerate(faults):
        at = pl.Series(hit[which == number])
        orders = orders.with_columns(orders[column].scatter(at, value))
    return orders


# ------------------------------------------------------------------------------------- the figures


def taken(command: Sequence[str]) -> Run:
    """Run something and say what it took."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read().decode(errors="replace")
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}:\n{words}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(usage.ru_utime + usage.ru_stime, time.monotonic() - began, peak / 1e9, words)


def ours(place: Path) -> Run:
    """``dashboard import`` of a folder: its rows are read, judged and kept."""
    return _imported(place, "--no-roll-up")


def rolled_up(place: Path) -> Run:
    """The same, its rows added up to cells as well, nearly each row a cell of its own."""
    return _imported(place)


def _imported(place: Path, *options: str) -> Run:
    code = "from dashboard.cli import main; main()"
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        to = str(Path(folder, "dataset"))
        return taken([sys.executable, "-c", code, "import", str(place), "--to", to, *options])


def theirs(place: Path) -> Run:
    """The same file through pandas."""
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        to = str(Path(folder, "orders.parquet"))
        return taken([sys.executable, "-c", _PANDAS, str(place / "tracking_data.csv"), to])


def bare(place: Path) -> Run:
    """The same file read as text, cast and written, by Polars alone: what is left is our work."""
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        to = str(Path(folder, "orders.parquet"))
        return taken([sys.executable, "-c", _BARE, str(place / "tracking_data.csv"), to])


def bombs(folder: Path) -> Iterator[tuple[str, float]]:
    """Files that are no tables, or hardly: seconds of work until they are refused or read."""
    many = 10_000
    gzip = folder / "orders.csv"
    with gzip.open("wb") as file:
        file.write(b"\x1f\x8b\x08\x00" + bytes(60))
        file.truncate(1_000_000_000)
    yield "1 GB that is a gzip archive, CPU s (≤ 0.05)", _seconds(gzip)
    head, width = b"id,name,platform\n", 4_000
    names = b"id,name,platform," + b",".join(b"c%d" % number for number in range(many))
    wide = b",".join(names.split(b",")[:width]) + b"\n" + (b"1," * (width - 1) + b"1\n") * 100
    cases: tuple[tuple[str, bytes], ...] = (
        (f"{many:,} columns", names + b"\n" + b"1," * many + b"\n"),
        (f"{width:,} columns", wide),
        ("a cell of 50 MB", head + b"1," + b"x" * 50_000_000 + b",YT\n2,y,YT\n"),
        ("a quoted cell of 50 MB", head + b'1,"' + (b"x" * 999 + b"\n") * 50_000 + b'",YT\n'),
        ("a line of a million characters", head + b"1," * 500_000 + b"\n"),
        ("a header of a million characters", b"id," * 333_333 + b"\n1,2\n"),
    )
    for words, content in cases:
        file = folder / "influencers.csv"
        file.write_bytes(content)
        yield f"{words}, CPU s (≤ 2)", _seconds(file)


def _seconds(path: Path) -> float:
    began = time.process_time()
    check_files({path.name: path}, whole=False)
    return time.process_time() - began


# ---------------------------------------------------------------------------------------- printing


def main(
    rows: Annotated[int, typer.Option(help="Tracking rows to invent.")] = 10_000_000,
    pandas: Annotated[bool, typer.Option("--pandas", help="Pandas beside it.")] = False,
    clean: Annotated[bool, typer.Option("--clean", help="The clean file only.")] = False,
    within: Annotated[Path, typer.Option(help="Where the files are made, and kept.")] = CACHE,
    markdown: Annotated[bool, typer.Option("--markdown", help="The table as Markdown.")] = False,
    repeat: Annotated[int, typer.Option(help="Runs of each; the one of least work counts.")] = 5,
) -> None:
    """Measure importing, and print one table.

    A machine that is shared adds to the work of whoever runs on it, and never takes away: so the
    least of some runs is what the work is, and the most is said beside it.
    """
    table = Table(box=box.MARKDOWN if markdown else box.SIMPLE_HEAD)
    for words in ("", "GB", "CPU s", "most", "rows a CPU s", "wall s", "peak GB"):
        table.add_column(words, justify="right" if words else "left")
    for dirty in (False,) if clean else (False, True):
        with console.status(f"Inventing {rows:,} rows"):
            place = invented(rows, dirty=dirty, within=within)
        size = (place / "tracking_data.csv").stat().st_size / 1e9
        kind = "a fault in each thousand rows" if dirty else "clean"
        ways: list[tuple[str, Callable[[Path], Run]]] = [
            (f"{rows:,} rows, {kind}, not added up yet", ours)
        ]
        ways.append(("  bare: text cast and written, nothing judged", bare))
        if not dirty:
            ways.append(("  with all rows added up to cells, which is asked once", rolled_up))
        if pandas:
            ways.append(("  the same through pandas", theirs))
        for words, way in ways:
            with console.status(words):
                runs = [way(place) for _ in range(repeat)]
            run = min(runs, key=lambda one: one.cpu)
            table.add_row(
                words,
                f"{size:.2f}",
                f"{run.cpu:.1f}",
                f"{max(one.cpu for one in runs):.1f}",
                f"{rows / run.cpu:,.0f}",
                f"{run.wall:.1f}",
                f"{run.peak:.2f}",
            )
    out = Console(width=None if sys.stdout.isatty() else 140)
    out.print(table)
    within.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=within) as folder:
        for words, seconds in bombs(Path(folder)):
            out.print(f"{words}: {seconds:.3f}", highlight=False)
    out.print(f"{machine()}.")


if __name__ == "__main__":
    typer.run(main)
