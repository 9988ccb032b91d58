"""Four files to four tables: which is which, which column is which, and what is set aside."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import load, load_files
from dashboard.errors import (
    MissingColumnError,
    MissingTableError,
    PlaceError,
    QuestionsError,
)
from dashboard.ingest import FileMapping, read_files
from tests.worlds import dataset, files, folder

CREATORS = "influencers.csv"
POSTS = "posts.csv"
TRACKING = "tracking_data.csv"
PAYOUTS = "payouts.csv"


def read(**changed: str | bytes):
    """The four tables, some files given as text: ``read(posts="influencer_id,date\\n…")``."""
    given = {f"{name}.csv": text for name, text in changed.items()}
    made = {**files(), **given}
    return read_files(
        {name: text if isinstance(text, bytes) else text.encode() for name, text in made.items()}
    )


def aside(ingested):
    """What was set aside, without the file's name and table."""
    columns = ["row", "column", "value", "rule", "reason"]
    return ingested.report.quarantine.select(columns).rows()


# -------------------------------------------------------------------------------------- headers


@pytest.mark.parametrize("header", ["influencer_id", "ID", "id", "Influencer ID", "Influencer_ID"])
def test_a_creators_key_is_found_however_it_is_spelled(header):
    ingested = read(influencers=f"{header},name,platform\n007,Asha,YT\n")
    assert ingested.tables["influencers"]["influencer_id"].to_list() == ["007"]


@pytest.mark.parametrize(
    ("table", "header", "column", "cell", "value"),
    [
        ("influencers", "followers", "follower_count", "12.0", 12),
        ("influencers", "Follower_Count", "follower_count", '"1,25,000"', 125000),
        ("posts", "URL", "url", "https://e.example/1", "https://e.example/1"),
        ("posts", "post_url", "url", "https://e.example/1", "https://e.example/1"),
        ("posts", "Post Platform", "platform", "IG", "Instagram"),
        ("tracking_data", "Brands", "brand", "Zed", "Zed"),
        ("tracking_data", "Customer ID", "user_id", "8118e449", "8118e449"),
        ("payouts", "total_orders_by_influencer", "orders", "3", 3),
        ("payouts", "Payment Date", "paid_on", "2026-01-31", dt.date(2026, 1, 31)),
        ("payouts", "payout_date", "paid_on", "2026-01-31", dt.date(2026, 1, 31)),
        ("payouts", "Payout Basis", "basis", "Per Order", "order"),
        ("payouts", "Campaign Name", "campaign", "Diwali", "Diwali"),
    ],
)
def test_optional_columns_are_found_however_they_are_spelled(table, header, column, cell, value):
    base = files(
        posts=[{"influencer_id": "1", "date": "2026-01-01"}],
        tracking_data=[{"influencer_id": "1", "date": "2026-01-01"}],
        payouts=[{"influencer_id": "1", "total_payout": "5"}],
    )
    head, row = base[f"{table}.csv"].decode().splitlines()
    made = load_files({**base, f"{table}.csv": f"{head},{header}\n{row},{cell}\n".encode()})
    assert made.tables[table][column].to_list() == [value]


@pytest.mark.parametrize("header", ["date", "post_date", "Post Date", "published_at"])
def test_a_posts_day_is_found_however_it_is_spelled(header):
    ingested = read(posts=f"influencer_id,{header}\n1,2026-01-31\n")
    assert ingested.tables["posts"]["date"].to_list() == [dt.date(2026, 1, 31)]


@pytest.mark.parametrize("header", ["date", "transaction_date", "Order Date"])
def test_an_orders_day_is_found_however_it_is_spelled(header):
    ingested = read(
        tracking_data=f"campaign,influencer_id,{header},orders,revenue\nA,1,2026-01-31,1,5\n"
    )
    assert ingested.tables["tracking_data"]["date"].to_list() == [dt.date(2026, 1, 31)]


def test_both_seeds_layouts_of_payouts_are_read():
    """One names the creator ``id`` and writes per_post, the other influencer_id and post."""
    one = read(payouts="id,basis,rate,orders,total_payout\n1,per_post,5,0,10\n")
    other = read(payouts="influencer_id,campaign,basis,rate,total_payout\n1,A,post,5,10\n")
    for ingested in (one, other):
        payouts = ingested.tables["payouts"]
        wanted = ["influencer_id", "basis", "total_payout"]
        assert payouts.select(wanted).rows() == [("1", "post", 1000)]


def test_an_id_beside_the_creator_is_not_the_creator():
    ingested = read(payouts="id,influencer,total_payout\n77,asha,10\n")
    assert ingested.tables["payouts"]["influencer_id"].to_list() == ["asha"]


def test_extra_columns_are_named_and_kept_as_text():
    ingested = read(influencers="id,name,platform,city,Tier Name\n1,Asha,YT,Pune,7\n")
    (report,) = (file for file in ingested.report.files if file.table == "influencers")
    assert report.extra == ("city", "Tier Name")
    assert report.columns == {"influencer_id": "id", "name": "name", "platform": "platform"}
    assert ingested.tables["influencers"].select("city", "Tier Name").rows() == [("Pune", "7")]


def test_an_extra_column_may_bear_the_name_of_a_column_that_another_header_took():
    """Both could be the day; the plain name wins, the other is kept."""
    ingested = read(posts="influencer_id,post_date,date\n1,2026-01-01,2026-01-02\n")
    assert ingested.tables["posts"].select("date", "post_date").rows() == [
        (dt.date(2026, 1, 2), "2026-01-01")
    ]


@pytest.mark.parametrize(
    ("table", "header", "column"),
    [
        ("influencers", "id,name", "platform"),
        ("posts", "influencer_id,caption", "date"),
        ("tracking_data", "influencer_id,date,orders,revenue", "campaign"),
        ("payouts", "influencer_id,rate", "total_payout"),
    ],
)
def test_a_missing_column_is_said_with_what_was_found_and_what_would_do(table, header, column):
    with pytest.raises(MissingColumnError) as caught:
        read(**{table: f"{header}\n"})
    said = str(caught.value)
    words = table.replace("_", " ")
    assert said.startswith(f"{table}.csv, column '{column}': {words} need the column '{column}' (")
    assert f"Headers found: {header.replace(',', ', ')}." in said
    assert f"Name one of them {column}" in said


# ---------------------------------------------------------------------------------------- files


def test_a_missing_table_is_said_with_what_was_found(tmp_path):
    folder(tmp_path)
    (tmp_path / POSTS).unlink()
    with pytest.raises(MissingTableError) as caught:
        load(tmp_path)
    assert str(caught.value) == (
        f"No file of posts in {tmp_path}. It holds: influencers.csv, payouts.csv, "
        "tracking_data.csv. Give one in which one row is a published post, best named posts.csv, "
        ".xlsx or .parquet."
    )


def test_a_place_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(PlaceError, match="There is no folder"):
        load(tmp_path / "gone")
    (tmp_path / "a.csv").touch()
    with pytest.raises(PlaceError, match="is a file"):
        load(tmp_path / "a.csv")


@pytest.mark.parametrize(
    "name", ["Posts.csv", "my posts 2026.CSV", "post_export.txt", "Kopie von Blatt 1.csv"]
)
def test_a_file_is_recognised_by_its_name_or_its_headers(name):
    made = files(posts="influencer_id date reach\n1 2026-01-01 5")
    made[name] = made.pop(POSTS)
    assert load_files(made).tables["posts"].height == 1


def test_a_file_that_is_none_of_the_four_is_named_and_left_alone():
    ingested = read_files({**files(), "notes.csv": b"what,when\nlunch,noon\n"})
    assert ingested.report.ignored == {
        "notes.csv": "It fits none of the four tables, by name or headers."
    }


def test_headers_that_fit_two_tables_need_a_name():
    """Creator, day and reach would be a post; creator, day and amount a payout."""
    both = b"influencer_id,date,reach,total_payout\n1,2026-01-01,5,5\n"
    made = {**files(), "sheet.csv": both}
    with pytest.raises(QuestionsError) as caught:
        read_files(made)
    (question,) = caught.value.questions
    assert question.sentence == (
        "sheet.csv: its headers fit posts and payouts equally well. Which table is it (posts or "
        "payouts), or none?"
    )
    assert question.options == ("posts", "payouts", "ignore")
    assert "--answer 'files.\"sheet.csv\"=posts'" in str(caught.value)
    told = FileMapping({("files", "sheet.csv"): "payouts"})
    assert read_files(made, mapping=told).tables["payouts"]["total_payout"].to_list() == [500]


def test_several_files_of_one_table_are_stacked():
    """A column that one lacks is empty there; each keeps its own report."""
    made = files(posts="influencer_id date\n1 2026-01-01")
    made["posts_february.csv"] = b"influencer_id,date,reach\n1,2026-02-01,5\n"
    ingested = read_files(made)
    assert ingested.tables["posts"].select("date", "reach").rows() == [
        (dt.date(2026, 1, 1), None),
        (dt.date(2026, 2, 1), 5),
    ]
    assert ingested.report.read["posts"] == 2


def test_parquet_and_csv_of_the_same_rows_are_the_same_dataset(tmp_path):
    text = files(
        posts="influencer_id date reach likes\n1 2026-01-01 5 2",
        tracking_data="influencer_id date orders revenue\n1 2026-01-02 2 9.99",
        payouts="influencer_id total_payout\n1 100",
    )
    for name, content in text.items():
        frame = pl.read_csv(content, try_parse_dates=True)
        frame.write_parquet(tmp_path / name.replace(".csv", ".parquet"))
    assert load(tmp_path).version == load_files(text).version


# ------------------------------------------------------------------------------------ cleaning


def test_a_row_set_aside_says_where_what_why_and_how_it_read():
    ingested = read(
        tracking_data="campaign,influencer_id,date,orders,revenue\n"
        "A,1,2026-01-01,1,10\n"
        "A,1,soon,1,10\n"
    )
    (record,) = ingested.report.quarantine.to_dicts()
    assert re.fullmatch("[0-9a-f]{16}", record.pop("id"))
    assert [record] == [
        {
            "file": TRACKING,
            "table": "tracking_data",
            "row": 3,
            "column": "date",
            "value": "soon",
            "rule": "date_unreadable",
            "reason": "date should be a day, such as 2026-03-31 or 31-03-2026",
            "original": "A,1,soon,1,10",
            "cells": ["A", "1", "soon", "1", "10"],
        }
    ]
    assert ingested.tables["tracking_data"]["revenue"].to_list() == [1000]


ORDER = "campaign,influencer_id,date,orders,revenue"


@pytest.mark.parametrize(
    ("table", "header", "row", "column", "value", "rule"),
    [
        ("tracking_data", ORDER, "A,1,,1,1", "date", None, "missing"),
        ("tracking_data", ORDER, "A,1,2026-01-01,2.5,1", "orders", "2.5", "unreadable"),
        ("tracking_data", ORDER, "A,1,2026-01-01,1,1e400", "revenue", "1e400", "unreadable"),
        ("tracking_data", ORDER, "A,1,2026-01-01,1,NaN", "revenue", "NaN", "missing"),
        ("posts", "influencer_id,date,reach", "1,2026-01-01,-5", "reach", "-5", "negative"),
        ("posts", "influencer_id,date,likes", "1,2026-01-01,some", "likes", "some", "unreadable"),
        ("posts", "influencer_id,date", ",2026-01-01", "influencer_id", None, "missing"),
        ("payouts", "influencer_id,total_payout", "1,", "total_payout", None, "missing"),
        ("payouts", "influencer_id,total_payout", "1,lots", "total_payout", "lots", "unreadable"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside(table, header, row, column, value, rule):
    ingested = read(**{table: f"{header}\n{row}\n"})
    ((at, where, what, why, _),) = aside(ingested)
    assert (at, where, what, why) == (2, column, value, f"{column}_{rule}")
    assert ingested.tables[table].height == 0
    assert ingested.report.read[table] == 1


def test_returns_and_corrections_are_values():
    """Negative orders, revenue and payouts stay; so does an order line of 0."""
    made = dataset(
        tracking_data="influencer_id date orders revenue\n1 2026-01-01 -1 -9.5\n1 2026-01-02 0 0",
        payouts="influencer_id total_payout\n1 -50",
    )
    assert made.tables["tracking_data"].select("orders", "revenue").rows() == [(-1, -950), (0, 0)]
    assert made.tables["payouts"]["total_payout"].to_list() == [-5000]


def test_an_unreadable_cell_that_decides_nothing_is_left_out_and_the_row_kept():
    ingested = read(influencers="id,name,platform,followers\n1,Asha,YT,many\n2,Bela,IG,-3\n")
    assert ingested.tables["influencers"]["follower_count"].to_list() == [None, None]
    (report,) = (file for file in ingested.report.files if file.table == "influencers")
    negative, unreadable = report.notes
    assert negative == (
        "1 cell of followers left out (followers counts something and cannot be negative); the "
        "rows are kept."
    )
    assert unreadable == (
        "1 cell of followers left out (followers should be a whole number from 0); the rows are "
        "kept."
    )


def test_rows_without_a_creator_or_campaign_are_baseline_rows():
    made = dataset(tracking_data="influencer_id campaign date\n- - 2026-01-01\n1 - 2026-01-02")
    assert made.tables["tracking_data"]["influencer_id"].to_list() == [None, "1"]
    assert not made.report.quarantine.height


def test_a_ragged_row_is_set_aside_with_its_text():
    ingested = read(influencers="id,name,platform\n1,Asha,YT\n2,Bela,IG,surplus\n")
    ((row, column, value, rule, reason),) = aside(ingested)
    assert (row, column, value, rule) == (3, None, None, "ragged")
    assert reason == "4 cells under 3 headers; quote a cell that holds a ','."
    assert ingested.report.quarantine["original"].to_list() == ["2,Bela,IG,surplus"]
    assert ingested.report.read["influencers"] == 2


@pytest.mark.parametrize("second", [CREATORS, "influencers_2.csv"])
def test_a_creator_that_stands_twice_is_set_aside_the_second_time(second):
    """In one file or in two; otherwise every number of that creator would count twice."""
    made = files(
        influencers="influencer_id name\n1 Asha", payouts="influencer_id total_payout\n1 5"
    )
    again = b"influencer_id,name,platform\n1,Anu,IG\n"
    made[second] = made[CREATORS] + again.split(b"\n", 1)[1] if second == CREATORS else again
    ingested = read_files(made)
    assert ingested.tables["influencers"]["name"].to_list() == ["Asha"]
    ((_, column, value, rule, _),) = aside(ingested)
    assert (column, value, rule) == ("influencer_id", "1", "influencer_id_duplicate")


def test_a_post_that_stands_twice_is_set_aside_where_posts_have_a_key():
    ingested = read(posts="post_id,influencer_id,date\np1,1,2026-01-01\np1,1,2026-01-02\n")
    assert ingested.tables["posts"]["date"].to_list() == [dt.date(2026, 1, 1)]
    assert [row[3] for row in aside(ingested)] == ["post_id_duplicate"]


def test_posts_without_a_key_may_say_the_same():
    ingested = read(posts="influencer_id,date\n1,2026-01-01\n1,2026-01-01\n")
    assert ingested.tables["posts"].height == 2


def test_a_row_set_aside_leaves_its_key_to_its_mended_self():
    """The first p1 reads negative reach; the second is the same post, mended."""
    ingested = read(
        posts="post_id,influencer_id,date,reach\np1,1,2026-01-01,-5\np1,1,2026-01-01,5\n"
    )
    assert ingested.tables["posts"]["reach"].to_list() == [5]
    assert [row[3] for row in aside(ingested)] == ["reach_negative"]


def test_equal_rows_are_flagged_and_kept():
    ingested = read(
        tracking_data="campaign,influencer_id,date,orders,revenue\n" + "A,1,2026-01-01,1,5\n" * 3,
        payouts="influencer_id,total_payout\n1,5\n1,6\n",
    )
    assert ingested.tables["tracking_data"].height == 3
    assert (
        "Tracking data: 2 rows say the same as another in every column; kept."
        in ingested.report.notes
    )
    assert not any(note.startswith("Payouts: 1 row says") for note in ingested.report.notes)


# ------------------------------------------------------------------------------- across tables


def test_a_key_written_as_a_decimal_is_the_whole_number_of_influencers():
    made = dataset(
        influencers="influencer_id name\n12 Asha",
        payouts="influencer_id total_payout\n12.0 5\n13.0 7",
    )
    assert made.tables["payouts"]["influencer_id"].to_list() == ["12", "13.0"]
    assert "Payouts: 1 id such as '12.0' read as '12', as in influencers." in made.report.notes


def test_unknown_creators_are_kept_counted_and_reported():
    made = dataset(
        influencers="influencer_id name\n1 Asha",
        tracking_data="influencer_id date\n1 2026-01-01\n8 2026-01-01\n9 2026-01-02\n9 2026-01-03",
    )
    assert made.tables["tracking_data"].height == 4
    assert (
        "Tracking data: 3 rows of 2 creators not in influencers (8, 9); kept, shown as unknown."
        in made.report.notes
    )


def test_dates_are_decided_per_file_and_said():
    ingested = read(posts="influencer_id,date\n1,01-06-2024\n")
    assert ingested.tables["posts"]["date"].to_list() == [dt.date(2024, 6, 1)]
    (report,) = (file for file in ingested.report.files if file.table == "posts")
    (note,) = report.notes
    assert note == (
        "date could be day first or month first in every row; day first was assumed, as is usual "
        "in India."
    )


def test_a_report_says_how_much_was_read_and_set_aside():
    ingested = read(influencers="id,name,platform\n1,Asha,YT\n1,Bela,IG\n")
    assert ingested.report.sentence() == "2 rows read, 1 row set aside"


# ------------------------------------------------------------------------------------- always

CELL = st.sampled_from(
    ["1", "2", "-3", "2.5", "", "NaN", "x", "2026-01-05", "13-01-2026", "₹1,00,000", "1e400", "a,b"]
)
ROWS = st.lists(st.lists(CELL, min_size=5, max_size=7), max_size=8)
HEADERS = {
    "influencers": ["id", "name", "platform", "followers", "gender"],
    "posts": ["influencer_id", "date", "reach", "likes", "post_id"],
    "tracking_data": ["influencer_id", "campaign", "date", "orders", "revenue"],
    "payouts": ["influencer_id", "total_payout", "rate", "date", "status"],
}


@given(st.sampled_from(sorted(HEADERS)), ROWS)
def test_every_row_read_is_accepted_or_set_aside(table, rows):
    """Counted independently: records that are not blank, by the csv module."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([HEADERS[table], *rows])
    ingested = read(**{table: out.getvalue()})
    records = list(csv.reader(io.StringIO(out.getvalue())))[1:]
    wanted = sum(1 for record in records if any(cell.strip() for cell in record))
    report = ingested.report
    assert report.read[table] == wanted
    assert report.accepted[table] + report.quarantined[table] == wanted
    assert ingested.tables[table].height == report.accepted[table]
    assert report.quarantine.height == report.quarantined[table]
    assert report.quarantine["row"].n_unique() == report.quarantine.height
