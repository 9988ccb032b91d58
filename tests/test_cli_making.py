"""Files made on the command line: progress where somebody looks, exit codes, whole files."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboard.cli import commands
from tests.small import INFLUENCERS, PAYOUTS, POSTS, TRACKING_DATA, write

FORMS = {
    "html": (["snapshot"], "Drawing Influencers"),
    "pdf": (["report", "--format", "pdf"], "Setting the pages"),
    "xlsx": (["report", "--format", "xlsx"], "Writing Campaigns"),
}
"""Each kind of file: its command, and something that its progress says."""
ENDS = {"html": (b"<!DOCTYPE html>", b"</html>"), "pdf": (b"%PDF-", b"%%EOF"), "xlsx": (b"PK", b"")}
Run = Callable[..., "Done"]
by_form = pytest.mark.parametrize("form", FORMS)


def command(form: str, place: Path, output: Path, *more: str) -> list[str]:
    name, *options = FORMS[form][0]
    return [name, str(place), *options, "-o", str(output), *more]


@dataclass(frozen=True)
class Done:
    """What a command left behind, as a timer that runs it sees it."""

    code: int
    out: str
    said: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, to its exit code."""

    def ended(form: str, place: Path, output: Path, *more: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["dashboard", *command(form, place, output, *more)])
        with pytest.raises(SystemExit) as end:
            commands.run()
        said = capsys.readouterr()
        return Done(int(end.value.code or 0), said.out, said.err)

    return ended


def is_whole(file: Path) -> bool:
    """Whether a file begins and ends as its kind does."""
    first, last = ENDS[file.suffix[1:]]
    content = file.read_bytes().strip()
    return content.startswith(first) and content.endswith(last)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "data")


@by_form
def test_nobody_who_does_not_look_is_told_of_progress(run: Run, tmp_path: Path, form: str) -> None:
    """As a timer runs it: one line or more on standard output, nothing on the other."""
    output = tmp_path / f"report.{form}"
    done = run(form, write(tmp_path / "data"), output)
    assert (done.code, done.said) == (0, "")
    assert done.out.startswith(f"Wrote {output} (")
    assert is_whole(output)


@by_form
def test_who_looks_is_told_what_is_being_made(tmp_path: Path, form: str) -> None:
    """On a terminal; the bar is gone from what stays."""
    ours, theirs = pty.openpty()
    made = subprocess.Popen(
        [
            *(sys.executable, "-m", "dashboard"),
            *command(form, write(tmp_path / "data"), tmp_path / f"report.{form}"),
        ],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
    )
    os.close(theirs)
    said = read_all(ours)
    out, _ = made.communicate()
    assert made.returncode == 0
    assert FORMS[form][1] in said
    assert out.startswith(b"Wrote ")
    assert b"Drawing" not in out


def read_all(terminal: int) -> str:
    """What is written to a terminal until nobody holds it any more."""
    said = b""
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # Linux says so that the other end is closed
            part = b""
        if not part:
            os.close(terminal)
            return said.decode()
        said += part


@by_form
def test_a_file_that_is_there_stays_unless_told(run: Run, tmp_path: Path, form: str) -> None:
    place, output = write(tmp_path / "data"), tmp_path / f"report.{form}"
    output.write_text("mine")
    refused = run(form, place, output)
    assert refused.code == 2
    assert refused.said == f"{output} exists. Give another name, or --force to replace it.\n"
    assert output.read_text() == "mine"
    assert run(form, place, output, "--force").code == 0
    assert left_in(tmp_path) == [output.name]
    assert is_whole(output)


@by_form
@pytest.mark.parametrize(
    ("where", "said"),
    [("none/report", "there is no folder"), ("data", "is a folder. Give the name of a file")],
)
def test_a_place_that_cannot_be_written(
    run: Run, tmp_path: Path, form: str, where: str, said: str
) -> None:
    output = tmp_path / (f"{where}.{form}" if "/" in where else where)
    refused = run(form, write(tmp_path / "data"), output)
    assert refused.code == 2
    assert said in refused.said
    assert refused.said.count("\n") == 1
    assert left_in(tmp_path) == []


@by_form
def test_a_disk_that_takes_nothing(run: Run, tmp_path: Path, form: str) -> None:
    """/proc is a folder in which nobody can write, whoever they are."""
    refused = run(form, write(tmp_path / "data"), Path(f"/proc/report.{form}"))
    assert refused.code == 2
    assert f"/proc/report.{form} cannot be written: " in refused.said
    assert refused.said.count("\n") == 1


@by_form
def test_no_rows_is_a_sentence(run: Run, tmp_path: Path, form: str) -> None:
    output = tmp_path / f"report.{form}"
    refused = run(
        form, write(tmp_path / "data"), output, "--from", "2020-01-01", "--to", "2020-01-31"
    )
    assert refused.code == 2
    assert "There are no rows under these filters (Period: 1 Jan – 31 Jan 2020)" in refused.said
    assert left_in(tmp_path) == []


@by_form
def test_nobody_was_paid(run: Run, tmp_path: Path, form: str) -> None:
    """That is no error: the file says what came in."""
    place = write(tmp_path / "data", payouts=PAYOUTS.splitlines()[0] + "\n")
    output = tmp_path / f"report.{form}"
    assert run(form, place, output).code == 0
    assert is_whole(output)


@by_form
def test_two_hundred_pages_of_creators(run: Run, tmp_path: Path, form: str) -> None:
    """2,400 of them, twelve rows to a page; a PDF prints the first and says so."""
    many = range(10, 2410)
    place = write(
        tmp_path / "data",
        influencers=INFLUENCERS + "".join(f"{n},Creator {n},Food,Male,900,X\n" for n in many),
        tracking_data=TRACKING_DATA
        + "".join(f"influencer,Big,{n},u{n},Bar,2026-01-03,1,{n}\n" for n in many),
        posts=POSTS,
    )
    output = tmp_path / f"report.{form}"
    done = run(form, place, output)
    assert done.code == 0, done.said
    assert is_whole(output)
