"""Parquet files: words are written as numbers of a dictionary, and everybody reads plain text."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 500_000


def writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """A file that takes tables of this schema; a column of dictionary type is one of text in it.

    Only columns of few values gain from a dictionary: words, days and numbers of orders.
    """
    few = [
        field.name
        for field in schema
        if pa.types.is_dictionary(field.type)
        or pa.types.is_date(field.type)
        or field.name.startswith("orders")
    ]
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=few,
        store_schema=False,
    )


def write_parquet(table: pl.DataFrame, path: Path) -> None:
    """Write a table; an Enum becomes plain text."""
    arrow = table.to_arrow()
    with writer(path, arrow.schema) as file:
        file.write_table(arrow, row_group_size=ROWS_PER_GROUP)
