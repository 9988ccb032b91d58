"""A large world: its parts are one table, add up to its truth, and the dashboard reads them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import polars as pl
import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app as dashboard
from dashboard.dataset import load
from dashboard.errors import PlaceError
from data_gen import kinds
from data_gen.dictionary import LARGE_TRUTH, SHOWN
from data_gen.large import write_large
from data_gen.plan import large
from data_gen.writing import write_large_world
from tests.invented import files, run

SIZES = {"influencers": 30, "days": 240, "campaigns": 12, "products": 10}
ROWS = 60_000


@pytest.fixture(scope="module", autouse=True)
def _small_stretches():
    """Days are drawn in stretches, as in a world a thousand times as large."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kinds, "STRETCH_LINES", 4_000)
        yield


def written(folder, processes=1, part_rows=20_000, **sizes):
    folder.mkdir()
    rows = write_large(large(ROWS, **SIZES | sizes), folder, processes, part_rows=part_rows)
    return folder, rows


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return written(tmp_path_factory.mktemp("large") / "world")[0]


@pytest.fixture(scope="module")
def tracking(world):
    return rows_of(world)


@pytest.fixture(scope="module")
def campaigns(world):
    return pl.read_parquet(world / "truth" / "campaigns.parquet").rows(named=True)


@pytest.fixture(scope="module")
def days(world):
    return pl.read_parquet(world / "truth" / "product_days.parquet").rows(named=True)


def rows_of(folder):
    parts = sorted(folder.glob("tracking_data-*.parquet"))
    return [row for part in parts for row in pl.read_parquet(part).rows(named=True)]


def money(value):
    """A number of rupees as it is written, with its two decimals."""
    return Decimal(f"{value:.2f}")


# ------------------------------------------------------------------------------------ same bytes


def test_any_number_of_processes_writes_the_same_bytes(world, tmp_path):
    two, _ = written(tmp_path / "two", processes=2)
    assert len([path for path in files(two) if path.startswith("tracking_data-")]) == 3
    assert files(two) == files(world)


def test_where_files_end_changes_no_row_and_another_seed_changes_every_file(world, tmp_path):
    one, _ = written(tmp_path / "one", part_rows=1_000_000)
    assert [path.name for path in one.glob("tracking_data-*")] == ["tracking_data-00000.parquet"]
    assert rows_of(one) == rows_of(world)
    other = files(written(tmp_path / "other", seed=8)[0])
    assert all(other[path] != content for path, content in files(world).items())


def test_parts_are_whole_days_in_their_order(world):
    spans = [
        (dates.min(), dates.max())
        for dates in (
            pl.read_parquet(part)["date"] for part in sorted(world.glob("tracking_data-*"))
        )
    ]
    assert spans[0][0] == date(2023, 11, 1)
    assert spans[-1][1] == date(2023, 11, 1) + timedelta(239)
    for earlier, later in pairwise(spans):
        assert later[0] == earlier[1] + timedelta(1)


# ------------------------------------------------------------------------------------------ sums


def test_there_are_about_as_many_rows_as_asked_for(tracking):
    assert len(tracking) == pytest.approx(ROWS, rel=0.03)
    assert tuple(tracking[0]) == SHOWN["tracking_data"]


def test_every_product_and_day_adds_up_to_its_truth(tracking, days):
    revenue, orders = {}, {}
    for row in tracking:
        key = row["product"], row["date"]
        revenue[key] = revenue.get(key, 0) + money(row["revenue"])
        orders[key] = orders.get(key, 0) + row["orders"]
    assert len(days) == 10 * 240
    for row in days:
        key = row["product"], row["date"]
        assert revenue.pop(key, 0) == money(row["y1"])
        assert orders.pop(key, 0) == row["orders_1"]
    assert revenue == orders == {}


def test_every_campaign_adds_up_to_its_truth(tracking, campaigns, days, world):
    window = {row["campaign"]: (row["window_start"], row["window_end"]) for row in campaigns}
    tagged = dict.fromkeys(window, Decimal(0))
    for row in tracking:
        if row["influencer_id"] is not None:
            first, last = window[row["campaign"]]
            if first <= row["date"] <= last:
                tagged[row["campaign"]] += money(row["revenue"])
    assert sum(tagged.values()) > 0
    for row in campaigns:
        part = {name: money(row[name]) for name in row if isinstance(row[name], float)}
        assert tagged[row["campaign"]] == part["tagged_revenue"]
        assert part["tagged_revenue"] == part["caused_tagged"] + part["cannibalised"]
        assert part["discount_cost"] == part["cannibalised"] / 9
        assert part["incremental_revenue"] == (
            part["caused_tagged"] + part["halo"] - part["discount_cost"] - part["pulled_forward"]
        )
        assert part["baseline_revenue"] == sum(
            money(day["y0"])
            for day in days
            if day["product"] == row["product"]
            and row["window_start"] <= day["date"] <= row["window_end"]
        )
    gain = sum(money(row["y1"]) - money(row["y0"]) for row in days)
    assert gain == sum(
        money(row["incremental_revenue"]) + money(row["incremental_after"]) for row in campaigns
    )
    payouts = pl.read_parquet(world / "payouts.parquet").filter(pl.col("status") != "cancelled")
    assert sum(money(row["payout"]) for row in campaigns) == money(payouts["total_payout"].sum())


def test_without_lift_the_difference_is_the_discount_on_each_coded_row(tmp_path):
    """Then every order would have come anyway: y0 follows from the rows alone."""
    folder, _ = written(tmp_path / "quiet", lift=0.0)
    anyway, orders = {}, {}
    for row in rows_of(folder):
        key, paid = (row["product"], row["date"]), money(row["revenue"])
        full = paid * 10 / 9 if row["influencer_id"] else paid
        anyway[key] = anyway.get(key, 0) + full
        orders[key] = orders.get(key, 0) + row["orders"]
    for row in pl.read_parquet(folder / "truth" / "product_days.parquet").rows(named=True):
        key = row["product"], row["date"]
        assert row["orders_0"] == row["orders_1"] == orders.get(key, 0)
        assert money(row["y0"]) == Decimal(anyway.get(key, 0)).quantize(Decimal("0.01"))


def test_planted_lift_arrives(tmp_path):
    """Caused orders in the window are 30 % of the baseline from the first post to the last."""
    folder, _ = written(tmp_path / "loud", lift=0.3)
    days = pl.read_parquet(folder / "truth" / "product_days.parquet")
    caused = usual = Decimal(0)
    over = pl.col("window_end") < days["date"].max()
    truth = pl.read_parquet(folder / "truth" / "campaigns.parquet").filter(over)
    assert truth.height >= 8
    for row in truth.rows(named=True):
        own = days.filter(
            pl.col("product") == row["product"],
            pl.col("date").is_between(row["window_start"], row["window_end"] - timedelta(14)),
        )
        caused += money(row["halo"]) + money(row["caused_tagged"]) * 10 / 9
        usual += money(own["y0"].sum())
    assert float(caused / usual) == pytest.approx(0.3, rel=0.1)


def test_what_comes_back_is_what_was_bought_and_by_whom(tracking):
    bought = {
        (row["user_id"], row["product"], row["influencer_id"], row["campaign"], row["revenue"])
        for row in tracking
        if row["orders"] == 1
    }
    back = [row for row in tracking if row["orders"] < 0]
    assert 0.005 < len(back) / len(tracking) < 0.02
    for row in back:
        key = (row["user_id"], row["product"], row["influencer_id"], row["campaign"])
        assert (*key, -row["revenue"]) in bought


def test_customers_are_new_and_come_back(tracking):
    seen, new = set(), 0
    for row in tracking:
        if row["user_id"] is not None:
            assert re.fullmatch(r"U\d{6}", row["user_id"])
            new += row["user_id"] not in seen
            seen.add(row["user_id"])
    assert 0.25 < new / len(tracking) < 0.5
    guests = sum(row["user_id"] is None for row in tracking)
    assert guests / len(tracking) == pytest.approx(0.02, abs=0.005)


# ----------------------------------------------------------------------------------- the dashboard


def test_the_dashboard_reads_the_parts_as_one_table(world, tmp_path, tracking):
    checked = CliRunner().invoke(dashboard, ["check", str(world)])
    assert checked.exit_code == 0, checked.output
    stored = tmp_path / "stored"
    imported = CliRunner().invoke(dashboard, ["import", str(world), "--to", str(stored)])
    assert imported.exit_code == 0, imported.output
    for place in (world, stored):
        read = load(place).scan("tracking_data").collect()
        assert read.height == len(tracking)
        assert read["revenue"].sum() == sum(round(100 * row["revenue"]) for row in tracking)
        assert read["orders"].sum() == sum(row["orders"] for row in tracking)


def test_an_engine_reads_the_parts_where_they_are(world, tmp_path, tracking):
    pytest.importorskip("duckdb")
    stored = tmp_path / "stored"
    imported = CliRunner().invoke(
        dashboard, ["import", str(world), "--to", str(stored), "--engine", "duckdb"]
    )
    assert imported.exit_code == 0, imported.output
    cells = load(stored).rolled.cells
    for measure, factor in (("revenue", 100), ("orders", 1)):
        assert cells[measure].sum() == sum(round(factor * row[measure]) for row in tracking)


# ------------------------------------------------------------------------------------- the command

OPTIONS = [word for name, size in SIZES.items() for word in (f"--{name}", size)]


def test_the_command_writes_a_large_world_and_says_what_its_truth_leaves_out(tmp_path):
    outcome = run("--out", tmp_path / "new", "--rows", ROWS, *OPTIONS)
    assert outcome.exit_code == 0
    assert "with the truth by campaign and by product and day" in outcome.output
    made = files(tmp_path / "new")
    assert {path for path in made if path.startswith("truth/")} == {
        f"truth/{name}.parquet" for name in LARGE_TRUTH
    }
    said = made["README.md"].decode()
    assert "Why each single order came is not written" in said
    assert "truth/orders" not in said
    assert "--rows 60000 --influencers 30 --days 240 --campaigns 12 --products 10" in said
    assert "single order came is not" in " ".join(run("--help").output.split())


def test_a_large_world_and_a_small_one_replace_each_other_whole(tmp_path):
    assert run("--out", tmp_path, "--rows", ROWS, *OPTIONS).exit_code == 0
    small = ["--influencers", 5, "--days", 90, "--orders", 1, "--campaigns", 1, "--products", 2]
    assert run("--out", tmp_path, *small).exit_code == 0
    assert not list(tmp_path.glob("tracking_data-*"))
    assert run("--out", tmp_path, "--rows", ROWS, *OPTIONS).exit_code == 0
    assert not list(tmp_path.glob("*.csv"))
    assert not list(tmp_path.glob("truth/*.csv"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rows", 60_000, "--orders", 5], "Give --orders or --rows"),
        (["--rows", 60_000, "--format", "csv"], "A large world is written as parquet, not as"),
        (["--rows", 100], "rows must be from 10,000 to 1,000,000,000, not 100."),
    ],
)
def test_what_a_large_world_has_not_is_refused_in_a_sentence(tmp_path, arguments, said):
    outcome = run("--out", tmp_path / "new", *arguments)
    assert outcome.exit_code == 2
    assert said in outcome.output
    assert not (tmp_path / "new").exists()


def test_a_full_disk_leaves_the_earlier_world(tmp_path, monkeypatch):
    plan = large(ROWS, **SIZES)
    write_large_world(plan, tmp_path, 1)
    before = files(tmp_path)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("data_gen.stretch.pq.ParquetWriter", fail)
    with pytest.raises(PlaceError, match="No space left"):
        write_large_world(large(ROWS, **SIZES | {"seed": 9}), tmp_path, 1)
    assert files(tmp_path) == before
