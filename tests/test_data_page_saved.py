"""Own data are saved, listed, and opened by other sessions."""

import logging

import pytest

from dashboard.app import App
from dashboard.dataset import load
from dashboard.errors import PlaceError
from dashboard.pages.data import Data
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.saved import Saved
from dashboard.views.saving import Saving
from dashboard.views.upload import OWN, Upload
from tests import small
from tests.uploads import PAYLOAD, given, mended, partly_wrong


@pytest.fixture
def explorer(tmp_path):
    return Explorer(load(small.write(tmp_path)), Settings(upload_megabytes=1))


@pytest.fixture
def in_use():
    return partly_wrong()


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
