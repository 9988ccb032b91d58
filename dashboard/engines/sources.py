"""Sources: places elsewhere that hold the four tables, and how each is opened."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import narwhals as nw

from dashboard.engines.elsewhere import DuckDB, Ibis, Spark
from dashboard.engines.engine import Engine, Tidy, rows_of
from dashboard.engines.rollup import Rows
from dashboard.errors import DashboardError, EngineError, did_you_mean

ENGINES = ("duckdb", "postgresql", "spark")
_URL = re.compile(r"postgres(ql)?://")
_SAID = 300
"""Characters of what an engine says of a fault that are repeated."""


class Source(Protocol):
    """A place that holds the four tables."""

    name: str
    label: str
    """What to call it in sentences; without passwords."""

    def table(self, name: str) -> Rows:
        """A table of it, as the engine has it."""

    def engine(self, rows: Rows, tidy: Tidy) -> Engine:
        """What rolls up rows of it."""


def engine_of(place: str, engine: str = "") -> str:
    """The engine that is meant; empty where it is files to be read here."""
    if engine and engine not in ENGINES:
        raise EngineError(f"There is no engine {engine!r}. {did_you_mean(engine, ENGINES)}")
    if _URL.match(place):
        if engine not in {"", "postgresql"}:
            raise EngineError(f"{_label(place)} is PostgreSQL: leave --engine {engine} out.")
        return "postgresql"
    if engine == "postgresql":
        raise EngineError("Give PostgreSQL as an address: postgresql://user@host:5432/database.")
    return "duckdb" if not engine and Path(place).suffix == ".duckdb" else engine


@contextmanager
def opened(place: str, engine: str, master: str = "") -> Iterator[Source]:
    """Open a source; whatever its engine says of a fault is a sentence.

    Parameters
    ----------
    place
        An address of PostgreSQL; a DuckDB file; a folder with a parquet file, or a folder of such,
        for each table; for Spark also the name of a database in its catalogue.
    engine
        One of ``ENGINES``.
    master
        For Spark: ``spark://…``, ``local[*]``, or ``sc://…`` of Spark Connect.

    Raises
    ------
    EngineError
        Its package is not installed, it cannot be reached, or it stopped half-way.
    """
    ways = {"duckdb": _duckdb, "postgresql": _postgresql, "spark": _spark}
    try:
        with ways[engine](place, master) as source:
            yield source
    except ImportError as reason:
        extra = "postgres" if engine == "postgresql" else engine
        raise EngineError(
            f"{engine} needs packages that are not installed ({reason.name}). Install them with: "
            f"pip install 'influencer-roi-dashboard[{extra}]'"
        ) from reason


@contextmanager
def _told(label: str, *faults: type[BaseException]) -> Iterator[None]:
    """Say a fault of an engine in a sentence."""
    try:
        yield
    except DashboardError:  # said already: the disk that is full is not the engine's
        raise
    except faults as reason:
        said = " ".join(str(reason).split())[:_SAID] or type(reason).__name__
        raise EngineError(
            f"{label} did not answer: {said}. Nothing was imported, and what was saved before is "
            "as it was. Mend that, and import again."
        ) from reason


class _Duck:
    name = "DuckDB"

    def __init__(self, connection: Any, place: Path) -> None:
        self._connection, self._place, self.label = connection, place, str(place)

    def table(self, name: str) -> Rows:
        """A table, or the parquet files that are called so."""
        if self._place.is_dir():
            return rows_of(self._connection.read_parquet(_files(self._place, name)))
        schema, _, table = name.rpartition(".")
        quoted = ".".join(_quoted(part) for part in (*filter(None, [schema]), table))
        return rows_of(self._connection.sql(f"select * from {quoted}"))  # noqa: S608  # quotes in names are doubled

    def engine(self, rows: Rows, tidy: Tidy) -> Engine:
        """What rolls up rows of it."""
        return DuckDB(rows, self._connection, tidy)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _files(place: Path, name: str) -> list[str]:
    """The parquet files of a table: its own, its parts, or all of its folder."""
    folder = place / name
    found = sorted(folder.rglob("*.parquet")) if folder.is_dir() else []
    found += sorted(place.glob(f"{glob.escape(name)}-*.parquet"))
    alone = place / f"{name}.parquet"
    found += [alone] if alone.is_file() else []
    if not found:
        raise EngineError(
            f"{place} has neither {name}.parquet nor a folder {name} with parquet files. Name the "
            f'table in the mapping: [sources] with a line such as {name} = "its name".'
        )
    return [str(path) for path in found]


@contextmanager
def _duckdb(place: str, _: str) -> Iterator[Source]:
    import duckdb

    path = Path(place)
    if not path.exists():
        raise EngineError(f"There is no file or folder {place!r}. Give a DuckDB file, or a folder.")
    with _told(f"DuckDB ({place})", duckdb.Error, OSError):
        held = ":memory:" if path.is_dir() else place
        with duckdb.connect(held, read_only=not path.is_dir()) as connection:
            yield _Duck(connection, path)


class _Ibis:
    name = "PostgreSQL"

    def __init__(self, connection: Any, label: str) -> None:
        self._connection, self.label = connection, label

    def table(self, name: str) -> Rows:
        """A table, with its schema where it is named."""
        schema, _, table = name.rpartition(".")
        return rows_of(self._connection.table(table, database=schema or None))

    def engine(self, rows: Rows, tidy: Tidy) -> Engine:
        """What rolls up rows of it."""
        return Ibis(rows, tidy)


def _label(place: str) -> str:
    """An address without user and password."""
    parts = urlsplit(place)
    return (
        f"postgresql://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    )


@contextmanager
def _postgresql(place: str, _: str) -> Iterator[Source]:
    import ibis
    import psycopg
    from ibis.common.exceptions import IbisError, TableNotFound

    try:
        label = _label(place)
    except ValueError as reason:
        raise EngineError(
            "That is no address of PostgreSQL. Write postgresql://user@host:5432/database."
        ) from reason
    with _told(label, psycopg.Error, IbisError, OSError):
        connection = ibis.connect(place)
        try:
            yield _Ibis(connection, label)
        except TableNotFound as reason:
            raise EngineError(
                f"{label} has no table {str(reason)!r}, or you may not read it. Name its tables in "
                'the mapping: [sources] with lines such as tracking_data = "schema.table".'
            ) from reason
        finally:
            with suppress(psycopg.Error):
                connection.disconnect()


class _Spark:
    name = "Spark"

    def __init__(self, session: Any, place: str) -> None:
        self._session, self._place, self.label = session, place, f"Spark ({place})"

    def table(self, name: str) -> Rows:
        """The parquet files that are called so, or a table of the catalogue."""
        folder = Path(self._place)
        if folder.is_dir():
            files = [Path(file).absolute().as_uri() for file in _files(folder, name)]
            return rows_of(self._session.read.parquet(*files))
        return rows_of(self._session.table(f"{self._place}.{name}"))

    def engine(self, rows: Rows, tidy: Tidy) -> Engine:
        """What rolls up rows of it."""
        return Spark(rows, tidy)


@contextmanager
def _spark(place: str, master: str) -> Iterator[Source]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    faults = (PySparkException, Py4JError, OSError)
    with _told(f"Spark ({master or 'local'})", *faults):
        session, ours = _session(master)
        try:
            yield _Spark(session, place)
        finally:
            if ours:
                with suppress(*faults):
                    session.stop()


def _session(master: str) -> tuple[Any, bool]:
    """A session, and whether it is ours to stop: one that runs already is taken as it is."""
    if master.startswith("sc://"):
        from pyspark.sql.connect.session import SparkSession as Connected

        return Connected.builder.remote(master).create(), True
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None and not master:
        return running, False
    builder = SparkSession.builder.appName("influencer-roi-dashboard")
    builder = builder.config("spark.ui.enabled", "false").config(
        "spark.sql.session.timeZone", os.environ.get("TZ") or "UTC"
    )
    return builder.master(master or "local[*]").getOrCreate(), running is None


def columns_of(rows: Rows) -> dict[str, nw.dtypes.DType]:
    """The columns of a table with their kinds."""
    return dict(rows.collect_schema())
