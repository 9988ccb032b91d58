"""Rules: what sets a row aside, what is kept and flagged, and that the report says which."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from dashboard.errors import DataError
from dashboard.ingest import FileMapping, read_files
from dashboard.ingest.rules import rules_of
from dashboard.schema import TABLES
from tests.worlds import files

ORDER = "campaign,influencer_id,date,orders,revenue"
POST = "influencer_id,date,reach,likes"
PAYOUT = "influencer_id,basis,rate,total_payout,status"
TODAY = dt.date(2026, 11, 20)


def read(table: str, header: str, *rows: str):
    made = {**files(), f"{table}.csv": "\n".join([header, *rows, ""]).encode()}
    return read_files(made, today=TODAY)


def report(ingested, table: str):
    return next(file for file in ingested.report.files if file.table == table)


@pytest.mark.parametrize(
    ("table", "header", "row", "rule"),
    [
        ("tracking_data", ORDER, "A,1,2026-01-05,-1,-9.5", "returns"),
        ("tracking_data", ORDER, "A,1,2026-01-05,0,5", "revenue_without_orders"),
        ("tracking_data", ORDER, "A,1,1999-12-31,1,5", "date_early"),
        ("tracking_data", ORDER, "A,1,2026-11-22,1,5", "date_late"),
        ("posts", POST, "1,2026-01-05,10,11", "likes_above_reach"),
        ("payouts", PAYOUT, "1,post,5,-5,paid", "corrections"),
        ("payouts", PAYOUT, "1,post,-5,5,paid", "rate_negative"),
        ("payouts", PAYOUT, "1,per reel,5,5,paid", "basis_unknown"),
        ("payouts", PAYOUT, "1,post,5,5,perhaps", "status_unknown"),
    ],
)
def test_a_row_that_is_odd_is_kept_and_counted(table, header, row, rule):
    ingested = read(table, header, row)
    found = report(ingested, table)
    assert (found.accepted, found.quarantined) == (1, 0)
    assert found.rules == {rule: 1}
    assert found.notes[0].startswith("1 row: ")
    assert found.notes[0].endswith("; kept.")


def test_a_row_that_is_set_aside_for_its_key_is_not_counted_as_kept():
    """Of two odd posts with one id the first is kept, and of two odd creators."""
    posts = read("posts", f"post_id,{POST}", *["a,1,2026-01-05,10,11"] * 2)
    found = report(posts, "posts")
    assert found.rules == {"likes_above_reach": 1, "post_id_duplicate": 1}
    assert found.notes == ("1 row: more likes than people reached; kept.",)
    header = "influencer_id,name,platform,category,gender,followers"
    people = read("influencers", header, *["7,Asha,YouTube,Fitness,F,many"] * 2)
    found = report(people, "influencers")
    assert found.rules == {"follower_count_unreadable": 1, "influencer_id_duplicate": 1}


@pytest.mark.parametrize(
    ("table", "header", "row"),
    [
        ("tracking_data", ORDER, "A,1,2026-11-21,1,5"),
        ("tracking_data", ORDER, "A,1,2000-01-01,1,5"),
        ("tracking_data", ORDER, "A,1,2026-01-05,0,0"),
        ("posts", POST, "1,2026-01-05,10,10"),
        ("posts", POST, "1,2026-01-05,,10"),
        ("payouts", PAYOUT, "1,per_order,0,0,PAID"),
    ],
    ids=["tomorrow", "2000", "nothing sold", "all liked", "reach not said", "zero"],
)
def test_a_row_at_the_edge_of_a_rule_is_not_counted(table, header, row):
    assert report(read(table, header, row), table).rules == {}


@pytest.mark.parametrize("total", ["Total", "GRAND TOTAL", "total:", "Subtotal", "Sum"])
def test_a_line_that_sums_up_others_is_set_aside(total):
    """5 + 6 = 11 would count twice."""
    ingested = read("payouts", "influencer_id,total_payout", "1,5", "2,6", f"{total},11")
    assert ingested.tables["payouts"]["total_payout"].sum() == 1100
    assert report(ingested, "payouts").rules == {"total_row": 1}


def test_the_total_of_tracking_may_stand_under_campaign():
    ingested = read("tracking_data", ORDER, "A,1,2026-01-05,1,5", "Total,,2026-01-31,1,5")
    assert ingested.tables["tracking_data"]["revenue"].sum() == 500
    ingested = read("tracking_data", ORDER, "Total,1,2026-01-05,1,5")
    assert ingested.tables["tracking_data"].height == 1


def test_the_header_once_more_is_set_aside():
    ingested = read("posts", POST, "1,2026-01-05,10,1", POST, "1,2026-01-06,10,1")
    assert ingested.tables["posts"].height == 2
    assert report(ingested, "posts").rules == {"header_again": 1}


@pytest.mark.parametrize("amount", ["$5", "5 USD", "€5", "£5", "AED 5", "5 dollars"])
def test_another_currency_is_refused_with_its_row(amount):
    with pytest.raises(DataError) as caught:
        read("payouts", "influencer_id,total_payout", "1,₹5", f"1,{amount}")
    error = caught.value
    assert (error.file, error.row, error.column) == ("payouts.csv", 3, "total_payout")
    assert "another currency than rupees" in str(error)


def test_a_currency_column_must_say_rupees_throughout():
    header = "influencer_id,total_payout,currency"
    assert read("payouts", header, "1,5,INR", "1,5,Rs", "1,5,₹", "1,5,").tables["payouts"].height
    with pytest.raises(DataError, match="row 3, column 'currency' \\('USD'\\)"):
        read("payouts", header, "1,5,INR", "1,5,USD")


def test_words_that_hold_no_currency_are_only_unreadable():
    ingested = read("payouts", "influencer_id,total_payout", "1,lots", "1,causd")
    assert report(ingested, "payouts").rules == {"total_payout_unreadable": 2}


def test_a_row_is_set_aside_once_under_the_first_rule():
    ingested = read("posts", POST, "1,soon,-5,many")
    assert report(ingested, "posts").rules == {"date_unreadable": 1}


def test_a_row_set_aside_is_not_flagged_too():
    ingested = read("posts", POST, "1,soon,10,11")
    assert report(ingested, "posts").rules == {"date_unreadable": 1}


def test_rows_that_a_mapping_gives_a_key_count_once():
    """Row r1 stands in two files; 5 + 6, not 5 + 6 + 5."""
    header = "influencer_id,total_payout,row_id"
    made = files()
    made["payouts.csv"] = f"{header}\n1,5,r1\n1,6,r2\n".encode()
    made["payouts_2.csv"] = f"{header}\n1,5,r1\n1,5,\n".encode()
    ingested = read_files(made)
    assert ingested.tables["payouts"]["total_payout"].sum() == 1600
    assert ingested.report.quarantine["rule"].to_list() == ["row_id_duplicate"]


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_rule_has_a_name_of_its_own_and_says_what_would_be_right(table):
    every = {column.name: column.name for column in table.columns}
    rules = rules_of(table, every, TODAY)
    assert len({rule.name for rule in rules}) == len(rules)
    assert all(rule.reason and rule.column in every for rule in rules)


# ------------------------------------------------------------------------------- across tables


def test_a_post_long_before_its_campaigns_first_order_is_said():
    """31 days before; one 30 days before is not."""
    made = files(
        posts="influencer_id campaign date\n1 A 2026-01-01\n1 A 2026-01-02\n1 B 2025-01-01",
        tracking_data="influencer_id campaign date\n1 A 2026-02-01",
    )
    report = read_files(made).report
    assert [(one.rule, one.table, one.rows) for one in report.across] == [
        ("post_before_campaign", "posts", 1)
    ]
    notes = report.notes
    assert (
        "Posts: 1 row more than 30 days before the first order of their campaign, such as A; kept."
    ) in notes


def test_a_payout_for_work_with_no_evidence_is_said():
    made = files(
        influencers="influencer_id\n1\n2\n3",
        posts="influencer_id date\n1 2026-01-01",
        tracking_data="influencer_id date\n2 2026-01-01",
        payouts="influencer_id total_payout\n1 5\n2 5\n3 5\n3 0",
    )
    notes = read_files(made).report.notes
    (note,) = notes
    assert note == (
        "Payouts: 1 row for work with no evidence, neither posts nor orders, such as that of 3; "
        "kept, shown as unassigned."
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [("12.0", "12"), ("inf 012", "INF_012"), ("Inf012", "INF_012"), ("012", "012")],
)
def test_an_id_is_the_one_that_influencers_has_where_only_one_reads_like_it(written, meant):
    made = files()
    made["influencers.csv"] = b"influencer_id,name,platform\n12,Asha,YT\nINF_012,Bela,IG\n"
    made["payouts.csv"] = f"influencer_id,total_payout\n{written},5\n".encode()
    assert read_files(made).tables["payouts"]["influencer_id"].to_list() == [meant]


def test_an_id_that_two_creators_read_like_is_left_as_it_is():
    made = files()
    made["influencers.csv"] = b"influencer_id,name,platform\nA1,Asha,YT\na-1,Bela,IG\n"
    made["payouts.csv"] = b"influencer_id,total_payout\na_1,5\n"
    ingested = read_files(made)
    assert ingested.tables["payouts"]["influencer_id"].to_list() == ["a_1"]
    assert any("1 creator not in influencers (a_1)" in note for note in ingested.report.notes)


def test_doubling_payout_rows_doubles_spend_and_leaves_revenue():
    """A payout of 5 and one of 6: 11; each twice: 22. Revenue stays 10."""
    from dashboard.dataset import load_files
    from dashboard.ledger import build
    from dashboard.query import answer

    made = files(tracking_data="influencer_id date revenue\n1 2026-01-01 10")
    for times, spend in ((1, 11.0), (2, 22.0)):
        rows = b"1,5\n1,6\n" * times
        made["payouts.csv"] = b"influencer_id,total_payout\n" + rows
        row = answer(build(load_files(made)), ["spend", "revenue"]).row(0)
        assert row == (spend, 10.0)


# --------------------------------------------------------------------------------------- its words

OURS = re.compile(r"[a-z]+_[a-z_]+")
"""How the program names tables and columns of its own."""
THEIRS = {
    "creators.csv": b"Creator ID,Creator,Network,Followers\nc1,Asha,YT,many\n,Bela,IG,10\n",
    "content.csv": b"Creator ID,Posted On,Views\nc1,2026-01-01,-4\nc9,soon,5\n",
    "sales.csv": (
        b"Creator ID,Campaign Name,Order Date,Units,Net Sales\n"
        b"c1,A,2026-01-01,1,much\nc8,A,05-06-2026,1,5\nc8,A,05-06-2026,1,5\n"
    ),
    "payments.csv": b"Creator ID,Amount Paid (INR)\nc1,lots\n,5\nc1,-5\n",
}
"""Files whose headers are nobody's but their own, and something wrong in each."""
ANSWERS = {
    ("files", "creators.csv"): "influencers",
    ("files", "content.csv"): "posts",
    ("files", "sales.csv"): "tracking_data",
    ("files", "payments.csv"): "payouts",
    ("columns", "posts", "date"): "Posted On",
    ("columns", "posts", "reach"): "Views",
    ("columns", "tracking_data", "campaign"): "Campaign Name",
    ("columns", "tracking_data", "date"): "Order Date",
    ("columns", "tracking_data", "orders"): "Units",
    ("columns", "tracking_data", "revenue"): "Net Sales",
    ("columns", "payouts", "total_payout"): "Amount Paid (INR)",
}


def test_what_is_wrong_is_said_in_the_words_of_the_files():
    """Their own headers, with file, row and column; no name that only the program uses."""
    report = read_files(THEIRS, mapping=FileMapping(ANSWERS)).report
    aside = report.quarantine.select("file", "row", "column", "reason").sort("file", "row").rows()
    amount = "an amount in rupees, such as 1234.50"
    assert aside == [
        ("content.csv", 2, "Views", "Views counts something and cannot be negative"),
        (
            "content.csv",
            3,
            "Posted On",
            "Posted On should be a day, such as 2026-03-31 or 31-03-2026",
        ),
        ("creators.csv", 3, "Creator ID", "Creator ID is empty; it should be an id"),
        ("payments.csv", 2, "Amount Paid (INR)", f"Amount Paid (INR) should be {amount}"),
        ("payments.csv", 3, "Creator ID", "Creator ID is empty; it should be an id"),
        ("sales.csv", 2, "Net Sales", f"Net Sales should be {amount}"),
    ]
    said = [
        *report.notes,
        *(note for file in report.files for note in file.notes),
        *(question.sentence for question in report.questions),
        *(reason for *_, reason in aside),
    ]
    assert not [one for one in said if OURS.search(one)]
    together = " ".join(said)
    for words in (
        "1 cell of Followers left out (Followers should be a whole number from 0)",
        "Order Date could be day first or month first in every row",
        "1 row: Amount Paid (INR) is negative: a correction, which counts in the sums",
        "Tracking data: 2 rows of 1 creator not in influencers (c8)",
        "Tracking data: 1 row says the same as another",
    ):
        assert words in together
