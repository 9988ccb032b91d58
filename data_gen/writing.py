"""Writing a world to a folder: all of it or nothing."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import polars as pl

from dashboard.errors import PlaceError
from data_gen.dictionary import TITLE, dictionary
from data_gen.invent import World
from data_gen.large import write_large
from data_gen.parquet import write_parquet
from data_gen.plan import Plan, Progress, silence

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")

TABLES = ("influencers", "posts", "tracking_data", "payouts")
TRUTH = ("campaigns", "product_days", "orders", "prevented_orders")
README = "README.md"

OUR_FILES = frozenset(
    {README}
    | {f"{table}.{form}" for table in TABLES for form in FORMATS}
    | {f"truth/{table}.{form}" for table in TRUTH for form in FORMATS}
)
"""Every file that a run may write, by its path in the folder; a large world has its parts too."""

PART = r"tracking_data-\d{5,}\.parquet"


def check_folder(folder: Path, force: bool) -> None:
    """Refuse a folder that holds anything but an earlier world, unless told to go ahead.

    Even then only files of our own names are replaced; nothing else in the folder is touched.
    """
    if folder.exists() and not folder.is_dir():
        raise PlaceError(f"{folder} is a file. Give a folder to write the tables to.")
    if force or not folder.exists():
        return
    held = {path.relative_to(folder).as_posix() for path in _files(folder)}
    if held and not (all(map(is_ours, held)) and _has_our_readme(folder)):
        shown = ", ".join(sorted(held)[:5])
        raise PlaceError(
            f"{folder} is not empty, and was not made by this program (it holds {shown}). "
            "Give another folder, or --force to replace the tables in it."
        )


def write_world(world: World, folder: Path, form: Format) -> None:
    """Write the tables, the truth and the data dictionary; older files of ours go."""
    with _beside(folder) as new:
        (new / "truth").mkdir()
        with ThreadPoolExecutor(2) as pool:
            writing = [
                pool.submit(_write_table, table, new / path, form)
                for path, table in _tables(world, form)
            ]
        for each in writing:
            each.result()
        _write_readme(new, world.plan, form)


def write_large_world(
    plan: Plan, folder: Path, processes: int = 2, progress: Progress = silence
) -> dict[str, int]:
    """Draw a large world and write it, part by part; older files of ours go.

    Returns the rows of each table.
    """
    with _beside(folder) as new:
        rows = write_large(plan, new, processes, progress)
        _write_readme(new, plan, "parquet")
    return rows


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder to write to; its files take the place of our earlier ones once all are there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".data_gen-", dir=folder) as passing:
            new = Path(passing)
            yield new
            written = {path.relative_to(new).as_posix() for path in _files(new)}
            for path in sorted({path.relative_to(folder).as_posix() for path in _files(folder)}):
                if is_ours(path) and path not in written:
                    (folder / path).unlink()
            (folder / "truth").mkdir(exist_ok=True)
            for path in sorted(written):
                (new / path).replace(folder / path)
    except PlaceError:
        raise
    except OSError as reason:
        raise PlaceError(f"Cannot write to {folder}: {reason.strerror or reason}.") from reason


def _files(folder: Path) -> list[Path]:
    """Every file in a folder and the folders in it."""
    return [path for path in folder.rglob("*") if not path.is_dir()]


def is_ours(path: str) -> bool:
    """Whether a run may write a file of this path in its folder."""
    return path in OUR_FILES or re.fullmatch(PART, path) is not None


def _write_readme(folder: Path, plan: Plan, form: Format) -> None:
    """Write the data dictionary."""
    (folder / README).write_text(dictionary(plan, form), encoding="utf-8", newline="\n")


def _has_our_readme(folder: Path) -> bool:
    """Whether the folder's data dictionary is one that we wrote."""
    readme = folder / README
    return readme.is_file() and readme.read_text(encoding="utf-8", errors="replace").startswith(
        TITLE
    )


def _tables(world: World, form: Format) -> Iterator[tuple[str, pl.DataFrame]]:
    """Every table with its path in the folder."""
    for name in TABLES:
        yield f"{name}.{form}", getattr(world, name)
    for name in TRUTH:
        yield f"truth/{name}.{form}", getattr(world.truth, name)


def _write_table(table: pl.DataFrame, path: Path, form: Format) -> None:
    """Write one table: text as plain text, money in CSV with its two decimals."""
    if form == "csv":
        ratios = any(name.endswith("roas") for name in table.columns)
        table.write_csv(path, float_precision=None if ratios else 2)
    else:
        write_parquet(table, path)
