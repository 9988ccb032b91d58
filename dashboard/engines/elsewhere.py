"""Engines of rows that live elsewhere: in DuckDB, on Spark, in PostgreSQL behind ibis.

Each needs packages of its own, which come with an extra of ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from dashboard.engines.engine import Engine, Tidy, rows_of
from dashboard.engines.rollup import Rows
from dashboard.engines.sampling import MARK

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckDB(Engine):
    """Rows of a DuckDB connection."""

    name = "DuckDB"

    def __init__(self, rows: Any, connection: DuckDBPyConnection, tidy: Tidy | None = None) -> None:
        super().__init__(rows_of(rows), tidy)
        self._connection = connection

    def small(self, frame: pl.DataFrame) -> Rows:
        """Bring a small table there."""
        return rows_of(self._connection.from_arrow(frame.to_arrow()))

    def some(self, coded: Rows) -> Rows:
        """The rows of the customers that are followed."""
        return rows_of(coded.to_native().filter(f"md5(user_id)[1] = '{MARK}'"))


class Spark(Engine):
    """Rows of a Spark session, be it of a cluster or of Spark Connect."""

    name = "Spark"

    def __init__(self, rows: Any, tidy: Tidy | None = None) -> None:
        super().__init__(rows_of(rows), tidy)
        self._session = rows_of(rows).to_native().sparkSession

    def small(self, frame: pl.DataFrame) -> Rows:
        """Bring a small table there."""
        return rows_of(self._session.createDataFrame(frame.to_arrow()))

    def some(self, coded: Rows) -> Rows:
        """The rows of the customers that are followed."""
        return rows_of(coded.to_native().filter(f"substring(md5(user_id), 1, 1) = '{MARK}'"))


class Ibis(Engine):
    """Rows of PostgreSQL."""

    name = "PostgreSQL"

    def __init__(self, rows: Any, tidy: Tidy | None = None) -> None:
        super().__init__(rows_of(rows), tidy)

    def small(self, frame: pl.DataFrame) -> Rows:
        """Bring a small table there."""
        import ibis

        return rows_of(ibis.memtable(frame))

    def some(self, coded: Rows) -> Rows:
        """The rows of the customers that are followed."""
        import ibis

        md5 = ibis.udf.scalar.builtin(_md5)  # the database's own
        native: Any = coded.to_native()
        return rows_of(native.filter(md5(native.user_id).substr(0, 1) == MARK))


def _md5(text: str) -> str:
    raise NotImplementedError(text)  # never called: ibis writes its name into the query


_md5.__name__ = "md5"
