"""The rollup comes to what plain loops do, on every engine that rows may live on."""

from __future__ import annotations

import datetime as dt
import random

import duckdb
import ibis
import polars as pl
import pytest

from dashboard.engines import Here, roll, sampling
from dashboard.engines.elsewhere import DuckDB, Ibis, Spark
from dashboard.engines.tally import tally
from dashboard.errors import EngineError
from tests.rolling import FIRST, ROW, by_loops, table, told

TEXTS = [None, "a", "B", "é", "Ä b", "", "'; drop table rows; --", "日本"]


def world(seed, count):
    """Random rows: texts that sort otherwise in a dictionary, nothing in any of them, returns."""
    chance = random.Random(seed)
    return [
        (
            FIRST + dt.timedelta(days=chance.randrange(40)),
            *(chance.choice(TEXTS) for _ in range(5)),
            chance.choice([None, *(f"u{number}" for number in range(count // 4))]),
            chance.randint(-2, 4),
            chance.randint(-(10**13), 10**13),
        )
        for _ in range(count)
    ]


@pytest.fixture(scope="module", params=["here", "duckdb", "postgres", "spark", "connect"])
def engine_of(request):
    """What makes an engine of rows."""
    match request.param:
        case "here":
            yield lambda rows: Here([part.lazy() for part in table(rows).iter_slices(97)])
        case "duckdb":
            with duckdb.connect() as connection:
                yield lambda rows: DuckDB(connection.from_arrow(table(rows).to_arrow()), connection)
        case "postgres":
            connection = ibis.connect(request.getfixturevalue("postgres"))
            yield lambda rows: Ibis(
                connection.create_table("rolled", table(rows).to_arrow(), overwrite=True)
            )
            connection.disconnect()
        case "spark":
            session = request.getfixturevalue("spark")
            yield lambda rows: Spark(spread(session, rows))
        case "connect":
            from pyspark.sql.connect.session import SparkSession

            session = SparkSession.builder.remote(request.getfixturevalue("spark_connect")).create()
            yield lambda rows: Spark(spread(session, rows))
            session.stop()


def spread(session, rows):
    """Rows in three partitions; Spark Connect cannot tell the kinds of no rows."""
    if not rows:
        texts = ", ".join(f"{name} string" for name, kind in ROW.items() if kind == pl.String)
        return session.createDataFrame([], f"date date, {texts}, orders bigint, revenue bigint")
    return session.createDataFrame(table(rows).to_arrow()).repartition(3)


def rolled_on(engine, *brands):
    """Rows elsewhere are tallied there first, as an import does."""
    return roll(engine if isinstance(engine, Here) else tally(engine), *brands)


def test_parts_that_say_nothing_are_joined_with_nothing(engine_of):
    rows = [(FIRST, None, None, None, None, None, None, 1, 100), (FIRST, *[None] * 6, 2, 5)]
    assert told(rolled_on(engine_of(rows))) == by_loops(rows)


@pytest.mark.parametrize(("seed", "count"), [(1, 1), (2, 40), (3, 700)])
def test_every_engine_comes_to_what_plain_loops_do(engine_of, seed, count):
    rows = world(seed, count)
    rolled = rolled_on(engine_of(rows))
    assert told(rolled) == by_loops(rows)
    assert rolled.cells.equals(roll(Here.of(table(rows))).cells)


def test_no_rows_are_no_cells(engine_of):
    assert told(rolled_on(engine_of([]))) == by_loops([])


def test_brands_that_are_found_put_cells_together(engine_of):
    rows = world(4, 300)
    found = rolled_on(
        engine_of(rows), lambda lines: pl.Series(["MB"] * lines.height, dtype=pl.String)
    )
    cells, bought, _ = by_loops([(*row[:4], "MB", *row[5:]) for row in rows])
    assert told(found)[:2] == (cells, bought)


def test_the_same_customers_are_followed_everywhere(engine_of, monkeypatch):
    monkeypatch.setattr(sampling, "EXACT", 50)
    rows = world(5, 900)
    rolled, here = rolled_on(engine_of(rows)), roll(Here.of(table(rows)))
    assert rolled.sample == here.sample == 16
    assert 0 < here.bought["user"].n_unique() < 40
    assert told(rolled) == told(here)


def test_codes_beyond_64_bits_are_refused_in_a_sentence(engine_of, monkeypatch):
    """Only Polars packs into 128 bits; what it then comes to is what it was."""
    import narwhals as nw

    from dashboard.engines.packing import Packing

    rows = world(6, 30)
    monkeypatch.setattr(Packing, "wide", nw.Int128)
    engine = engine_of(rows)
    if engine.wide:
        assert told(rolled_on(engine)) == by_loops(rows)
    else:
        with pytest.raises(EngineError, match=rf"{engine.name} .* parquet"):
            rolled_on(engine)
    assert list(ROW) == table(rows).columns
