"""Files that are as they were are taken over: the same dataset as if all had been read."""

from __future__ import annotations

import datetime as dt
import errno
import os
import random
import subprocess
import sys
import time
import zipfile
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from dashboard.cli.commands import app
from dashboard.dataset import Store, import_files, importing, load, pieces, save
from dashboard.dataset.draft import Draft
from dashboard.errors import DataError, PlaceError
from dashboard.ingest import FileMapping, intake
from dashboard.ingest.cleaning import Told
from dashboard.ingest.reading import open_file
from tests import small
from tests.stored import drafts, hashes, rewritten
from tests.worlds import files

ROOT = Path(__file__).parents[1]
JANUARY = b"influencer_id,campaign,date,orders,revenue\n1,A,2026-01-05,1,10\n2,A,2026-01-06,2,20\n"
FEBRUARY = JANUARY.replace(b"2026-01", b"2026-02")
MARCH = JANUARY.replace(b"2026-01", b"2026-03")
SHOP = {
    **{name: text.encode() for name, text in small.FILES.items() if "tracking" not in name},
    "orders 01.csv": JANUARY,
    "orders 02.csv": FEBRUARY,
}


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "saved")


@pytest.fixture
def read(monkeypatch) -> list[str]:
    """The tracking files whose rows are read, in their order."""
    names, kept = [], intake._read

    def counted(part, *rest):
        if part.table == "tracking_data":
            names.append(part.text.name)
        return kept(part, *rest)

    monkeypatch.setattr(intake, "_read", counted)
    return names


def everything(store: Store) -> dict[str, object]:
    """All that a version holds and says, but for its number and what only an import looks at."""
    version = store.current()
    parts = {
        path.relative_to(version.path).as_posix(): pl.read_parquet(path).to_dict(as_series=False)
        for kind in ("tables", "quarantine", "rolled")
        for path in sorted((version.path / kind).rglob("*.parquet"))
    }
    said = {name: version.manifest[name] for name in ("version", "rows", "report", "answers")}
    return {**parts, **said}


def imported(files, store, *told, **how) -> str:
    said = []
    import_files(files, store, *told, tell=said.append, **how)
    return "".join(said)


# ----------------------------------------------------------------------------- what is taken over


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


# --------------------------------------------------------------------- on what else reading depends


def creators(*ids: str) -> bytes:
    return ("influencer_id,name,platform\n" + "".join(f"{one},x,YT\n" for one in ids)).encode()


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


def on(monkeypatch, day: str) -> None:
    """It is that day."""
    monkeypatch.setattr(importing, "Told", partial(Told, today=dt.date.fromisoformat(day)))


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


def test_equal_rows_are_found_across_files_that_are_not_read(store):
    imported(SHOP, store)
    imported({**SHOP, "orders 03.csv": JANUARY + b"2,B,2026-03-01,1,1\n"}, store)
    assert [
        (found["rule"], found["rows"])
        for found in store.current().manifest["report"]["across"]
        if found["rule"] == "equal_rows"
    ] == [("equal_rows", 2)]


def other_rows(path: Path) -> None:
    frame = pl.read_parquet(path)
    frame.with_columns(revenue=pl.col("revenue") + 1).write_parquet(path)


def cut(path: Path) -> None:
    path.write_bytes(b"PAR1")


@pytest.mark.parametrize(
    ("damage", "part"),
    [
        (other_rows, "tables/tracking_data/part-00000"),
        (cut, "tables/tracking_data/part-00000"),
        (Path.unlink, "tables/tracking_data/part-00000"),
        (cut, "files/part-00000"),
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


# ------------------------------------------------------------------------------- pieces rolled up


@pytest.fixture
def rolled(monkeypatch) -> list[int]:
    """The rows of each piece that is rolled up, in their order."""
    rows, kept = [], pieces.rolled_piece

    def counted(frame):
        rows.append(frame.select(pl.len()).collect().item())
        return kept(frame)

    monkeypatch.setattr(pieces, "rolled_piece", counted)
    return rows


LONG = JANUARY + b"1,B,2026-01-07,1,5\n"


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


def flipped(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)


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


# ------------------------------------------------------------------------ whatever is done to files


class Place:
    """A folder of files to which everything happens that may happen to one."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.made = chance, 0
        self.ids = ["INF001", "INF002", "3"]
        self.answers: dict[tuple[str, ...], str] = {}
        self.orders: dict[str, bytes] = {}
        self.mends: dict[str, bytes] = {}
        self.day = dt.date(2026, 1, 20)
        for _ in range(3):
            self.add()

    @property
    def files(self) -> dict[str, bytes]:
        made = files(
            posts="influencer_id date\nINF001 2026-01-02\n3 2026-01-03",
            payouts="influencer_id total_payout\nINF002 100\n9 50",
        )
        del made["tracking_data.csv"]
        return {**made, "influencers.csv": creators(*self.ids), **self.orders, **self.mends}

    def content(self) -> bytes:
        chance = self.chance
        header = ["influencer_id", "campaign", "date", "orders", "revenue"]
        more = chance.choice([[], [], [], ["row_id"], ["note"], ["user_id", "note"]])
        style = chance.choice(["%Y-%m-%d", "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"])
        good = chance.choice([0.0, 0.9, 0.9, 1.0])
        lines = []
        for _ in range(chance.choice([0, 1, 6, 12])):
            day = dt.date(2026, 1, 1) + dt.timedelta(days=chance.randrange(25))
            if chance.random() < 0.02:
                day = dt.date(2031, 1, 1)
            whole = chance.random() < good
            cells = {
                "influencer_id": chance.choice(
                    ["INF001", "inf_001", "inf 002", "3.0", "9", "INF 009", "", "Total"]
                ),
                "campaign": chance.choice(["A", "Gritzo_1", ""]),
                "date": day.strftime(style) if whole else "soon",
                "orders": chance.choice(["1", "2", "-1"]) if whole else "many",
                "revenue": chance.choice(["10", "1.25", "0"]),
                "row_id": str(chance.randrange(60)),
                "note": chance.choice(["", "x"]),
                "user_id": chance.choice(["u1", "u2", ""]),
            }
            lines.append(",".join(cells[name] for name in [*header, *more]))
        return "\n".join([",".join([*header, *more]), *lines, ""]).encode()

    def add(self) -> None:
        self.made += 1
        number = self.chance.choice([self.made, 100 - self.made])
        self.orders[f"orders {number:02}.csv"] = self.content()

    def correct(self) -> None:
        if self.orders:
            self.orders[self.chance.choice(sorted(self.orders))] = self.content()

    def remove(self) -> None:
        if len(self.orders) > 1:
            del self.orders[self.chance.choice(sorted(self.orders))]

    def twice(self) -> None:
        self.made += 1
        self.orders[f"orders copy {self.made}.csv"] = self.chance.choice(list(self.orders.values()))

    def creators(self) -> None:
        pool = ["INF001", "inf_001", "INF002", "inf 002", "3", "3.0", "9", "INF009"]
        self.ids = self.chance.sample(pool, self.chance.randrange(1, 6))

    def answer(self) -> None:
        file = self.chance.choice([*sorted(self.orders), "tracking_data"])
        order = self.chance.choice(["day first", "month first"])
        self.answers[self.chance.choice([("dates", file, "date"), ("dates", "posts", "date")])] = (
            order
        )
        if file in self.orders:
            where, answer = self.chance.choice(
                [(("twice", file), "count both"), (("files", file), "tracking_data")]
            )
            self.answers[where] = answer

    def forget(self) -> None:
        self.answers.clear()

    def sleep(self) -> None:
        self.day += dt.timedelta(days=self.chance.choice([1, 3, -2]))

    def mend(self, store: Store) -> None:
        report = load(store.place).report
        aside = sorted(set(report.quarantine["file"]))
        if aside:
            text = report.to_mend(self.chance.choice(aside))
            self.mends = {
                "mended.csv": text.replace("many", "4").replace("soon", "2026-01-04").encode()
            }
        else:
            self.mends = {}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_to_files_the_dataset_is_as_if_all_were_read(
    seed, tmp_path, monkeypatch, read
):
    chance = random.Random(seed)
    block = chance.choice([150, 300, 100_000])
    pieces = partial(open_file, block=block)
    monkeypatch.setattr(sys.modules["dashboard.ingest.survey"], "open_file", pieces)
    place, store = Place(chance), Store(tmp_path / "kept")
    spared = refused = 0
    for step in range(12):
        deeds = [place.add, place.add, place.correct, place.remove, place.twice, place.creators]
        deeds += [place.answer, place.forget, place.sleep, partial(place.mend, store)]
        if step and (store.place / "current").exists():
            chance.choice(deeds)()
        on(monkeypatch, place.day.isoformat())
        whole, told = Store(tmp_path / f"whole {step}"), FileMapping(dict(place.answers))
        outcomes = []
        for to in (store, whole):
            read.clear()
            try:
                imported(place.files, to, told, roll_up=bool(step % 3))
                outcomes.append("")
            except DataError as reason:
                outcomes.append(str(reason))
            spared += len(read) if to is whole else -len(read)
        assert outcomes[0] == outcomes[1]
        if outcomes[0]:
            refused += 1
            place.mends, place.answers = {}, {}
        else:
            assert everything(store) == everything(whole), (step, place.orders)
    assert spared > 5, "Hardly a file was taken over: the test has tried too little."
    assert refused < 7
    assert drafts(store.place) == [] or refused


# ------------------------------------------------------------------------ an import that is stopped

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


@pytest.fixture
def place(tmp_path) -> dict[str, Path]:
    """Four tracking files in a folder, with the other tables."""
    (tmp_path / "shop").mkdir()
    april = JANUARY.replace(b"2026-01", b"2026-04")
    for name, text in {**SHOP, "orders 03.csv": MARCH, "orders 04.csv": april}.items():
        (tmp_path / "shop" / name).write_bytes(text)
    return {path.name: path for path in sorted((tmp_path / "shop").iterdir())}


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


def test_the_command_says_how_many_files_were_read(tmp_path, place):
    to = tmp_path / "saved"
    command = ["import", str(tmp_path / "shop"), "--to", str(to)]
    first = CliRunner().invoke(app, command)
    assert "files read" not in first.stdout
    place["orders 04.csv"].write_bytes(MARCH.replace(b"2026-03", b"2026-05"))
    assert "4 of 7 files read, 3 unchanged since " in CliRunner().invoke(app, command).stdout
    assert "files read" not in CliRunner().invoke(app, [*command, "--anew"]).stdout


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
