"""The ground that the rollup's tests stand on: four engines, and narwhals says the same on each."""

from __future__ import annotations

import datetime as dt
import os

import duckdb
import ibis
import narwhals as nw
import polars as pl
import psutil
import psycopg
import pytest
from polars.testing import assert_frame_equal

from tests.engines import servers
from tests.engines.conftest import needed

DAY, NEXT = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
BIG = 2**62 + 1
"""Past 2**53: whoever sums in floating point loses the odd paisa."""

ROWS = pl.DataFrame(
    [
        (1, DAY, "b", 2, BIG),
        (2, DAY, "b", 3, 2),
        (3, DAY, None, 5, 100),
        (4, NEXT, "B", None, -300),
        (5, NEXT, "é", 7, None),
        (6, NEXT, None, 0, 900),
        (7, None, "b", 11, 5),
        (8, NEXT, "nobody", 13, 1),
    ],
    schema={
        "id": pl.Int64,
        "date": pl.Date,
        "creator": pl.String,
        "orders": pl.Int64,
        "revenue": pl.Int64,
    },
    orient="row",
)
CREATORS = pl.DataFrame(
    [("b", "instagram", DAY), ("B", None, NEXT), ("é", "youtube", None), (None, "nowhere", DAY)],
    schema={"creator": pl.String, "platform": pl.String, "since": pl.Date},
    orient="row",
)


class Polars:
    """The rows, and a small frame beside them, as one engine has them."""

    def rows(self):
        return ROWS.lazy()

    def small(self, frame):
        return frame.lazy()


class DuckDB:
    def __init__(self):
        self.connection = duckdb.connect()
        self.connection.register("given", ROWS.to_arrow())
        self.connection.execute("create table rows as select * from given")

    def rows(self):
        return self.connection.table("rows")

    def small(self, frame):
        return self.connection.from_arrow(frame.to_arrow())


class Postgres:
    def __init__(self, url):
        self.connection = ibis.connect(url)
        self.connection.create_table("rows", ROWS.to_arrow(), overwrite=True)

    def rows(self):
        return self.connection.table("rows")

    def small(self, frame):
        return ibis.memtable(frame)


class Spark:
    def __init__(self, session):
        self.session = session

    def rows(self):
        return self.small(ROWS).repartition(3)

    def small(self, frame):
        return self.session.createDataFrame(frame.to_arrow())


@pytest.fixture(scope="module", params=["polars", "duckdb", "postgres", "spark", "connect"])
def engine(request):
    match request.param:
        case "polars":
            yield Polars()
        case "duckdb":
            duck = DuckDB()
            yield duck
            duck.connection.close()
        case "postgres":
            server = Postgres(request.getfixturevalue("postgres"))
            yield server
            server.connection.disconnect()
        case "spark":
            yield Spark(request.getfixturevalue("spark"))
        case "connect":
            from pyspark.sql.connect.session import SparkSession

            address = request.getfixturevalue("spark_connect")
            session = SparkSession.builder.remote(address).create()
            yield Spark(session)
            session.stop()


def fetched(frame, *order):
    """What an engine answers, sorted here: text sorts differently on each."""
    return frame.collect("polars").to_native().sort(order, nulls_last=True)


def test_rows_come_back_as_they_went(engine):
    assert_frame_equal(fetched(nw.from_native(engine.rows()), "id"), ROWS)


def test_filter_join_and_group(engine):
    """Orders above 0 leave 1, 2, 3, 5, 7 and 8. The join loses 8, whom nobody knows, and 3: a null
    key matches none. What is left is b on the day (1, 2) and without a date (7), and é (5)."""
    creators = nw.from_native(engine.small(CREATORS))
    answer = (
        nw.from_native(engine.rows())
        .filter(nw.col("orders") > 0)
        .join(creators, on="creator", how="inner")
        .group_by("date", "creator", "platform")
        .agg(
            nw.col("orders").sum().cast(nw.Int64),
            nw.col("revenue").sum().cast(nw.Int64),
            nw.col("since").min(),
            rows=nw.len().cast(nw.Int64),
        )
    )
    expected = pl.DataFrame(
        [
            (DAY, "b", "instagram", 5, BIG + 2, DAY, 2),
            (NEXT, "é", "youtube", 7, 0, None, 1),
            (None, "b", "instagram", 11, 5, DAY, 1),
        ],
        schema={
            "date": pl.Date,
            "creator": pl.String,
            "platform": pl.String,
            "orders": pl.Int64,
            "revenue": pl.Int64,
            "since": pl.Date,
            "rows": pl.Int64,
        },
        orient="row",
    )
    assert_frame_equal(fetched(answer, "date", "creator"), expected)


def test_a_left_join_keeps_rows_whose_key_is_null_or_unknown(engine):
    creators = nw.from_native(engine.small(CREATORS))
    joined = nw.from_native(engine.rows()).join(creators, on="creator", how="left")
    platforms = fetched(joined.select("id", "platform"), "id")["platform"].to_list()
    known = ["instagram", "instagram", None, None, "youtube", None, "instagram", None]
    assert platforms == known


def test_null_is_a_group_of_its_own_and_sums_to_nought(engine):
    """Creators without a name are one group (3, 6), and é, whose revenue is null, has 0."""
    answer = (
        nw.from_native(engine.rows())
        .group_by("creator")
        .agg(nw.col("revenue").sum().cast(nw.Int64), first=nw.col("date").min())
    )
    assert fetched(answer, "creator").rows() == [
        ("B", -300, NEXT),
        ("b", BIG + 7, DAY),
        ("nobody", 1, NEXT),
        ("é", 0, NEXT),
        (None, 1000, DAY),
    ]


def test_the_returned_part_is_a_choice_per_row(engine):
    revenue = nw.col("revenue")
    returned = nw.when(revenue < 0).then(-revenue).otherwise(nw.lit(0))
    answer = nw.from_native(engine.rows()).select(returned.sum().cast(nw.Int64).alias("returned"))
    assert fetched(answer).item() == 300


def test_postgres_sorts_as_people_do(postgres):
    """Where bytes would say B, a, é, z: whoever lets the server sort finds out here."""
    with psycopg.connect(postgres) as connection:
        words = "values ('z'), ('é'), ('B'), ('a')"
        answer = connection.execute(f"select word from ({words}) as given (word) order by word")
        assert [word for (word,) in answer] == ["a", "B", "é", "z"]


def test_postgres_is_reached_from_this_machine_only(postgres):
    with psycopg.connect(postgres) as connection:
        listens = connection.execute("show listen_addresses").fetchone()
    assert listens == ("127.0.0.1",)


def test_spark_has_two_executors_that_only_this_machine_reaches(spark):
    children = psutil.Process().children(recursive=True)
    # One that has ended, and that nobody has asked for its exit code, says nothing more.
    started = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
    executors = [one for one in started if any("CoarseGrained" in word for word in one.cmdline())]
    assert len(executors) == 2
    listening = [
        line.laddr.ip.removeprefix("::ffff:")
        for one in started
        for line in one.net_connections()
        if line.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize("name", ["java", "postgres"])
def test_an_engine_that_is_missing_is_a_sentence(name, monkeypatch, tmp_path):
    """A skip with its reason on a laptop, a failure in CI."""
    monkeypatch.setenv("JAVA_HOME", os.fspath(tmp_path))
    monkeypatch.setenv("POSTGRES_BIN", os.fspath(tmp_path))
    find = {"java": servers.find_java, "postgres": servers.find_postgres}[name]
    said = rf"^No {name}.* was found\. Run `make test`.*, or name one: \w+=/path/to/"
    monkeypatch.setenv("CI", "")
    with pytest.raises(pytest.skip.Exception, match=f"(?i){said}"):
        needed(find)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=f"(?i){said}"):
        needed(find)


def test_a_program_that_is_too_old_counts_as_missing(monkeypatch, tmp_path):
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", os.fspath(tmp_path))
    with pytest.raises(servers.EngineMissingError):
        servers.find_java()


def test_an_install_that_may_not_be_says_which_tests_are_skipped(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("JAVA_HOME", os.fspath(tmp_path))
    monkeypatch.setenv("POSTGRES_BIN", os.fspath(tmp_path))
    monkeypatch.setattr(servers, "install_package", lambda names: f"As root: {names['apt-get']}")
    servers.install()
    spark, postgres = capsys.readouterr().err.splitlines()
    assert spark.startswith("Tests of Spark are skipped. No Java 17 or newer was found.")
    assert spark.endswith("As root: openjdk-17-jre-headless")
    assert postgres.startswith("Tests of PostgreSQL are skipped. No PostgreSQL 15 or newer")
    assert postgres.endswith("As root: postgresql")
