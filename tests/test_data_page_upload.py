"""The card that takes files: what it says, offers and hears."""

import datetime as dt

import pytest

from dashboard.dataset import load
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.upload import EXAMPLE, OWN, Upload
from tests import small
from tests.uploads import AMBIGUOUS, FILES, PAYLOAD, PICTURE, without


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
    assert "Still missing: influencers, tracking data and payouts" in give(
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
