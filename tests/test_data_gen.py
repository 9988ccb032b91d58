"""The invented world: its truth adds up, its tables fit together, its bytes repeat."""

from __future__ import annotations

import ast
import csv
import re
import shlex
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from dashboard.errors import PlaceError, SettingsError
from dashboard.festivals import festivals
from dashboard.schema import TABLES
from data_gen import Plan, invent
from data_gen.__main__ import app
from data_gen.campaigns import draw_campaigns
from data_gen.catalogue import products
from data_gen.dictionary import SHOWN, TRUTH, dictionary
from data_gen.people import draw_people
from data_gen.plan import EXAMPLE
from data_gen.world import draw_baseline
from data_gen.writing import OUR_FILES, write_world

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"

PARTS = ("caused_tagged", "halo", "cannibalised", "discount_cost", "pulled_forward")
"""What a campaign's revenue in its window is made of."""

SMALL = Plan(seed=3, influencers=12, days=240, orders=3, campaigns=3, products=5)


def files(folder):
    """The bytes of every file in a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rows(name):
    """The rows of a committed file, as text."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def tables():
    """The committed tables and truth, read by the csv module."""
    names = (*TABLES, *(f"truth/{name}" for name in TRUTH))
    return {name.removeprefix("truth/"): rows(name) for name in names}


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


# --------------------------------------------------------------------------------------- truth


def test_causes_of_single_orders_add_up_to_the_truth_of_each_campaign(tables):
    """Worked out again row by row, in decimals, from the causes and the dates alone."""
    windows = {
        row["campaign"]: (row["window_start"], row["window_end"]) for row in tables["campaigns"]
    }
    found = defaultdict(Decimal)

    def add(campaign, day, part, amount, gain):
        inside = windows[campaign][0] <= day <= windows[campaign][1]
        found[campaign, "incremental_revenue" if inside else "incremental_after"] += gain
        if inside:
            found[campaign, part] += amount

    assert len(tables["orders"]) == len(tables["tracking_data"])
    parts = {"caused_tagged": "caused_tagged", "caused_halo": "halo", "leaked": "cannibalised"}
    for number, (cause, row) in enumerate(
        zip(tables["orders"], tables["tracking_data"], strict=True), start=1
    ):
        assert cause["row"] == str(number)
        revenue, anyway = Decimal(row["revenue"]), Decimal(cause["revenue_anyway"])
        if cause["cause"] == "baseline":
            assert cause["campaign"] == ""
            assert revenue == anyway
            assert row["orders"] == cause["orders_anyway"]
            continue
        add(cause["campaign"], row["date"], parts[cause["cause"]], revenue, revenue - anyway)
        if cause["cause"] == "leaked":
            assert revenue == anyway * Decimal("0.9")
            add(cause["campaign"], row["date"], "discount_cost", anyway - revenue, Decimal(0))
        else:
            assert anyway == 0
    for row in tables["prevented_orders"]:
        anyway = Decimal(row["revenue_anyway"])
        add(row["campaign"], row["date"], "pulled_forward", anyway, -anyway)

    for row in tables["campaigns"]:
        for part in (*PARTS, "incremental_revenue", "incremental_after"):
            assert found[row["campaign"], part] == Decimal(row[part]), (row["campaign"], part)
        caused, halo, leaked, discount, pulled = (Decimal(row[part]) for part in PARTS)
        assert Decimal(row["incremental_revenue"]) == caused + halo - discount - pulled
        assert Decimal(row["tagged_revenue"]) == caused + leaked


def test_the_world_with_campaigns_less_the_world_without_is_what_they_caused(tables):
    gain = sum(Decimal(row["y1"]) - Decimal(row["y0"]) for row in tables["product_days"])
    caused = sum(
        Decimal(row["incremental_revenue"]) + Decimal(row["incremental_after"])
        for row in tables["campaigns"]
    )
    assert gain == caused


def test_days_with_campaigns_are_the_tracked_days(tables):
    tracked = defaultdict(Decimal)
    orders = Counter()
    for row in tables["tracking_data"]:
        tracked[row["product"], row["date"]] += Decimal(row["revenue"])
        orders[row["product"], row["date"]] += int(row["orders"])
    for row in tables["product_days"]:
        assert tracked[row["product"], row["date"]] == Decimal(row["y1"])
        assert orders[row["product"], row["date"]] == int(row["orders_1"])


def test_returns_on_assets_divide_the_truth_by_what_was_paid(tables):
    spent = sum(
        Decimal(row["total_payout"]) for row in tables["payouts"] if row["status"] != "cancelled"
    )
    assert sum(Decimal(row["payout"]) for row in tables["campaigns"]) == spent
    for row in tables["campaigns"]:
        iroas = float(row["incremental_revenue"]) / float(row["payout"])
        assert float(row["iroas"]) == pytest.approx(iroas, abs=1e-6)


def test_the_baseline_is_the_same_whatever_the_campaigns_do():
    quiet, loud = (
        invent(Plan(SMALL.seed, 12, 240, 3, campaigns=3, products=5, lift=lift))
        for lift in (0.0, 0.6)
    )
    same = ["product", "date", "orders_0", "y0"]
    assert quiet.truth.product_days.select(same).equals(loud.truth.product_days.select(same))
    assert quiet.truth.product_days["y1"].sum() < loud.truth.product_days["y1"].sum()


def test_campaigns_without_lift_only_give_discounts_away():
    world = invent(Plan(5, 20, 300, 10, campaigns=4, products=6, lift=0.0))
    truth = world.truth.campaigns
    for part in ("caused_tagged", "halo", "pulled_forward", "planted_lift"):
        assert truth[part].to_list() == [0, 0, 0, 0]
    assert truth["discount_cost"].min() > 0
    lost = (truth["incremental_revenue"] + truth["discount_cost"]).to_list()
    assert lost == pytest.approx([0, 0, 0, 0], abs=1e-6)
    days = world.truth.product_days
    assert days["orders_0"].equals(days["orders_1"])
    assert world.truth.prevented_orders.is_empty()


def test_planted_lift_arrives():
    """Orders caused in the window, per baseline order from the first post to the last, at 30 %."""
    lifts, tagged, wanted = [], [], []
    for seed in range(6):
        world = invent(Plan(seed, 20, 260, 40, campaigns=2, products=4, lift=0.3))
        causes = world.truth.orders.drop("campaign").hstack(
            [world.truth.orders["campaign"].cast(pl.String)]
        )
        causes = causes.with_columns(world.tracking_data["date", "orders"])
        for campaign in world.truth.campaigns.iter_rows(named=True):
            first, last = campaign["window_start"], campaign["window_end"]
            usual = world.truth.product_days.filter(
                pl.col("product").cast(pl.String) == campaign["product"],
                pl.col("date").is_between(first, last - timedelta(14)),
            )["orders_0"].sum()
            own = causes.filter(
                pl.col("campaign") == campaign["campaign"],
                pl.col("cause").cast(pl.String).str.starts_with("caused"),
                pl.col("date").is_between(first, last),
            )
            lifts.append(own["orders"].sum() / usual)
            coded = own.filter(pl.col("cause").cast(pl.String) == "caused_tagged")
            tagged.append(coded["orders"].sum() / own["orders"].sum())
            wanted.append(campaign["planted_tag_share"])
    assert np.mean(lifts) == pytest.approx(0.30, abs=0.02)
    assert np.mean(tagged) == pytest.approx(np.mean(wanted), abs=0.03)


def test_lifts_tags_and_leaks_are_drawn_as_specified():
    """Of 240: 15 % without effect, else LogN(log .18, .6); Beta(6.5, 3.5); Beta(1.8, 10.2)."""
    drawn = []
    for seed in range(30):
        plan = Plan(seed)
        sold = products(plan.products)
        drawn += draw_campaigns(plan, sold, draw_people(plan), draw_baseline(plan, sold))
    lifts = np.array([campaign.lift for campaign in drawn])
    assert np.mean(lifts == 0) == pytest.approx(0.15, abs=0.06)
    assert np.exp(np.median(np.log(lifts[lifts > 0]))) == pytest.approx(0.18, rel=0.2)
    assert np.std(np.log(lifts[lifts > 0])) == pytest.approx(0.6, rel=0.2)
    assert np.mean([campaign.tag_share for campaign in drawn]) == pytest.approx(0.65, abs=0.03)
    assert np.mean([campaign.leak_share for campaign in drawn]) == pytest.approx(0.15, abs=0.03)


def test_the_dashboard_never_opens_the_truth():
    """No text under dashboard/ but its docstrings holds the word, so that no path to it is made."""
    for path in (ROOT / "dashboard").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and id(node) not in said:
                assert not re.search(r"\btruth\b", str(node.value)), f"{path}: {node.value!r}"


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


# ---------------------------------------------------------------------------------------- tables


def test_names_and_keys_are_unique_and_campaigns_are_named_as_agreed(tables):
    for column in ("influencer_id", "name"):
        values = [row[column] for row in tables["influencers"]]
        assert len(set(values)) == len(values)
    urls = [row["url"] for row in tables["posts"]]
    assert len(set(urls)) == len(urls)
    assert all(re.fullmatch(r"https://(\w+)\.example/\S+", url) for url in urls)
    for row in tables["campaigns"]:
        brand, product, number = row["campaign"].split("_")
        assert (brand, product) == (row["brand"], row["product"].replace(" ", ""))
        assert number.isdecimal()


def test_names_stay_unique_where_first_and_last_names_run_out():
    people = draw_people(Plan(influencers=5_000))
    assert len(set(people.names)) == len(set(people.handles)) == 5_000


def test_every_reference_leads_somewhere(tables):
    creators = {row["influencer_id"] for row in tables["influencers"]}
    campaigns = {row["campaign"] for row in tables["campaigns"]} | {""}
    for name in ("posts", "payouts"):
        assert {row["influencer_id"] for row in tables[name]} <= creators
        assert {row["campaign"] for row in tables[name]} <= campaigns
    assert {row["influencer_id"] for row in tables["tracking_data"]} <= creators | {""}
    assert {row["campaign"] for row in tables["tracking_data"]} <= campaigns
    brands = {(row["product"], row["brand"]) for row in tables["tracking_data"]}
    assert len(brands) == len({product for product, _ in brands}) == 12


def test_baseline_rows_name_no_creator_and_attributed_rows_name_both(tables):
    sources = defaultdict(Counter)
    for row in tables["tracking_data"]:
        named = bool(row["influencer_id"]), bool(row["campaign"])
        sources[row["source"]][named] += 1
    assert set(sources.pop("influencer")) == {(True, True)}
    assert set(sources) == {"organic", "ads", "email", "referral"}
    ads = sources.pop("ads")
    assert 0 < ads[False, True] < 0.05 * ads[False, False]
    assert all(set(kinds) == {(False, False)} for kinds in sources.values())


def test_customers_return_on_both_kinds_of_row(tables):
    seen, new, back = set(), Counter(), Counter()
    for row in tables["tracking_data"]:
        if row["user_id"] and int(row["orders"]) > 0:
            kind = "attributed" if row["influencer_id"] else "baseline"
            (back if row["user_id"] in seen else new)[kind] += 1
            seen.add(row["user_id"])
    for kind in ("attributed", "baseline"):
        assert 0.1 < new[kind] / (new[kind] + back[kind]) < 0.9
    guests = sum(not row["user_id"] for row in tables["tracking_data"])
    assert 0 < guests < 0.05 * len(tables["tracking_data"])


def test_about_one_order_in_a_hundred_comes_back_to_the_one_who_bought_it(tables):
    taken_back = [row for row in tables["tracking_data"] if int(row["orders"]) < 0]
    assert 0.005 < len(taken_back) / len(tables["tracking_data"]) < 0.02
    bought = {
        (row["user_id"], row["product"], row["influencer_id"], row["revenue"])
        for row in tables["tracking_data"]
    }
    for row in taken_back:
        assert row["revenue"].startswith("-")
        original = (row["user_id"], row["product"], row["influencer_id"], row["revenue"][1:])
        assert original in bought


def test_every_tier_and_platform_appears(tables):
    followers = [int(row["follower_count"]) for row in tables["influencers"]]
    bounds = [0, 10_000, 100_000, 500_000, 2_000_000, 10**9]
    for low, high in pairwise(bounds):
        assert sum(low <= count < high for count in followers) >= 3
    assert {row["platform"] for row in tables["influencers"]} == {"Instagram", "YouTube", "X"}


def test_posts_are_mostly_at_home_and_mostly_labelled(tables):
    home = {row["influencer_id"]: row["platform"] for row in tables["influencers"]}
    elsewhere = sum(row["platform"] != home[row["influencer_id"]] for row in tables["posts"])
    assert 0 < elsewhere < 0.25 * len(tables["posts"])
    for_campaigns = [row for row in tables["posts"] if row["caption"].endswith("#ad")]
    assert len(for_campaigns) == sum(int(row["posts"]) for row in tables["campaigns"])
    unlabelled = sum(not row["campaign"] for row in for_campaigns)
    assert 0.05 < unlabelled / len(for_campaigns) < 0.25
    for row in tables["posts"]:
        assert int(row["reach"]) >= int(row["likes"]) >= int(row["comments"]) >= 0


def test_payouts_mostly_equal_rate_times_units_and_tracked_orders(tables):
    tracked = Counter()
    for row in tables["tracking_data"]:
        tracked[row["influencer_id"], row["campaign"]] += int(row["orders"])
    by_order = [row for row in tables["payouts"] if row["basis"] == "order"]
    named = [row for row in by_order if row["campaign"]]
    agree = [
        int(row["orders"]) == max(0, tracked[row["influencer_id"], row["campaign"]])
        for row in named
    ]
    assert 0.7 < sum(agree) / len(agree) < 1
    exact = [
        float(row["rate"]) * int(row["orders"]) == float(row["total_payout"]) for row in by_order
    ]
    assert sum(exact) / len(exact) > 0.7
    assert {row["basis"] for row in tables["payouts"]} == {"order", "post"}
    assert all(not row["orders"] for row in tables["payouts"] if row["basis"] == "post")
    unnamed = sum(not row["campaign"] for row in tables["payouts"])
    assert 0.1 < unnamed / len(tables["payouts"]) < 0.3


def test_payouts_are_paid_weeks_after_the_work_and_within_the_data(tables):
    ended = {row["campaign"]: date.fromisoformat(row["window_end"]) for row in tables["campaigns"]}
    begun = {
        row["campaign"]: date.fromisoformat(row["window_start"]) for row in tables["campaigns"]
    }
    statuses = Counter(row["status"] for row in tables["payouts"])
    assert set(statuses) == {"paid", "pending", "approved", "cancelled"}
    assert statuses["paid"] > len(tables["payouts"]) / 2
    for row in tables["payouts"]:
        assert bool(row["paid_on"]) == (row["status"] == "paid")
        if row["paid_on"]:
            paid = date.fromisoformat(row["paid_on"])
            assert paid <= EXAMPLE.end
            if row["campaign"]:
                assert begun[row["campaign"]] + timedelta(15) <= paid
                assert paid <= ended[row["campaign"]] + timedelta(45)


def test_tagged_roas_looks_like_a_brand_teams_month(tables):
    revenue = sum(float(row["revenue"]) for row in tables["tracking_data"] if row["influencer_id"])
    spend = sum(float(row["payout"]) for row in tables["campaigns"])
    assert 2 < revenue / spend < 5
    by_campaign = [float(row["tagged_roas"]) for row in tables["campaigns"]]
    assert min(by_campaign) < 1 < max(by_campaign)


# ---------------------------------------------------------------------------------- command line


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days", "3"], "days must be from 90 to 3,650, not 3."),
        (["--seed", "-1"], "seed must be from 0"),
        (["--orders", "nan"], "orders must be from 0.1"),
        (["--orders", "900000"], "at most 50,000,000 fit"),
        (["--products", "1"], "products must be from 2 to 144, not 1."),
        (["--start", "3.4.2025"], "start must be a day written as YYYY-MM-DD"),
        (["--start", "1999-01-01"], "start must be a day from 2001 to 2030"),
        (["--format", "xlsx"], "There is no format 'xlsx'. Valid: csv, parquet."),
        (["--days", "many"], "'--days'"),
    ],
)
def test_a_wrong_argument_gets_a_sentence_and_writes_nothing(tmp_path, arguments, said):
    outcome = run("--out", tmp_path / "new", *arguments)
    assert outcome.exit_code == 2
    assert said in outcome.output
    assert not (tmp_path / "new").exists()


SIZES = ["--influencers", 5, "--days", 90, "--orders", 1, "--campaigns", 1, "--products", 2]


def test_a_run_says_what_it_wrote_and_how_fast(tmp_path):
    outcome = run("--out", tmp_path / "deep" / "new", *SIZES)
    assert outcome.exit_code == 0
    assert re.fullmatch(
        r"Wrote [\d,]+ tracking rows, \d+ posts and \d+ payouts, with the truth, to \S+ in "
        r"[\d.]+ s \([\d,]+ tracking rows per second\)\.\n",
        outcome.output,
    )
    written = {path for path in OUR_FILES if not path.endswith(".parquet")}
    assert files(tmp_path / "deep" / "new").keys() == written


def test_an_earlier_world_is_replaced_whole(tmp_path):
    assert run("--out", tmp_path, *SIZES).exit_code == 0
    assert run("--out", tmp_path, *SIZES, "--format", "parquet").exit_code == 0
    assert files(tmp_path).keys() == {path for path in OUR_FILES if not path.endswith(".csv")}


@pytest.mark.parametrize("foreign", ["notes.txt", "tracking_data.csv", "truth/mine.csv"])
def test_files_of_others_are_not_overwritten_unasked(tmp_path, foreign):
    """Tables of our names without our data dictionary beside them are somebody's own."""
    (tmp_path / foreign).parent.mkdir(exist_ok=True)
    (tmp_path / foreign).write_text("mine")
    outcome = run("--out", tmp_path, *SIZES)
    assert outcome.exit_code == 2
    assert "--force" in outcome.output
    assert files(tmp_path) == {foreign: b"mine"}


def test_force_keeps_what_has_another_name(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert run("--out", tmp_path, *SIZES, "--force").exit_code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "payouts.csv").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "taken").write_text("mine")
    outcome = run("--out", tmp_path / "taken", *SIZES)
    assert outcome.exit_code == 2
    assert "is a file" in outcome.output


def test_a_run_that_fails_while_writing_leaves_the_earlier_world(tmp_path, monkeypatch):
    write_world(invent(SMALL), tmp_path, "csv")
    before = files(tmp_path)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", fail)
    with pytest.raises(PlaceError, match="No space left"):
        write_world(invent(Plan(9, 5, 90, 1, campaigns=1, products=2)), tmp_path, "csv")
    assert files(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {p.split("/")[0] for p in before}


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
