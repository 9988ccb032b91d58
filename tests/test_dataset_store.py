"""The store: what was saved stays, and opens as it was."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet
import pytest

from dashboard.dataset import Store
from dashboard.errors import PlaceError
from tests.stored import PAYOUTS, POSTS, drafts, hashes, save

# --------------------------------------------------------------------------------- what is kept


def test_what_is_saved_is_what_opens(tmp_path):
    store = Store(tmp_path / "data")
    assert not Store.is_one(store.place)
    with store.draft() as draft:
        draft.part("posts", POSTS)
        draft.part("posts", POSTS)
        draft.part("payouts", PAYOUTS)
        draft.aside("posts", pl.DataFrame({"row": [7], "reason": ["no day"]}))
        draft.aside("payouts", pl.DataFrame({"row": [9], "reason": ["no money"]}))
        draft.write("mapping.toml", 'likes = "♥"\r\n')
        made = draft.finish("ab12cd34", {"title": "Spring", "rows": {"posts": 4, "payouts": 1}})
    opened = Store(store.place).current()
    assert Store.is_one(store.place)
    assert (made.name, opened, opened.path) == ("0001-ab12cd34", made, made.path)
    assert opened.table("posts").collect().equals(pl.concat([POSTS, POSTS]))
    assert opened.table("payouts").collect().equals(PAYOUTS)
    assert sorted(opened.quarantine().collect()["row"]) == [7, 9]
    assert opened.mapping() == 'likes = "♥"\r\n'
    assert opened.manifest["rows"] == {"posts": 4, "payouts": 1}
    said = {key: opened.manifest[key] for key in ("format", "version", "title")}
    assert said == {"format": 1, "version": "ab12cd34", "title": "Spring"}
    assert opened.manifest["saved"].endswith("+00:00")
    assert (store.place / "current").read_bytes() == b"0001-ab12cd34\n"


def test_without_quarantine_and_mapping_there_is_none(tmp_path):
    with Store(tmp_path).draft() as draft:
        draft.part("posts", POSTS)
        version = draft.finish("ab12cd34", {})
    assert (version.quarantine(), version.mapping()) == (None, "")


def test_a_version_stays_byte_identical_after_later_saves(tmp_path):
    store = Store(tmp_path)
    first = save(store, "00000001")
    before = hashes(first.path)
    for number in range(2, 6):
        save(store, f"{number:08x}", likes=number)
    assert hashes(first.path) == before
    assert [version.name[:4] for version in store.versions()] == "0001 0002 0003 0004 0005".split()
    assert store.current() == store.versions()[-1]
    assert store.version(first.name).table("posts").collect().equals(POSTS)


def test_a_version_is_found_by_folder_or_by_content_and_the_newest_wins(tmp_path):
    store = Store(tmp_path)
    save(store, "aaaaaaaa")
    save(store, "bbbbbbbb")
    save(store, "aaaaaaaa")
    assert store.version("aaaaaaaa").name == "0003-aaaaaaaa"
    assert store.version("0001-aaaaaaaa").name == "0001-aaaaaaaa"
    with pytest.raises(PlaceError, match=r"no version '\.\./x'.*0001-aaaaaaaa, 0002-bbbbbbbb"):
        store.version("../x")


def test_numbers_go_on_past_four_digits(tmp_path):
    store = Store(tmp_path)
    first = save(store, "aaaaaaaa")
    first.path.rename(first.path.with_name("9999-aaaaaaaa"))
    assert save(store, "bbbbbbbb").name == "10000-bbbbbbbb"
    assert [version.name for version in store.versions()] == ["9999-aaaaaaaa", "10000-bbbbbbbb"]


def test_the_same_content_and_manifest_make_no_new_version(tmp_path):
    store = Store(tmp_path)
    first = save(store, title="Spring", rows={"posts": 2}, files=("a.csv",))
    assert save(store, title="Spring", rows={"posts": 2}, files=("a.csv",)) == first
    assert [version.name for version in store.versions()] == ["0001-ab12cd34"]
    assert drafts(tmp_path) == []
    assert save(store, title="Summer", rows={"posts": 2}).name == "0002-ab12cd34"


def test_a_dataset_keeps_its_title_until_it_is_given_another(tmp_path):
    save(Store(tmp_path), "aaaaaaaa", title="Spring")
    assert save(Store(tmp_path), "bbbbbbbb").manifest["title"] == "Spring"
    assert save(Store(tmp_path), "cccccccc", title="").manifest["title"] == ""


# ---------------------------------------------------------------------------------------- parts


def test_frames_without_rows_keep_the_schema_and_add_nothing(tmp_path):
    with Store(tmp_path).draft() as draft:
        for frame in (POSTS.clear(), POSTS.clear(), POSTS, POSTS.clear()):
            draft.part("posts", frame)
        draft.part("payouts", PAYOUTS.clear())
        assert (draft.parts("posts"), draft.parts("payouts"), draft.parts("other")) == (2, 1, 0)
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect().equals(POSTS)
    assert version.table("payouts").collect_schema() == PAYOUTS.schema


def test_parts_from_a_number_on_can_be_forgotten(tmp_path):
    with Store(tmp_path).draft() as draft:
        for number in range(4):
            draft.part("posts", pl.DataFrame({"number": [number]}))
        draft.restart("posts", 9)
        draft.restart("other", 0)
        assert draft.parts("posts") == 4
        draft.restart("posts", 2)
        draft.part("posts", pl.DataFrame({"number": [70]}))
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect()["number"].to_list() == [0, 1, 70]


def test_a_column_that_some_parts_lack_is_null_there(tmp_path):
    with Store(tmp_path).draft() as draft:
        draft.part("posts", pl.DataFrame({"likes": [1], "mood": ["good"]}))
        draft.part("posts", pl.DataFrame({"song": ["Jhoom"], "likes": [2]}))
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect().to_dict(as_series=False) == {
        "likes": [1, 2],
        "mood": ["good", None],
        "song": [None, "Jhoom"],
    }
    assert version.table("posts").filter(song="Jhoom").select("likes").collect().item() == 2


def test_words_written_as_numbers_are_text_to_whoever_reads(tmp_path):
    """In files that others write and read: the words of each differ, and one has none."""
    words = [["YT", None, "IG"], ["YT", "YT", None], [None, None, None], ["ÅÅ", "a" * 40, ""]]
    parts = [pl.DataFrame({"likes": [1, 2, 3], "platform": part}) for part in words]
    parts[2] = parts[2].cast({"platform": pl.String})
    with Store(tmp_path).draft() as draft:
        draft.part("posts", parts[0])
        for part in parts[1:]:
            known = pl.Enum(part["platform"].drop_nulls().unique())
            draft.part("posts", part, [part["platform"].cast(known)])
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect().equals(pl.concat(parts))
    assert dict(version.table("posts").collect_schema()) == {
        "likes": pl.Int64,
        "platform": pl.String,
    }
    for part, path in zip(parts, sorted(version.path.rglob("*.parquet")), strict=True):
        others = pyarrow.parquet.read_table(path)
        assert str(others.schema.field("platform").type) == "large_string"
        assert others["platform"].to_pylist() == part["platform"].to_list()


def test_a_column_of_two_kinds_is_read_as_the_wider_one(tmp_path):
    with Store(tmp_path).draft() as draft:
        draft.part("posts", pl.DataFrame({"extra": [1]}))
        draft.part("posts", pl.DataFrame({"extra": ["one"]}))
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect()["extra"].to_list() == ["1", "one"]


def test_more_parts_than_the_name_has_digits_for_stay_in_order(tmp_path):
    with Store(tmp_path).draft() as draft:
        draft.part("posts", pl.DataFrame({"number": [1]}))
        folder = draft.path / "tables" / "posts"
        (folder / "part-00000.parquet").rename(folder / "part-99999.parquet")
        pl.DataFrame({"number": [2]}).write_parquet(folder / "part-100000.parquet")
        version = draft.finish("ab12cd34", {})
    assert version.table("posts").collect()["number"].to_list() == [1, 2]


@pytest.mark.parametrize("name", ["", "../posts", "/posts", "a\0b", "Posts", "p" * 300, "a b"])
def test_only_generated_names_become_files(tmp_path, name):
    with pytest.raises(PlaceError, match="cannot name"), Store(tmp_path).draft() as draft:
        draft.part(name, POSTS)
    with pytest.raises(PlaceError, match="cannot name"), Store(tmp_path).draft() as draft:
        draft.aside(name, POSTS)
    with pytest.raises(PlaceError, match="cannot name"), Store(tmp_path).draft() as draft:
        draft.write(f"{name}.toml", "")
    with pytest.raises(PlaceError, match="eight of 0-9"), Store(tmp_path).draft() as draft:
        draft.finish(name, {})


def test_the_manifest_cannot_be_written_as_a_text(tmp_path):
    with pytest.raises(PlaceError, match=r"manifest\.json"), Store(tmp_path).draft() as draft:
        draft.write("manifest.json", "{}")


@pytest.mark.parametrize("folder", ["a*b", "[x]", "what?", "a b %41", "s3:", "day=1", "{a,b}"])
def test_no_character_of_a_folder_is_a_pattern(tmp_path, folder, monkeypatch):
    """As a whole path, and as a short one that begins with it."""
    save(Store(tmp_path / folder / "data"))
    assert Store(tmp_path / folder / "data").current().table("posts").collect().equals(POSTS)
    monkeypatch.chdir(tmp_path)
    assert Store(Path(folder, "data")).current().table("posts").collect().equals(POSTS)
