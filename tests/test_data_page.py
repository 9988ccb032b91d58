"""The Data page: files arrive, are recognised, set aside in part, and shown; for one session."""

import datetime as dt
import io
import logging

import panel as pn
import polars as pl
import pytest
import xlsxwriter

from dashboard.app import App
from dashboard.dataset import load
from dashboard.errors import DataError, PlaceError
from dashboard.pages.data import Data
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views import arrivals as arriving
from dashboard.views.arrivals import MOST_ASKED, MOST_FILES, UNCHANGED, Arrivals
from dashboard.views.intake import Files, SetAside, TableRows, mapping_of, mend_name
from dashboard.views.saved import Saved
from dashboard.views.saving import Saving
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


def workbook(files):
    """A sheet for each file, named after it."""
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for name, text in files.items():
            sheet = book.add_worksheet(name.removesuffix(".csv"))
            for at, line in enumerate(text.splitlines()):
                sheet.write_row(at, 0, line.split(","))
    return packed.getvalue()


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
    assert "payouts needs the column 'total_payout'" in words(outcome)["payouts.csv"]
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


# ------------------------------------------------------------------ what is open is asked

AMBIGUOUS = FILES["posts.csv"].replace(b"2026-01-01", b"01-06-2026")
AMBIGUOUS = AMBIGUOUS.replace(b"2026-01-05", b"05-06-2026")
"""1 and 5 June where the day stands first, 6 January and 6 May where the month does."""


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        ("day first", [dt.date(2026, 6, 1), dt.date(2026, 6, 5)]),
        ("month first", [dt.date(2026, 1, 6), dt.date(2026, 5, 6)]),
    ],
)
def test_days_that_read_two_ways_are_asked_before_they_are_used(answer, days):
    held = given({**FILES, "posts.csv": AMBIGUOUS})
    asked = held.read()
    assert asked.dataset is None
    (question,) = asked.questions
    assert question.where == ("dates", "posts", "date")
    held.answer({question.where: answer})
    outcome = held.read()
    assert outcome.questions == ()
    assert outcome.dataset.tables["posts"]["date"].to_list() == days


def test_a_column_without_a_header_like_it_is_asked_and_keeps_the_files():
    """100 + 150 are paid."""
    payouts = FILES["payouts.csv"].replace(b"total_payout", b"given away")
    held = given({**FILES, "payouts.csv": payouts})
    (question,) = held.read().questions
    assert question.options == ("given away",)
    assert len(held.files) == 4
    held.answer({question.where: "given away"})
    assert held.read().dataset.tables["payouts"]["total_payout"].sum() == 250_00


def test_two_files_of_one_table_are_asked_each_for_itself():
    """100 + 150 in one file, the same in the other, under another header: 500 is paid."""
    one = FILES["payouts.csv"].replace(b"total_payout", b"given away")
    two = FILES["payouts.csv"].replace(b"total_payout", b"handed over").replace(b"paid", b"owed")
    held = given({**without("payouts.csv"), "payouts 1.csv": one, "payouts 2.csv": two})
    outcome = held.read()
    assert [question.options for question in outcome.questions] == [
        ("given away",),
        ("handed over",),
    ]
    held.answer({question.where: question.options[0] for question in outcome.questions})
    outcome = held.read()
    assert outcome.questions == ()
    assert paid(outcome.dataset) == 500_00


def test_days_of_two_files_are_asked_each_for_itself():
    """One was written day first, the other month first."""
    other = AMBIGUOUS.replace(b"First", b"Third")
    held = given({**without("posts.csv"), "posts 1.csv": AMBIGUOUS, "posts 2.csv": other})
    first, second = held.read().questions
    held.answer({first.where: "day first", second.where: "month first"})
    outcome = held.read()
    assert outcome.questions == ()
    assert sorted(day.month for day in outcome.dataset.tables["posts"]["date"]) == [1, 5, 6, 6]


def test_a_mapping_answers_before_anything_is_asked():
    files = {**FILES, "posts.csv": AMBIGUOUS}
    mapping = b'[dates.posts]\r\ndate = "month first"\r\n'
    outcome = given({**files, "mapping.toml": mapping}).read()
    assert outcome.dataset.tables["posts"]["date"][0] == dt.date(2026, 1, 6)
    assert words(outcome)["mapping.toml"] == "is a mapping: 1 answer taken."


def test_a_mapping_may_come_before_its_files():
    held = given({"mapping.toml": b'[dates.posts]\ndate = "month first"\n'})
    assert held.read().sentence.startswith("The answers are kept")
    outcome = given({**FILES, "posts.csv": AMBIGUOUS}, into=held).read()
    assert outcome.dataset.tables["posts"]["date"][0] == dt.date(2026, 1, 6)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'[dats.posts]\ndate = "day first"', "there is no section 'dats'. Did you mean 'dates'?"),
        (b"\xff\xfe", "this is not text in UTF-8."),
        (b'[columns.payouts]\ntotal_payout = "gone"', ""),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_and_nothing_is_used(content, reason):
    outcome = given({**FILES, "mapping.toml": content}).read()
    bad = [line for line in outcome.lines if line.mood == "bad"]
    assert bad[0].words.startswith(f"was not taken: {reason}")
    assert outcome.dataset is None


def test_a_mapping_that_was_saved_reads_the_files_as_they_were_read():
    """The days were answered, the copy was assumed to be one."""
    files = {**FILES, "posts.csv": AMBIGUOUS}
    held = given(files)
    held.answer({("dates", "posts", "date"): "month first"})
    dataset = held.read().dataset
    again = given({**files, "mapping.toml": mapping_of(dataset).encode()}).read().dataset
    assert again.version == dataset.version


def test_a_file_left_out_of_questions_still_has_to_be_agreed_to():
    """A picture among files that leave something open: first the picture, then the question."""
    held = given({**FILES, "posts.csv": AMBIGUOUS, "payouts 2.csv": PICTURE})
    assert held.read().questions == ()
    assert held.may_go_on
    assert len(held.read().questions) == 1


def test_many_questions_are_asked_in_turns():
    """60 spellings of a status: 50 first, then 10."""
    rows = "".join(f"1,order,50,2,100,pendin{at:02}g\n" for at in range(60))
    held = given({**FILES, "payouts.csv": FILES["payouts.csv"] + rows.encode()})
    outcome = held.read()
    assert len(outcome.questions) == MOST_ASKED
    assert "10 more will follow" in outcome.sentence
    held.answer({one.where: one.where[-1] for one in outcome.questions})
    assert len(held.read().questions) == 10


def test_how_far_the_reading_is_comes_from_the_reading():
    heard = []
    given(FILES).read(tell=lambda *said: heard.append(said))
    assert heard[0] == ("Looking at the files …", None)
    assert ("Reading influencers.csv: 2 rows") in [words for words, _ in heard]
    shares = [share for _, share in heard if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1, abs=0.01)


# ------------------------------------------------------------------ what comes back mended


@pytest.fixture
def in_use():
    """Four payouts, two of which have no amount: 250 is paid."""
    wrong = b"1,order,50,2,lots,paid\n1,order,50,2,few,paid\n"
    return given({**FILES, "payouts.csv": FILES["payouts.csv"] + wrong}).read().dataset


def paid(dataset):
    return dataset.tables["payouts"]["total_payout"].sum()


def mended(dataset, **cells):
    text = dataset.report.to_mend("payouts.csv")
    for wrong, right in cells.items():
        text = text.replace(wrong, right)
    return {"payouts - set aside.csv": text.encode("utf-8-sig")}


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
    wrong = b"1,order,50,2,lots,paid\n1,order,50,2,few,paid\n"
    files = {**FILES, "payouts.csv": FILES["payouts.csv"] + wrong}
    outcome = given({**files, **mended(in_use, lots="100")}).read()
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


# ------------------------------------------------------------------ the card


def test_nothing_is_used_before_what_is_open_is_answered(upload, explorer):
    before = (explorer.dataset, explorer.revision)
    said = give(upload, {**FILES, "posts.csv": AMBIGUOUS})
    assert "One question is open" in said
    assert (explorer.dataset, explorer.revision) == before
    (question,) = upload.form.questions
    assert question["options"][question["chosen"]].startswith("Day first")
    assert "anew" not in dict(upload.drop.others)
    upload.form._handle_msg({"answers": {question["key"]: 1}})
    assert explorer.dataset.tables["posts"]["date"][0] == dt.date(2026, 1, 6)
    assert not upload.form.visible
    assert upload.sent[-1]["focus"]


@pytest.mark.parametrize(
    "answers", [None, {}, {"dates.posts.date": 2}, {"dates.posts.date": -1}, {"x": 0}, [], "0"]
)
def test_what_the_form_does_not_offer_is_no_answer(upload, explorer, answers):
    give(upload, {**FILES, "posts.csv": AMBIGUOUS})
    before = explorer.revision
    upload.form._handle_msg({"answers": answers})
    assert explorer.revision == before
    assert upload.form.visible


def test_answers_wait_while_more_files_are_sent(upload, explorer):
    """Half of a file is there: nothing is read, nothing forgotten, until the browser gives up."""
    give(upload, {**FILES, "posts.csv": AMBIGUOUS})
    before = explorer.revision
    upload.hear({"start": True})
    upload.form._handle_msg({"answers": {"dates.posts.date": 0}})
    upload.form._handle_msg({"anew": True})
    assert explorer.revision == before
    assert len(upload.arrivals.files) == 4
    upload.hear({"gave up": True})
    upload.form._handle_msg({"answers": {"dates.posts.date": 0}})
    assert explorer.revision > before


def test_starting_over_takes_the_questions_away(upload):
    give(upload, {**FILES, "posts.csv": AMBIGUOUS})
    upload.form._handle_msg({"anew": True})
    assert upload.arrivals.files == {}
    assert not upload.form.visible


def test_a_header_is_proposed_only_where_one_is_like_it(upload):
    payouts = FILES["payouts.csv"].replace(b"total_payout", b"given away")
    give(upload, {**FILES, "payouts.csv": payouts})
    (question,) = upload.form.questions
    assert question["chosen"] == -1


def test_own_files_are_shown_and_the_served_data_come_back(upload, explorer):
    served = explorer.dataset
    tracking = FILES["tracking_data.csv"].replace(b",500", b",800")
    said = give(upload, {**FILES, "tracking_data.csv": tracking})
    assert explorer.ask(["revenue"]).value("revenue") == 1300
    assert OWN in said
    assert upload.sent[-1]["stop"]
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
    assert upload.sent[-1]["stop"]


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


def test_files_say_days_rules_and_what_was_assumed(tmp_path):
    """One payout without an amount; days of posts that read two ways, served, so with a flag."""
    view = shown(
        Files,
        tmp_path,
        payouts=small.PAYOUTS + "1,order,50,2,lots,paid\n",
        posts=AMBIGUOUS.decode(),
    )
    said = markup_of(view)
    assert "date is written day first (assumed)" in said
    assert "Set aside: 1 row: total_payout should be an amount" in said
    assert "Assumed: posts.csv: date could be day first" in said
    assert "--answer &#39;dates.posts.date=month first&#39;" in said


def test_what_was_assumed_of_an_upload_is_changed_by_giving_it_again(explorer):
    held = given({**FILES, "posts.csv": AMBIGUOUS})
    explorer.use(arriving.load_files(held.files, arriving.YOURS))
    view = Files(explorer)
    view.update(strict=True)
    assert "give the files again" in markup_of(view)
    assert "--answer" not in markup_of(view)


def test_rows_that_came_back_are_said_beside_those_set_aside(explorer, in_use):
    """Two came back, one of them as wrong as it was: it stands under the file that it came in."""
    explorer.use(given(mended(in_use, lots="100")).read(in_use).dataset)
    view = Files(explorer)
    view.update(strict=True)
    assert "2<small>2 came back</small>" in markup_of(view)


def test_each_file_with_rows_set_aside_can_be_downloaded(explorer, in_use):
    explorer.use(in_use)
    view = SetAside(explorer)
    view.update(strict=True)
    assert view.buttons.buttons == [["0", "Download to mend: payouts.csv (2 rows)"]]
    sent = []
    view.buttons._send_msg = sent.append
    view.buttons._handle_msg({"press": "0"})
    assert sent[0]["save"]["name"] == "payouts - set aside.csv"
    assert sent[0]["save"]["text"].startswith("\ufeffset_aside_id,set_aside_in,")
    for nonsense in (None, {}, {"press": "7"}, {"press": []}):
        view.buttons._handle_msg(nonsense)
    assert len(sent) == 1


# ------------------------------------------------------------------ what is saved


@pytest.fixture
def saved(tmp_path, in_use):
    """The card of saved datasets in a session that uses its own files; messages in ``sent``."""
    settings = Settings(save_to=str(tmp_path / "saved"))
    explorer = Explorer(load(small.write(tmp_path / "served")), settings)
    explorer.use(in_use)
    card = Saved(explorer, Saving(settings))
    card.sent = []
    card.list._send_msg = card.sent.append
    card.update(strict=True)
    return card


def test_saved_data_are_listed_and_opened_by_another_session(saved, in_use):
    """10 rows and 2 without an amount: 10 are kept, 2 stand aside."""
    assert saved.card.sentence == "Nothing has been saved yet."
    saved.hear({"save": f" {PAYLOAD} "})
    (entry,) = saved.list.entries
    assert entry["title"] == PAYLOAD
    assert "10 rows" in entry["words"]
    assert saved.list.here == entry["id"]
    assert not saved.list.may_save
    settings = saved.explorer.settings
    other = Saved(Explorer(saved.explorer.served, settings), Saving(settings))
    other.list._send_msg = lambda _: None
    other.update(strict=True)
    assert not other.list.may_save
    other.hear({"open": entry["id"]})
    assert other.explorer.dataset.version == in_use.version
    assert other.explorer.dataset.report.quarantine.height == 2


def test_the_newest_stands_first(saved, in_use):
    saved.saving.save(in_use, "first")
    saved.saving.save(in_use, "second")
    saved.update(strict=True)
    assert [entry["title"] for entry in saved.list.entries] == ["second", "first"]


@pytest.mark.parametrize(
    "message", [None, {}, {"save": 1}, {"open": None}, {"open": "../../etc"}, {"open": ""}]
)
def test_what_cannot_be_opened_changes_nothing(saved, message):
    before = saved.explorer.dataset
    saved.hear(message)
    assert saved.explorer.dataset is before
    assert saved.list.entries == []


def test_a_title_is_asked_for(saved):
    saved.hear({"save": "  "})
    assert saved.list.said == "Give it a title first."
    assert saved.list.wrong


def test_a_folder_that_cannot_be_written_is_a_sentence(saved, tmp_path):
    (tmp_path / "saved").write_text("a file, no folder")
    saved.hear({"save": "mine"})
    assert saved.list.said.startswith("The dataset was not saved in")
    assert saved.list.wrong
    assert saved.list.may_save


def test_a_list_that_cannot_be_read_is_a_sentence(saved, monkeypatch):
    def unreadable():
        raise PlaceError("The folder cannot be read.")

    monkeypatch.setattr(saved.saving, "saved", unreadable)
    saved.update(strict=True)
    assert saved.card.sentence == "The folder cannot be read."
    assert saved.list.entries == []


def test_a_dataset_with_rows_that_came_back_is_another_one(saved, in_use):
    """Saved, then mended: what is mended is in this session only, until it is saved too."""
    saved.hear({"save": "mine"})
    after = given(mended(in_use, lots="100")).read(in_use).dataset
    saved.explorer.use(after)
    saved.update(strict=True)
    assert saved.list.may_save
    assert saved.list.here == ""


def test_a_fault_while_saving_is_said_and_logged(saved, monkeypatch, caplog):
    monkeypatch.setattr(saved.saving, "save", lambda *_: 1 / 0)
    with caplog.at_level(logging.ERROR):
        saved.hear({"save": "mine"})
    assert saved.list.said == "It was not saved; the reason is in the log."
    assert "ZeroDivisionError" in caplog.text


def test_where_nothing_may_be_saved_there_is_no_card(explorer):
    page = Data(explorer, strict=True)
    page.refresh()
    assert "saved" not in page.views
    with pytest.raises(PlaceError):
        Saving(Settings()).save(explorer.dataset, "mine")
    with pytest.raises(PlaceError):
        Saving(Settings()).open("mine")


@pytest.mark.parametrize(
    ("fault", "said"), [(None, "There is no saved dataset"), (KeyError, "could not be opened")]
)
def test_an_address_that_opens_nothing_shows_what_is_served(
    saved, monkeypatch, caplog, fault, said
):
    if fault:
        monkeypatch.setattr(Saving, "open", lambda *_: {}["report"])
    app = App(saved.explorer.served, settings=saved.explorer.settings, strict=True)
    with caplog.at_level(logging.ERROR):
        app._open_saved(PAYLOAD)
    app._begin()
    assert said in app.header.chips.object
    assert "What is served here is shown." in app.header.chips.object
    assert PAYLOAD not in app.header.chips.object
    assert ("KeyError" in caplog.text) == bool(fault)


def test_own_data_are_offered_to_be_saved(saved):
    upload = Upload(saved.explorer, saved.saving)
    upload.update(strict=True)
    assert "Save it below" in upload._list.object
    saved.hear({"save": "mine"})
    upload.update(strict=True)
    assert OWN not in upload._list.object
