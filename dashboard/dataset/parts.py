"""Parts: a table as numbered parquet files."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from dashboard.dataset.damage import damaged
from dashboard.engines.here import AT_ONCE

_SCHEMA = "ARROW:schema"
"""Where a parquet file says which kind its columns were."""


def packed(frame: pl.DataFrame) -> memoryview:
    """A frame as parquet.

    lz4 writes and reads for less than zstd at its lowest level. The detour through memory keeps a
    full disk an OSError (polars reports its own kind) and the path out of polars. Nobody asks for
    the least and most of a part, which cost a seventh more to write. Words that stand again and
    again are looked up once where their columns come as numbers of words (Enum), and not at all
    where nothing stands: all are text to whoever reads the file.
    """
    text = {
        name: pl.String() if isinstance(dtype, pl.Enum) else dtype
        for name, dtype in frame.schema.items()
    }
    nothing = [
        pl.Series(name, [None], dtype=pl.Enum([])).new_from_index(0, frame.height)
        for name, dtype in frame.schema.items()
        if dtype == pl.String and frame[name].null_count() == frame.height
    ]
    lean, packed = frame.with_columns(nothing), io.BytesIO()
    told = None if lean.schema == text else {_SCHEMA: _schema(tuple(text.items()))}
    lean.write_parquet(packed, compression="lz4", statistics=False, metadata=told)
    return packed.getbuffer()


def write_slices(path: Path, frames: Iterable[pl.DataFrame]) -> None:
    """Write frames that follow each other as one parquet file; no two are held at a time."""
    rest = iter(frames)
    frame, after = next(rest), next(rest, None)
    if after is None:
        path.write_bytes(packed(frame))
        return
    oldest = pl.CompatLevel.oldest()  # text as every reader has it
    with pq.ParquetWriter(
        path, frame.to_arrow(compat_level=oldest).schema, compression="lz4"
    ) as file:
        for one in chain((frame, after), rest):
            file.write_table(one.to_arrow(compat_level=oldest))


@lru_cache(maxsize=16)
def _schema(columns: tuple[tuple[str, pl.DataType], ...]) -> str:
    """What a parquet file of such columns says of them; its cells are written alike as numbers."""
    plain = io.BytesIO()
    pl.DataFrame(schema=dict(columns)).write_parquet(plain)
    plain.seek(0)
    return pl.read_parquet_metadata(plain)[_SCHEMA]


def part_at(folder: Path, number: int) -> Path:
    """Where the part of that number stands."""
    return folder / f"part-{number:05d}.parquet"


def parts_of(folder: Path) -> list[Path]:
    """The parts in a folder in the order of their numbers."""
    found = [path for path in folder.iterdir() if path.suffix == ".parquet"]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def scan(parts: list[Path]) -> pl.LazyFrame:
    """Parts as one table that has every column of any of them."""
    scans, columns, agree = [], dict[str, pl.DataType](), True
    for part in parts:
        scan = _plain_scan([part])
        try:
            schema = scan.collect_schema()
        except (OSError, pl.exceptions.PolarsError) as reason:
            raise damaged(part, reason) from reason
        agree &= all(columns.setdefault(name, kind) == kind for name, kind in schema.items())
        scans.append(scan)
    if agree:
        return _plain_scan(parts, schema=columns, missing_columns="insert")
    return pl.concat(scans, how="diagonal_relaxed")


def pieces(parts: list[Path], rows: int = AT_ONCE) -> list[pl.LazyFrame]:
    """Parts in pieces of about so many rows, for who reads them one after the other."""
    bundles: list[list[Path]] = []
    left = 0
    for part in parts:
        height = _height(part)
        if not bundles or left < height:
            bundles.append([])
            left = rows
        bundles[-1].append(part)
        left -= height
    return [scan(bundle) for bundle in bundles]


def _height(part: Path) -> int:
    try:
        return int(_plain_scan([part]).select(pl.len()).collect().item())
    except (OSError, pl.exceptions.PolarsError) as reason:
        raise damaged(part, reason) from reason


def _plain_scan(parts: list[Path], **how: Any) -> pl.LazyFrame:
    """A scan of just these files, whatever their folders are called."""
    files = [part.absolute() for part in parts]
    return pl.scan_parquet(
        files, glob=False, hive_partitioning=False, credential_provider=None, **how
    )
