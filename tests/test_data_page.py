"""The Data page: files arrive, are recognised, set aside in part, and shown; for one session."""

import io
import logging

import panel as pn
import polars as pl
import pytest

from dashboard.dataset import load
from dashboard.errors import DataError
from dashboard.pages.data import Data
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views import arrivals as arriving
from dashboard.views.arrivals import MOST_FILES, UNCHANGED, Arrivals
from dashboard.views.intake import Files, SetAside, TableRows
from dashboard.views.upload import EXAMPLE, OWN, Upload
from tests import small

PAYLOAD = "<img src=x onerror=alert(1)>"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(10)
FILES = {name: text.encode() for name, text in small.FILES.items()}


def given(files, most=1_000_000, into=None):
    """Arrivals that hold these files, given together."""
    held = Arrivals(most) if into is None else into
    held.begin()
    for name, content in files.items():
        held.add(name, content, last=True)
    return held


def words(outcome):
    return {line.file: line.words for line in outcome.lines}


def without(*names):
    return {name: content for name, content in FILES.items() if name not in names}


@pytest.fixture
def explorer(tmp_path):
    return Explorer(load(small.write(tmp_path)), Settings(upload_megabytes=1))


@pytest.fixture
def upload(explorer):
    """The card as it is shown, with what it sends to the browser in ``sent``."""
    card = Upload(explorer)
    card.sent = []
    card.drop._send_msg = card.sent.append
    card.update(strict=True)
    return card


def give(upload, files):
    """What the browser sends for these files, and what the card says afterwards."""
    upload.hear({"start": True})
    for name, content in files.items():
        upload.hear({"piece": content[:10], "name": name, "last": False})
        upload.hear({"piece": content[10:], "name": name, "last": True})
    upload.hear({"done": True})
    return upload._list.object


def markup_of(view):
    return "".join(one.object for one in view.panel.select(pn.pane.HTML))


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
    assert words(outcome)["posts.csv"] == "is posts: 2 rows read."
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
    assert "payouts needs the column 'total_payout'" in words(outcome)["payouts.csv"]
    assert "Headers found: influencer_id, basis." in words(outcome)["payouts.csv"]
    assert outcome.dataset is None


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
    assert words(outcome)["shopping.csv"].startswith("fits none of the four tables")


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


def test_the_same_file_twice_is_counted_once_and_said():
    outcome = given({**FILES, "copy of payouts.csv": FILES["payouts.csv"]}).read()
    assert outcome.dataset.tables["payouts"].height == 2
    said = "is the same as payouts.csv, byte for byte: it is counted once."
    assert words(outcome)["copy of payouts.csv"] == said


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
    monkeypatch.setattr(arriving, "load_files", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        outcome = given(FILES).read()
    assert "the reason is in the log" in outcome.sentence
    assert "ZeroDivisionError" in caplog.text


# ------------------------------------------------------------------ the card


def test_own_files_are_shown_and_the_served_data_come_back(upload, explorer):
    served = explorer.dataset
    tracking = FILES["tracking_data.csv"].replace(b",500", b",800")
    said = give(upload, {**FILES, "tracking_data.csv": tracking})
    assert explorer.ask(["revenue"]).value("revenue") == 1300
    assert OWN in said
    assert upload.sent[-1] == {"stop": True}
    upload.hear({"other": "served"})
    assert explorer.dataset is served
    assert OWN not in upload._list.object


def test_what_cannot_be_used_changes_nothing_that_is_shown(upload, explorer):
    before = (explorer.dataset, explorer.revision)
    said = give(upload, {**FILES, "posts.csv": PICTURE})
    assert "picture (PNG)" in said
    assert (explorer.dataset, explorer.revision) == before


def test_buttons_say_what_can_be_done(upload):
    assert dict(upload.drop.others).keys() == {"example"}
    give(upload, {**FILES, "payouts 2.csv": PICTURE})
    assert dict(upload.drop.others).keys() == {"on", "anew", "example"}
    upload.hear({"other": "on"})
    assert dict(upload.drop.others).keys() == {"served", "example"}


def test_starting_over_forgets_what_was_kept(upload):
    give(upload, without("posts.csv"))
    upload.hear({"other": "anew"})
    assert upload.arrivals.files == {}
    assert "Still missing: influencers, tracking_data and payouts" in give(
        upload, {"posts.csv": FILES["posts.csv"]}
    )


def test_the_example_is_offered_where_something_else_is_served(upload, explorer):
    upload.hear({"other": "example"})
    assert explorer.dataset.place == str(EXAMPLE)
    assert dict(upload.drop.others).keys() == {"served"}


def test_more_than_the_setting_allows_is_refused_on_the_server(upload):
    """The setting is 1 MB; the browser sends one byte more, in pieces."""
    upload.hear({"start": True})
    upload.hear({"piece": bytes(1_000_000), "name": "posts.csv", "last": False})
    upload.hear({"piece": bytes(1), "name": "posts.csv", "last": True})
    assert "larger than 1 MB together" in upload._list.object
    assert upload.arrivals.held == 0
    assert upload.sent[-1] == {"stop": True}


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        {},
        {"piece": 10**12, "name": "posts.csv", "last": True},
        {"piece": "text", "name": "posts.csv", "last": True},
        {"piece": b"", "name": 7, "last": True},
        {"piece": b""},
        {"other": "served' or 1=1"},
        {"other": []},
    ],
)
def test_what_no_button_of_ours_sends_is_not_heard(upload, message):
    upload.hear(message)
    assert upload.arrivals.files == {}
    assert upload.sent == []


def test_names_of_files_are_text(upload):
    said = give(upload, {**without("posts.csv"), f"{PAYLOAD}.csv": PICTURE})
    assert PAYLOAD not in said
    assert "&lt;img src=x" in said


# ------------------------------------------------------------------ what the files were taken for


def shown(kind, tmp_path, **changed):
    view = kind(Explorer(load(small.write(tmp_path, **changed))))
    view.update(strict=True)
    return view


def test_every_file_says_what_it_was_taken_for(tmp_path):
    influencers = small.INFLUENCERS.replace("follower_count", f"Followers,{PAYLOAD}")
    influencers = influencers.replace(",5000,", ",5000,x,").replace(",50000,", ",50000,y,")
    said = markup_of(shown(Files, tmp_path, influencers=influencers))
    assert "utf-8 · comma" in said
    assert "<li>Followers → <b>follower_count</b></li>" in said
    assert "Kept, not analysed: &lt;img" in said
    assert PAYLOAD not in said


def test_unknown_creators_and_equal_rows_are_said(tmp_path):
    """Two rows of creator 9, who is not in influencers, and the second equals the first."""
    row = "influencer,,9,u9,Gritzo Kids,2026-01-02,1,10\n"
    said = markup_of(shown(Files, tmp_path, tracking_data=small.TRACKING_DATA + row + row))
    assert "2 rows of 1 creator not in influencers (9)" in said
    assert "1 row says the same as another" in said


def test_nothing_set_aside_is_a_sentence_and_no_table(tmp_path):
    view = shown(SetAside, tmp_path)
    assert "Nothing was set aside" in markup_of(view)
    assert not any(body.visible for body in view.panel.objects[1:])


def test_rows_set_aside_say_where_they_stood_and_why(tmp_path):
    payouts = f'{small.PAYOUTS}1,order,50,2,"{PAYLOAD}",paid\n'
    view = shown(SetAside, tmp_path, payouts=payouts)
    aside = view.rows().row(0, named=True)
    assert (aside["file"], aside["row"], aside["column"]) == ("payouts.csv", 4, "total_payout")
    assert aside["value"] == PAYLOAD
    assert "1 row could not be used." in view.card.sentence
    assert all(body.visible for body in view.panel.objects[1:])
    assert PAYLOAD in view.numbers()["original"][0]


def test_many_rows_set_aside_are_cut_on_screen_and_whole_as_csv(tmp_path):
    """501 payouts without an amount: 500 shown."""
    view = shown(SetAside, tmp_path, payouts=small.PAYOUTS + "1,order,50,2,,paid\n" * 501)
    assert view.rows().height == 500
    assert view.numbers().height == 501
    assert "501 rows could not be used, the first 500 of them here." in view.card.sentence


def test_tables_show_rupees_and_only_columns_that_say_something(tmp_path):
    """Asha is paid 100 rupees, which are held as 10,000 paise."""
    view = shown(TableRows, tmp_path)
    view.choice.value = "payouts"
    assert view.rows()["total_payout"].to_list() == [100.0, 150.0]
    assert "paid_on" not in view.rows().columns
    units = {column.name: column.unit for column in view.columns()}
    assert units["total_payout"] == "₹"
    assert view.card.sentence.startswith("2 rows. One row is ")


def test_an_empty_table_is_said(tmp_path):
    view = shown(TableRows, tmp_path, posts=small.POSTS.splitlines()[0] + "\n")
    view.choice.value = "posts"
    assert view.card.state == ("empty", "This table has no rows.")


def test_the_page_follows_another_dataset(explorer, tmp_path):
    page = Data(explorer, strict=True)
    page.refresh()
    payouts = small.PAYOUTS + "1,order,50,2,lots,paid\n"
    explorer.use(load(small.write(tmp_path / "other", payouts=payouts)))
    page.refresh()
    assert "11 rows read, 1 row set aside" in page.views["files"].card.sentence
    assert "1 row could not be used" in page.views["set-aside"].card.sentence
