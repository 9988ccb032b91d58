"""Where products are added up for want of room, everything else is answered as before."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dashboard import dataset as room
from dashboard.address import read
from dashboard.cli.commands import app, run
from dashboard.dataset import Store, import_files, load, load_files, save
from dashboard.dataset.versions import FORMAT
from dashboard.incrementality import estimate, prepare
from dashboard.incrementality.keeping import to_plain
from dashboard.ledger import build
from dashboard.metrics import METRICS
from dashboard.query import Margins, View, Where, labels
from dashboard.schema import DIMENSIONS
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.intake import Files
from dashboard.views.margins import GrossMargins
from tests.estimated import strong_shop
from tests.worlds import files

# Few days, creators and brands, so that several products share all else.
DAYS = st.integers(0, 1).map(lambda number: dt.date(2026, 1, 1) + dt.timedelta(number))
WHOM = st.sampled_from(["1", "1", "2"])
CAMPAIGN = st.sampled_from(["", "A"])
SALE = st.fixed_dictionaries(
    {
        "influencer_id": st.sampled_from(["", "1", "1", "1", "1", "2"]),
        "campaign": CAMPAIGN,
        "user_id": st.sampled_from(["", "u1", "u2"]),
        "brand": st.sampled_from(["MB", "MB", ""]),
        "product": st.sampled_from(["Whey", "Bar", "Kids", ""]),
        "date": DAYS,
        "orders": st.integers(-1, 3),
        "revenue": st.integers(-5000, 50000).map(lambda paise: f"{paise / 100:.2f}"),
    }
)
POST = st.fixed_dictionaries(
    {"influencer_id": WHOM, "campaign": CAMPAIGN, "date": DAYS, "reach": st.integers(0, 99)}
)
PAID = st.fixed_dictionaries(
    {
        "influencer_id": WHOM,
        "campaign": CAMPAIGN,
        "basis": st.sampled_from(["post", "order", ""]),
        "date": st.just("") | DAYS,
    }
)
# Whoever divides this by up to 3 posts, and then by up to 15 orders or 5 cells, need not round.
WHOLE = 6 * 360_360


def worlds(paise):
    """Worlds in which payouts are of these amounts."""
    due = st.tuples(PAID, paise).map(lambda two: {**two[0], "total_payout": f"{two[1] / 100:.2f}"})
    return st.fixed_dictionaries(
        {
            "tracking_data": st.lists(SALE, min_size=4, max_size=5),
            "posts": st.lists(POST, max_size=3),
            "payouts": st.lists(due, min_size=1, max_size=3),
        }
    )


WORLDS = worlds(st.integers(-2, 9).map(lambda times: WHOLE * times))
ROUNDED = worlds(st.integers(-5000, 50000))
ENDS = st.tuples(st.none() | DAYS, st.none() | DAYS).filter(
    lambda ends: None in ends or ends[0] <= ends[1]
)
WHERES = st.builds(
    lambda kept, ends: Where(**kept, first=ends[0], last=ends[1]),
    st.fixed_dictionaries(
        {},
        optional={
            "brand": st.sampled_from([("MuscleBlaze",), ("(no brand)",)]),
            "campaign": st.just(("A",)),
            "influencer": st.sampled_from([("1",), ("2",)]),
            "basis": st.sampled_from([("post",), ("order",)]),
        },
    ),
    ENDS,
)
ASKED = [name for name in DIMENSIONS if name != "product"]


def both(made):
    """The ledgers of the same files: with each product told apart, and with none."""
    fine = load_files(made)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "BUDGET", 0)
        coarse = load_files(made)
    return build(fine), build(coarse)


def sums(frame, *by):
    return sorted(
        frame.group_by(by).agg(pl.col("spend").sum()).filter(pl.col("spend") != 0).rows(), key=str
    )


def same(one, other):
    """Whether two values are the same in all that they hold."""
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, pl.DataFrame):
        return one.equals(other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if hasattr(one, "__dataclass_fields__"):
        return all(same(getattr(one, of.name), getattr(other, of.name)) for of in fields(one))
    return one == other


# ----------------------------------------------------------------------------- questions


@given(WORLDS, WHERES, st.sampled_from(ASKED))
def test_every_answer_but_by_product_is_the_same(world, where, dimension):
    """Every metric, by each dimension and in total, under any filter: to the paisa."""
    margins = Margins.of({"MuscleBlaze": 40, "(no brand)": 30})
    views = [View(made, where, margins) for made in both(files(**world))]
    for by in ([], [dimension], [dimension, "brand"], ["week", "influencer"]):
        one, other = (view.ask(METRICS, list(dict.fromkeys(by))) for view in views)
        assert one.frame.equals(other.frame), by
        assert one.refused.keys() == other.refused.keys()


@given(ROUNDED)
def test_what_cannot_be_split_evenly_is_rounded_within_a_paisa_a_cell(world):
    """What creators and payouts come to is exact; a day or brand may round otherwise."""
    fine, coarse = both(files(**world))
    for by in (["payout"], ["influencer_id", "basis"]):
        assert sums(fine.accrued, *by) == sums(coarse.accrued, *by)
    by = ["payout", "date", "campaign"]
    one, other = (made.accrued.group_by(by).agg(pl.col("spend").sum()) for made in (fine, coarse))
    apart = one.join(other, on=by, how="full", nulls_equal=True).select(
        (pl.col("spend").fill_null(0) - pl.col("spend_right").fill_null(0)).abs().max()
    )
    shares = len(world["tracking_data"]) * max(1, len(world["posts"]))
    assert (apart.item() or 0) < max(1, shares)


def test_orders_that_went_back_take_no_spend_from_their_day():
    """Whey 2 and Bars -1 on the first day, Whey 1 on the next: 3 rupees are 2 and 1, not halves."""
    made = files(
        tracking_data="""
            influencer_id  date        product  brand        campaign  orders
            asha           2026-01-01  Whey     MuscleBlaze  A         2
            asha           2026-01-01  Bars     MuscleBlaze  A         -1
            asha           2026-01-02  Whey     MuscleBlaze  A         1
        """,
        payouts="""
            influencer_id  basis  total_payout
            asha           order  3
        """,
    )
    for one in both(made):
        by_day = one.facts["spend"].group_by("date").agg(pl.col("spend").sum()).sort("date")
        assert by_day["spend"].to_list() == [200, 100]


@given(WORLDS)
def test_customers_are_followed_as_before(world):
    groups = []
    for made in both(files(**world)):
        bought = made.customers.bought.select("date", "pair", "user").unique()
        parts = bought.group_by("user").agg(pl.struct("date", "pair").sort())
        groups.append(sorted(map(str, parts["date"].to_list())))
    assert groups[0] == groups[1]


# ----------------------------------------------------------------------------- estimates


@given(WORLDS)
def test_what_estimates_are_made_from_is_the_same(world):
    """Every product's days, and every campaign's window, products and money."""
    one, other = (prepare(made) for made in both(files(**world)))
    assert same(one, other)


def test_estimates_are_the_same_and_know_the_margin_of_each_product():
    """A shop of five products without a brand, which are one here."""
    shop = strong_shop()
    made = files(tracking_data=shop.tracking, posts=shop.posts, payouts=shop.payouts)
    fine, coarse = both(made)
    assert coarse.items["product"].to_list() == [None, "Every product without a brand"]
    told = replace(Settings(), margins={"Product 0": 40})
    found = [
        to_plain(estimate(ledger, told, excluded=["Product 3"], placebos=False))
        for ledger in (fine, coarse)
    ]
    assert found[0] == found[1]
    assert found[0][0]["needed"] == 2.5
    assert "Product 3" not in found[0][0]["diagnostics"]["donors"]


# ----------------------------------------------------------------------------- datasets

SHOP = files(
    tracking_data="""
        influencer_id  date        product  brand        campaign  orders  revenue
        asha           2026-01-01  Whey     MuscleBlaze  Diwali    2       10
        asha           2026-01-01  Bars     MuscleBlaze  Diwali    1       5
        asha           2026-01-02  Kids     Gritzo       Diwali    1       4
        -              2026-01-02  Whey     MuscleBlaze  -         3       30
    """,
    payouts="""
        influencer_id  campaign  basis  total_payout
        asha           Diwali    order  6
    """,
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "set")


def test_an_import_says_so_and_keeps_what_was_sold_of_each(store):
    """Four cells where there is room for three: Whey and Bars of Asha are one."""
    said = []
    version, report = import_files(SHOP, store, budget=3, tell=said.append)
    (note,) = said
    assert "there would be 4 cells" in note
    assert "--cells 4" in note
    assert version.manifest["format"] == FORMAT == 2
    opened = load(store.place)
    assert opened.report.notes == report.notes == (note,)
    assert opened.report.as_json()["notes"] == [note]
    made = build(opened)
    every = "Every product of MuscleBlaze"
    assert labels(made, "product") == ["Every product of Gritzo", every]
    assert set(made.products["product"]) == {None, "Whey", "Bars", "Kids"}
    asked = View(made, Where(product=(every,))).ask(["revenue", "orders", "spend"])
    assert asked.frame.row(0) == (15.0, 3, 4.5)
    assert opened.has("tracking_data", "product")
    assert opened.tables["tracking_data"]["product"].to_list() == ["Whey", "Bars", "Kids", "Whey"]


def test_with_room_for_all_nothing_is_said_and_an_earlier_release_can_read_it(store):
    said = []
    version, _ = import_files(SHOP, store, budget=4, tell=said.append)
    assert said == []
    assert version.manifest["format"] == 1
    assert not (version.path / "rolled" / "sold.parquet").exists()
    assert load(store.place).rolled.sold is None


def test_more_room_makes_another_version_and_less_another_again(store):
    names = [import_files(SHOP, store, budget=room)[0].name for room in (3, 3, 4, 4, 1)]
    assert [name[:4] for name in names] == ["0001", "0001", "0002", "0002", "0003"]
    assert [len(build(load(store.place)).items)] == [3]


def test_files_that_did_not_change_are_told_apart_again_once_there_is_room(store):
    """Their pieces keep each product, whatever room there was."""
    import_files(SHOP, store, budget=1)
    import_files(SHOP, store, budget=4)
    assert same(build(load(store.place)).facts["sales"], build(load_files(SHOP)).facts["sales"])


def test_a_folder_that_is_opened_says_so_too(tmp_path, monkeypatch):
    for name, text in SHOP.items():
        (tmp_path / name).write_bytes(text)
    assert load(tmp_path).report.notes == ()
    monkeypatch.setattr(room, "BUDGET", 3)
    opened = load(tmp_path)
    (note,) = opened.report.notes
    assert opened.rolled.note == note
    assert "to 3 cells" in note


def test_what_is_added_up_in_memory_is_saved_so(store, monkeypatch):
    monkeypatch.setattr(room, "BUDGET", 3)
    held = load_files(SHOP)
    save(held, store)
    opened = load(store.place)
    assert opened.report.notes == held.report.notes
    assert same(prepare(build(opened)), prepare(build(held)))
    assert same(prepare(build(opened)), prepare(build(both(SHOP)[0].dataset)))


def test_the_data_page_says_so(store):
    import_files(SHOP, store, budget=1)
    files = Files(Explorer(load(store.place)))
    files.refresh()
    assert "there would be 4 cells" in files._body.object


def test_a_link_to_a_product_that_is_not_told_apart_is_a_notice(store):
    import_files(SHOP, store, budget=1)
    explorer = Explorer(load(store.place))
    address = read("product=Whey&brand=MuscleBlaze&donors-out=Whey", explorer)
    assert address.where == Where(brand=("MuscleBlaze",))
    assert address.donors_out == ("Whey",)
    (notice,) = address.notices
    assert "Whey" in notice


def test_a_margin_of_a_product_that_is_not_told_apart_is_said(store):
    import_files(SHOP, store, budget=1)
    explorer = Explorer(load(store.place), settings=replace(Settings(), margins={"Whey": 40}))
    explorer.margins = {"Whey": 40.0, "Nuts": 30.0}
    page = GrossMargins(explorer)
    page.refresh()
    said = page.card.sentence
    assert "Set, but not in this data: nuts." in said
    assert "Set for whey, which only what came because of campaigns follows" in said
    assert [one["name"] for one in page.inputs.brands] == ["MuscleBlaze", "Gritzo"]
    assert page.inputs.products == []


# ----------------------------------------------------------------------------- the command


def test_the_command_takes_a_budget_and_says_what_came_of_it(tmp_path):
    place = tmp_path / "files"
    place.mkdir()
    for name, text in SHOP.items():
        (place / name).write_bytes(text)
    command = ["import", str(place), "--to", str(tmp_path / "set")]
    done = CliRunner().invoke(app, [*command, "--cells", "3"])
    assert done.exit_code == 0
    assert "there would be 4 cells" in done.output
    asked = ["report", str(tmp_path / "set"), "--format", "json"]
    (note,) = json.loads(CliRunner().invoke(app, asked).stdout)["dataset"]["notes"]
    assert note in done.output.replace("\n", "")
    assert "cells" not in CliRunner().invoke(app, command).output
    assert json.loads(CliRunner().invoke(app, asked).stdout)["dataset"]["notes"] == []


@pytest.mark.parametrize(
    ("given", "said"),
    [(["--cells", "0"], "1 or more"), (["--cells", "5", "--no-roll-up"], "--no-roll-up")],
)
def test_a_budget_that_means_nothing_is_refused(tmp_path, monkeypatch, capsys, given, said):
    place = tmp_path / "files"
    place.mkdir()
    for name, text in SHOP.items():
        (place / name).write_bytes(text)
    arguments = ["dashboard", "import", str(place), "--to", str(tmp_path / "set"), *given]
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(SystemExit) as left:
        run()
    assert left.value.code == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "set").exists()
