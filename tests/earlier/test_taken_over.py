"""Files that are as they were are taken over: the same dataset as if all had been read."""

from __future__ import annotations

import datetime as dt
import errno
import os
from pathlib import Path

from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import Store, load
from tests.earlier.shop import (
    FEBRUARY,
    JANUARY,
    MARCH,
    SHOP,
    everything,
    imported,
)
from tests.stored import drafts, hashes


def test_only_new_and_corrected_files_are_read(store, tmp_path, read):
    """January 10 + 20, February corrected from 10 to 11, March comes: 30 + 31 + 30 = 91."""
    imported(SHOP, store)
    old, before = store.current(), hashes(store.current().path)
    read.clear()
    later = {
        **SHOP,
        "orders 02.csv": FEBRUARY.replace(b",1,10\n", b",1,11\n"),
        "orders 03.csv": MARCH,
    }
    said = imported(later, store)
    assert read == ["orders 02.csv", "orders 03.csv"]
    today = dt.datetime.now().astimezone().date()
    assert said == f"5 of 6 files read, 1 unchanged since {today.day} {today:%b %Y}."
    assert load(store.place).tables["tracking_data"]["revenue"].sum() == 9100
    whole = Store(tmp_path / "whole")
    assert imported(later, whole) == ""
    assert everything(store) == everything(whole)
    assert hashes(old.path) == before
    part = Path("tables") / "tracking_data" / "part-00000.parquet"
    assert (old.path / part).samefile(store.current().path / part)


def test_the_same_files_again_are_not_read_and_make_no_version(store, read):
    imported(SHOP, store)
    read.clear()
    assert "3 of 5 files read, 2 unchanged" in imported(SHOP, store)
    assert read == []
    assert len(store.versions()) == 1
    assert drafts(store.place) == []


def test_a_file_that_is_gone_is_gone(store, tmp_path, read):
    imported(SHOP, store)
    fewer = {name: text for name, text in SHOP.items() if name != "orders 01.csv"}
    read.clear()
    imported(fewer, store)
    assert read == []
    imported(fewer, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))
    assert load(store.place).tables["tracking_data"]["date"].to_list() == [
        dt.date(2026, 2, 5),
        dt.date(2026, 2, 6),
    ]


def test_all_is_read_where_that_is_asked_for(store, read):
    imported(SHOP, store)
    read.clear()
    assert imported(SHOP, store, anew=True) == ""
    assert read == ["orders 01.csv", "orders 02.csv"]


def test_only_the_bytes_count_not_when_they_were_written(store, tmp_path, read):
    for name, text in SHOP.items():
        (tmp_path / name).write_bytes(text)
    paths = {name: tmp_path / name for name in SHOP}
    imported(paths, store)
    read.clear()
    os.utime(paths["orders 01.csv"], (1, 1))
    at = paths["orders 02.csv"].stat()
    paths["orders 02.csv"].write_bytes(FEBRUARY.replace(b"1,10", b"1,99"))
    os.utime(paths["orders 02.csv"], ns=(at.st_atime_ns, at.st_mtime_ns))
    imported(paths, store)
    assert read == ["orders 02.csv"]


def test_a_file_that_changes_while_it_is_read_is_read_again(store, tmp_path, read):
    for name, text in SHOP.items():
        (tmp_path / name).write_bytes(text)
    paths = {name: tmp_path / name for name in SHOP}

    def written(file, *_):
        if file == "orders 01.csv":
            paths[file].write_bytes(JANUARY.replace(b"1,10", b"1,99"))

    imported(paths, store, progress=written)
    paths["orders 01.csv"].write_bytes(JANUARY)
    read.clear()
    imported(paths, store)
    assert read == ["orders 01.csv"]


def test_a_file_that_goes_once_it_was_read_is_not_remembered(store, tmp_path, read):
    for name, text in SHOP.items():
        (tmp_path / name).write_bytes(text)
    paths = {name: tmp_path / name for name in SHOP}
    imported(paths, store, progress=lambda file, *_: paths[file].unlink(missing_ok=True))
    assert load(store.place).rows("tracking_data") == 4
    read.clear()
    imported(SHOP, store)
    assert read == ["orders 01.csv", "orders 02.csv"]


def test_equal_rows_are_found_across_files_that_are_not_read(store):
    imported(SHOP, store)
    imported({**SHOP, "orders 03.csv": JANUARY + b"2,B,2026-03-01,1,1\n"}, store)
    assert [
        (found["rule"], found["rows"])
        for found in store.current().manifest["report"]["across"]
        if found["rule"] == "equal_rows"
    ] == [("equal_rows", 2)]


def test_parts_are_copied_where_no_file_can_stand_in_two_folders(store, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refused)
    imported(SHOP, store)
    later = {**SHOP, "orders 03.csv": MARCH}
    assert "1 of" not in imported(SHOP, store)
    imported(later, store)
    imported(later, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))
    one, two = (version.path / "tables/tracking_data" for version in store.versions())
    assert not (one / "part-00000.parquet").samefile(two / "part-00000.parquet")


def test_the_command_says_how_many_files_were_read(tmp_path, place):
    to = tmp_path / "saved"
    command = ["import", str(tmp_path / "shop"), "--to", str(to)]
    first = CliRunner().invoke(app, command)
    assert "files read" not in first.stdout
    place["orders 04.csv"].write_bytes(MARCH.replace(b"2026-03", b"2026-05"))
    assert "4 of 7 files read, 3 unchanged since " in CliRunner().invoke(app, command).stdout
    assert "files read" not in CliRunner().invoke(app, [*command, "--anew"]).stdout
