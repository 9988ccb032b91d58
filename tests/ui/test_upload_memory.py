"""One byte over the cap is refused on the server, which never holds much more than the cap."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
from playwright.sync_api import Page, expect

from tests import small
from tests.ui.servers import dashboard_serve
from tests.ui.test_upload import give, open_data

CAP = 40
"""Megabytes."""


class Watch:
    """The most memory that a process held while it was watched."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process
        self.before = self.most = process.memory_info().rss
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def _look(self) -> None:
        while not self._end.wait(0.005):
            self.most = max(self.most, self.process.memory_info().rss)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()


def server_of(address: str) -> psutil.Process:
    """The process that serves an address."""
    port = address.rstrip("/").rpartition(":")[2]
    (found,) = (one for one in psutil.Process().children() if port in one.cmdline())
    return found


def test_a_byte_over_the_cap_costs_no_more_than_the_cap_and_a_half(
    page: Page, tmp_path: Path
) -> None:
    place = small.write(tmp_path / "served")
    large = tmp_path / "tracking_data.csv"
    large.write_bytes(b"a,b\n" * (CAP * 250_000) + b"a")
    assert large.stat().st_size == CAP * 1_000_000 + 1
    with dashboard_serve(place, tmp_path / "log", DASHBOARD_UPLOAD_MEGABYTES=str(CAP)) as address:
        open_data(page, address)
        give(page, *sorted(place.glob("*.csv")))  # what a first upload costs is no part of it
        expect(page.get_by_text("Only in this browser session")).to_be_visible()
        with Watch(server_of(address)) as watch:
            give(page, large)
            refused = page.get_by_text(f"larger than {CAP} MB together")
            expect(refused).to_be_visible(timeout=60_000)
        page.goto("about:blank")  # leave before the server does: what it is told then finds nobody
    assert watch.most - watch.before < 1.5 * CAP * 1_000_000
