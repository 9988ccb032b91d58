"""Files that are taken over are not rolled up again."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from dashboard.dataset import Store, load, pieces
from tests.earlier.shop import (
    LONG,
    MARCH,
    SHOP,
    cut,
    everything,
    flipped,
    imported,
)
from tests.stored import rewritten


def test_only_files_that_are_read_are_rolled_up(store, tmp_path, rolled):
    imported({**SHOP, "orders 01.csv": LONG}, store)
    assert rolled == [3, 2]
    rolled.clear()
    later = {**SHOP, "orders 01.csv": LONG, "orders 03.csv": MARCH + LONG.partition(b"\n")[2]}
    imported(later, store)
    assert rolled == [5]
    rolled.clear()
    imported(later, Store(tmp_path / "whole"))
    assert rolled == [3, 2, 5]
    assert everything(store) == everything(Store(tmp_path / "whole"))


def test_rows_that_came_back_mended_are_rolled_up_beside_their_file(store, rolled):
    bad = {**SHOP, "orders 01.csv": LONG.replace(b"1,5", b"lots,5")}
    imported(bad, store)
    rolled.clear()
    text = load(store.place).report.to_mend("orders 01.csv").replace("lots", "3")
    imported({**bad, "mended.csv": text.encode()}, store)
    assert rolled == [3]  # the quarantine of its own file is no longer what it was
    assert load(store.place).rolled.cells["orders"].sum() == 3 + 3 + 3


def test_files_that_were_not_rolled_up_are_when_they_are_taken_over(store, tmp_path, rolled):
    imported(SHOP, store, roll_up=False)
    assert rolled == []
    imported(SHOP, store)
    assert rolled == [2, 2]
    imported(SHOP, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))


def other_code(place: Path) -> None:
    """A piece that another release has rolled up."""
    with zipfile.ZipFile(place) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(place, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content.replace(b'"by": "', b'"by": "0'))


@pytest.mark.parametrize("damage", [cut, flipped, Path.unlink, other_code])
def test_a_piece_that_is_not_as_it_was_kept_is_rolled_up_again(
    store, tmp_path, read, rolled, damage
):
    imported(SHOP, store)
    version = store.current()
    damage(version.path / "files/part-00001.zip")
    rewritten(bytes={})(version)
    read.clear()
    rolled.clear()
    later = {**SHOP, "orders 03.csv": MARCH}
    imported(later, store)
    assert (read, rolled) == (["orders 03.csv"], [2, 2])
    imported(later, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))


def test_files_that_another_release_rolled_up_are_once(store, monkeypatch, rolled):
    """Also where nothing else has changed."""
    imported(SHOP, store)
    monkeypatch.setattr(pieces, "code_of", lambda *_: "2")
    rolled.clear()
    imported(SHOP, store)
    assert rolled == [2, 2]
    imported(SHOP, store)
    assert rolled == [2, 2]
    assert len(store.versions()) == 2


def test_an_import_that_is_stopped_while_it_rolls_up_keeps_its_pieces(
    place, store, monkeypatch, rolled
):
    kept = pieces.rolled_piece

    def stop(frame):
        if len(rolled) == 2:
            raise KeyboardInterrupt
        return kept(frame)

    with monkeypatch.context() as patched:
        patched.setattr(pieces, "rolled_piece", stop)
        with pytest.raises(KeyboardInterrupt):
            imported(place, store)
    rolled.clear()
    said = imported(place, store)
    assert said == "3 of 7 files read, 4 read already by an import that was stopped."
    assert rolled == [2, 2]
