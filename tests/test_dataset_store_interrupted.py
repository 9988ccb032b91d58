"""A save is there whole or not at all, however it ends."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import time
from collections import deque
from pathlib import Path

import pytest

from dashboard.dataset import Store, Version
from dashboard.errors import DataError, PlaceError
from tests.stored import POSTS, drafts, hashes, save

ROOT = Path(__file__).parents[1]

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
    if event == "os.rename" and number == 999 and str(args[1]).endswith("current"):
        os._exit(9)
    if number == 999:
        return
    if event in CHANGES or (event == "open" and str(args[1])[0] in "wa"):
        if not left:
            os._exit(9)
        left -= 1
sys.addaudithook(step)
save(store, number)
print("saved")
"""
    store, steps = Store(tmp_path), 0
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
        old, steps = store.current(), steps + 1
    assert steps > 15
    assert drafts(tmp_path) == []
    saver = started(tmp_path, then)  # this one dies between the rename and the switch
    begin(saver, 999)
    assert saver.communicate(timeout=60)[0] == ""
    assert assert_whole(store.versions()[-1]) == 999
    assert store.current() == old


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
