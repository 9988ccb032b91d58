"""Rows that were set aside come back mended: each into its own place, none twice."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import Store, load, load_files, mend, save
from dashboard.errors import DataError
from dashboard.ingest import FileMapping
from dashboard.ingest.reading.text import MEND_COLUMNS, numbered
from dashboard.ingest.report import headers_to_mend
from dashboard.query import answer
from tests import small

PAYOUTS = small.PAYOUTS + "1,order,50,2,lots,paid\n2,post,1,1,,paid\n"
"""Rows 4 and 5 cannot be used: 100 + 150 = 250 can."""


def world(**changed: str | bytes):
    made = {**small.FILES, **{f"{name}.csv": text for name, text in changed.items()}}
    return load_files(
        {name: text if isinstance(text, bytes) else text.encode() for name, text in made.items()}
    )


def spend(dataset) -> float:
    return dataset.tables["payouts"]["total_payout"].sum() / 100


def sums(dataset) -> bool:
    """Accepted and set aside are what was read, in each file and together."""
    return all(file.accepted + file.quarantined == file.read for file in dataset.report.files)


def test_what_was_set_aside_is_written_in_its_own_columns():
    text = world(payouts=PAYOUTS).report.to_mend("payouts.csv")
    header, first, second = csv.reader(io.StringIO(text))
    assert header == [*MEND_COLUMNS, *small.PAYOUTS.splitlines()[0].split(",")]
    assert first[1:3] == ["payouts.csv", "4"]
    assert first[4] == "total_payout should be an amount in rupees, such as 1234.50"
    assert first[5:] == ["1", "order", "50", "2", "lots", "paid"]
    assert second[5:] == ["2", "post", "1", "1", "", "paid"]


def test_a_mended_row_counts_and_its_record_is_set_aside_no_more():
    """250 + 99.50 = 349.50; the other row is as empty as it was."""
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50")
    after = mend(before, {"mended.csv": text.encode()})
    assert spend(after) == 349.50
    (record,) = after.report.quarantine.to_dicts()
    assert (record["file"], record["row"], record["rule"]) == (
        "mended.csv",
        3,
        "total_payout_missing",
    )
    assert sums(after)
    assert after.version != before.version


def test_brands_of_mended_rows_are_found_as_those_of_others(tmp_path):
    """Before the first “_” of each campaign stands its brand; what is assumed is said once."""
    header = "campaign,influencer_id,date,orders,revenue"
    whole, torn = (
        {"tracking_data": f"{header}\nZed_a,1,2026-01-01,1,100\nYak_b,1,2026-01-01,1,{last}\n"}
        for last in ("50", "lots")
    )
    before = world(**torn)
    text = before.report.to_mend("tracking_data.csv").replace("lots", "50").encode()
    after = mend(before, {"mended.csv": text})
    save(after, Store(tmp_path / "saved"))
    for found in (world(**whole), after, load(tmp_path / "saved")):
        assert answer(found, "revenue", "brand").rows() == [("Yak", 50.0), ("Zed", 100.0)]
        assert sum("assumed to be the brand: Yak and Zed" in one for one in found.report.notes) == 1
        assert [one.where[0] for one in found.report.questions] == ["brands"]


def test_a_mended_row_that_names_a_known_brand_ends_what_was_assumed():
    """As where all rows are read at once: then nobody takes the brand from a campaign."""
    header = "campaign,influencer_id,date,orders,revenue"
    rows = "Zed_a,1,2026-01-01,1,100\nMuscleBlaze_b,1,2026-01-01,1,lots\n"
    before = world(tracking_data=f"{header}\n{rows}")
    assert before.tables["tracking_data"]["brand"].to_list() == ["Zed"]
    text = before.report.to_mend("tracking_data.csv").replace("lots", "50").encode()
    after = mend(before, {"mended.csv": text})
    assert after.tables["tracking_data"]["brand"].to_list() == ["(no brand)", "MuscleBlaze"]
    assert (after.report.notes, after.report.questions) == ((), ())


def test_a_mended_file_given_twice_creates_no_doubles():
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50").encode()
    once = mend(before, {"mended.csv": text})
    twice = mend(once, {"mended.csv": text})
    assert spend(twice) == spend(once) == 349.50
    assert twice.report.files[-1].rules == {"not_set_aside": 1, "total_payout_missing": 1}
    assert sums(twice)


def test_the_same_file_may_be_mended_further_and_given_again():
    """The first row counts once, the second when it is mended too: 349.50 + 0.50."""
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50")
    once = mend(before, {"mended.csv": text.encode()})
    further = text.replace("1,1,,paid", "1,1,0.50,paid").encode()
    assert spend(mend(once, {"mended.csv": further})) == 350.0


def test_what_is_still_wrong_can_be_mended_once_more():
    """The row that came back empty is given 0.50 the second time: 349.50 + 0.50 = 350."""
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50").encode()
    once = mend(before, {"mended.csv": text})
    again = once.report.to_mend("mended.csv").replace("1,1,,paid", "1,1,0.50,paid").encode()
    twice = mend(once, {"mended.csv": again})
    assert spend(twice) == 350.0
    assert not twice.report.quarantine.height


def test_mended_rows_may_lie_beside_the_files_they_come_from():
    """A folder is read as a whole: the same answer as mending afterwards."""
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50")
    together = world(payouts=PAYOUTS, **{"payouts - set aside": text})
    assert spend(together) == 349.50
    assert sums(together)
    assert together.report.mended == 2


def test_a_ragged_row_comes_back_with_its_cells():
    """One cell too many; without it the row counts: 250 + 7 = 257."""
    before = world(payouts=small.PAYOUTS + "1,order,5,6,7,paid,surplus\n")
    text = before.report.to_mend("payouts.csv")
    assert text.rstrip().endswith("1,order,5,6,7,paid,surplus")
    after = mend(before, {"mended.csv": text.replace(",surplus", "").encode()})
    assert spend(after) == 257.0
    assert not after.report.quarantine.height


OWN = small.PAYOUTS.splitlines()[0].split(",")


@pytest.mark.parametrize(
    ("columns", "cells"),
    [
        ([*MEND_COLUMNS[:2], *OWN], ["1", "order", "5", "6", "7", "paid", "surplus"]),
        ([*OWN, *MEND_COLUMNS], ["1", "order", "5", "6", "7", "paid", "surplus"]),
        ([*MEND_COLUMNS, *OWN[::-1]], ["1", "order", "5", "6", "7", "paid", "surplus"]),
        ([*MEND_COLUMNS, *OWN[1:]], ["", "order", "5", "6", "7", "paid", "surplus"]),
    ],
    ids=["reasons taken out", "ours last", "its own turned round", "one of its own taken out"],
)
def test_a_ragged_row_keeps_its_cells_however_columns_are_arranged(columns, cells):
    """It is still ragged, and can be mended from where it is set aside now."""
    before = world(payouts=small.PAYOUTS + "1,order,5,6,7,paid,surplus\n")
    text = before.report.to_mend("payouts.csv")
    (was,) = before.report.quarantine["id"]
    after = mend(before, {"mended.csv": arranged(text, columns)})
    (record,) = after.report.quarantine.to_dicts()
    assert (record["id"], record["rule"], record["cells"]) == (was, "ragged", cells)
    assert sums(after)


def test_a_formula_comes_back_as_it_was():
    """The apostrophe that keeps a spreadsheet from running it is taken off again."""
    posts = small.POSTS + '1,YouTube,soon,https://example.com/3,"=1+1",5,1,1\n'
    before = world(posts=posts)
    text = before.report.to_mend("posts.csv")
    assert ",'=1+1," in text
    after = mend(before, {"mended.csv": text.replace("soon", "2026-01-09").encode()})
    assert after.tables["posts"]["caption"].to_list()[-1] == "=1+1"


def test_days_are_read_in_the_order_of_the_file_they_come_from():
    """Month first there, by 01/31: 02/03 that comes back is 3 February."""
    head = small.POSTS.splitlines()[0]
    posts = f"{head}\n1,YouTube,01/31/2026,u,c,1,1,1\n1,YouTube,02/03/2026,u,c,-1,1,1\n"
    before = world(posts=posts)
    text = before.report.to_mend("posts.csv").replace(",'-1,", ",1,")
    after = mend(before, {"mended.csv": text.encode()})
    assert [str(day) for day in after.tables["posts"]["date"]] == ["2026-01-31", "2026-02-03"]


def test_a_creator_who_comes_back_is_unknown_no_more():
    influencers = small.INFLUENCERS.replace("2,Bela", ",Bela")
    before = world(influencers=influencers)
    assert any("not in influencers (2)" in note for note in before.report.notes)
    text = before.report.to_mend("influencers.csv").replace(",,Bela", ",2,Bela")
    after = mend(before, {"mended.csv": text.encode()})
    assert not any("not in influencers" in note for note in after.report.notes)


def test_a_key_that_is_taken_meanwhile_stays_set_aside():
    influencers = small.INFLUENCERS + "1,Anu,Fitness,Female,10,YouTube\n"
    before = world(influencers=influencers)
    text = before.report.to_mend("influencers.csv")
    after = mend(before, {"mended.csv": text.encode()})
    assert after.tables["influencers"]["name"].to_list() == ["Asha", "Bela"]
    assert after.report.quarantine["rule"].to_list() == ["influencer_id_duplicate"]


def test_rows_of_a_file_that_is_not_here_are_refused():
    text = world(payouts=PAYOUTS).report.to_mend("payouts.csv").replace("payouts.csv", "other.csv")
    with pytest.raises(DataError, match=r"set aside in other\.csv, which is not here"):
        mend(world(), {"mended.csv": text.encode()})


def test_a_file_that_was_not_made_to_be_mended_is_refused():
    with pytest.raises(DataError, match="has no column 'set_aside_id'"):
        mend(world(), {"payouts.csv": PAYOUTS.encode()})


def test_marks_that_were_changed_mend_nothing():
    before = world(payouts=PAYOUTS)
    text = before.report.to_mend("payouts.csv").replace("lots", "5")
    mark = text.splitlines()[1].split(",")[0]
    after = mend(before, {"mended.csv": text.replace(mark, "0" * 16).encode()})
    assert spend(after) == 250.0
    assert sums(after)


def with_own(*columns: str) -> str:
    """The payouts with more columns, whose cells are the row's number and the column's place."""
    head, *rows = PAYOUTS.splitlines()
    rows = [
        ",".join([row, *(f"{number}{place}" for place, _ in enumerate(columns))])
        for number, row in enumerate(rows, 2)
    ]
    return "\n".join([",".join([head, *columns]), *rows])


def arranged(text: str, columns: Sequence[str]) -> bytes:
    """A file that was downloaded to be mended with only these columns, in this order."""
    head, *rows = csv.reader(io.StringIO(text))
    places = [head.index(column) for column in columns]
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [*(row[place] for place in places), *row[len(head) :]] for row in [head, *rows]
    )
    return out.getvalue().encode()


@pytest.mark.parametrize(
    ("taken_out", "row", "row_2"),
    [
        ("", "40", "41"),
        ("set_aside_row", "40", "41"),  # ours
        ("set_aside_row (2)", None, "41"),
        ("set_aside_row (2) (2)", "40", None),
    ],
)
def test_columns_called_like_ours_come_back_with_their_own_cells(taken_out, row, row_2):
    """The place of a row is no cell of it, whichever column somebody takes out."""
    before = world(payouts=with_own("set_aside_row", "set_aside_row (2)"))
    text = before.report.to_mend("payouts.csv").replace("lots", "99.50")
    columns = [one for one in text.splitlines()[0].split(",") if one != taken_out]
    after = mend(before, {"mended.csv": arranged(text, columns)})
    payouts = after.tables["payouts"]
    assert payouts["total_payout"].to_list() == [10000, 15000, 9950]
    assert payouts["set_aside_row"].to_list() == ["20", "30", row]
    assert payouts["set_aside_row (2)"].to_list() == ["21", "31", row_2]


def test_a_mark_never_becomes_an_id():
    """The file's own ids stand under a header of ours: what has none gets none."""
    text = small.INFLUENCERS.replace("influencer_id", "set_aside_id").replace("2,Bela", ",Bela")
    mapping = FileMapping().answered({("columns", "influencers", "influencer_id"): "set_aside_id"})
    files = {name: one.encode() for name, one in small.FILES.items()}
    before = load_files({**files, "influencers.csv": text.encode()}, mapping=mapping)
    assert before.tables["influencers"]["influencer_id"].to_list() == ["1"]
    back = before.report.to_mend("influencers.csv").encode()
    after = mend(before, {"mended.csv": back})
    assert after.tables["influencers"]["influencer_id"].to_list() == ["1"]
    assert after.report.quarantine["rule"].to_list() == ["influencer_id_missing"]
    mended = back.replace(b",,Bela", b",2,Bela")
    assert mend(before, {"mended.csv": mended}).tables["influencers"]["name"].to_list() == [
        "Asha",
        "Bela",
    ]


NAME = st.sampled_from([*MEND_COLUMNS, "set_aside_id (2)", "=x", "'=x", "x", "x (2)", "'x"])


@given(st.lists(NAME, max_size=8))
def test_no_header_of_a_file_to_be_mended_hides_another(names):
    """Each reads as it is written, so it can be moved, and others taken out."""
    written = (*MEND_COLUMNS, *headers_to_mend(numbered(names)))
    assert len(set(written)) == len(MEND_COLUMNS) + len(names)
    assert numbered(written) == written


CELL = st.sampled_from(["1", "x", "", "-5", "=1", "'=1", 'a"b', "a,b", "two\nlines", "₹5", " "])


@given(st.lists(st.lists(CELL, min_size=6, max_size=8), max_size=5))
def test_what_is_given_back_as_it_was_changes_no_total(rows):
    """Unmended rows stay set aside: no row is lost, none counts twice."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    before = world(payouts=small.PAYOUTS + out.getvalue())
    if not before.report.quarantine.height:
        return
    text = before.report.to_mend("payouts.csv").encode()
    after = mend(before, {"mended.csv": text})
    assert spend(after) == spend(before)
    assert after.report.quarantine.height == before.report.quarantine.height
    assert sums(after)
