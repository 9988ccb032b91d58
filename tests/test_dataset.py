"""The dataset: its days, its version, and how it is shared."""

from __future__ import annotations

import datetime as dt
import os

import polars as pl
import pytest

from dashboard.dataset import load, load_files, shared
from dashboard.schema import TABLES
from tests.worlds import dataset, files, folder

WORLD = {
    "tracking_data": """
        influencer_id  campaign  product  date        orders  revenue
        1              A         Whey     2026-01-05  2       20
        -              -         Bar      2026-01-06  1       10
    """,
    "posts": "influencer_id date reach\n1 2026-01-01 100",
    "payouts": "influencer_id date basis total_payout\n1 2026-02-01 order 30\n1 - order 5",
}


def test_every_column_of_the_schema_is_there_and_absent_ones_are_empty():
    made = dataset(**WORLD)
    for name, table in TABLES.items():
        assert made.tables[name].columns[: len(table.columns)] == [c.name for c in table.columns]
    assert made.has("posts", "reach")
    assert not made.has("posts", "likes")
    assert made.tables["payouts"].schema["total_payout"] == pl.Int64
    assert made.tables["posts"].schema["date"] == pl.Date


def test_the_days_span_all_tables_and_today_is_the_last():
    """Posted on 1 January, sold until the 6th, worked on 1 February; a payment day counts not."""
    made = dataset(**WORLD)
    assert made.span == (dt.date(2026, 1, 1), dt.date(2026, 2, 1))
    assert made.data_until == dt.date(2026, 2, 1)
    paid = dataset(payouts="influencer_id paid_on total_payout\n1 2026-05-01 5")
    assert (paid.span, paid.data_until) == (None, None)


def changed(**tables):
    return dataset(**{**WORLD, **tables}).version


def test_the_version_changes_with_the_content_and_nothing_else(tmp_path):
    """Not with place, file names, the order of rows or of files; with any cell and any row."""
    version = dataset(**WORLD).version
    assert load(folder(tmp_path, **WORLD)).version == version
    assert load_files(dict(reversed(files(**WORLD).items()))).version == version
    payouts = WORLD["payouts"].splitlines()
    assert changed(payouts="\n".join([payouts[0], payouts[2], payouts[1]])) == version
    assert changed(payouts=WORLD["payouts"].replace("30", "30.01")) != version
    assert changed(payouts=WORLD["payouts"] + "\n1 - order 5") != version
    assert changed(posts=WORLD["posts"].replace("2026-01-01", "2026-01-02")) != version
    assert changed(posts="influencer_id date reach") != version


def test_rows_of_one_table_cannot_pass_for_rows_of_another():
    """The same two cells as a post's likes or its comments."""
    likes = changed(posts="influencer_id date likes\n1 2026-01-01 5")
    assert changed(posts="influencer_id date comments\n1 2026-01-01 5") != likes


def test_a_folder_is_loaded_once_until_a_file_changes(tmp_path):
    place = folder(tmp_path, **WORLD)
    first = shared(place)
    assert shared(place) is first
    text = (place / "payouts.csv").read_text().replace("30", "31")
    (place / "payouts.csv").write_text(text)
    os.utime(place / "payouts.csv", ns=(1, 1))
    second = shared(place)
    assert second is not first
    assert second.tables["payouts"]["total_payout"].sum() == 3600


def test_a_dataset_cannot_be_changed():
    made = dataset(**WORLD)
    with pytest.raises(TypeError):
        made.tables["posts"] = made.tables["payouts"]
    with pytest.raises(AttributeError):
        made.version = "0"
