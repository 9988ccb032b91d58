"""Saved views: by name, beside the dataset, which stays as it is."""

import json

import pytest

from dashboard import App
from dashboard.dataset import Bookmarks, Store, import_files, load
from dashboard.dataset.bookmarks import FILE, LONGEST_NAME
from dashboard.errors import PlaceError
from dashboard.settings import Settings
from tests.small import FILES, write


@pytest.fixture
def place(tmp_path):
    """A saved dataset."""
    import_files({name: text.encode() for name, text in FILES.items()}, Store(tmp_path / "saved"))
    return tmp_path / "saved"


def names(bookmarks):
    return [one.name for one in bookmarks.saved()]


def test_views_stand_beside_the_dataset_and_change_none_of_it(place):
    before = {p: p.read_bytes() for p in (place / "versions").rglob("*") if p.is_file()}
    bookmarks = Bookmarks(str(place))
    bookmarks.save("Worst creators", "page=influencers&platform=YouTube")
    bookmarks.save(" diwali\n2026 ", "from=2026-10-01")
    assert names(Bookmarks(str(place))) == ["diwali 2026", "Worst creators"]
    bookmarks.rename("diwali 2026", "Diwali")
    bookmarks.save("DIWALI", "from=2026-10-20")
    assert [(one.name, one.link) for one in bookmarks.saved()] == [
        ("DIWALI", "from=2026-10-20"),
        ("Worst creators", "page=influencers&platform=YouTube"),
    ]
    bookmarks.delete("DIWALI")
    assert names(bookmarks) == ["Worst creators"]
    assert {p: p.read_bytes() for p in (place / "versions").rglob("*") if p.is_file()} == before
    assert load(place).version == Store(place).current().manifest["version"]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda b: b.save("  \x00", "x"), "Give the view a name"),
        (lambda b: b.save("Long", "x" * 9000), "too many single values"),
        (lambda b: b.rename("None such", "B"), "There is no saved view 'None such'"),
        (lambda b: b.rename("One", "two"), "There is a view 'two' already"),
        (lambda b: b.delete("one"), "Did you mean 'One'?"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(place, act, said):
    bookmarks = Bookmarks(str(place))
    bookmarks.save("One", "a=1")
    bookmarks.save("Two", "a=2")
    with pytest.raises(PlaceError, match=said):
        act(bookmarks)
    assert names(bookmarks) == ["One", "Two"]


def test_a_name_is_cut_and_a_damaged_file_is_said(place):
    bookmarks = Bookmarks(str(place))
    bookmarks.save("x" * 500, "a=1")
    assert names(bookmarks) == ["x" * LONGEST_NAME]
    (place / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(PlaceError, match="cannot be read"):
        bookmarks.saved()
    with pytest.raises(PlaceError, match="cannot be read"):
        bookmarks.save("New", "a=1")
    assert (place / FILE).read_text("utf-8") == "{"


def test_files_that_are_only_served_have_views_where_the_server_may_save(tmp_path):
    folder = write(tmp_path / "data")
    assert not Bookmarks(str(folder)).allowed
    shelf = tmp_path / "shelf"
    Bookmarks(str(folder), str(shelf)).save("Mine", "a=1")
    assert names(Bookmarks(str(folder), str(shelf))) == ["Mine"]
    assert names(Bookmarks(str(tmp_path), str(shelf))) == []
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_the_menu_saves_what_is_looked_at(place):
    app = App(load(place), settings=Settings(), strict=True)
    app.template()
    app.page = "campaigns"
    app.explorer.filters.brand = ["Gritzo"]
    menu, sent = app.saved_views.menu, []
    menu._send_msg = sent.append
    menu._handle_msg({"save": "Mine"})
    assert menu.entries == [["Mine", "page=campaigns&brand=Gritzo"]]
    assert json.loads((place / FILE).read_text("utf-8"))["views"][0]["name"] == "Mine"
    menu._handle_msg({"rename": "Mine", "to": ""})
    assert sent[-1]["wrong"]
    for strange in ({"save": 1}, {"delete": ["Mine"]}, {}, None, "save"):
        menu._handle_msg(strange)
    assert menu.entries == [["Mine", "page=campaigns&brand=Gritzo"]]
    menu._handle_msg({"delete": "Mine"})
    assert menu.entries == []
    other = load(write(place.parent / "other"))
    app.explorer.use(other)
    assert "this browser session only" in menu.refusal
    menu._handle_msg({"save": "Mine"})
    assert Bookmarks(str(place)).saved() == []
