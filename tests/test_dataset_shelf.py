"""The shelf: any title is kept, and none is a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import Shelf, Store
from dashboard.dataset.versions import FORMAT
from dashboard.errors import PlaceError
from tests.stored import POSTS, rewritten, save

TITLES = [
    "../x",
    "../",
    "/etc/passwd",
    "a\0b",
    "a" * 300,
    "",
    "🧴🔥",
    "..",
    "CON",
    "\ud800",
    "Größe",
]


@pytest.mark.parametrize("title", TITLES)
def test_any_title_is_kept_and_none_is_a_path(tmp_path, title):
    shelf = Shelf(tmp_path / "shelf")
    save(shelf.new(title))
    [(name, store)] = shelf.stores()
    assert [path.name for path in tmp_path.iterdir()] == ["shelf"]
    assert [path.name for path in shelf.place.iterdir()] == [name]
    assert store.current().manifest["title"] == title
    assert shelf.store(name).current().table("posts").collect().equals(POSTS)


@given(st.text())
def test_a_generated_name_is_one_plain_folder(title):
    place = Shelf(Path("shelf")).new(title).place
    assert place.parent == Path("shelf")
    assert place.name.isascii()
    assert place.name.replace("-", "").isalnum()
    assert len(place.name) <= 40 + 1 + 6


def test_a_name_says_the_title_and_no_two_are_the_same(tmp_path):
    places = {Shelf(tmp_path).new("Crème & Co., Q1 2026").place.name for _ in range(50)}
    assert {name[:-7] for name in places} == {"creme-co-q1-2026"}
    assert len(places) == 50
    assert list(tmp_path.iterdir()) == []


def test_the_shelf_lists_what_opens_newest_first(tmp_path):
    shelf = Shelf(tmp_path / "shelf")
    assert shelf.stores() == []
    first, second, third, newer = (shelf.new(title) for title in ("A", "B", "C", "D"))
    for store in (first, second, newer):
        save(store)
    with pytest.raises(RuntimeError), third.draft():
        raise RuntimeError
    rewritten(format=FORMAT + 1)(newer.current())
    (shelf.place / "notes").mkdir()
    (shelf.place / "letter-abcdef").write_text("not a folder")
    assert [store.place for _, store in shelf.stores()] == [second.place, first.place]
    save(first, "bbbbbbbb", likes=1)
    assert [store.place for _, store in shelf.stores()] == [first.place, second.place]
    with pytest.raises(PlaceError, match="newer release"):
        shelf.store(newer.place.name)


@pytest.mark.parametrize("name", ["../outside-abcdef", "..", ".", "", "a\0b", "x" * 300, "outside"])
def test_an_id_that_is_not_on_the_shelf_is_refused(tmp_path, name):
    save(Store(tmp_path / "outside-abcdef"))
    save(Shelf(tmp_path / "shelf").new("inside"))
    with pytest.raises(PlaceError, match="There is no saved dataset"):
        Shelf(tmp_path / "shelf").store(name)
    with pytest.raises(PlaceError, match="There is no saved dataset"):
        Shelf(tmp_path / "shelf").store(str(tmp_path / "outside-abcdef"))
