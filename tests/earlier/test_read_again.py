"""Files are read again where more than their bytes tells what they come to, or one is damaged."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import polars as pl
import pytest

from dashboard.dataset import Store, load
from dashboard.dataset.bundle import is_kept, read_bundle, write_bundle
from dashboard.dataset.entries import entries_of
from dashboard.ingest import FileMapping
from tests.earlier.shop import (
    JANUARY,
    SHOP,
    creators,
    cut,
    everything,
    flipped,
    imported,
    on,
)
from tests.stored import hashes, rewritten
from tests.worlds import files

ODD = files(
    influencers=[{"influencer_id": "INF001"}, {"influencer_id": "INF002"}],
) | {
    "orders 01.csv": b"influencer_id,campaign,date,orders,revenue\ninf_001,A,2026-01-05,1,10\n",
    "orders 02.csv": b"influencer_id,campaign,date,orders,revenue\nINF002,A,2026-01-05,1,10\n",
}
del ODD["tracking_data.csv"]


@pytest.mark.parametrize(
    ("ids", "again"),
    [
        (("INF001", "INF002", "INF003"), []),
        (("INF002",), ["orders 01.csv"]),
        (("INF001", "inf_001", "INF002"), ["orders 01.csv"]),
        (("INF001", "inf-002"), ["orders 02.csv"]),
        (("INF001",), []),
    ],
)
def test_creators_that_change_what_an_id_means_have_its_files_read_again(
    store, tmp_path, read, ids, again
):
    """``inf_001`` means INF001 where there is no ``inf_001``; a stranger is himself."""
    imported(ODD, store)
    read.clear()
    made = {**ODD, "influencers.csv": creators(*ids)}
    imported(made, store)
    assert read == again
    imported(made, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))


@pytest.mark.parametrize(
    ("where", "answer", "again"),
    [
        (("dates", "orders 02.csv", "date"), "month first", ["orders 02.csv"]),
        (("dates", "tracking_data", "date"), "month first", ["orders 01.csv", "orders 02.csv"]),
        (("dates", "posts", "date"), "month first", []),
        (("columns", "orders 01.csv", "product"), "sold", ["orders 01.csv"]),
        (("files", "orders 01.csv"), "ignore", []),
        (("brands", "campaign_prefix"), "no", []),
    ],
)
def test_an_answer_has_the_files_read_again_that_it_is_about(
    store, tmp_path, read, where, answer, again
):
    sold = {
        **SHOP,
        "orders 01.csv": JANUARY.replace(b"\n", b",Whey\n").replace(b"Whey", b"sold", 1),
    }
    imported(sold, store)
    read.clear()
    told = FileMapping({where: answer})
    imported(sold, store, told)
    assert read == again
    imported(sold, Store(tmp_path / "whole"), told)
    assert everything(store) == everything(Store(tmp_path / "whole"))


def test_another_release_reads_all_again_once(store, read, monkeypatch):
    imported(SHOP, store)
    monkeypatch.setattr(sys.modules["dashboard.dataset.earlier"], "code_of", lambda *_: "2")
    read.clear()
    imported(SHOP, store)
    imported(SHOP, store)
    assert read == ["orders 01.csv", "orders 02.csv"]


def test_days_that_have_not_come_are_looked_at_again(store, read, monkeypatch):
    """On 4 February 6 February has not come; on 5 February it is tomorrow; then all is said."""
    on(monkeypatch, "2026-02-04")
    imported(SHOP, store)
    notes = [store.current().manifest["report"]["files"][at]["notes"] for at in (2, 3)]
    assert notes == [[], ["1 row: date has not come yet; kept."]]
    for day, again in (("2026-02-05", 1), ("2026-02-06", 0), ("2026-02-04", 1)):
        on(monkeypatch, day)
        read.clear()
        imported(SHOP, store)
        assert read == ["orders 02.csv"] * again, day


def keyed(*keys: str) -> bytes:
    lines = "".join(f"{key},1,A,2026-01-05,1,10\n" for key in keys)
    return f"row_id,influencer_id,campaign,date,orders,revenue\n{lines}".encode()


def test_a_key_that_a_file_before_has_now_or_no_longer_has_the_file_read_again(
    store, tmp_path, read
):
    def made(first, second):
        shop = {**SHOP, "orders 01.csv": keyed(*first), "orders 02.csv": keyed(*second)}
        read.clear()
        imported(shop, store)
        found = list(read)
        imported(shop, Store(tmp_path / f"{first}{second}"))
        assert everything(store) == everything(Store(tmp_path / f"{first}{second}"))
        return found, store.current().manifest["rows"]["tracking_data"]

    assert made("ab", "cd") == (["orders 01.csv", "orders 02.csv"], 4)
    assert made("xy", "cd") == (["orders 01.csv"], 4)
    assert made("xc", "cd") == (["orders 01.csv", "orders 02.csv"], 3)
    assert made("xy", "cd") == (["orders 01.csv", "orders 02.csv"], 4)
    assert made("xy", "cd") == ([], 4)


def test_rows_that_came_back_mended_stay_where_they_are(store, tmp_path, read):
    """The quarantine of a file that is not read again is not changed behind its old version."""
    bad = {**SHOP, "orders 01.csv": JANUARY + b"1,A,2026-01-07,lots,5\n"}
    imported(bad, store)
    old, before = store.current(), hashes(store.current().path)
    text = load(store.place).report.to_mend("orders 01.csv").replace("lots", "3")
    mended = {**bad, "mended.csv": text.encode()}
    read.clear()
    imported(mended, store)
    assert read == []
    assert hashes(old.path) == before
    imported(mended, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))
    assert store.current().manifest["rows"]["tracking_data"] == 5
    imported(mended, store)
    assert everything(store) == everything(Store(tmp_path / "whole"))
    imported(bad, store)
    assert store.current().manifest["version"] == old.manifest["version"]


def other_rows(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.with_columns(revenue=pl.col("revenue") + 1).write_parquet(path)


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (other_rows, "tables/tracking_data/part-00000"),
        (cut, "tables/tracking_data/part-00000"),
        (Path.unlink, "tables/tracking_data/part-00000"),
        (flipped, "tables/tracking_data/part-00000"),
        (cut, "files/part-00000"),
        (flipped, "files/part-00000"),
        (Path.unlink, "files/part-00000"),
    ],
)
def test_what_is_not_as_it_was_kept_is_read_again(store, tmp_path, read, damage, part):
    """Also where the sizes of files do not tell."""
    imported(SHOP, store)
    version = store.current()
    damage(version.path / f"{part}.parquet")
    rewritten(bytes={})(version)
    read.clear()
    imported(SHOP, store)
    assert read == ["orders 01.csv"]
    imported(SHOP, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))


def other_reason(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.with_columns(reason=pl.lit("of another file")).write_parquet(path)


@pytest.mark.parametrize("damage", [other_reason, flipped, cut])
def test_records_set_aside_that_are_not_as_they_were_are_read_again(store, tmp_path, read, damage):
    bad = {**SHOP, "orders 01.csv": JANUARY + b"1,A,2026-01-07,lots,5\n"}
    imported(bad, store)
    version = store.current()
    damage(version.path / "quarantine/tracking_data/part-00000.parquet")
    rewritten(bytes={})(version)
    read.clear()
    imported(bad, store)
    assert read == ["orders 01.csv"]
    imported(bad, Store(tmp_path / "whole"))
    assert everything(store) == everything(Store(tmp_path / "whole"))


def test_an_entry_of_which_a_bit_is_another_is_none(store):
    """Else its report might say other counts, and no rows would tell."""
    imported(SHOP, store)
    folder = store.current().path
    file = folder / "files/part-00000.json"
    content = file.read_bytes()
    for at in range(len(content)):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 7]) + content[at + 1 :])
        assert list(entries_of(folder)) == [1], at
    file.write_bytes(content)
    assert list(entries_of(folder)) == [0, 1]


def test_a_bundle_of_which_a_bit_is_another_is_none(tmp_path):
    place = tmp_path / "days.zip"
    frames = {"cells": pl.DataFrame({"date": [dt.date(2026, 1, 5)], "rows": [3]})}
    write_bundle(place, frames, {"n": 1}, "us")
    content = place.read_bytes()
    for at in range(len(content)):
        place.write_bytes(content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :])
        assert read_bundle(place, "us") is None, at
        assert not is_kept(place, "us"), at
    place.write_bytes(content)
    kept, said = read_bundle(place, "us")
    assert kept["cells"].equals(frames["cells"])
    assert said == {"n": 1}
    assert is_kept(place, "us")
    assert read_bundle(place, "others") is None
    assert not is_kept(place, "others")


def test_a_version_that_does_not_say_when_it_was_saved_is_taken_from(store, read):
    imported(SHOP, store)
    for saved in ("yesterday", None, 7):
        rewritten(saved=saved)(store.current())
        read.clear()
        assert imported(SHOP, store) == "3 of 5 files read, 2 unchanged."
        assert read == []
