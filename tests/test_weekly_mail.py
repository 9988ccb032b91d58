"""The weekly mail: the how-to's own files, run as they stand there, against a mail server."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import re
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests import small

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "send-a-weekly-mail.md"


def blocks(kind: str) -> str:
    """The page's one block of code of a kind."""
    (found,) = re.findall(rf"```{kind}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(found)


class Postman(socketserver.StreamRequestHandler):
    """As much of SMTP as one mail needs."""

    server: MailServer

    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            word = line.split()[0].upper()
            if word == b"DATA":
                self.say("354 go on")
                self.server.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.say("221 bye" if word == b"QUIT" else "250 fine")

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Postman)
        self.mails: list[bytes] = []


@contextmanager
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small world, moved so that Gritzo Kids was sold last week; beside it the two files."""
    last = dt.datetime.now(tz=dt.UTC).astimezone().date()
    monday = last - dt.timedelta(last.weekday() + 7)
    days = (monday, monday + dt.timedelta(6), monday - dt.timedelta(1))
    moved = small.TRACKING_DATA
    for was, day in zip(("2026-01-02", "2026-01-06", "2026-02-01"), days, strict=True):
        moved = moved.replace(was, day.isoformat())
    small.write(tmp_path / "data", tracking_data=moved)
    (tmp_path / "mail.sh").write_text(blocks("sh"), "utf-8")
    (tmp_path / "send.py").write_text(blocks("python"), "utf-8")
    return tmp_path


def monday_morning(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    """Run the script as cron would, from elsewhere; `dashboard` is that of these tests."""
    programs = folder / "bin"
    programs.mkdir()
    here = Path(__file__).parents[1]
    (programs / "dashboard").write_text(
        f'#!/bin/sh\nPYTHONPATH="{here}" exec "{sys.executable}" -m dashboard "$@"\n', "utf-8"
    )
    (programs / "dashboard").chmod(0o755)
    return subprocess.run(
        ["sh", str(folder / "mail.sh")],
        env={
            "PATH": os.pathsep.join(
                [str(programs), str(Path(sys.executable).parent), "/usr/bin", "/bin"]
            ),
            "MAIL_FROM": "reports@example.com",
            "MAIL_TO": "team@example.com",
            "MAIL_SERVER": f"127.0.0.1:{port}",
        },
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )


def test_last_week_is_mailed_with_both_files(folder: Path) -> None:
    """300 + 200 were sold from Monday to Sunday, the 500 of the Sunday before are not in it."""
    with mail_server() as server:
        done = monday_morning(folder, server.server_address[1])
    assert (done.returncode, done.stderr) == (0, "")
    (sent,) = server.mails
    mail = email.message_from_bytes(sent, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["To"] == "team@example.com"
    words = re.fullmatch(r"Influencers, (\S+) to (\S+)", mail["Subject"])
    assert words
    first, last = words.groups()
    assert (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days == 6
    assert dt.date.fromisoformat(first).weekday() == 0
    body = mail.get_body()
    assert body is not None
    assert "Wrote last-week.pdf (" in body.get_content()
    page, report = mail.iter_attachments()
    assert page.get_filename() == "last-week.html"
    text = page.get_payload(decode=True)
    assert text == (folder / "last-week.html").read_bytes()
    assert f'"first":"{first}","last":"{last}"'.encode() in text
    assert report.get_content_type() == "application/pdf"
    assert report.get_content() == (folder / "last-week.pdf").read_bytes()


def test_nothing_is_mailed_where_there_is_nothing_to_say(folder: Path) -> None:
    """Of days without rows there is no file; cron mails the sentence to whoever owns the job."""
    small.write(folder / "data")
    with mail_server() as server:
        done = monday_morning(folder, server.server_address[1])
    assert done.returncode == 2
    assert done.stderr.startswith("There are no rows under these filters (Period: ")
    assert done.stderr.count("\n") == 1
    assert server.mails == []
    assert not (folder / "last-week.html").exists()


def test_the_cron_line_runs_the_script_on_mondays() -> None:
    (line,) = re.findall(r"```\n(0 .*?)\n```", PAGE.read_text("utf-8"))
    assert line.split()[:5] == ["0", "7", "*", "*", "1"]
    assert line.endswith("/mail.sh")
    asked = set(re.findall(r'environ\["(\w+)"\]', blocks("python"))) - {"MAIL_PASSWORD"}
    assert asked <= set(re.findall(r"(\w+)=", line))
