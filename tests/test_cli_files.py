"""dashboard check and import: what files are, what is set aside and what is open, for people."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests import small
from tests.test_cli import SCREENS, as_json, run

AMBIGUOUS = small.POSTS.replace("2026-01-01", "01/06/2026").replace("2026-01-05", "02/06/2026")
LIKE = small.PAYOUTS.replace("total_payout", "Amount we paid")
BAD_PAYOUT = small.PAYOUTS + "1,order,50,2,lots,paid\n"


def check(*arguments: object):
    return run("check", *arguments)


def test_clean_files_are_said_to_be_clean(tmp_path):
    done = check(small.write(tmp_path))
    assert done.returncode == 0
    assert "10 rows read, 0 rows set aside. Accepted and set aside sum to what was read." in (
        done.stdout.replace("\n", " ")
    )


@pytest.mark.parametrize("command", ["check", "import"])
def test_reading_files_loads_no_room_that_answers(tmp_path, command):
    """Nor a screen: each costs seconds or tenths of them before the first file is opened."""
    place = small.write(tmp_path)
    arguments = [command, str(place), *(["--to", str(tmp_path / "to")] * (command == "import"))]
    rooms = [f"dashboard.{room}" for room in ("ledger", "metrics", "query", "tables", "views")]
    code = (
        "import sys; from dashboard.cli import main; from atexit import register\n"
        f"sys.argv[1:] = {arguments!r}\n"
        f"register(lambda: print([n for n in {[*rooms, *SCREENS]!r} if n in sys.modules]))\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_is_set_aside_is_said_with_row_value_and_what_would_be_right(tmp_path):
    done = check(small.write(tmp_path, payouts=BAD_PAYOUT))
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "payouts.csv: 1 row set aside" in said
    assert (
        "1 × total_payout should be an amount in rupees, such as 1234.50 (row 4, such as 'lots')"
    ) in said


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"posts": "%PDF-1.7\n"}, "posts.csv cannot be used • posts.csv: this is a PDF"),
        ({"payouts": "influencer_id\n1\n"}, "payouts need the column 'total_payout'"),
        ({"payouts": LIKE}, "--answer 'columns.payouts.total_payout=Amount we paid'"),
        ({"payouts": small.PAYOUTS.replace(",100,", ",$100,")}, "another currency than rupees"),
    ],
)
def test_what_cannot_be_used_is_a_sentence_and_exit_code_two(tmp_path, changed, said):
    done = check(small.write(tmp_path, **changed))
    assert done.returncode == 2
    assert said in " ".join(done.stdout.split())


def test_text_from_files_cannot_command_the_terminal(tmp_path):
    """An escape sequence in a header, a value and a file's name is shown, not obeyed."""
    place = small.write(
        tmp_path,
        payouts=small.PAYOUTS.replace("status", "\x1b[2Jstatus") + "1,order,1,1,\x1b[31m,paid\n",
        influencers=small.INFLUENCERS.replace("platform", "\x1b[31mwhere"),
    )
    (place / "x\x1b[2J.csv").write_text("nothing\n1\n")
    for done in (check(place), run("report", place)):
        assert "\x1b" not in done.stdout + done.stderr
        assert "\\x1b[31mwhere" in done.stdout + done.stderr


def test_a_missing_table_is_refused_and_the_others_are_reported(tmp_path):
    place = small.write(tmp_path)
    (place / "posts.csv").unlink()
    done = check(place, "--format", "json")
    told = json.loads(done.stdout)
    assert done.returncode == 2
    assert "No file of posts" in told["refused"][str(place)]
    assert [file["table"] for file in told["files"]] == ["influencers", "tracking_data", "payouts"]


def test_json_says_the_same_as_plain_values(tmp_path):
    done = check(small.write(tmp_path, payouts=BAD_PAYOUT, posts=AMBIGUOUS), "--format", "json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    for file in told["files"]:
        assert file["accepted"] + file["quarantined"] == file["read"]
        assert {"file", "table", "read", "rules", "mapping", "dialect"} <= file.keys()
    (question,) = told["questions"]
    assert question["key"] == "dates.posts.date"
    assert question["proposed"] == question["assumed"] == "day first"


def test_one_file_may_be_checked_alone(tmp_path):
    done = check(small.write(tmp_path, payouts=BAD_PAYOUT) / "payouts.csv", "--format", "json")
    assert done.returncode == 1
    assert [file["table"] for file in json.loads(done.stdout)["files"]] == ["payouts"]


@pytest.mark.parametrize(("answer", "month"), [("day first", "06"), ("month first", "01")])
def test_an_answer_decides_what_a_report_says(tmp_path, answer, month):
    """Posts of 01/06 and 02/06: all in June, or one in January and one in February."""
    place = small.write(tmp_path, posts=AMBIGUOUS)
    rows = as_json(place, "--by", "month", "--answer", f"dates.posts.date={answer}")["rows"]
    posts = {row["month"]: row["posts"] for row in rows if row["posts"]}
    assert posts[f"2026-{month}-01"] == (2 if answer == "day first" else 1)


def test_what_is_assumed_is_said_beside_the_answer_and_not_in_it(tmp_path):
    done = run("report", small.write(tmp_path, posts=AMBIGUOUS), "--format", "csv")
    assert "Day first is assumed" in done.stderr
    assert "assumed" not in done.stdout


def test_a_mapping_is_saved_edited_and_given_again(tmp_path):
    place = small.write(tmp_path / "files", payouts=LIKE, posts=AMBIGUOUS)
    saved = tmp_path / "mapping.toml"
    assert check(place, "--save-mapping", saved).returncode == 2
    text = saved.read_text("utf-8")
    assert 'total_payout = "Amount we paid"' in text
    assert 'date = "day first"' in text
    saved.write_text(text.replace('day first"\n', 'month first"\n'), "utf-8")
    done = check(place, "--mapping", saved, "--format", "json")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["questions"] == []
    assert told["files"][1]["dates"] == {"date": "month first"}


def test_a_mapping_beside_the_files_is_used_without_a_flag(tmp_path):
    place = small.write(tmp_path, payouts=LIKE)
    (place / "mapping.toml").write_text('[columns.payouts]\ntotal_payout = "Amount we paid"\n')
    assert as_json(place)["totals"]["spend"] == 250.0


def test_an_answer_that_cannot_be_meant_is_a_sentence(tmp_path):
    done = check(small.write(tmp_path), "--answer", "dates.posts.dat=day first")
    assert done.returncode == 2
    assert "posts has no column 'dat'. Did you mean 'date'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_set_aside_is_written_mended_and_read_again(tmp_path):
    """250 + 99.50 = 349.50."""
    place = small.write(tmp_path / "files", payouts=BAD_PAYOUT)
    check(place, "--to-mend", tmp_path / "mend")
    (mend,) = (tmp_path / "mend").iterdir()
    assert mend.name == "payouts - set aside.csv"
    (place / mend.name).write_text(mend.read_text("utf-8-sig").replace("lots", "99.50"), "utf-8")
    assert check(place).returncode == 0
    assert as_json(place)["totals"]["spend"] == 349.5


def test_an_imported_dataset_reports_as_its_files_do(tmp_path):
    place, saved = small.write(tmp_path / "files"), tmp_path / "saved"
    done = run("import", place, "--to", saved)
    assert done.returncode == 0, done.stderr
    assert "10 rows read, 0 rows set aside" in done.stdout
    assert as_json(saved) == as_json(place)


def test_a_folder_with_other_files_is_no_place_for_a_dataset(tmp_path):
    place = small.write(tmp_path)
    done = run("import", place, "--to", place)
    assert done.returncode == 2
    assert "holds other files and is no dataset" in done.stderr
    assert len(list(place.iterdir())) == 4


def test_a_saved_dataset_is_not_checked_again(tmp_path):
    run("import", small.write(tmp_path / "files"), "--to", tmp_path / "saved")
    done = check(tmp_path / "saved")
    assert done.returncode == 2
    assert "is a saved dataset" in done.stderr


def test_an_import_that_is_interrupted_says_so_and_leaves_nothing(tmp_path):
    """Ctrl-C while a file is read that is long enough to be met."""
    place = small.write(tmp_path / "files")
    header, *lines = small.TRACKING_DATA.splitlines(keepends=True)
    with (place / "tracking_data.csv").open("w") as file:
        file.write(header)
        for _ in range(40):
            file.write("".join(lines) * 25_000)
    saved = tmp_path / "saved"
    command = [sys.executable, "-m", "dashboard", "import", str(place), "--to", str(saved)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        while not list(saved.glob("versions/.draft-*/tables/tracking_data/*")):
            assert running.poll() is None, running.stderr.read()
            time.sleep(0.01)
        os.kill(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.strip().endswith(f"Stopped. {saved} is as it was.")
    assert not (saved / "current").exists()
    assert not list(saved.glob("versions/*"))
