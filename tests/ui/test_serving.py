"""`dashboard serve`: every page opens without a fault, and no other site gets in."""

from __future__ import annotations

import base64
import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from bokeh.util.token import get_token_payload
from playwright.sync_api import Page, expect

from dashboard.pages import PAGES
from tests import small
from tests.ui.guard import Guard, Visitors
from tests.ui.servers import dashboard_serve

EXAMPLE = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with dashboard_serve(EXAMPLE, tmp_path_factory.mktemp("serve") / "log") as url:
        yield url


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("title", [page.title for page in PAGES])
def test_every_page_opens(
    address: str, visitors: Visitors, guard: Guard, title: str, width: int
) -> None:
    """No fault in the browser, nothing asked of other machines, nothing wider than the screen."""
    page: Page = visitors(viewport={"width": width, "height": 900})
    page.goto(f"{address}?page={title.lower()}")
    section = page.get_by_role("region", name=title, exact=True).first
    expect(section.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.locator("[aria-busy=true]:visible")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not guard.faults


def test_a_websocket_of_another_site_is_refused(address: str) -> None:
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.request(
        "GET",
        "/ws",
        headers={
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(b"0" * 16).decode(),
            "Origin": "http://elsewhere.example",
        },
    )
    assert connection.getresponse().status == 403
    connection.close()


def test_a_port_that_is_taken_is_a_sentence(address: str) -> None:
    port = str(urlsplit(address).port)
    command = [sys.executable, "-m", "dashboard", "serve", str(EXAMPLE), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert f"Port {port} of 127.0.0.1 cannot be listened on" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_in_the_data_is_a_sentence_before_anybody_comes(tmp_path: Path) -> None:
    place = small.write(tmp_path, payouts="influencer_id,basis\n1,order\n")
    command = [sys.executable, "-m", "dashboard", "serve", str(place), "--port", "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "payouts need the column 'total_payout'" in done.stderr


def test_a_wrong_setting_stops_the_start_with_its_name() -> None:
    command = [sys.executable, "-m", "dashboard", "serve", str(EXAMPLE)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "DASHBOARD_PROT": "1"},
    )
    assert done.returncode == 2
    assert "There is no setting 'DASHBOARD_PROT'. Did you mean 'port'?" in done.stderr


def test_a_page_that_is_opened_stands_back_until_it_shows_the_question(
    address: str, page: Page
) -> None:
    """Gritzo sold nothing in the last 30 days; a page prepared before must not say otherwise."""
    page.goto(f"{address}?page=influencers")
    first = page.get_by_role("region", name="Influencers", exact=True).first
    expect(first.get_by_text("paid creators are below break-even")).to_be_visible()
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("button", name="Brand").click()
    page.get_by_role("checkbox", name="Gritzo").check()
    page.get_by_role("button", name="30 days").click()
    expect(page.get_by_text("Period 2 Oct – 31 Oct 2026")).to_be_visible()
    page.get_by_role("link", name="Influencers").click()
    expect(page.locator("section.page[aria-busy]:visible")).to_have_count(0)
    expect(first.get_by_text("paid creators are below break-even")).to_have_count(0)
    expect(first.get_by_text("No rows under these filters").first).to_be_visible()


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Two processes behind one port, and their log."""
    if sys.platform == "win32":
        pytest.skip("One process serves on Windows.")
    log = tmp_path_factory.mktemp("several") / "log"
    with dashboard_serve(small.write(log.parent / "data"), log, "--procs", "2") as url:
        end = time.monotonic() + 60
        while len(seats(url)) < 2 and time.monotonic() < end:
            time.sleep(0.1)
        assert seats(url) == {0, 1}
        yield url, log


def seats(url: str) -> set[int]:
    """The processes that answer two pages, asked for one after the other."""
    found = set()
    for _ in range(2):
        with urllib.request.urlopen(url) as page:
            token = re.search(r'"token":"([^"]+)"', page.read().decode())
        assert token is not None
        found.add(get_token_payload(token[1])["process"])
    return found


def test_visitors_of_several_processes_each_stay_with_theirs(
    several: tuple[str, Path], visitors: Visitors, guard: Guard
) -> None:
    """Four pages, by turns of two processes; a websocket that went to the other would show none.

    Revenue is 1,000 in all, and 300 + 200 of Gritzo.
    """
    pages: list[Page] = [visitors() for _ in range(4)]
    for page in pages:
        page.goto(several[0])
    for page in pages:
        overview = page.get_by_role("region", name="Overview", exact=True).first
        expect(overview.get_by_text("₹1,000").first).to_be_visible()
        page.get_by_role("button", name="Brand").click()
        page.get_by_role("checkbox", name="Gritzo").check()
        expect(overview.get_by_text("₹500").first).to_be_visible()
    assert not guard.faults


def test_a_process_that_ends_is_replaced_and_the_other_serves_on(
    several: tuple[str, Path],
) -> None:
    url, log = several
    server = next(
        one
        for one in psutil.process_iter(["cmdline"])
        if str(urlsplit(url).port) in (one.info["cmdline"] or [])
    )
    first = server.children()
    first[0].kill()
    end = time.monotonic() + 60
    while first[0].pid in {one.pid for one in server.children()} and time.monotonic() < end:
        time.sleep(0.1)
    urllib.request.urlopen(url).close()  # by the other
    while len(seats(url)) < 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert seats(url) == {0, 1}
    assert first[1].pid in {one.pid for one in server.children()}
    assert "Server process 1 of 2 ended (SIGKILL)" in log.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="one process serves there")
def test_ctrl_c_ends_all_processes(tmp_path: Path) -> None:
    place = small.write(tmp_path / "data")
    command = [
        sys.executable,
        "-m",
        "dashboard",
        "serve",
        str(place),
        "--procs",
        "2",
        "--port",
        "0",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert "2 processes" in server.stdout.readline()
        children = psutil.Process(server.pid).children()
        assert children
        server.send_signal(signal.SIGINT)
        assert server.wait(60) == 0
        assert psutil.wait_procs(children, 30)[1] == []


@pytest.mark.skipif(sys.platform == "win32", reason="one process serves there")
def test_a_fault_in_the_data_is_said_once_by_several_processes(tmp_path: Path) -> None:
    place = small.write(tmp_path, payouts="influencer_id,basis\n1,order\n")
    command = [
        sys.executable,
        "-m",
        "dashboard",
        "serve",
        str(place),
        "--procs",
        "2",
        "--port",
        "0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.count("payouts need the column 'total_payout'") == 1
    assert done.stdout == ""
