"""An import that is stopped is taken up where it was."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import Store, load, save
from dashboard.dataset.draft import Draft
from dashboard.errors import DataError, PlaceError
from dashboard.ingest import intake
from tests import small
from tests.earlier.shop import (
    FEBRUARY,
    SHOP,
    everything,
    imported,
)
from tests.stored import drafts

ROOT = Path(__file__).parents[2]


KILLED = """
import os, signal, sys
from pathlib import Path
from dashboard.dataset import Store, import_files

def die(file, done, rows):
    if file == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

files = {path.name: path for path in sorted(Path(sys.argv[1]).iterdir())}
import_files(files, Store(Path(sys.argv[2])), progress=die)
"""


def test_a_killed_import_is_taken_up_where_it_was(place, store, tmp_path, read):
    """Killed while the third of four tracking files is read: only that and the last are read."""
    imported(SHOP, store)
    before = store.current()
    read.clear()
    for name in ("orders 01.csv", "orders 02.csv"):
        place[name].write_bytes(place[name].read_bytes().replace(b",10\n", b",15\n"))
    command = [sys.executable, "-c", KILLED, tmp_path / "shop", store.place, "orders 03.csv"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -9, ended.stderr
    assert store.current() == before
    assert store.waiting().startswith(" 2 files that were read whole wait there")
    said = imported(place, store)
    assert said == "5 of 7 files read, 2 read already by an import that was stopped."
    assert read == ["orders 03.csv", "orders 04.csv"]
    assert drafts(store.place) == []
    imported(place, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))
    assert load(store.place).tables["tracking_data"]["revenue"].sum() == 100 * (35 + 35 + 30 + 30)


class Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize("what", ["write_bytes", "write_text", "replace", "hardlink_to"])
def test_wherever_the_power_goes_the_next_import_is_whole(place, tmp_path, monkeypatch, read, what):
    """It goes at each such change to the disk in turn; nothing is tidied up behind it."""
    whole = Store(tmp_path / "whole")
    imported(place, whole)
    wanted, taken = everything(whole), 0
    for call in range(1, 60):
        store, calls = Store(tmp_path / f"{what} {call}"), []
        imported(SHOP, store)
        before, kept = store.current(), getattr(Path, what)

        def cut(path, *args, kept=kept, calls=calls, call=call):
            calls.append(path)
            if len(calls) == call:
                if what == "write_bytes":
                    kept(path, bytes(args[0])[:20])
                raise Cut
            return kept(path, *args)

        with monkeypatch.context() as patched:
            patched.setattr(Path, what, cut)
            patched.setattr(Draft, "leave", lambda draft: draft._writing.close())
            try:
                imported(place, store)
            except Cut:
                assert store.current() == before
            else:
                break
        read.clear()
        imported(place, store)
        taken += 4 - len(read)
        assert everything(store) == wanted
        assert drafts(store.place) == []
    assert 1 < call < 59
    assert taken > call


def test_a_first_import_that_is_stopped_waits_too(place, store, read):
    def stop(file, *_):
        if file == "orders 04.csv":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(place, store, progress=stop)
    assert not (store.place / "current").exists()
    (left,) = store.left()
    parts = sorted(path.relative_to(left).as_posix() for path in left.rglob("*") if path.is_file())
    assert parts == [
        *(f"files/part-0000{at}.{kind}" for at in range(3) for kind in ("json", "parquet")),
        *(f"tables/tracking_data/part-0000{at}.parquet" for at in range(3)),
    ]
    read.clear()
    imported(place, store)
    assert read == ["orders 04.csv"]
    assert load(store.place).rows("tracking_data") == 8


def test_a_full_disk_says_what_waits(place, store, monkeypatch, read):
    kept = Draft.part

    def full(draft, table, *rest):
        if draft.parts("tracking_data") == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        kept(draft, table, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Draft, "part", full)
        with pytest.raises(PlaceError, match="2 files that were read whole wait there"):
            imported(place, store)
    read.clear()
    imported(place, store)
    assert read == ["orders 03.csv", "orders 04.csv"]


def test_imports_that_stop_night_after_night_leave_one_draft(place, store, monkeypatch, read):
    """It holds what the version does not; no more than that waits, or is said to wait."""
    imported(SHOP, store)
    kept, rows = Draft.part, {"most": 2}

    def full(draft, table, *rest):
        if draft.parts("tracking_data") == rows["most"]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        kept(draft, table, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Draft, "part", full)
        for most in (2, 2, 3, 3):
            rows["most"] = most
            with pytest.raises(PlaceError) as refused:
                imported(place, store)
            assert ("1 file that was read whole waits" in str(refused.value)) == (most == 3)
            assert "files that" not in str(refused.value)
            assert len(drafts(store.place)) == most - 2
    (left,) = store.left()
    assert [path.name for path in (left / "files").glob("*.json")] == ["part-00002.json"]
    assert len(list((left / "tables/tracking_data").iterdir())) == 1
    read.clear()
    said = imported(place, store)
    assert "1 read already by an import that was stopped" in said
    assert read == ["orders 04.csv"]
    assert drafts(store.place) == []


def test_a_file_that_cannot_be_used_costs_only_itself(store, read):
    bad = {**SHOP, "orders 02.csv": FEBRUARY.replace(b",10", b",$10")}
    with pytest.raises(DataError, match="another currency"):
        imported(bad, store)
    read.clear()
    imported(SHOP, store)
    assert read == ["orders 02.csv"]


def stopped(store: Store) -> None:
    """An import of which one file was read whole."""

    def stop(file, *_):
        if file == "orders 02.csv":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imported(SHOP, store, progress=stop)
    assert len(store.left()) == 1


def test_what_nobody_takes_up_goes_after_a_week(store):
    stopped(store)
    (left,) = store.left()
    day = time.time() - 24 * 60 * 60
    for path in (left / "files").iterdir():
        os.utime(path, (day, day))
    with pytest.raises(RuntimeError), store.draft():
        raise RuntimeError
    assert store.left() == [left]
    for path in (left / "files").iterdir():
        os.utime(path, (day - 6.1 * 24 * 60 * 60,) * 2)
    with pytest.raises(RuntimeError), store.draft():
        raise RuntimeError
    assert store.left() == []
    assert not left.exists()


def test_what_waits_goes_with_the_next_save(store, tmp_path):
    stopped(store)
    save(load(small.write(tmp_path / "shop")), store)
    assert drafts(store.place) == []


def test_a_draft_at_work_is_neither_taken_from_nor_swept(store, read):
    with store.draft() as busy:
        stopped(store)
        (left,) = store.left()
        read.clear()
        imported(SHOP, store)
        assert read == ["orders 02.csv"]
        assert [busy.path.name] == drafts(store.place)
        assert not left.exists()


def test_a_command_that_is_stopped_says_what_waits(tmp_path, place, monkeypatch):
    kept = intake._read

    def stop(part, *rest):
        if part.text.name == "orders 02.csv":
            raise KeyboardInterrupt
        return kept(part, *rest)

    monkeypatch.setattr(intake, "_read", stop)
    command = ["import", str(tmp_path / "shop"), "--to", str(tmp_path / "saved")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 130
    assert "is as it was. 1 file that was read whole waits there for the next import" in (
        result.stderr
    )
