"""Later days of rows that stay elsewhere are added to those before: as if all were added up."""

from __future__ import annotations

import datetime as dt
import random
import re

import ibis
import polars as pl
import pytest

from dashboard import dataset
from dashboard.dataset import Store, load
from dashboard.engines import sampling
from tests.engines.test_importing import (
    DAY,
    MAPPING,
    from_files,
    imported,
    kept,
    refused,
    same,
    shop,
)

SINCE = DAY + dt.timedelta(days=40)


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "tables.toml"
    path.write_text(MAPPING.format(schema=""))
    return path


def everything(place):
    version = Store(place).current()
    frames = {path.name: pl.read_parquet(path) for path in (version.path / "rolled").iterdir()}
    said = {name: version.manifest[name] for name in ("version", "rows", "report", "rolled")}
    return {name: frame.to_dict(as_series=False) for name, frame in frames.items()} | said


def again(tables, folder):
    """Other rows in the same folder of parquet."""
    for part in (folder / "order_lines").iterdir():
        part.unlink()
    for part, some in enumerate(tables["order_lines"].iter_slices(150)):
        some.write_parquet(folder / "order_lines" / f"{part}.parquet")


def since_and_whole(tmp_path, first, now, *given):
    """Import rows as they were and since a day; both datasets are the same if all is well."""
    folder = kept(first, tmp_path / "shop")
    imported(folder, tmp_path / "set", *given)
    again(now, folder)
    imported(folder, tmp_path / "set", *given, "--since", SINCE.isoformat())
    imported(folder, tmp_path / "whole", *given)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")


def faulty(lines, chance):
    """Some rows that cannot be used: without an amount, or without a day."""
    some = [chance.random() for _ in range(lines.height)]
    marked = lines.with_columns(chance=pl.Series(some))
    return marked.with_columns(
        amount=pl.when(pl.col("chance") > 0.03).then("amount"),
        order_date=pl.when(pl.col("chance") < 0.98).then("order_date"),
    ).drop("chance")


def grown(seed):
    """Order lines at the last import, and now: days came, and the last 20 were corrected."""
    chance = random.Random(seed)
    tables = shop(seed, 500)
    lines = faulty(tables["order_lines"], chance)
    if seed % 2:  # no brand is known until the later days name one
        named = pl.col("utm_campaign").str.starts_with("Muscle") & (pl.col("order_date") < SINCE)
        lines = lines.filter(~named.fill_null(value=False))
        lines = lines.with_columns(sku=pl.when(pl.col("order_date") >= SINCE).then("sku"))
    undated, known = lines.filter(pl.col("order_date").is_null()), lines.drop_nulls("order_date")
    old = known.filter(pl.col("order_date") < SINCE)
    window = known.filter(pl.col("order_date") >= SINCE)
    soon = window.filter(pl.col("order_date") < SINCE + dt.timedelta(days=8))
    then = soon.sample(fraction=0.7, seed=seed).with_columns(qty=pl.col("qty") + 1)
    first = pl.concat([old, then, undated.head(3)]).sample(fraction=1, shuffle=True, seed=seed)
    now = pl.concat([old, window, undated])
    return {**tables, "order_lines": first}, {**tables, "order_lines": now}


@pytest.mark.parametrize("exact", [10**9, 150, 60])
@pytest.mark.parametrize("seed", range(20, 24))
def test_days_before_and_later_ones_are_as_all(tmp_path, mapping, monkeypatch, seed, exact):
    """Customers are followed one by one, some of them, or some from now on."""
    monkeypatch.setattr(sampling, "EXACT", exact)
    first, now = grown(seed)
    since_and_whole(tmp_path, first, now, mapping, "--engine", "duckdb")
    if exact > 500:
        usable = now["order_lines"].drop_nulls(["order_date", "amount"])
        same(load(tmp_path / "set"), from_files({**now, "order_lines": usable}))


def test_night_after_night(tmp_path, mapping):
    """Each import adds to what the one before came to."""
    first, now = grown(31)
    folder = kept(first, tmp_path / "shop")
    given = (mapping, "--engine", "duckdb")
    imported(folder, tmp_path / "set", *given)
    for days in (3, 9, 15, 20):
        until = SINCE + dt.timedelta(days=days)
        lines = now["order_lines"]
        again({"order_lines": lines.filter(~(pl.col("order_date") >= until))}, folder)
        since = SINCE + dt.timedelta(days=max(0, days - 8))
        imported(folder, tmp_path / "set", *given, "--since", since.isoformat())
    imported(folder, tmp_path / "whole", *given)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")


@pytest.mark.parametrize("room", ["100", "1000000"])
def test_days_before_tell_products_apart_whatever_room_there_was(tmp_path, mapping, room):
    """The import before had room for a hundred cells; the next has as few, or room for all."""
    first, now = grown(22)
    folder = kept(first, tmp_path / "shop")
    given = (mapping, "--engine", "duckdb", "--cells")
    assert "the 100 there is room for" in imported(folder, tmp_path / "set", *given, "100")
    again(now, folder)
    since = ("--since", SINCE.isoformat())
    said = imported(folder, tmp_path / "set", *given, room, *since)
    imported(folder, tmp_path / "whole", *given, room)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")
    coarse = room == "100"
    assert ("--cells" in said) == coarse
    usable = now["order_lines"].drop_nulls(["order_date", "amount"])
    files = {**now, "order_lines": usable}
    if coarse:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(dataset, "BUDGET", 100)
            same(load(tmp_path / "set"), from_files(files))
    else:
        same(load(tmp_path / "set"), from_files(files))


@pytest.mark.parametrize("since", [DAY, DAY - dt.timedelta(days=5), DAY + dt.timedelta(days=400)])
def test_a_day_before_all_rows_or_behind_them(tmp_path, mapping, since):
    tables = shop(3)
    folder = kept(tables, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    before = everything(tmp_path / "set")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb", "--since", since.isoformat())
    assert everything(tmp_path / "set") == before


def test_who_bought_before_is_not_new(tmp_path, mapping):
    """C1 bought in January, C2 did not and gave back: of three in March, C2 and C3 are new."""
    tables = shop()
    march = dt.date(2026, 3, 1)
    rows = [("C1", 1, DAY), ("C2", -1, DAY)]
    later = [(who, 1, march) for who in ("C1", "C2", "C3", "C3")]

    def lines(rows):
        frame = tables["order_lines"].head(len(rows))
        users, orders, days = (pl.Series(values) for values in zip(*rows, strict=True))
        return frame.with_columns(customer_id=users, qty=orders, order_date=days, creator=pl.lit(1))

    folder = kept({**tables, "order_lines": lines(rows)}, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    again({"order_lines": lines(rows + later)}, folder)
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb", "--since", "2026-02-15")
    rolled = load(tmp_path / "set").rolled
    new = rolled.cells.group_by("date").agg(pl.col("new_customers").sum()).sort("date")
    assert new.rows() == [(DAY, 1), (march, 2)]
    assert (rolled.customers, rolled.rows_named) == (3, 6)


def test_postgresql(postgres, tmp_path):
    path = tmp_path / "tables.toml"
    path.write_text(MAPPING.format(schema="nightly."))
    first, now = grown(40)
    connection = ibis.connect(postgres)
    try:
        connection.create_database("nightly")
        for name, frame in first.items():
            connection.create_table(name, frame.to_arrow(), database="nightly")
        imported(postgres, tmp_path / "set", path)
        lines = now["order_lines"].to_arrow()
        connection.create_table("order_lines", lines, database="nightly", overwrite=True)
    finally:
        connection.disconnect()
    imported(postgres, tmp_path / "set", path, "--since", SINCE.isoformat())
    imported(postgres, tmp_path / "whole", path)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")


def test_spark(spark, tmp_path, mapping):
    since_and_whole(tmp_path, *grown(41), mapping, "--engine", "spark")


# ------------------------------------------------------------------------------------ bad input


@pytest.fixture
def place(tmp_path, mapping):
    """A folder of parquet that was imported once."""
    folder = kept(shop(), tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    return folder


def said(capsys, monkeypatch, tmp_path, place, *more, mapping="tables.toml"):
    """What the import since the day says; the dataset is as it was."""
    before = Store(tmp_path / "set").current()
    given = ("--engine", "duckdb", "--mapping", tmp_path / mapping, "--to", tmp_path / "set")
    words = refused(capsys, monkeypatch, place, *given, "--since", SINCE.isoformat(), *more)
    assert Store(tmp_path / "set").current() == before
    return words


def test_days_that_are_no_longer_what_they_were_are_a_sentence(
    capsys, monkeypatch, tmp_path, place
):
    lines = shop()["order_lines"]
    old = pl.col("order_date") < SINCE
    count = lines.filter(old).height
    again({"order_lines": lines.filter(~old | (pl.int_range(pl.len()) > 60))}, place)
    words = said(capsys, monkeypatch, tmp_path, place)
    assert "Days before 10 Feb 2026 are no longer what they were" in words
    assert f"{count} rows, " in words
    again({"order_lines": lines.with_columns(amount=pl.col("amount") + old.cast(int))}, place)
    assert "with other revenue" in said(capsys, monkeypatch, tmp_path, place)


OLD = pl.col("order_date") < SINCE
LATE = SINCE - dt.timedelta(days=15)
EVERYBODY = pl.Series([f"C{number}" for number in range(90)])
FOLLOWED = EVERYBODY.filter(sampling.followed(EVERYBODY)).to_list()


def swapped(column, one, other):
    """What was put down to one is put down to the other, and the reverse, on some old days."""
    some = OLD & (pl.col("order_date") >= LATE)
    named = pl.col(column)
    put = pl.when(some & (named == one)).then(pl.lit(other))
    return put.when(some & (named == other)).then(pl.lit(one)).otherwise(named).alias(column)


def called(column, other):
    """On some old days each of them is called something else, or all are called the same."""
    some = OLD & (pl.col("order_date") >= LATE)
    named = pl.col(column)
    return pl.when(some).then(named.str.replace("^[Ci].*", other)).otherwise(named).alias(column)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (swapped("utm_campaign", "Diwali", "MuscleBlaze_1"), "not all where they were"),
        (swapped("creator", 1, 2), "not all where they were"),
        (swapped("sku", "Whey", "Gritzo Kids"), "not all where they were"),
        (called("utm_source", "mail"), "not all where they were"),
        (called("customer_id", "N${0}"), "customers bought then and"),
        (swapped("customer_id", *FOLLOWED[:2]), "some orders have other customers"),
    ],
)
def test_days_of_which_only_the_sums_are_what_they_were_are_a_sentence(
    capsys, monkeypatch, tmp_path, mapping, change, why
):
    """And the day that it gives is early enough."""
    monkeypatch.setattr(sampling, "EXACT", 60)
    tables = shop(7, 900)
    folder = kept(tables, tmp_path / "shop")
    given = (mapping, "--engine", "duckdb")
    imported(folder, tmp_path / "set", *given)
    again({"order_lines": tables["order_lines"].with_columns(change)}, folder)
    words = said(capsys, monkeypatch, tmp_path, folder)
    assert "are no longer what they were" in words
    assert re.search(why, words)
    if found := re.search(r"The first that differs is (.*?)\. Give", words):
        since = dt.datetime.strptime(found[1], "%d %b %Y").astimezone().date()
        assert since < SINCE
        imported(folder, tmp_path / "set", *given, "--since", since.isoformat())
        imported(folder, tmp_path / "whole", *given)
        assert everything(tmp_path / "set") == everything(tmp_path / "whole")
    else:
        assert "customers bought then" in words


def test_customers_that_were_renamed_one_by_one_are_a_sentence(
    capsys, monkeypatch, tmp_path, mapping
):
    """Everything that is counted is as it was; one in sixteen is followed by name."""
    tables = shop(7, 900)
    lines = tables["order_lines"].with_columns(
        customer_id=pl.col("customer_id").str.replace("C", "P")
    )
    folder = kept(tables, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    again({"order_lines": lines}, folder)
    assert "some orders have other customers" in said(capsys, monkeypatch, tmp_path, folder)


@pytest.mark.parametrize("drop", ["sku", "customer_id"])
def test_a_column_that_came_or_went_is_a_sentence(capsys, monkeypatch, tmp_path, mapping, drop):
    """Days before would have no product, and later ones would."""
    tables = shop()
    lines = tables["order_lines"]
    folder = kept({**tables, "order_lines": lines.drop(drop)}, tmp_path / "shop")
    given = (mapping, "--engine", "duckdb")
    imported(folder, tmp_path / "set", *given)
    again(tables, folder)
    words = said(capsys, monkeypatch, tmp_path, folder)
    assert re.search(rf"was not there then and is '{drop}' now\. Import everything once", words)
    imported(folder, tmp_path / "set", *given)
    imported(folder, tmp_path / "set", *given, "--since", SINCE.isoformat())
    again({"order_lines": lines.drop(drop)}, folder)
    words = said(capsys, monkeypatch, tmp_path, folder)
    assert f"was '{drop}' then and is not there now" in words


def test_bad_rows_of_days_before_that_come_late_are_counted(tmp_path, mapping, place):
    lines = shop()["order_lines"]
    bad = lines.head(5).with_columns(amount=None, order_date=pl.lit(DAY)).cast(lines.schema)
    new = lines.tail(1).with_columns(order_date=pl.lit(SINCE))
    again({"order_lines": pl.concat([lines, bad, new])}, place)
    given = (mapping, "--engine", "duckdb")
    imported(place, tmp_path / "set", *given, "--since", SINCE.isoformat())
    imported(place, tmp_path / "whole", *given)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")
    (tracked,) = Store(tmp_path / "set").current().manifest["report"]["files"][3:]
    assert tracked["rules"] == {"missing_revenue": 5}


@pytest.mark.parametrize("since", [(), ("--since", SINCE.isoformat())])
def test_an_order_that_goes_to_another_customer_makes_a_version(tmp_path, mapping, since):
    """C1 and C2 have bought before: cells and new customers are what they were."""
    tables = shop()
    march = dt.date(2026, 3, 1)

    def lines(who):
        rows = [("C1", DAY), ("C2", DAY), ("C1", march), (who, march), (who, march)]
        frame = tables["order_lines"].head(len(rows))
        users, days = (pl.Series(values) for values in zip(*rows, strict=True))
        same = {"qty": pl.lit(1), "creator": pl.lit(1), "amount": pl.lit(5.0)}
        words = {name: pl.lit("x") for name in ("utm_source", "utm_campaign", "sku")}
        return frame.with_columns(customer_id=users, order_date=days, **same, **words)

    folder = kept({**tables, "order_lines": lines("C1")}, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    again({"order_lines": lines("C2")}, folder)
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb", *since)
    rolled = load(tmp_path / "set").rolled
    last = rolled.cells.with_row_index("cell").filter(pl.col("date") == march)["cell"]
    assert rolled.bought.filter(pl.col("cell").is_in(last.implode())).height == 2
    assert len(Store(tmp_path / "set").versions()) == 2


def test_products_of_a_brand_that_are_swapped_make_a_version(tmp_path, mapping):
    """Where there is no room to tell them apart, cells are what they were."""
    tables = shop()
    folder = kept(tables, tmp_path / "shop")
    given = (mapping, "--engine", "duckdb", "--cells", "1")
    imported(folder, tmp_path / "set", *given)
    lines = tables["order_lines"]
    other = lines["sku"].replace({"Whey": "Whey 2", "Gritzo Kids": "Gritzo Kids"})
    again({"order_lines": lines.with_columns(other)}, folder)
    imported(folder, tmp_path / "set", *given)
    imported(folder, tmp_path / "whole", *given)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")


def spoilt(place):
    """A byte of what was kept is another one, and the file is as long as it was."""
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)


@pytest.mark.parametrize("damage", [spoilt, None])
def test_an_import_of_everything_keeps_days_anew_where_they_cannot_be_used(
    capsys, monkeypatch, tmp_path, mapping, place, damage
):
    """Also where no row has changed: that is what the sentence says to do."""
    if damage:
        damage(Store(tmp_path / "set").current().path / "days.zip")
    else:
        monkeypatch.setattr("dashboard.dataset.days.code_of", lambda *_: "another release")
    assert "Import everything once" in said(capsys, monkeypatch, tmp_path, place)
    given = (mapping, "--engine", "duckdb")
    imported(place, tmp_path / "set", *given)
    imported(place, tmp_path / "set", *given, "--since", SINCE.isoformat())
    imported(place, tmp_path / "set", *given)
    assert len(Store(tmp_path / "set").versions()) == 2


def test_another_source_mapping_or_release_is_a_sentence(capsys, monkeypatch, tmp_path, place):
    elsewhere = kept(shop(), tmp_path / "other")
    assert "was imported from" in said(capsys, monkeypatch, tmp_path, elsewhere)
    other = tmp_path / "other.toml"
    other.write_text(MAPPING.format(schema="") + '[brands]\ncampaign_prefix = "no"\n')
    assert "another mapping" in said(capsys, monkeypatch, tmp_path, place, mapping="other.toml")
    monkeypatch.setattr("dashboard.dataset.days.code_of", lambda *_: "other")
    assert "this release" in said(capsys, monkeypatch, tmp_path, place)


def test_creators_that_make_ids_mean_others_are_a_sentence(capsys, monkeypatch, tmp_path, place):
    creators = shop()["creators"]
    creators.filter(pl.col("creator_id") != 3).write_parquet(place / "creators.parquet")
    words = said(capsys, monkeypatch, tmp_path, place)
    assert "may mean others now: 3. Import everything once" in words


def test_a_new_creator_is_known_on_all_days(tmp_path, mapping, place):
    creators = shop()["creators"]
    pl.concat([creators, creators.head(1).with_columns(creator_id=8)], how="vertical_relaxed").cast(
        creators.schema
    ).write_parquet(place / "creators.parquet")
    given = (mapping, "--engine", "duckdb")
    imported(place, tmp_path / "set", *given, "--since", SINCE.isoformat())
    imported(place, tmp_path / "whole", *given)
    assert everything(tmp_path / "set") == everything(tmp_path / "whole")


def test_a_first_import_since_a_day_is_a_sentence(capsys, monkeypatch, tmp_path, mapping):
    folder = kept(shop(), tmp_path / "shop")
    given = ("--engine", "duckdb", "--mapping", mapping, "--to", tmp_path / "set")
    words = refused(capsys, monkeypatch, folder, *given, "--since", "2026-01-20")
    assert "has no current version" in words
    assert "without --since" in words
    assert not (tmp_path / "set").exists()


def test_since_is_for_rows_elsewhere_and_a_day(capsys, monkeypatch, tmp_path):
    words = refused(capsys, monkeypatch, tmp_path, "--to", "set", "--since", "2026-01-20")
    assert "--since is for rows that stay elsewhere" in words
    given = ("--to", "set", "--engine", "duckdb", "--since", "20 Jan")
    words = refused(capsys, monkeypatch, tmp_path, *given)
    assert "--since '20 Jan' is not a day" in words


def test_anew_is_for_files(capsys, monkeypatch, tmp_path):
    words = refused(capsys, monkeypatch, tmp_path, "--to", "set", "--engine", "duckdb", "--anew")
    assert "--anew is for files. Leave it out" in words
    assert not (tmp_path / "set").exists()


def test_few_orders_after_many_are_counted_anew(capsys, monkeypatch, tmp_path, mapping):
    """Who was not followed while there were many is not known any more."""
    tables = shop(5, 400)
    monkeypatch.setattr(sampling, "EXACT", 100)
    folder = kept(tables, tmp_path / "shop")
    imported(folder, tmp_path / "set", mapping, "--engine", "duckdb")
    monkeypatch.setattr(sampling, "EXACT", 10**6)
    assert "few enough to count every customer" in said(capsys, monkeypatch, tmp_path, folder)
