"""The one-file page in Firefox: opened from disk, without a network, with the same figures."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.export.packing import prepared
from dashboard.export.pages import Asker
from dashboard.export.snapshot import snapshot
from dashboard.ledger import ledger_of
from dashboard.query import Where
from dashboard.settings import Settings
from tests.missing import missing
from tests.ui.browser import find_firefox
from tests.ui.firefox import Firefox, firefox
from tests.ui.snapshot_world import dataset, states
from tests.ui.test_snapshot_equality import SEEN, Expected, as_asked, read_csv

MANY = 30


@pytest.fixture
def tab(tmp_path: Path) -> Iterator[Firefox]:
    executable = find_firefox()
    if executable is None:
        missing("There is no Firefox here; `make browser` installs one where it may.")
    with firefox(executable, tmp_path) as opened:
        yield opened


def test_firefox_shows_what_the_dashboard_shows(tmp_path: Path, tab: Firefox) -> None:
    data = dataset()
    explorer = Asker(prepared(ledger_of(data)), Settings())
    expected = Expected(explorer)
    file = tmp_path / "report.html"
    file.write_text(snapshot(data, Where()).text, "utf-8")
    tab.ask("WebDriver:Navigate", url=file.as_uri())
    tab.ask("WebDriver:SetTimeouts", script=60_000)
    ready = "const [done] = arguments; const look = () => document.documentElement.dataset.ready"
    tab.ask(
        "WebDriver:ExecuteAsyncScript",
        script=f"{ready} ? done() : setTimeout(look, 20); look()",
        args=[],
    )
    assert tab.run("return document.querySelector('#failed').hidden")
    drawn = "Bokeh.documents.flatMap(d => d.roots()).length"
    figures = "document.querySelectorAll('.figure').length"
    assert tab.run(f"return {drawn} === {figures} && {figures} > 5")
    questions = list(states(explorer.ledger, random.Random(MANY), MANY))
    for where in questions:
        (shown,) = tab.run(f"return ({SEEN})(arguments[0])", [as_asked(where)])
        wanted = expected.under(where)
        assert shown["found"].keys() == wanted.keys()
        for name, view in wanted.items():
            found = shown["found"][name]
            if "csv" in view:
                found["csv"] = read_csv(found["csv"])
            assert found == view, f"{name} under {where.sentence()}"
    asked = "performance.getEntriesByType('resource').map(one => one.name)"
    outside = tab.run(f"return {asked}.filter(name => !/^(data|blob):/.test(name))")
    assert outside == []


def test_a_filter_is_clicked_in_firefox(tmp_path: Path, tab: Firefox) -> None:
    """By its own controls: what is then shown is one creator's platform."""
    file = tmp_path / "report.html"
    file.write_text(snapshot(dataset(), Where()).text, "utf-8")
    tab.ask("WebDriver:Navigate", url=file.as_uri())
    said = tab.run(
        """
        const until = (find) => new Promise(done => {
          const look = () => find() ? done(find()) : setTimeout(look, 20); look() })
        return (async () => {
          await until(() => document.documentElement.dataset.ready)
          const controls = [...document.querySelectorAll(".control")].map(one => one.shadowRoot)
          const one = controls.find(root => root.textContent.includes("Platform"))
          one.querySelector("button.open").click()
          const box = await until(() => one.querySelector("input[type=checkbox]"))
          box.click()
          const chips = document.querySelector(".chips > .pane").shadowRoot
          return (await until(() => chips.querySelector("li b"))).textContent
        })()
        """
    )
    assert said in {"Instagram", "X", "YouTube"}
    assert tab.run("return location.hash") == f"#platform={said}"
