"""The invented world: its bytes repeat, its dictionary is the schema, its campaigns keep apart."""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import pytest

from dashboard.errors import SettingsError
from dashboard.festivals import festivals
from dashboard.schema import TABLES
from data_gen import Plan, invent
from data_gen.dictionary import SHOWN, TRUTH, dictionary
from data_gen.writing import write_world
from tests.invented import DATA, SMALL, committed, files, run


@pytest.fixture(scope="module")
def tables():
    return committed()


# ------------------------------------------------------------------------------------ same bytes


def test_the_documented_command_makes_the_committed_data(tmp_path):
    command = re.search(
        r"^    python -m data_gen (.*)$", (DATA / "README.md").read_text(), re.MULTILINE
    )
    options = shlex.split(command.group(1).replace("DIR", str(tmp_path / "data")))
    assert run(*options).exit_code == 0
    again, committed = files(tmp_path / "data"), files(DATA)
    assert again.keys() == committed.keys()
    assert [path for path in again if again[path] != committed[path]] == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_seed_makes_the_same_bytes_and_another_seed_does_not(tmp_path, form):
    for folder, seed in (("one", 3), ("two", 3), ("other", 4)):
        write_world(invent(Plan(seed, 12, 120, 2.0, campaigns=2)), tmp_path / folder, form)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    other = files(tmp_path / "other")
    assert all(other[path] != content for path, content in files(tmp_path / "one").items())


def test_both_formats_hold_the_same_values(tmp_path):
    world = invent(SMALL)
    write_world(world, tmp_path / "csv", "csv")
    write_world(world, tmp_path / "parquet", "parquet")
    for name in [*TABLES, *(f"truth/{name}" for name in TRUTH)]:
        binary = pl.read_parquet(tmp_path / "parquet" / f"{name}.parquet")
        text = pl.read_csv(tmp_path / "csv" / f"{name}.csv", schema_overrides=binary.schema)
        assert text.equals(binary), name


def test_the_committed_data_is_small_and_of_the_promised_size(tables):
    assert sum(map(len, files(DATA).values())) <= 6_000_000
    assert 36_000 <= len(tables["tracking_data"]) <= 44_000
    assert len(tables["influencers"]) == 60
    assert len({row["product"] for row in tables["tracking_data"]}) == 12
    assert len({row["date"] for row in tables["tracking_data"]}) == 420
    assert {"MuscleBlaze", "HKVitals", "Gritzo"} <= {
        row["brand"] for row in tables["tracking_data"]
    }
    assert len({row["campaign"] for row in tables["tracking_data"]} - {""}) >= 8


# ---------------------------------------------------------------------------------- dictionary


def test_the_data_dictionary_is_written_from_the_schema():
    assert (DATA / "README.md").read_text(encoding="utf-8") == dictionary()


def test_the_data_dictionary_names_every_column():
    sections = re.split(r"^##+ ", dictionary(), flags=re.MULTILINE)
    for table in TABLES.values():
        section = next(part for part in sections if part.startswith(f"{table.name}\n"))
        for column in table.columns:
            line = next(ln for ln in section.splitlines() if ln.startswith(f"| `{column.name}` |"))
            assert column.meaning in line
            assert all(spelling in line for spelling in column.spellings)


def test_the_data_dictionary_describes_the_columns_that_the_files_have(tables):
    for name, shown in SHOWN.items():
        assert tuple(tables[name][0]) == shown
        known = {column.name for column in TABLES[name].columns}
        assert set(shown) <= known
        assert {column.name for column in TABLES[name].required} <= set(shown)
    for name, (_, described) in TRUTH.items():
        parts = {part for columns in described for part in columns.split(", ")}
        own = set(tables[name][0])
        assert parts <= own
        assert own - parts <= {"product", "date"}


# ------------------------------------------------------------------------------------- campaigns


def test_starts_leave_a_history_and_two_in_five_run_up_to_a_festival(tables):
    start = min(date.fromisoformat(row["date"]) for row in tables["tracking_data"])
    festive = [row for row in tables["campaigns"] if row["festival"]]
    assert len(festive) == round(0.4 * len(tables["campaigns"]))
    for row in tables["campaigns"]:
        begun = date.fromisoformat(row["window_start"])
        assert (begun - start).days >= 140
        ahead = {
            festival.name: (festival.peak - begun).days
            for festival in festivals(begun, begun + timedelta(20))
        }
        if row["festival"]:
            assert 4 <= ahead[row["festival"]] <= 14


@pytest.mark.parametrize(("campaigns", "untouched"), [(5, 7), (8, 5), (14, 5)])
def test_some_products_are_never_touched(campaigns, untouched):
    world = invent(Plan(11, 40, 420, 0.5, campaigns=campaigns))
    assert 12 - world.truth.campaigns["product"].n_unique() == untouched
    attributed = world.tracking_data.filter(pl.col("influencer_id").is_not_null())
    touched = set(world.truth.campaigns["product"])
    assert set(attributed["product"].cast(pl.String)) <= touched


def test_campaigns_on_one_product_follow_each_other(tables):
    runs = defaultdict(list)
    for row in tables["campaigns"]:
        runs[row["product"]].append((row["window_start"], row["window_end"], row["campaign"]))
    for windows in runs.values():
        for number, (earlier, later) in enumerate(pairwise(windows), 1):
            assert earlier[1] < later[0]
            assert earlier[2].endswith(f"_{number}")


# ----------------------------------------------------------------------------------------- plans


def test_a_plan_refuses_sizes_in_a_sentence():
    with pytest.raises(SettingsError, match=r"influencers must be from 1 to 100,000, not 0\."):
        Plan(influencers=0)


@pytest.mark.parametrize(
    "plan",
    [
        Plan(1, influencers=1, days=90, orders=0.1, campaigns=1, products=2),
        Plan(1, influencers=4, days=100, orders=1, campaigns=30, products=2),
        Plan(
            1, influencers=3, days=400, orders=1, campaigns=5, products=12, start=date(2030, 1, 1)
        ),
    ],
)
def test_tiny_and_crowded_worlds_come_out_whole(plan):
    world = invent(plan)
    assert world.truth.campaigns.height == plan.campaigns
    assert world.truth.product_days.height == plan.products * plan.days
    assert world.posts.height >= plan.campaigns
