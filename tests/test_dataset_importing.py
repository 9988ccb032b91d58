"""Files in one pass into a dataset folder: the same rows, report and version as in memory."""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import partial

import polars as pl
import pytest

from dashboard.dataset import Store, check_files, import_files, load, load_files, mend, save, shared
from dashboard.dataset.draft import Draft
from dashboard.errors import DataError, MissingTableError, PlaceError, QuestionsError
from dashboard.ingest import FileMapping
from dashboard.ingest.reading import open_file
from dashboard.ledger import build
from dashboard.query import answer
from tests import small
from tests.worlds import files

FILES = {name: text.encode() for name, text in small.FILES.items()}
DIRTY = {**FILES, "payouts.csv": (small.PAYOUTS + "1,order,50,2,lots,paid\n").encode()}


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "saved")


def rows(dataset, table: str) -> pl.DataFrame:
    return dataset.tables[table]


def test_what_is_imported_is_what_would_be_loaded(store):
    """Rows, report, quarantine and version, and so every number: 1000 back for 250 is 4."""
    version, report = import_files(DIRTY, store, place="here")
    direct, opened = load_files(DIRTY, "here"), load(store.place)
    for table in direct.tables:
        assert opened.tables[table].equals(direct.tables[table]), table
    assert opened.version == direct.version == version.name.partition("-")[2]
    assert opened.report.as_json() == direct.report.as_json() == report.as_json()
    assert opened.report.quarantine.equals(direct.report.quarantine)
    assert answer(build(opened), ["revenue", "spend", "roas"]).row(0) == (1000.0, 250.0, 4.0)


def test_the_same_files_again_make_no_new_version(store):
    first, _ = import_files(FILES, store)
    second, _ = import_files(FILES, store)
    assert first.name == second.name
    assert len(store.versions()) == 1


def test_other_files_make_a_new_version_and_leave_the_old_one(store):
    old, _ = import_files(FILES, store)
    import_files(DIRTY, store)
    third = {**FILES, "payouts.csv": small.PAYOUTS.replace("100", "300").encode()}
    import_files(third, store)
    assert [version.name[:4] for version in store.versions()] == ["0001", "0002", "0003"]
    spent = load(store.place).tables["payouts"]["total_payout"].sum()
    assert spent == 30000 + 15000
    assert store.version(old.name).table("payouts").collect()["total_payout"].sum() == 25000


def test_a_mapping_is_kept_with_the_dataset(store):
    made = {**files(posts="influencer_id date\n1 01-06-2026")}
    told = FileMapping({("dates", "posts", "date"): "month first"})
    import_files(made, store, told)
    opened = load(store.place)
    assert opened.mapping.answers == told.answers
    assert opened.tables["posts"]["date"].to_list() == [dt.date(2026, 1, 6)]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"payouts.csv": None}, MissingTableError),
        ({"payouts.csv": b"influencer_id,Amount we paid\n1,5\n"}, QuestionsError),
        ({"payouts.csv": b"\x89PNG\r\n\x1a\n"}, DataError),
        ({"tracking_data.csv": small.TRACKING_DATA.replace("500", "$500").encode()}, DataError),
    ],
)
def test_a_refused_import_leaves_the_dataset_as_it_was(store, changed, error):
    kept, _ = import_files(FILES, store)
    made = {name: text for name, text in {**FILES, **changed}.items() if text is not None}
    with pytest.raises(error):
        import_files(made, store)
    assert store.current().name == kept.name
    assert [path.name for path in (store.place / "versions").iterdir()] == [kept.name]


def test_an_import_that_is_stopped_leaves_the_dataset_as_it_was(store):
    kept, _ = import_files(FILES, store)

    def stop(file: str, done: int, rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files(DIRTY, store, progress=stop)
    assert [path.name for path in (store.place / "versions").iterdir()] == [kept.name]


def test_progress_is_told_for_each_file(store):
    told = []
    import_files(FILES, store, progress=lambda *what: told.append(what))
    sizes = {name: len(text) for name, text in FILES.items()}
    assert [(file, done) for file, done, _ in told] == list(sizes.items())
    assert told[-1][2] == 2 + 2 + 4 + 2


def small_blocks(monkeypatch, size: int) -> None:
    """Files are read so many bytes at a time."""
    pieces = partial(open_file, block=size)
    monkeypatch.setattr(sys.modules["dashboard.ingest.survey"], "open_file", pieces)


def test_words_that_come_again_are_written_as_numbers_and_read_as_words(monkeypatch, store):
    """Rows are set aside, words are new, padded or nothing: the same rows as in memory."""
    small_blocks(monkeypatch, 70)
    odd = {7: "A,1,2026-01-05,x,10", 15: "Total,,2026-01-05,9,99", 23: " A ,n/a,2026-01-05,1,10"}
    odd |= {40: "New,1.0,2026-01-05,1,10", 55: ",,2026-01-05,1,10"}
    lines = [odd.get(at, f"{'AB'[at % 2]},1,2026-01-05,{at},{at}.50") for at in range(80)]
    text = "\n".join(["campaign,influencer_id,date,orders,revenue", *lines, ""])
    made = {**files(), "tracking_data.csv": text.encode()}
    few, keep = [], Draft.part

    def part(draft, table, frame, numbers=()):
        few.extend((frame[column.name].to_list(), column) for column in numbers)
        keep(draft, table, frame, numbers)

    monkeypatch.setattr(Draft, "part", part)
    _, report = import_files(made, store)
    assert {column.name for _, column in few} == {"campaign", "influencer_id"}
    assert all(column.cast(pl.String).to_list() == words for words, column in few)
    assert (report.read["tracking_data"], report.quarantined["tracking_data"]) == (80, 2)
    monkeypatch.undo()
    taken = load(store.place).tables["tracking_data"]
    assert taken.equals(load_files(made, "here").tables["tracking_data"])
    assert taken["campaign"].value_counts().sort("campaign").rows() == [
        (None, 1),
        ("A", 40),
        ("B", 36),
        ("New", 1),
    ]


def days(*written: str) -> dict[str, bytes]:
    lines = "".join(f"1,{day},{reach}\n" for reach, day in enumerate(written))
    return {**files(), "posts.csv": f"influencer_id,date,reach\n{lines}".encode()}


@pytest.mark.parametrize("size", [40, 64, 4096])
def test_evidence_at_the_end_of_a_file_decides_about_its_beginning(monkeypatch, store, size):
    """Only the last day shows that the month stands first; 01/06 is then 6 January."""
    small_blocks(monkeypatch, size)
    made = days("01/06/2026", "02/06/2026", "03/06/2026", "04/06/2026", "04/30/2026")
    import_files(made, store)
    posts = load(store.place).tables["posts"]
    assert posts["date"].to_list()[0] == dt.date(2026, 1, 6)
    assert posts["reach"].to_list() == [0, 1, 2, 3, 4]
    assert (len(list((store.current().path / "tables" / "posts").iterdir())) > 1) == (size < 100)


def test_days_in_both_orders_are_set_aside_where_they_could_be_either(monkeypatch, store):
    small_blocks(monkeypatch, 40)
    made = days("01/06/2026", "13/06/2026", "06/06/2026", "04/30/2026")
    _, report = import_files(made, store)
    posts = load(store.place).tables["posts"]
    assert posts["reach"].to_list() == [1, 2, 3]
    assert report.quarantine["value"].to_list() == ["01/06/2026"]
    (file,) = (file for file in report.files if file.table == "posts")
    assert (file.read, file.accepted, file.quarantined) == (4, 3, 1)


def test_a_key_is_known_from_one_piece_to_the_next(monkeypatch, store):
    small_blocks(monkeypatch, 40)
    lines = "".join(f"p{number % 3},1,2026-01-0{number + 1}\n" for number in range(6))
    made = {**files(), "posts.csv": f"post_id,influencer_id,date\n{lines}".encode()}
    _, report = import_files(made, store)
    assert load(store.place).tables["posts"]["post_id"].to_list() == ["p0", "p1", "p2"]
    assert report.quarantine["row"].to_list() == [5, 6, 7]


def test_a_dataset_in_memory_is_saved_and_opened_as_it_is(store):
    held = load_files(DIRTY, "your files")
    text = held.report.to_mend("payouts.csv").replace("lots", "7").encode()
    mended = mend(held, {"mended.csv": text})
    save(mended, store)
    opened = load(store.place)
    assert opened.version == mended.version
    assert opened.report.as_json() == mended.report.as_json()
    for table in mended.tables:
        assert opened.tables[table].equals(mended.tables[table]), table


def test_a_saved_dataset_can_be_mended_too(store):
    import_files(DIRTY, store)
    opened = load(store.place)
    text = opened.report.to_mend("payouts.csv").replace("lots", "7").encode()
    assert mend(opened, {"mended.csv": text}).tables["payouts"]["total_payout"].sum() == 25700


def test_a_new_version_is_what_the_next_visitor_gets(store):
    import_files(FILES, store)
    before = shared(store.place)
    assert shared(store.place) is before
    import_files({**FILES, "posts.csv": b"influencer_id,date\n"}, store)
    assert shared(store.place).version != before.version


def test_a_folder_of_another_shape_is_refused(tmp_path):
    (tmp_path / "versions").mkdir()
    with pytest.raises(PlaceError):
        load(tmp_path)


# --------------------------------------------------------------------------------- to look only


def test_a_check_reports_what_a_load_would(store):
    checked = check_files(DIRTY)
    assert checked.report.as_json() == load_files(DIRTY).report.as_json()
    assert checked.exit_code == 1
    assert check_files(FILES).exit_code == 0


def test_a_check_looks_at_every_file_although_one_is_refused():
    checked = check_files({**FILES, "posts.csv": b"\x89PNG\r\n\x1a\n"})
    assert list(checked.refused) == ["posts.csv"]
    assert [file.file for file in checked.report.files] == [
        "influencers.csv",
        "tracking_data.csv",
        "payouts.csv",
    ]
    assert checked.exit_code == 2


def test_a_check_looks_at_every_file_although_one_has_another_currency():
    made = {**FILES, "tracking_data.csv": small.TRACKING_DATA.replace("500", "$500").encode()}
    checked = check_files(made)
    assert list(checked.refused) == ["tracking_data.csv"]
    assert len(checked.report.files) == 3


def test_a_check_of_large_files_keeps_nothing_in_memory(monkeypatch):
    from dashboard.dataset import importing

    in_memory = check_files(DIRTY).as_json()
    monkeypatch.setattr(importing, "_IN_MEMORY", 0)
    assert check_files(DIRTY).as_json() == in_memory


def test_a_check_is_plain_values():
    told = json.loads(json.dumps(check_files(DIRTY).as_json()))
    payouts = told["files"][3]
    assert payouts["file"] == "payouts.csv"
    assert (payouts["read"], payouts["accepted"], payouts["quarantined"]) == (3, 2, 1)
    assert payouts["rules"] == {"total_payout_unreadable": 1}
    assert payouts["mapping"]["total_payout"] == "total_payout"
    assert payouts["dialect"]["delimiter"] == ","
    assert told["questions"] == []
