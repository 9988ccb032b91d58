"""Real servers for the browser tests: started as a user would, stopped when the test is done."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPException
from pathlib import Path

from dashboard.dataset import load
from dashboard.incrementality import Kept, prepare, solve
from dashboard.ledger import build

EXAMPLE = Path(__file__).parents[2] / "data"
PATIENCE = 60.0
_TRACE = r"Traceback \(most recent call last\):\n(?: .*\n)+"
_LEFT = re.compile(
    rf"{_TRACE}tornado\.iostream\.StreamClosedError.*\n\nDuring handling.*\n\n"
    rf"{_TRACE}tornado\.websocket\.WebSocketClosedError\n"
)
"""What Jupyter logs when a page is left while a message to it is under way."""


@cache
def estimates() -> Path:
    """The folder that a server keeps its estimates in, those of the example data in it already.

    So its pages are complete at once, and no server works them out while a test looks.
    """
    folder = Path(os.environ.get("DASHBOARD_CACHE") or tempfile.mkdtemp(prefix="influencer-roi-"))
    ledger = build(load(EXAMPLE))
    kept = Kept(str(folder))
    if kept.read(ledger.version) is None:
        kept.write(solve(prepare(ledger)), ledger.version)
    return folder


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], url: str, log: Path, **environment: str) -> Iterator[str]:
    """The address of a server while it runs; a traceback in its log fails the test."""
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, "DASHBOARD_CACHE": str(estimates()), **environment},
            stdout=out,
            stderr=out,
        )
        try:
            _wait_for(url, server, log)
            yield url
        finally:
            server.terminate()
            server.wait(PATIENCE)
    said = _LEFT.sub("", log.read_text("utf-8"))
    assert "Traceback" not in said, said


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while (left := end - time.monotonic()) > 0:
        assert server.poll() is None, f"The server ended:\n{log.read_text('utf-8')}"
        try:
            urllib.request.urlopen(url, timeout=left).close()
        except (OSError, HTTPException):  # not there yet, late, or ending in the middle
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"Nothing answers at {url}:\n{log.read_text('utf-8')}")


@contextmanager
def dashboard_serve(place: Path, log: Path, *options: str, **environment: str) -> Iterator[str]:
    """`dashboard serve PLACE` on a free port."""
    port = free_port()
    command = ["dashboard", "serve", str(place), "--port", str(port), *options]
    with running(command, f"http://127.0.0.1:{port}/", log, **environment) as url:
        yield url


@contextmanager
def panel_serve(place: Path, log: Path, *options: str) -> Iterator[str]:
    """`panel serve dashboard` on a free port, on this folder."""
    port = free_port()
    command = ["panel", "serve", "dashboard", "--port", str(port), *options]
    url = f"http://localhost:{port}/dashboard"
    with running(command, url, log, DASHBOARD_DATA=str(place)) as address:
        yield address
