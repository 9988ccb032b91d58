"""However taking a file over goes wrong, its rows are counted once."""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import sys
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from dashboard.dataset import FileMapping, Store, load
from dashboard.dataset.entries import Entry
from dashboard.dataset.pieces import rolled_from
from dashboard.errors import PlaceError
from dashboard.ingest.reading import open_file
from tests.earlier.shop import JANUARY, MARCH, SHOP, everything, imported

LATER = {**SHOP, "orders 03.csv": MARCH}


def full(*_) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def links(monkeypatch) -> list:
    """What is done instead, once each, when a file whose path ends so is taken over."""
    planned, kept = [], {Path: Path.hardlink_to, shutil: shutil.copyfile}

    def link(path, file):
        for plan in planned:
            ending, deed = plan
            if path.as_posix().endswith(ending):
                planned.remove(plan)
                deed(path, file)
                break
        return kept[Path](path, file)

    def copy(file, path):
        full()

    monkeypatch.setattr(Path, "hardlink_to", link)
    monkeypatch.setattr(shutil, "copyfile", copy)
    return planned


def as_whole(store: Store, tmp_path, given) -> None:
    imported(given, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))
    made = load(store.place)
    rows = made.tables["tracking_data"]["revenue"].sum()
    assert made.rolled.cells["revenue"].sum() == rows


def test_a_file_whose_piece_cannot_be_taken_is_rolled_up_again(store, tmp_path, links, read):
    imported(SHOP, store)
    read.clear()
    links.append((".zip", full))
    imported(LATER, store)
    assert links == []
    assert read == ["orders 03.csv"]
    as_whole(store, tmp_path, LATER)
    assert load(store.place).rolled.cells["revenue"].sum() == 9000


@pytest.mark.parametrize("ending", ["part-00000.parquet", "part-00001.parquet"])
def test_a_file_of_which_one_part_can_be_taken_is_read_again(
    store, tmp_path, monkeypatch, links, read, ending
):
    small = partial(open_file, block=100)
    monkeypatch.setattr(sys.modules["dashboard.ingest.survey"], "open_file", small)
    long = {**LATER, "orders 01.csv": JANUARY + JANUARY.partition(b"\n")[2] * 4}
    imported({**SHOP, "orders 01.csv": long["orders 01.csv"]}, store)
    assert len(list((store.current().path / "tables/tracking_data").iterdir())) > 2
    read.clear()
    links.append((ending, full))
    imported(long, store)
    assert read == ["orders 01.csv", "orders 03.csv"]
    as_whole(store, tmp_path, long)


def test_two_imports_of_which_one_takes_away_what_the_other_takes_over(
    store, tmp_path, monkeypatch, links
):
    """What waits of a stopped import goes when another is saved, while a third is taking it."""
    rolled, kept = [], sys.modules["dashboard.dataset.pieces"].rolled_piece

    def stop(rows):
        rolled.append(rows)
        if len(rolled) == 2:
            raise KeyboardInterrupt
        return kept(rows)

    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["dashboard.dataset.pieces"], "rolled_piece", stop)
        with pytest.raises(KeyboardInterrupt):
            imported(SHOP, store)
    links.append((".zip", lambda *_: imported(SHOP, store)))
    imported(LATER, store)
    assert links == []
    as_whole(store, tmp_path, LATER)


ENTRY = Entry(
    "orders 01.csv", "c", "h", (0, 1), (0, 0), 0, {}, (), {}, (), None, (False, False)
)  # fmt: skip
ROWS = pl.DataFrame({"date": [dt.date(2026, 1, 5)], "orders": [1], "revenue": [5]})
IDS = pl.Series("influencer_id", ["1"])


def test_going_back_forgets_the_files_that_were_written_since(store):
    with store.draft() as draft:
        mark = draft.mark("tracking_data")
        draft.part("tracking_data", ROWS)
        draft.remember(ENTRY, IDS)
        draft.back("posts", (0, 0))
        assert draft.whole == 1
        draft.back("tracking_data", mark)
        assert draft.whole == 0
        assert list((draft.path / "files").iterdir()) == []


def test_a_file_that_could_not_be_remembered_leaves_nothing(store, tmp_path, monkeypatch):
    """The next file gets its number, and nothing that was rolled up of this one."""
    (tmp_path / "piece.zip").write_bytes(b"rolled up")
    with store.draft() as draft:
        draft.part("tracking_data", ROWS)
        with monkeypatch.context() as patched:
            patched.setattr(Path, "write_text", full)
            with pytest.raises(OSError, match="space"):
                draft.remember(ENTRY, IDS, tmp_path / "piece.zip")
        assert draft.whole == 0
        assert list((draft.path / "files").iterdir()) == []


def test_rows_that_two_files_claim_are_refused(store):
    with store.draft() as draft:
        draft.part("tracking_data", ROWS)
        draft.remember(ENTRY, IDS)
        draft.remember(ENTRY, IDS)
        with pytest.raises(PlaceError, match=r"orders 01\.csv would count twice.* --anew"):
            rolled_from(draft, FileMapping())
