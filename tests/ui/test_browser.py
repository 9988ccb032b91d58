"""The browser runs, and the guard sees what it must."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.ui import browser as finder
from tests.ui.guard import guarded, stays_here

# .invalid never resolves: even an open network gets no request from these tests.
OUTSIDE = "elsewhere.invalid"


@pytest.fixture
def serve(tmp_path):
    """Call it with a page's body for the address of a server that shows it."""
    handler = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=tmp_path))
    Thread(target=server.serve_forever, daemon=True).start()

    def write(body):
        page = f"<!doctype html><title>A page</title><link rel=icon href=data:,>{body}"
        (tmp_path / "index.html").write_text(page, encoding="utf-8")
        return f"http://127.0.0.1:{server.server_port}/"

    yield write
    server.shutdown()
    server.server_close()


def visit(browser, address):
    """Visit an address as a test would, guarded."""
    with guarded(browser) as visitors:
        page = visitors()
        page.goto(address)
        page.wait_for_load_state("networkidle")


def test_a_page_runs_its_script(page, serve):
    page.goto(serve("<p id=sum></p><script>sum.textContent = 40 + 2</script>"))
    assert page.title() == "A page"
    assert page.locator("#sum").inner_text() == "42"


def test_what_stays_on_this_machine_is_no_fault(visitors, serve):
    page = visitors()
    page.goto(
        serve(
            """<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
            <script>
            fetch(URL.createObjectURL(new Blob(["inside"])))
              .then(answer => answer.text()).then(text => { document.title = text })
            </script>"""
        )
    )
    page.wait_for_function("document.title === 'inside'")
    assert visitors.guard.faults == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (f"<img src=//{OUTSIDE}/x.png>", rf"request to another machine: http://{OUTSIDE}/x\.png"),
        ("<img src=//192.0.2.1/x.png>", r"request to another machine: http://192\.0\.2\.1/x\.png"),
        (
            f"<script>new WebSocket('ws://{OUTSIDE}/ws')</script>",
            rf"request to another machine: ws://{OUTSIDE}/ws",
        ),
        ("<script>throw new Error('broken')</script>", "page error: .*broken"),
        ("<script>Promise.reject(new Error('too late'))</script>", "page error: .*too late"),
        ("<script>console.error('said so')</script>", "console error: said so"),
        ("<img src=missing.png>", r"console error: .*404.*missing\.png"),
    ],
    ids=["name", "address", "websocket", "error", "rejection", "console", "missing"],
)
def test_the_guard_fails_a_test_on(body, fault, browser, serve):
    with pytest.raises(pytest.fail.Exception, match=f"(?s){fault}"):
        visit(browser, serve(body))


def test_a_popup_is_watched_too(browser, serve):
    body = f"<script>window.open('about:blank').fetch('http://{OUTSIDE}/').catch(() => 0)</script>"
    with pytest.raises(pytest.fail.Exception, match=f"another machine: http://{OUTSIDE}/"):
        visit(browser, serve(body))


def test_an_expected_error_passes(visitors, serve):
    visitors.guard.expect("on purpose")
    page = visitors()
    page.goto(serve("<script>console.error('on purpose')</script>"))
    page.wait_for_load_state("networkidle")


def test_two_visitors_share_nothing(visitors, serve):
    first, second = visitors(), visitors()
    address = serve("")
    for page in (first, second):
        page.goto(address)
    first.evaluate("document.cookie = 'brand=Gritzo'")
    assert second.evaluate("document.cookie") == ""


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:5006/ws", True),
        ("http://[::1]:5006/", True),
        ("file:///tmp/report.html", True),
        ("http://localhost.invalid/", False),
        ("https://127.0.0.1.invalid/", False),
        ("http://10.0.0.1/", False),
    ],
)
def test_only_this_machine_is_here(url, here):
    assert stays_here(url) is here


def test_a_wrong_choice_of_browser_is_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/browser")
    with pytest.raises(
        finder.BrowserMissingError, match="CHROMIUM=/no/such/browser does not start"
    ):
        finder.find()


def test_a_placeholder_is_not_a_browser(tmp_path, monkeypatch):
    """Ubuntu's chromium-browser only tells how to install a snap."""
    placeholder = tmp_path / "chromium"
    placeholder.write_text("#!/bin/sh\necho install the snap first\nexit 1\n", encoding="utf-8")
    placeholder.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(placeholder))
    with pytest.raises(finder.BrowserMissingError):
        finder.find()


def test_what_installs_a_browser_is_ended_in_time():
    assert finder._run(["sh", "-c", "sleep 60 & wait"], 0.2) == "no end after 0.2 seconds"


def test_what_fails_says_its_last_word():
    assert finder._run(["sh", "-c", "echo first; echo no network; exit 3"], 10) == "no network"


def test_without_root_the_command_is_named(monkeypatch):
    monkeypatch.setattr(finder.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(finder.shutil, "which", lambda name: name == "apt-get" and name)
    said = finder.install_package(finder.BROWSER)
    assert said == "As root: apt-get update -qq && apt-get install -y -qq chromium"
