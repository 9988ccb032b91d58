"""The workbook: every table as a sheet, numbers as numbers, text that nothing runs."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.errors import PlaceError, QueryError
from dashboard.export.found import asking
from dashboard.export.workbook import Sheet, sheets_of, to_xlsx
from dashboard.incrementality import Estimate, Work
from dashboard.query import Where
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.planned import Planned
from tests import small, worlds
from tests.planner_world import CREATORS, ESTIMATES, tables
from tests.test_incrementality_page import an_estimate, unknown

HOSTILE = pl.DataFrame(
    {
        "=n": ["=1+1", "+1", "@SUM(A1)", "https://example.com", "007", None],
        "profit": [-5.0, 0.25, 1e9, None, 0.0, 1.5],
        "day": [dt.date(2026, 1, 31)] * 6,
    }
)
COLUMNS = (
    TableColumn("=n", "=n"),
    TableColumn("profit", "profit", "number", "₹", 2),
    TableColumn("day", "day", "date"),
)


def parts(packed: bytes, name: str) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(packed)) as book:
        return [book.read(one).decode() for one in book.namelist() if name in one]


def read(path: Path) -> dict[str, pl.DataFrame]:
    return pl.read_excel(path, sheet_id=0, infer_schema_length=None)


def written(tmp_path: Path, *arguments: str, place: Path | None = None) -> dict[str, pl.DataFrame]:
    """What the command writes, as our own reader reads it."""
    place, output = place or small.write(tmp_path / "data"), tmp_path / "report.xlsx"
    command = ["report", str(place), "--format", "xlsx", "-o", str(output), *arguments]
    CliRunner().invoke(app, command, catch_exceptions=False)
    return read(output)


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    sheets = parts(to_xlsx([Sheet("One", HOSTILE, COLUMNS)]), "worksheets/sheet")
    assert len(sheets) == 1
    for sheet in sheets:
        assert not re.search(r"<f[ >]", sheet)
        assert "<hyperlink" not in sheet


def test_a_workbook_says_what_the_frame_says() -> None:
    """Text stays text (007 too), numbers numbers, days days; undefined is empty."""
    packed = io.BytesIO(to_xlsx([Sheet("One", HOSTILE, COLUMNS)]))
    sheet = pl.read_excel(packed, infer_schema_length=None)
    assert sheet.to_dict(as_series=False) == HOSTILE.to_dict(as_series=False)


def test_numbers_have_the_formats_of_their_units_and_headers_stay() -> None:
    columns = (
        TableColumn("a", "A", "number", "₹", 2),
        TableColumn("b", "B", "number", "%", 1),
        TableColumn("c", "C", "number", "×", 2),
        TableColumn("d", "D", "number"),
    )
    frame = pl.DataFrame({"a": [123456.5], "b": [0.25], "c": [4.0], "d": [7]})
    packed = to_xlsx([Sheet("One", frame, columns)])
    (styles,) = parts(packed, "styles.xml")
    formats = [
        code.replace("&quot;", '"').replace("&gt;", ">")
        for code in re.findall(r'formatCode="(.*?)"', styles)
    ]
    assert r'[>=10000000]"₹"##\,##\,##\,##0.00;[>=100000]"₹"##\,##\,##0.00;"₹"#,##0.00' in (
        code.replace("\\\\", "\\") for code in formats
    )
    assert "0.0%" in formats
    assert '0.00"×"' in formats
    (sheet,) = parts(packed, "worksheets/sheet")
    assert 'state="frozen"' in sheet


def test_all_tables_hold_the_sums_worked_out_by_hand(tmp_path: Path) -> None:
    """See tests/small.py: 1000 for 250; Gritzo_Kids_1 500 for 250; Bela 700 for 150."""
    sheets = written(tmp_path)
    assert list(sheets) == [
        "Totals", "Months", "Platforms", "Campaigns", "Influencers", "Posts", "Payouts",
        "Orders counted", "Incrementality", "Definitions", "About",
    ]  # fmt: skip
    totals = sheets["Totals"].row(0, named=True)
    assert (totals["Revenue"], totals["Spend"], totals["ROAS"]) == (1000, 250, 4)
    campaigns = {row["Campaign"]: row for row in sheets["Campaigns"].to_dicts()}
    assert campaigns["Gritzo_Kids_1"]["ROAS"] == 2
    assert campaigns["MuscleBlaze_Whey_1"]["ROAS"] is None
    assert sheets["Influencers"]["Influencer"].to_list() == ["Bela", "Asha"]
    assert sheets["Influencers"]["Revenue"].to_list() == [700, 300]
    assert sheets["Months"]["Month"].to_list() == [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
    assert sheets["Months"]["Revenue"].to_list() == [500, 500]
    assert sorted(sheets["Payouts"]["Payout"].to_list()) == [100, 150]
    assert sheets["Posts"]["Reach"].sum() == 3000


def test_it_says_what_it_rests_upon(tmp_path: Path) -> None:
    sheets = written(tmp_path, "--filter", "platform=YouTube", "--to", "2026-01-31")
    about = dict(sheets["About"].iter_rows())
    assert about["Filters"] == "Period: until 31 Jan 2026; Platform: YouTube."
    assert about["Data"].startswith("Data until 1 Feb 2026 · loaded ")
    assert re.search(r"version \w{8}", about["Data"])
    definitions = dict(sheets["Definitions"].select("Name", "Formula").iter_rows())
    assert definitions["ROAS"] == "revenue ÷ spend"


def test_one_table_may_be_asked_for(tmp_path: Path) -> None:
    sheets = written(tmp_path, "--by", "platform", "--metrics", "revenue,roas")
    assert list(sheets) == ["Report", "Definitions", "About"]
    assert sheets["Report"].rows() == [("Instagram", 700, 14 / 3), ("YouTube", 300, 3)]


def test_text_from_the_data_runs_nowhere(tmp_path: Path) -> None:
    place = small.write(
        tmp_path / "hostile", influencers=small.INFLUENCERS.replace("Asha", "'=HYPERLINK(A1)")
    )
    sheets = written(tmp_path, place=place)
    assert "=HYPERLINK(A1)" in sheets["Influencers"]["Influencer"].to_list()
    for sheet in parts((tmp_path / "report.xlsx").read_bytes(), "worksheets/sheet"):
        assert not re.search(r"<f[ >]", sheet)


def test_a_workbook_is_replaced_only_when_told(tmp_path: Path) -> None:
    place, output = small.write(tmp_path / "data"), tmp_path / "report.xlsx"
    output.write_text("mine")
    command = ["report", str(place), "--format", "xlsx", "-o", str(output)]
    refused = CliRunner().invoke(app, command)
    assert isinstance(refused.exception, PlaceError)
    assert output.read_text() == "mine"
    done = CliRunner().invoke(app, [*command, "--force"])
    assert done.stdout == f"Wrote {output} (11 sheets). No filters: everything is in view.\n"


def test_no_rows_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="There are no rows under these filters"):
        written(tmp_path, "--to", "2020-01-31")
    assert not (tmp_path / "report.xlsx").exists()


# ------------------------------------------------------------------------------- what was found


def found_in(*estimates: Estimate, failed: str = "", filters: Where | None = None) -> Explorer:
    """Six creators of two campaigns, see tests/planner_world.py, with what was found of these."""
    work = Work()
    work.end(None if failed else estimates, failed)
    return asking(worlds.dataset(**tables()), filters or Where(), None, work)


def sheets(ask: Explorer) -> dict[str, pl.DataFrame]:
    packed = io.BytesIO(to_xlsx(sheets_of(ask.view(), ask=ask)))
    return pl.read_excel(packed, sheet_id=0, infer_schema_length=None)


WHEY = an_estimate("Whey", payout=2100.0, iroas=0.3)
BARS = unknown("Bars")


def test_verdicts_are_a_sheet_with_ranges_as_numbers() -> None:
    rows = sheets(found_in(WHEY, BARS))["Incrementality"].to_dicts()
    assert [row["Campaign"] for row in rows] == ["Whey", "Bars"]
    assert rows[0] == {
        "Campaign": "Whey",
        "Verdict": "Pays back",
        "Incremental ROAS": 0.3,
        "Incremental ROAS, from": 1.5,
        "Incremental ROAS, to": 4.5,
        "Tagged ROAS": pytest.approx(500 / 2100),
        "Break-even share": 0.4,
        "Incremental revenue": 600,
        "Incremental revenue, from": 300,
        "Incremental revenue, to": 900,
        "Paid for it": 2100,
        "Status of the estimate": "Final",
        "Why": "iROAS is 1.50× to 4.50× with nine chances in ten, above the 1.00× that pays back.",
    }
    assert rows[1]["Verdict"] == "Cannot be known"
    assert rows[1]["Incremental ROAS"] is rows[1]["Incremental revenue, to"] is None
    assert rows[1]["Status of the estimate"] == "Not identifiable"
    assert rows[1]["Why"] == "Only 3 orders a day. Wait for more."


def test_ranges_have_the_formats_of_what_they_are_of() -> None:
    ask = found_in(WHEY)
    (sheet,) = (one for one in sheets_of(ask.view(), ask=ask) if one.title == "Incrementality")
    kinds = {one.name: (one.unit, one.digits) for one in sheet.columns if one.kind == "number"}
    assert kinds["iroas_low"] == kinds["iroas"] == ("×", 2)
    assert kinds["revenue_high"] == kinds["payout"] == ("₹", 0)
    assert kinds["break_even"] == ("%", 1)


def test_every_column_of_what_was_found_is_defined() -> None:
    held = sheets(found_in(*ESTIMATES))
    defined = set(held["Definitions"]["Name"])
    for title, plain in (("Incrementality", {"Campaign", "Why"}), ("Planner", {"Creator", "Tier"})):
        assert set(held[title].columns) - plain <= defined


def test_whom_to_book_next_is_a_sheet_with_its_list_and_its_range() -> None:
    ask = found_in(*ESTIMATES)
    rows = sheets(ask)["Planner"].to_dicts()
    wanted = Planned(ask).in_view()
    assert {row["Creator"] for row in rows} == set(CREATORS)
    for row, one in zip(rows, wanted, strict=True):
        assert row["List"].lower() == one.choice
        assert row["Expected iROAS, from"] < row["Expected iROAS"] < row["Expected iROAS, to"]
        ends = (row["Expected iROAS, from"], row["Expected iROAS, to"])
        assert ends == pytest.approx(one.interval)
        assert 0 <= row["Chance"] <= 1
    paid = {row["Creator"]: row["Paid so far"] for row in rows}
    assert paid["asha"] == 100 + 432
    assert paid["farah"] == 600


def test_filters_choose_what_was_found_and_change_no_number() -> None:
    every = sheets(found_in(*ESTIMATES))
    some = sheets(found_in(*ESTIMATES, filters=Where(campaign=("Bars",))))
    assert some["Incrementality"].to_dicts() == [
        row for row in every["Incrementality"].to_dicts() if row["Campaign"] == "Bars"
    ]
    assert some["Planner"].to_dicts() == [
        row for row in every["Planner"].to_dicts() if row["Creator"] == "asha"
    ]
    about = dict(some["About"].iter_rows())
    assert "never change an estimate" in about["Estimates"]


def test_what_is_not_known_is_a_sentence_and_no_sheet() -> None:
    held = sheets(found_in(failed="It failed. Nothing else is affected."))
    assert not {"Incrementality", "Planner"} & set(held)
    assert "It failed. Nothing else is affected." in held["About"]["In words"].to_list()
    held = sheets(found_in(BARS, unknown("Whey")))
    assert "Planner" not in held
    assert any("No campaign has an incremental revenue yet" in w for w in held["About"]["In words"])


def test_what_is_still_on_its_way_is_said_and_does_not_come_later() -> None:
    work = Work()
    work.tell(3, 14)
    ask = asking(worlds.dataset(**tables()), Where(), None, work)
    work.end(ESTIMATES)
    held = sheets(ask)
    assert "Incrementality" not in held
    assert any("3 of 14 were through. Make the file again" in w for w in held["About"]["In words"])


def test_nobody_who_does_not_want_estimates_waits_for_them(tmp_path: Path) -> None:
    held = written(tmp_path, "--no-incrementality")
    assert not {"Incrementality", "Planner"} & set(held)
    assert "Estimates" not in held["About"]["About"].to_list()


def test_a_setting_that_names_nothing_sold_keeps_no_file_from_being_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_EXCLUDED_DONORS", "Nothing of ours")
    held = written(tmp_path)
    assert "Incrementality" not in held
    assert any("Nothing of ours" in sentence for sentence in held["About"]["In words"])
