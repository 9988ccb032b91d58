"""Files arrive, are recognised, and are used all together or not at all; rows come back mended."""

import io
import logging

import polars as pl
import pytest
import xlsxwriter

from dashboard.errors import DataError
from dashboard.views import arrivals as arriving
from dashboard.views.arrivals import MOST_FILES, UNCHANGED, Arrivals
from dashboard.views.intake import mend_name
from tests import small
from tests.uploads import (
    FILES,
    PARTLY_WRONG,
    PAYLOAD,
    PICTURE,
    given,
    mended,
    paid,
    partly_wrong,
    without,
    words,
)


def workbook(files):
    """A sheet for each file, named after it."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for name, text in files.items():
            sheet = book.add_worksheet(name.removesuffix(".csv"))
            for at, line in enumerate(text.splitlines()):
                sheet.write_row(at, 0, line.split(","))
    return packed.getvalue()


# ------------------------------------------------------------------ what arrives


def test_four_files_make_a_dataset_and_are_forgotten():
    """Revenue 300 + 200 + 500 + 400 of the organic row; 4 rows read and accepted."""
    held = given(FILES)
    outcome = held.read()
    assert outcome.dataset.tables["tracking_data"]["revenue"].sum() == 1400_00
    assert words(outcome)["tracking_data.csv"] == "is tracking_data: 4 rows read, 4 accepted."
    assert held.files == {}
    assert held.held == 0


def test_accepted_and_set_aside_are_what_was_read():
    """Two payouts are good, one has no amount."""
    payouts = FILES["payouts.csv"] + b"1,order,50,2,lots,paid\n"
    outcome = given({**FILES, "payouts.csv": payouts}).read()
    said = "is payouts: 3 rows read, 2 accepted, 1 set aside."
    assert words(outcome)["payouts.csv"] == said


def test_files_wait_until_all_four_tables_are_there():
    held = given(without("payouts.csv"))
    outcome = held.read()
    assert outcome.dataset is None
    assert outcome.sentence == f"Still missing: payouts. {UNCHANGED}"
    assert words(outcome)["posts.csv"] == "is posts."
    assert given({"payouts.csv": FILES["payouts.csv"]}, into=held).read().dataset is not None


def test_tables_are_recognised_by_header_where_the_name_says_nothing():
    named = {f"{at}.txt": content for at, content in enumerate(FILES.values())}
    assert given(named).read().dataset.version == given(FILES).read().dataset.version


def test_tabs_and_parquet_are_read_as_commas_are():
    parquet = io.BytesIO()
    pl.read_csv(FILES["influencers.csv"]).write_parquet(parquet)
    files = {
        **without("influencers.csv", "posts.csv"),
        "creators.parquet": parquet.getvalue(),
        "posts.tsv": FILES["posts.csv"].replace(b",", b"\t"),
    }
    assert given(files).read().dataset.version == given(FILES).read().dataset.version


def test_what_is_amiss_costs_itself_alone():
    """The picture is forgotten; the other three wait for posts."""
    held = given({**FILES, "posts.csv": PICTURE})
    outcome = held.read()
    assert words(outcome)["posts.csv"].startswith("was not taken: this is a picture (PNG).")
    assert outcome.sentence.startswith("Still missing: posts.")
    assert given({"posts.csv": FILES["posts.csv"]}, into=held).read().dataset is not None


@pytest.mark.parametrize(
    "content",
    [PICTURE, b"\x1f\x8b" + bytes(9), b"PK\x03\x04" + bytes(9), b"\x28\xb5\x2f\xfd", b"", b"\0,\0"],
)
def test_what_is_no_text_is_refused_in_a_sentence(content):
    outcome = given({"posts.csv": content}).read()
    assert words(outcome)["posts.csv"].startswith("was not taken: ")
    assert outcome.sentence == f"No table was recognised. {UNCHANGED}"


def test_a_missing_column_is_named_with_what_was_found():
    outcome = given({**FILES, "payouts.csv": b"influencer_id,basis\n1,order\n"}).read()
    assert "payouts need the column 'total_payout'" in words(outcome)["payouts.csv"]
    assert "Headers left: none." in words(outcome)["payouts.csv"]
    assert outcome.dataset is None
    assert outcome.questions == ()


def test_nothing_is_half_loaded_unless_the_visitor_goes_on():
    """Four good tables and a second payouts file that is a picture: first a question."""
    held = given({**FILES, "payouts 2.csv": PICTURE})
    outcome = held.read()
    assert outcome.dataset is None
    assert "go on without it" in outcome.sentence
    assert held.read().dataset.tables["payouts"].height == 2


def test_files_that_fit_no_table_stand_in_nobodys_way():
    outcome = given({**FILES, "shopping.csv": b"what,how much\nmilk,2\n"}).read()
    assert outcome.dataset is not None
    assert words(outcome)["shopping.csv"].startswith("is not used. It fits none of the four")


def test_two_files_of_one_name_given_together_are_both_kept():
    """From two folders: 2 rows of January, 2 of February."""
    lines = FILES["tracking_data.csv"].splitlines(keepends=True)
    held = given(without("tracking_data.csv"))
    for part in (lines[1:3], lines[3:]):
        held.add("tracking.csv", b"".join([lines[0], *part]), last=True)
    outcome = held.read()
    assert outcome.dataset.tables["tracking_data"].height == 4
    assert words(outcome)["tracking.csv (2)"] == "is tracking_data: 2 rows read, 2 accepted."


def test_a_file_given_again_later_takes_the_place_of_the_first():
    held = given(without("posts.csv"))
    held.read()
    less = FILES["payouts.csv"].splitlines(keepends=True)[:2]
    given({"payouts.csv": b"".join(less), "posts.csv": FILES["posts.csv"]}, into=held)
    assert held.read().dataset.tables["payouts"].height == 1


def test_the_same_file_twice_is_asked_about_and_counted_once():
    held = given({**FILES, "copy of payouts.csv": FILES["payouts.csv"]})
    (question,) = held.read().questions
    assert question.proposed == "count once"
    held.answer({question.where: "count once"})
    outcome = held.read()
    assert outcome.dataset.tables["payouts"].height == 2
    assert "It is the same as payouts.csv" in words(outcome)["copy of payouts.csv"]


def test_one_byte_more_than_may_be_held_is_refused_and_all_is_forgotten():
    held = Arrivals(100)
    held.add("posts.csv", bytes(60), last=True)
    held.add("payouts.csv", bytes(40), last=False)
    with pytest.raises(DataError, match="larger than"):
        held.add("payouts.csv", bytes(1), last=False)
    assert held.held == 0


def test_too_many_files_are_refused():
    held = given({f"{at}.csv": b"%d" % at for at in range(MOST_FILES)})
    with pytest.raises(DataError, match=f"more than {MOST_FILES}"):
        held.add("one more.csv", b"", last=True)


@pytest.mark.parametrize("name", ["../posts.csv", "/etc/passwd", "posts\0.csv", "p" * 300, ""])
def test_a_files_name_is_a_name_and_no_place(name):
    """The headers say what it is; nothing is opened."""
    outcome = given({**without("posts.csv"), name: FILES["posts.csv"]}).read()
    assert outcome.dataset.tables["posts"].height == 2


def test_a_fault_of_ours_is_said_and_logged(monkeypatch, caplog):
    monkeypatch.setattr(arriving, "load_files", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.ERROR):
        outcome = given(FILES).read()
    assert "the reason is in the log" in outcome.sentence
    assert "ZeroDivisionError" in caplog.text


# ------------------------------------------------------------------ what comes back mended


@pytest.fixture
def in_use():
    return partly_wrong()


def test_rows_come_back_into_the_dataset_in_use(in_use):
    """250 and 100 are 350; the other row is still without an amount."""
    outcome = given(mended(in_use, lots="100")).read(in_use)
    said = words(outcome)["payouts - set aside.csv"]
    assert said.startswith("was taken: 1 row came back, 1 is still set aside")
    assert paid(outcome.dataset) == 350_00
    assert paid(in_use) == 250_00
    assert outcome.dataset.report.quarantine.height == 1


def test_rows_that_come_back_twice_count_once(in_use):
    files = mended(in_use, lots="100", few="50")
    once = given(files).read(in_use).dataset
    assert paid(once) == 400_00
    again = given(files).read(once)
    assert again.dataset is None
    assert words(again)["payouts - set aside.csv"].startswith("changed nothing: 2 rows")


def test_rows_that_come_back_leave_waiting_files_alone(in_use):
    held = given(without("posts.csv", "payouts.csv"))
    outcome = given(mended(in_use, lots="100"), into=held).read(in_use)
    assert paid(outcome.dataset) == 350_00
    assert outcome.sentence == "Still missing: posts and payouts."
    assert len(held.files) == 2


def test_rows_of_files_given_together_with_them_go_into_those(in_use):
    outcome = given({**PARTLY_WRONG, **mended(in_use, lots="100")}).read()
    assert paid(outcome.dataset) == 350_00


def test_a_workbook_holds_all_four_tables():
    """A sheet each; the one that lacks a column is left out, and the others wait for it."""
    book = workbook(small.FILES)
    outcome = given({"book.xlsx": book}).read()
    assert outcome.dataset.tables["tracking_data"].height == 4
    held = given({"book.xlsx": workbook({**small.FILES, "payouts.csv": "influencer_id\n1\n"})})
    outcome = held.read()
    assert outcome.sentence.startswith("Still missing: payouts.")
    assert given({"payouts.csv": FILES["payouts.csv"]}, into=held).read().dataset is not None


def test_rows_of_no_file_that_is_here_are_refused(in_use):
    strange = {"x.csv": b"set_aside_id,set_aside_in,a\n1,elsewhere.csv,2\n"}
    outcome = given(strange).read(in_use)
    assert "elsewhere.csv, which is not here" in words(outcome)["x.csv"]
    assert outcome.dataset is None


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("payouts.csv", "payouts - set aside.csv"),
        ("payouts - set aside.csv", "payouts - set aside.csv"),
        ("../../etc/passwd", "etc passwd - set aside.csv"),
        (f"{PAYLOAD}.csv", "img src x onerror alert 1 - set aside.csv"),
        ("", "rows - set aside.csv"),
    ],
)
def test_what_is_downloaded_has_a_plain_name(file, name):
    assert mend_name(file) == name
