"""python -m data_gen: what it says, and what it leaves alone."""

from __future__ import annotations

import re

import polars as pl
import pytest

from dashboard.errors import PlaceError
from data_gen import Plan, invent
from data_gen.writing import OUR_FILES, write_world
from tests.invented import SMALL, files, run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--days", "3"], "days must be from 90 to 3,650, not 3."),
        (["--seed", "-1"], "seed must be from 0"),
        (["--orders", "nan"], "orders must be from 0.1"),
        (["--orders", "900000"], "at most 50,000,000 fit"),
        (["--products", "1"], "products must be from 2 to 288, not 1."),
        (["--start", "3.4.2025"], "start must be a day written as YYYY-MM-DD"),
        (["--start", "1999-01-01"], "start must be a day from 2001 to 2030"),
        (["--format", "xlsx"], "There is no format 'xlsx'. Valid: csv, parquet."),
        (["--days", "many"], "'--days'"),
    ],
)
def test_a_wrong_argument_gets_a_sentence_and_writes_nothing(tmp_path, arguments, said):
    outcome = run("--out", tmp_path / "new", *arguments)
    assert outcome.exit_code == 2
    assert said in outcome.output
    assert not (tmp_path / "new").exists()


SIZES = ["--influencers", 5, "--days", 90, "--orders", 1, "--campaigns", 1, "--products", 2]


def test_a_run_says_what_it_wrote_and_how_fast(tmp_path):
    outcome = run("--out", tmp_path / "deep" / "new", *SIZES)
    assert outcome.exit_code == 0
    assert re.fullmatch(
        r"Wrote [\d,]+ tracking rows, \d+ posts and \d+ payouts, with the truth, to \S+ in "
        r"[\d.]+ s \([\d,]+ tracking rows per second\)\.\n",
        outcome.output,
    )
    written = {path for path in OUR_FILES if not path.endswith(".parquet")}
    assert files(tmp_path / "deep" / "new").keys() == written


def test_an_earlier_world_is_replaced_whole(tmp_path):
    assert run("--out", tmp_path, *SIZES).exit_code == 0
    assert run("--out", tmp_path, *SIZES, "--format", "parquet").exit_code == 0
    assert files(tmp_path).keys() == {path for path in OUR_FILES if not path.endswith(".csv")}


@pytest.mark.parametrize("foreign", ["notes.txt", "tracking_data.csv", "truth/mine.csv"])
def test_files_of_others_are_not_overwritten_unasked(tmp_path, foreign):
    """Tables of our names without our data dictionary beside them are somebody's own."""
    (tmp_path / foreign).parent.mkdir(exist_ok=True)
    (tmp_path / foreign).write_text("mine")
    outcome = run("--out", tmp_path, *SIZES)
    assert outcome.exit_code == 2
    assert "--force" in outcome.output
    assert files(tmp_path) == {foreign: b"mine"}


def test_force_keeps_what_has_another_name(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    assert run("--out", tmp_path, *SIZES, "--force").exit_code == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "payouts.csv").exists()


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "taken").write_text("mine")
    outcome = run("--out", tmp_path / "taken", *SIZES)
    assert outcome.exit_code == 2
    assert "is a file" in outcome.output


def test_a_run_that_fails_while_writing_leaves_the_earlier_world(tmp_path, monkeypatch):
    write_world(invent(SMALL), tmp_path, "csv")
    before = files(tmp_path)

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_csv", fail)
    with pytest.raises(PlaceError, match="No space left"):
        write_world(invent(Plan(9, 5, 90, 1, campaigns=1, products=2)), tmp_path, "csv")
    assert files(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == {p.split("/")[0] for p in before}
