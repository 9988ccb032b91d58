"""`dashboard report --incrementality`: the same estimates in a terminal, as CSV and as JSON."""

from __future__ import annotations

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import load
from dashboard.incrementality import estimate
from dashboard.ledger import build
from tests.incremental_world import Campaign, shop

COLUMNS = {
    "tracking_data": (
        "influencer_id",
        "campaign",
        "product",
        "date",
        "orders",
        "revenue",
        "source",
    ),
    "posts": ("influencer_id", "date", "campaign", "reach"),
    "payouts": ("influencer_id", "campaign", "total_payout"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A shop as files: one campaign with an answer, one at the very start without."""
    made = shop([Campaign(lift=0.6), Campaign("Early", product=1, posts=(2,))])
    folder = tmp_path_factory.mktemp("shop")
    rows = {"tracking_data": made.tracking, "posts": made.posts, "payouts": made.payouts}
    for table, columns in COLUMNS.items():
        with (folder / f"{table}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows[table])
    (folder / "influencers.csv").write_text("influencer_id,name,platform\nc0,Asha,X\nc1,Bela,X\n")
    return folder


@pytest.fixture(autouse=True)
def _kept(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("DASHBOARD_CACHE", str(tmp_path_factory.getbasetemp() / "estimates"))


def said(place, *options):
    found = CliRunner().invoke(app, ["report", str(place), "--incrementality", *options])
    assert found.exit_code == 0, found.output
    return found.stdout


def test_json_holds_what_the_estimator_finds(place):
    plain = json.loads(said(place, "--format", "json"))["incrementality"]
    found = estimate(build(load(place)))
    assert plain == [json.loads(json.dumps(one.as_json())) for one in found]
    early, launch = plain
    assert (early["campaign"], early["status"]) == ("Early", "not identifiable")
    assert early["incremental_revenue"] is None
    assert early["reasons"]
    low, high = launch["interval"]
    assert low < launch["incremental_revenue"] < high
    assert launch["iroas"] == pytest.approx(launch["incremental_revenue"] / 5000)
    assert set(launch) == {
        "campaign", "status", "reasons", "incremental_revenue", "interval", "iroas",
        "iroas_interval", "tagged_roas", "break_even", "verdict",
    }  # fmt: skip


def test_filters_choose_campaigns_and_change_no_number(place):
    every = json.loads(said(place, "--format", "json"))["incrementality"]
    only = json.loads(said(place, "--format", "json", "--filter", "campaign=Launch"))
    assert only["incrementality"] == [one for one in every if one["campaign"] == "Launch"]


def test_csv_holds_plain_numbers(place):
    every = json.loads(said(place, "--format", "json"))["incrementality"]
    rows = {
        row["campaign"]: row for row in csv.DictReader(io.StringIO(said(place, "--format", "csv")))
    }
    for one in every:
        row = rows[one["campaign"]]
        if one["iroas"] is None:
            assert row["iroas"] == row["iroas_low"] == row["revenue_high"] == ""
        else:
            assert float(row["incremental_revenue"]) == one["incremental_revenue"]
            assert [float(row["revenue_low"]), float(row["revenue_high"])] == one["interval"]


def test_a_terminal_shows_verdicts_and_why_there_is_none(place):
    text = said(place)
    assert "Launch" in text
    assert "Of 2 campaigns: " in text
    assert "Early: " in text


def test_csv_holds_one_table(place):
    found = CliRunner().invoke(
        app, ["report", str(place), "--incrementality", "--format", "csv", "--by", "campaign"]
    )
    assert found.exit_code != 0


def test_a_setting_that_names_nothing_sold_is_a_sentence(place, monkeypatch):
    monkeypatch.setenv("DASHBOARD_EXCLUDED_DONORS", "Product 9")
    found = CliRunner().invoke(app, ["report", str(place), "--incrementality"])
    assert found.exit_code != 0
    assert "Product 9" in str(found.exception)
