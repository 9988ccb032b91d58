"""What every test of an engine gets: a real PostgreSQL and a real Spark, started once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.engines.servers import (
    CONNECT_PORT,
    LOOPBACK,
    EngineMissingError,
    find_java,
    find_postgres,
    postgres_running,
    spark_running,
)
from tests.missing import missing


def needed(find: Callable[[], object]) -> None:
    """Do without the test where its engine is not installed."""
    try:
        find()
    except EngineMissingError as error:
        missing(str(error))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL server of this run."""
    needed(find_postgres)
    with postgres_running() as url:
        yield url


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the SparkSession of this run, on a cluster of two processes."""
    needed(find_java)
    with spark_running(tmp_path_factory.mktemp("spark")) as session:
        yield session


@pytest.fixture(scope="session")
def spark_connect(spark: Any) -> str:
    """Return the address of the same cluster for Spark Connect, which needs no Java on its side."""
    return f"sc://{LOOPBACK}:{spark.conf.get(CONNECT_PORT)}"
