"""Tables that live elsewhere become the dataset that the same tables make as files."""

from __future__ import annotations

import datetime as dt
import errno
import os
import random
import tomllib

import duckdb
import ibis
import polars as pl
import psycopg
import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app, run
from dashboard.dataset import Store, load, load_files, mend
from dashboard.dataset.draft import Draft
from dashboard.errors import DataError
from dashboard.ledger import build
from dashboard.query import answer
from dashboard.state import Explorer
from dashboard.views.intake import TableRows

DAY = dt.date(2026, 1, 1)


def shop(seed=5, count=400):
    """The four tables as a shop has them: names of its own, ids as numbers, amounts with paise."""
    chance = random.Random(seed)
    creators = pl.DataFrame(
        {
            "creator_id": range(1, 8),
            "name": [f"Creator {number}" for number in range(1, 8)],
            "platform": [chance.choice(["Insta", "Youtube"]) for _ in range(7)],
            "category": ["Fitness"] * 7,
            "gender": ["F"] * 7,
            "follower_count": [chance.randrange(1000, 900_000) for _ in range(7)],
        }
    )
    posts = pl.DataFrame(
        {
            "influencer_id": [chance.randrange(1, 8) for _ in range(30)],
            "platform": ["Instagram"] * 30,
            "date": [DAY + dt.timedelta(days=chance.randrange(60)) for _ in range(30)],
            "reach": [chance.randrange(1000) for _ in range(30)],
            "likes": [1] * 30,
            "comments": [0] * 30,
        }
    )
    lines = pl.DataFrame(
        {
            "order_date": [DAY + dt.timedelta(days=chance.randrange(60)) for _ in range(count)],
            "utm_source": [chance.choice(["insta", None]) for _ in range(count)],
            "utm_campaign": [
                chance.choice(["Diwali", "MuscleBlaze_1", " Diwali ", "N/A", None])
                for _ in range(count)
            ],
            "creator": [chance.choice([None, *range(1, 9)]) for _ in range(count)],
            "customer_id": [
                chance.choice([None, "null", *(f"C{number}" for number in range(90))])
                for _ in range(count)
            ],
            "sku": [chance.choice(["Whey", "Gritzo Kids", None]) for _ in range(count)],
            "qty": [chance.choice([1, 1, 2, -1]) for _ in range(count)],
            # A half of a paisa in each fourth: it goes to the even one.
            "amount": [chance.choice([0.125, 1.015, -2.345, 1499.99, 249.0]) for _ in range(count)],
        },
        schema_overrides={"creator": pl.Int64},
    )
    payouts = pl.DataFrame(
        {
            "influencer_id": range(1, 8),
            "basis": [chance.choice(["post", "order"]) for _ in range(7)],
            "total_payout": [chance.randrange(100, 9999) + 0.5 for _ in range(7)],
            "status": ["paid"] * 7,
        }
    )
    return {"creators": creators, "posts": posts, "order_lines": lines, "payouts": payouts}


MAPPING = """
[sources]
influencers = "{schema}creators"
posts = "{schema}posts"
tracking_data = "{schema}order_lines"
payouts = "{schema}payouts"
[columns.influencers]
influencer_id = "creator_id"
[columns.tracking_data]
influencer_id = "creator"
orders = "qty"
revenue = "amount"
"""
OURS = ("influencers", "posts", "tracking_data", "payouts")


def from_files(tables):
    """What the same tables make as files."""
    headers = tomllib.loads(MAPPING.format(schema=""))["columns"]
    made = {}
    for name, frame in zip(OURS, tables.values(), strict=True):
        theirs = {header: ours for ours, header in headers.get(name, {}).items()}
        made[f"{name}.csv"] = frame.rename(theirs, strict=False).write_csv().encode()
    return load_files(made)


def same(one, other):
    first, second = build(one), build(other)
    assert first.pairs.equals(second.pairs)
    assert first.items.equals(second.items)
    for family, facts in first.facts.items():
        assert facts.equals(second.facts[family]), family
    assert first.customer_coverage == second.customer_coverage
    asked = [
        answer(made, ["revenue", "spend", "customers", "roas"], by=["platform"])
        for made in (first, second)
    ]
    assert asked[0].equals(asked[1])


def imported(place, to, mapping, *options):
    result = CliRunner().invoke(
        app, ["import", str(place), "--to", str(to), "--mapping", str(mapping), *options]
    )
    assert result.exit_code == 0, result.output + repr(result.exception)
    return result.output


@pytest.fixture
def mapping(tmp_path):
    def write(schema=""):
        path = tmp_path / "tables.toml"
        path.write_text(MAPPING.format(schema=schema))
        return path

    return write


def kept(tables, folder):
    """The tables as parquet: one a file, the order lines in a folder of three."""
    folder.mkdir()
    for name, frame in tables.items():
        if name == "order_lines":
            (folder / name).mkdir()
            for part, some in enumerate(frame.iter_slices(150)):
                some.write_parquet(folder / name / f"{part}.parquet")
        else:
            frame.write_parquet(folder / f"{name}.parquet")
    return folder


def made_there(postgres, schema, tables):
    """The tables in a schema of their own."""
    connection = ibis.connect(postgres)
    try:
        connection.create_database(schema)
        for name, frame in tables.items():
            connection.create_table(name, frame.to_arrow(), database=schema)
    finally:
        connection.disconnect()


def test_postgresql(postgres, tmp_path, mapping):
    tables = shop()
    made_there(postgres, "shop", tables)
    said = imported(postgres, tmp_path / "set", mapping("shop."))
    assert "444 rows read, 0 rows set aside" in said  # 7 + 30 + 400 + 7
    opened = load(tmp_path / "set")
    same(opened, from_files(tables))
    assert opened.rows("tracking_data") == 400
    notes = [note for file in opened.report.files for note in file.notes]
    assert any("stay in postgresql://" in note for note in notes)


def test_a_duckdb_file(tmp_path, mapping):
    tables = shop(6)
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as connection:
        for name, frame in tables.items():
            connection.register("given", frame.to_arrow())
            connection.execute(f"create table {name} as select * from given")
    imported(tmp_path / "shop.duckdb", tmp_path / "set", mapping("main."))
    same(load(tmp_path / "set"), from_files(tables))


def test_a_folder_of_parquet_through_duckdb(tmp_path, mapping):
    tables = shop(7)
    imported(kept(tables, tmp_path / "shop"), tmp_path / "set", mapping(), "--engine", "duckdb")
    same(load(tmp_path / "set"), from_files(tables))


def test_a_folder_of_parquet_on_spark(spark, tmp_path, mapping):
    tables = shop(8)
    imported(kept(tables, tmp_path / "shop"), tmp_path / "set", mapping(), "--engine", "spark")
    same(load(tmp_path / "set"), from_files(tables))


def test_spark_connect(spark_connect, tmp_path, mapping):
    tables = shop(9)
    shop_folder = kept(tables, tmp_path / "shop")
    options = ("--engine", "spark", "--master", spark_connect)
    imported(shop_folder, tmp_path / "set", mapping(), *options)
    same(load(tmp_path / "set"), from_files(tables))


def test_rows_that_stay_elsewhere_are_not_shown_and_not_mended_here(tmp_path, mapping):
    tables = shop(11)
    paid = tables["payouts"].with_columns(total_payout=pl.Series([None, *[5.0] * 6]))
    folder = kept({**tables, "payouts": paid}, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping(), "--engine", "duckdb")
    opened = load(tmp_path / "set")
    assert opened.elsewhere
    assert not from_files(tables).elsewhere
    view = TableRows(Explorer(opened))
    view.choice.value = "tracking_data"
    assert "400 rows stay where they were added up" in view.sentence(pl.DataFrame())
    (file,) = (one.file for one in opened.report.files if one.quarantined)
    text = opened.report.to_mend(file).encode()
    with pytest.raises(DataError, match="import again"):
        mend(opened, {"mended.csv": text})


# ------------------------------------------------------------------------------------ bad input


def refused(capsys, monkeypatch, *arguments):
    """What the command says, with exit code 2."""
    monkeypatch.setattr("sys.argv", ["dashboard", "import", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        run()
    assert stopped.value.code == 2
    return capsys.readouterr().err


def test_rows_that_cannot_be_used_are_counted(tmp_path, mapping):
    tables = shop(10)
    lines = tables["order_lines"]
    bad = lines.head(5).with_columns(
        order_date=pl.Series([None, DAY, DAY, dt.date(1999, 1, 1), DAY], dtype=pl.Date),
        amount=pl.Series([1.0, None, float("nan"), 1.0, 1e14]),
    )
    folder = kept({**tables, "order_lines": pl.concat([lines, bad])}, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping(), "--engine", "duckdb")
    opened = load(tmp_path / "set")
    same(opened, from_files(tables))
    (file,) = (file for file in opened.report.files if file.table == "tracking_data")
    assert (file.read, file.accepted, file.quarantined) == (405, 400, 5)
    assert file.rules == {
        "missing_date": 1,
        "date_range": 1,
        "missing_revenue": 1,
        "revenue_range": 1,
        "revenue_not_finite": 1,
    }


@pytest.mark.parametrize(
    ("place", "options", "words"),
    [
        ("postgresql://nobody:secret@127.0.0.1:1/shop", (), "127.0.0.1:1/shop did not answer"),
        ("postgresql://nobody@127.0.0.1:port/shop", (), "is no address of PostgreSQL"),
        ("postgresql://u@h/d", ("--engine", "spark"), "leave --engine spark out"),
        ("nowhere.duckdb", (), "no file or folder 'nowhere.duckdb'"),
        (".", ("--engine", "dukdb"), "Did you mean 'duckdb'?"),
        ("shop", ("--engine", "postgresql"), "Give PostgreSQL as an address"),
    ],
)
def test_a_place_that_cannot_be_opened_is_a_sentence(
    capsys, monkeypatch, tmp_path, place, options, words
):
    monkeypatch.chdir(tmp_path)
    said = refused(capsys, monkeypatch, place, "--to", "set", *options)
    assert words in said
    assert "secret" not in said
    assert not (tmp_path / "set").exists()


def test_tables_that_are_not_there_are_a_sentence(capsys, monkeypatch, tmp_path, mapping, postgres):
    said = refused(capsys, monkeypatch, postgres, "--to", tmp_path / "set")
    assert "has no table" in said
    assert "[sources]" in said
    folder = kept(shop(), tmp_path / "shop")
    said = refused(capsys, monkeypatch, folder, "--to", tmp_path / "set", "--engine", "duckdb")
    assert "neither influencers.parquet nor" in said


def test_a_column_that_went_is_a_sentence_and_the_dataset_stays(
    capsys, monkeypatch, tmp_path, mapping
):
    tables = shop()
    folder = kept(tables, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping(), "--engine", "duckdb")
    before = Store(tmp_path / "set").current()
    for part in (folder / "order_lines").iterdir():
        pl.read_parquet(part).rename({"amount": "gross"}).write_parquet(part)
    given = ("--to", tmp_path / "set", "--engine", "duckdb", "--mapping", mapping())
    said = refused(capsys, monkeypatch, folder, *given)
    assert "amount" in said
    assert Store(tmp_path / "set").current() == before


def test_a_full_disk_is_not_the_engines_fault(capsys, monkeypatch, tmp_path, mapping):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Draft, "keep", full)
    folder = kept(shop(), tmp_path / "shop")
    given = ("--to", tmp_path / "set", "--engine", "duckdb", "--mapping", mapping())
    said = refused(capsys, monkeypatch, folder, *given)
    assert "No space left on device" in said
    assert "did not answer" not in said
    assert not (tmp_path / "set").exists()


def test_an_engine_that_dies_half_way_leaves_the_dataset(
    capsys, monkeypatch, tmp_path, mapping, postgres
):
    """The server ends the connection once the small tables have come."""
    from dashboard.dataset import elsewhere

    made_there(postgres, "dying", shop())
    imported(postgres, tmp_path / "set", mapping("dying."))
    before = Store(tmp_path / "set").current()
    judged = elsewhere._judged

    def killed(rows, columns):
        with psycopg.connect(postgres, autocommit=True) as other:
            other.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where pid <> pg_backend_pid() and datname = current_database()"
            )
        return judged(rows, columns)

    monkeypatch.setattr(elsewhere, "_judged", killed)
    given = ("--to", tmp_path / "set", "--mapping", mapping("dying."))
    said = refused(capsys, monkeypatch, postgres, *given)
    assert "did not answer" in said
    assert "as it was" in said
    assert Store(tmp_path / "set").current() == before
