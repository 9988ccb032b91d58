"""The store: what was saved stays, and a save is there whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.dataset import Shelf, Store, Version
from dashboard.dataset.versions import FORMAT
from dashboard.errors import DataError, PlaceError

ROOT = Path(__file__).parents[1]
POSTS = pl.DataFrame({"influencer_id": ["1", "2"], "likes": [80, 90]})
PAYOUTS = pl.DataFrame({"influencer_id": ["1"], "total_payout": [10_000]})
SAVER = """
import sys
from pathlib import Path
import polars as pl
from dashboard.dataset.store import Store

def save(store, number):
    with store.draft() as draft:
        for table in ("posts", "payouts"):
            for _ in range(3):
                draft.part(table, pl.DataFrame({"save": [number] * 50}))
        return draft.finish(f"{number:08x}", {"rows": {"posts": 150, "payouts": 150}})

store = Store(Path(sys.argv[1]))
print("ready", flush=True)
number = int(sys.stdin.readline())
"""
"""A saver in a process of its own: waits for a number to count on from."""


def save(store: Store, version: str = "ab12cd34", likes: int = 0, **manifest) -> Version:
    with store.draft() as draft:
        draft.part("posts", POSTS.with_columns(pl.col("likes") + likes))
        draft.part("payouts", PAYOUTS)
        draft.write("mapping.toml", "[posts]\n")
        return draft.finish(version, manifest)


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def drafts(place: Path) -> list[str]:
    return [path.name for path in place.glob("versions/.draft*")]


def started(place: Path, then: str) -> subprocess.Popen[str]:
    """A saver that does not yet save."""
    return subprocess.Popen(
        [sys.executable, "-c", SAVER + then, str(place)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def begin(saver: subprocess.Popen[str], number: int) -> None:
    assert saver.stdout.readline() == "ready\n", saver.communicate()[1]
    saver.stdin.write(f"{number}\n")
    saver.stdin.flush()


def assert_whole(version: Version) -> int:
    """Both tables hold all their rows, and all are of the same save, which is returned."""
    number = int(version.manifest["version"], 16)
    for table, rows in version.manifest["rows"].items():
        assert version.table(table).collect()["save"].to_list() == [number] * rows
    return number


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
    assert said == {"format": FORMAT, "version": "ab12cd34", "title": "Spring"}
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


# --------------------------------------------------------------------- saves that come to nothing


@pytest.mark.parametrize("stop", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_draft_left_without_finish_never_was(tmp_path, stop):
    store = Store(tmp_path / "data")

    def interrupted():
        with store.draft() as draft:
            draft.part("posts", POSTS)
            raise stop

    with pytest.raises(stop):
        interrupted()
    assert not store.place.exists()
    save(store)
    before = hashes(store.place)
    with pytest.raises(stop):
        interrupted()
    with store.draft() as draft:
        draft.part("posts", POSTS)
    assert hashes(store.place) == before
    assert drafts(store.place) == []


@pytest.mark.parametrize("call", range(1, 15))
@pytest.mark.parametrize("what", ["write_bytes", "mkdir", "unlink", "rename", "replace", "fsync"])
def test_wherever_the_disk_is_full_the_old_version_stays(tmp_path, monkeypatch, what, call):
    """The call of that number fails; where there are fewer of them, the save succeeds."""
    store = Store(tmp_path)
    old = save(store, "aaaaaaaa")
    before, calls, told = hashes(old.path), [], ""
    owner = os if what == "fsync" else Path
    kept = getattr(owner, what)

    def full(*args, **how):
        calls.append(args)
        if len(calls) == call:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return kept(*args, **how)

    with monkeypatch.context() as patched:
        patched.setattr(owner, what, full)
        try:
            new = save(store, "bbbbbbbb", likes=1)
        except PlaceError as reason:
            told, new = str(reason), None
    assert len(calls) >= call or not told
    assert new or ("No space left on device" in told and "before is untouched" in told)
    assert store.versions() == ([old, new] if new else [old])
    assert store.current() == (new or old)
    assert drafts(tmp_path) == []
    assert hashes(old.path) == before


def test_a_disk_that_is_really_full_leaves_the_old_version(tmp_path):
    """The system refuses files of more than 20,000 bytes to a process of its own."""
    pytest.importorskip("resource")
    old = save(Store(tmp_path))
    then = """
import resource, signal
from dashboard.errors import PlaceError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with store.draft() as draft:
        draft.part("posts", pl.DataFrame({"save": range(100_000)}))
        draft.finish("bbbbbbbb", {})
except PlaceError as reason:
    print(reason)
"""
    saver = started(tmp_path, then)
    begin(saver, 0)
    told, failed = saver.communicate(timeout=60)
    assert failed == ""
    assert "was not saved" in told
    assert "File too large" in told
    assert "untouched" in told
    assert Store(tmp_path).current() == old
    assert drafts(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(PlaceError, match=r"was not saved in .*file"),
        Store(tmp_path / "file").draft(),
    ):
        pass
    assert (tmp_path / "file").is_file()


def test_our_own_errors_pass_a_draft_unchanged(tmp_path):
    with pytest.raises(DataError, match=r"^row 3: no day$"), Store(tmp_path).draft():
        raise DataError("no day", row=3)


def test_a_hundred_kills_leave_the_old_version_or_the_new_one(tmp_path):
    """A saver says each number that it has saved; it may be killed before it can say the last."""
    then = "while True:\n    number += 1\n    save(store, number)\n    print(number, flush=True)\n"
    chance, store, ends = random.Random(18), Store(tmp_path), 0
    waiting = deque(started(tmp_path, then) for _ in range(3))
    try:
        saver = waiting.popleft()
        begun = time.monotonic()
        begin(saver, 0)
        # How long a save takes here and now, so that kills fall into the first few.
        for _ in range(5):
            saver.stdout.readline()
        save_takes = (time.monotonic() - begun) / 5
        saver.kill()
        saver.communicate()
        number = assert_whole(store.current())
        for _ in range(100):
            waiting.append(started(tmp_path, then))
            saver = waiting.popleft()
            begin(saver, number)
            time.sleep(chance.uniform(0, 4 * save_takes))
            saver.kill()
            told = saver.communicate()[0].split()
            said = int(told[-1]) if told else number
            if said or (tmp_path / "current").exists():
                number = assert_whole(store.current())
            assert number in {said, said + 1}
            ends += bool(drafts(tmp_path))
    finally:
        for saver in waiting:
            saver.kill()
            saver.communicate()
    assert ends, "No kill fell into a save: the test has tried nothing."
    versions = store.versions()
    # Whole, but killed before it became current: the last may be one that was never switched to.
    assert [assert_whole(version) for version in versions][-1] in {number, number + 1}
    assert save(store).path.name.endswith("-ab12cd34")
    assert drafts(tmp_path) == []


def test_a_save_that_dies_at_any_of_its_steps_leaves_the_old_version_or_the_new_one(tmp_path):
    """The saver dies before its n-th change to the disk, for every n that there is."""
    then = """
import os
CHANGES = {"os.mkdir", "os.rename", "os.remove"}
left = number
def step(event, args):
    global left
    if event in CHANGES or (event == "open" and str(args[1])[0] in "wa"):
        if not left:
            os._exit(9)
        left -= 1
sys.addaudithook(step)
save(store, number)
print("saved")
"""
    store, ahead, steps = Store(tmp_path), 0, 0
    saver = started(tmp_path, then)
    begin(saver, 1000)
    assert saver.communicate(timeout=60)[0] == "saved\n"
    old, told = store.current(), ""
    while told != "saved\n":
        saver = started(tmp_path, then)
        begin(saver, steps)
        told = saver.communicate(timeout=60)[0]
        assert len(drafts(tmp_path)) <= 1
        assert assert_whole(store.current()) in {assert_whole(old), steps}
        ahead += store.versions()[-1] != store.current()
        old, steps = store.current(), steps + 1
    assert steps > 15
    assert ahead, "No death fell between the rename and the switch: the test has tried too little."
    assert drafts(tmp_path) == []


def test_two_savers_at_once_both_save(tmp_path):
    then = "for more in range(10):\n    save(store, number + more)\n"
    savers = [started(tmp_path, then) for _ in range(2)]
    for saver, number in zip(savers, (100, 200), strict=True):
        begin(saver, number)
    assert [saver.communicate(timeout=60)[1] for saver in savers] == ["", ""]
    versions = Store(tmp_path).versions()
    assert [int(version.name[:4]) for version in versions] == list(range(1, 21))
    assert sorted(map(assert_whole, versions)) == [*range(100, 110), *range(200, 210)]
    assert Store(tmp_path).current() == versions[-1]
    assert drafts(tmp_path) == []


def test_two_drafts_of_one_process_both_become_versions(tmp_path):
    """The second begins while the first is open, and does not take it for an orphan."""
    store = Store(tmp_path)
    with store.draft() as first, store.draft() as second:
        first.part("posts", POSTS)
        second.part("posts", POSTS)
        second.finish("bbbbbbbb", {})
        first.finish("aaaaaaaa", {})
    assert [version.name for version in store.versions()] == ["0001-bbbbbbbb", "0002-aaaaaaaa"]
    assert store.current().name == "0002-aaaaaaaa"


def test_the_draft_of_a_dead_process_goes_with_the_next_save(tmp_path):
    then = """
import os
with store.draft() as draft:
    draft.part("posts", pl.DataFrame({"save": [1]}))
    os._exit(9)
"""
    saver = started(tmp_path, then)
    begin(saver, 0)
    saver.communicate(timeout=60)
    assert len(drafts(tmp_path)) == 1
    (tmp_path / "versions" / ".draft-empty").mkdir()
    assert Store(tmp_path).versions() == []
    save(Store(tmp_path))
    assert drafts(tmp_path) == []


# ------------------------------------------------------------------------- what does not open


def rewritten(**changed):
    def change(version: Version) -> None:
        file = version.path / "manifest.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))

    return change


def cut(name):
    return lambda version: os.truncate(version.path / name, 20)


def without(name):
    return lambda version: (version.path / name).rename(version.path / "elsewhere")


def pointing(content):
    return lambda version: (version.path.parents[1] / "current").write_bytes(content)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut("manifest.json"), r"manifest\.json is damaged"),
        (without("manifest.json"), r"manifest\.json is damaged: No such file"),
        (rewritten(format="one"), r"manifest\.json is damaged: it does not say its format"),
        (rewritten(bytes=[1]), r"manifest\.json is damaged"),
        (rewritten(bytes={"a\0b": 1}), "is damaged"),
        (cut("tables/posts/part-00000.parquet"), r"part-00000\.parquet is damaged: it has 20"),
        (without("tables/posts"), r"tables/posts/part-00000\.parquet is damaged: No such file"),
        (without("tables"), r"tables/\w+/part-00000\.parquet is damaged: No such file"),
        (rewritten(format=FORMAT + 1), "saved by a newer release .*Update"),
        (pointing(b""), r"current names ''.*Write one of these names.*: 0001-ab12cd34\."),
        (pointing(b"../../etc"), "which is not a version there"),
        (pointing(b"0002-ab12cd34\n"), "which is not a version there"),
        (pointing(b"\xff\x00" * 1000), "which is not a version there"),
    ],
)
def test_damage_is_a_sentence_that_names_the_file_and_saving_again_mends_it(tmp_path, damage, told):
    store = Store(tmp_path)
    damage(save(store))
    with pytest.raises(PlaceError, match=told):
        store.current()
    save(store)
    assert store.current().name == "0002-ab12cd34"
    assert store.versions()[-1] == store.current()


@pytest.mark.parametrize("content", [b"[1]", b"null", b"[" * 100_000, b"\xff", b"{}"])
def test_a_manifest_that_is_none_is_a_sentence(tmp_path, content):
    (save(Store(tmp_path)).path / "manifest.json").write_bytes(content)
    with pytest.raises(PlaceError, match=r"manifest\.json is damaged"):
        Store(tmp_path).current()


def test_a_place_without_a_dataset_says_what_to_do(tmp_path):
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(PlaceError, match=r"has no current version\. Save a dataset there"):
            Store(place).current()
        assert Store(place).versions() == []
        with pytest.raises(PlaceError, match="has no version 'x'"):
            Store(place).version("x")
    assert list(tmp_path.iterdir()) == []


def test_a_part_with_foreign_bytes_is_a_sentence(tmp_path):
    """As many bytes as before, so that only reading it can tell."""
    version = save(Store(tmp_path))
    part = version.path / "tables" / "posts" / "part-00000.parquet"
    part.write_bytes(b"x" * part.stat().st_size)
    with pytest.raises(PlaceError, match=r"posts/part-00000\.parquet is damaged"):
        Store(tmp_path).current().table("posts")


@pytest.mark.parametrize("name", ["reels", "", "../tables/posts", "/etc", "a\0b"])
def test_a_table_that_was_not_saved_is_a_sentence(tmp_path, name):
    with pytest.raises(PlaceError, match=r"no parts of a table .* It holds: payouts, posts\."):
        save(Store(tmp_path)).table(name)


def test_a_mapping_that_is_no_text_is_a_sentence(tmp_path):
    version = save(Store(tmp_path))
    (version.path / "mapping.toml").write_bytes(b"\xff")
    with pytest.raises(PlaceError, match=r"mapping\.toml is damaged"):
        version.mapping()


# ------------------------------------------------------------------------------------- the shelf

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
