"""The Data page says what the files were taken for, and shows their rows."""

import panel as pn
import pytest

from dashboard.dataset import load
from dashboard.pages.data import Data
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views import arrivals as arriving
from dashboard.views.intake import Files, SetAside, TableRows
from tests import small
from tests.uploads import AMBIGUOUS, FILES, PAYLOAD, given, mended, partly_wrong


@pytest.fixture
def explorer(tmp_path):
    return Explorer(load(small.write(tmp_path)), Settings(upload_megabytes=1))


def markup_of(view):
    return "".join(one.object for one in view.panel.select(pn.pane.HTML))


@pytest.fixture
def in_use():
    return partly_wrong()


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
