"""The command line answers as the screens do; what it cannot do is a sentence and exit code 2."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import small

SCREENS = ("panel", "holoviews", "hvplot", "bokeh")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dashboard", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def as_json(*arguments: object) -> dict[str, Any]:
    done = run("report", *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small.write(tmp_path_factory.mktemp("small"))


def test_json_totals_are_those_worked_out_by_hand(place: Path) -> None:
    """See tests/small.py; 200 engagements of 3000 reached; two of three customers are new."""
    totals = as_json(place)["totals"]
    assert totals["revenue"] == 1000.0
    assert totals["spend"] == 250.0
    assert totals["orders"] == 4
    assert totals["roas"] == 4.0
    assert totals["roi"] == 3.0
    assert totals["profit"] == 750.0
    assert totals["break_even_incrementality"] == 0.25
    assert totals["aov"] == 250.0
    assert totals["cpo"] == 62.5
    assert totals["new_customers"] == 2
    assert totals["cac"] == 125.0
    assert totals["customers"] == 2
    assert totals["new_customer_share"] == 1.0
    assert totals["engagement_rate"] == pytest.approx(200 / 3000)
    assert totals["cpe"] == 1.25
    assert totals["cpm"] == 83.33
    assert totals["baseline_revenue"] == 400.0


def test_json_says_what_was_read_and_until_when(place: Path) -> None:
    dataset = as_json(place)["dataset"]
    assert dataset["rows"] == {"influencers": 2, "posts": 2, "tracking_data": 4, "payouts": 2}
    assert dataset["accepted"] == dataset["rows"]
    assert set(dataset["quarantined"].values()) == {0}
    assert dataset["data_until"] == "2026-02-01"


def test_the_example_data_give_what_a_few_lines_of_csv_sum() -> None:
    """The totals of the committed data, by csv and Decimal alone."""
    data = Path(__file__).parents[1] / "data"
    tables = {}
    for name in ("posts", "tracking_data", "payouts"):
        with (data / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    sold = [row for row in tables["tracking_data"] if row["influencer_id"]]
    other = [row for row in tables["tracking_data"] if not row["influencer_id"]]
    due = [row for row in tables["payouts"] if row["status"] != "cancelled"]
    revenue = sum(Decimal(row["revenue"]) for row in sold)
    spend = sum(Decimal(row["total_payout"]) for row in due)
    engaged = sum(int(row["likes"]) + int(row["comments"]) for row in tables["posts"])
    totals = as_json(data)["totals"]
    assert Decimal(str(totals["revenue"])) == revenue
    assert Decimal(str(totals["spend"])) == spend
    assert totals["roas"] == pytest.approx(float(revenue / spend), rel=1e-12)
    assert totals["orders"] == sum(int(row["orders"]) for row in sold)
    assert Decimal(str(totals["baseline_revenue"])) == sum(Decimal(r["revenue"]) for r in other)
    assert totals["posts"] == len(tables["posts"])
    assert totals["reach"] == sum(int(row["reach"]) for row in tables["posts"])
    assert totals["engagements"] == engaged


def test_a_split_gives_one_row_per_value(place: Path) -> None:
    answer = as_json(place, "--by", "platform", "--metrics", "revenue,roas")
    assert answer["by"] == ["platform"]
    assert answer["rows"] == [
        {"platform": "Instagram", "revenue": 700.0, "roas": pytest.approx(700 / 150)},
        {"platform": "YouTube", "revenue": 300.0, "roas": 3.0},
    ]


def test_a_filter_keeps_spend_honest_and_says_what_it_left_out(place: Path) -> None:
    """Whey sold 500 and nobody was paid for it: ROAS has nothing to divide by."""
    answer = as_json(place, "--filter", "brand=muscleblaze")
    assert answer["filters"] == {"brand": ["MuscleBlaze"]}
    assert answer["totals"]["revenue"] == 500.0
    assert answer["totals"]["spend"] == 0.0
    assert answer["totals"]["roas"] is None
    assert answer["coverage"]["spend"] == {"in_view": 0.0, "not_in_view_unassigned": 0.0}


def test_a_period_keeps_both_its_ends(place: Path) -> None:
    answer = as_json(place, "--from", "2026-01-02", "--to", "2026-01-06")
    assert answer["filters"] == {"from": "2026-01-02", "to": "2026-01-06"}
    assert (answer["totals"]["revenue"], answer["totals"]["spend"]) == (500.0, 250.0)


def test_a_metric_that_cannot_be_answered_is_null_with_a_sentence(place: Path) -> None:
    answer = as_json(place, "--by", "product", "--metrics", "revenue,reach")
    assert {row["reach"] for row in answer["rows"]} == {None}
    assert "reach is not recorded by it" in answer["refused"]["reach"]
    assert answer["totals"]["reach"] == 3000


def test_csv_holds_the_split_and_nothing_else(place: Path) -> None:
    done = run("report", place, "--by", "influencer", "--metrics", "spend", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["influencer"], row["spend"]) for row in rows] == [("Asha", "100"), ("Bela", "150")]


def test_a_table_shows_rupees_and_a_total(place: Path) -> None:
    done = run("report", place, "--by", "platform", "--metrics", "revenue,spend")
    assert done.returncode == 0
    for text in ("Instagram", "₹700.00", "Total", "₹1,000.00", "10 rows read, 0 rows set aside"):
        assert text in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--metrics", "revenu"), "There is no metric 'revenu'. Did you mean 'revenue'?"),
        (("--by", "plattform"), "There is no dimension 'plattform'. Did you mean 'platform'?"),
        (("--filter", "brnad=x"), "There is no filter 'brnad'. Did you mean 'brand'?"),
        (("--filter", "brand=Gritz"), "Did you mean 'Gritzo'? Valid: Gritzo, MuscleBlaze."),
        (("--filter", "brand"), "has no '='"),
        (("--from", "01-02-2026"), "is not a day"),
        (("--from", "2026-02-02", "--to", "2026-01-01"), "after its end"),
        (("--format", "xml"), "There is no format 'xml'. Valid: csv, json, pdf, table, xlsx."),
    ],
)
def test_a_wrong_question_is_a_sentence_and_exit_code_2(
    place: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    done = run("report", place, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_missing_folder_is_a_sentence(tmp_path: Path) -> None:
    done = run("report", tmp_path / "nothing")
    assert done.returncode == 2
    assert "There is no folder" in done.stderr


def test_other_addresses_need_a_word_said_out_loud(place: Path) -> None:
    done = run("serve", place, "--address", "0.0.0.0")
    assert done.returncode == 2
    assert "--without-login" in done.stderr


def test_a_report_loads_no_screen(place: Path) -> None:
    code = (
        "import sys; from dashboard.cli.commands import app; "
        f"app(['report', {str(place)!r}, '--format', 'json'], standalone_mode=False); "
        f"print([name for name in {SCREENS!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
