"""What came because of campaigns and whom to book next: the one-file page against the live views.

Random questions are put to both: the card on the Overview, the table of verdicts, one campaign and
its charts, and the three lists.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dashboard.export.snapshot import Sharing, snapshot
from dashboard.formats import said
from dashboard.incrementality import Estimate, Work
from dashboard.ledger import ledger_of
from dashboard.query import Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.tables import to_csv
from dashboard.views.focus import facts_of
from dashboard.views.incrementality import ChosenEstimate, Verdicts
from dashboard.views.kpis import Kpi, KpiCards
from dashboard.views.paths import CumulativeEffect, ExpectedAndActual
from dashboard.views.planned import Planned
from dashboard.views.planner import BookAgain, StopBooking, TryAgain
from dashboard.views.table import Table
from tests.test_incrementality_page import an_estimate, unknown
from tests.ui.guard import Visitors
from tests.ui.snapshot_world import dataset, states
from tests.ui.test_accessibility import findings
from tests.ui.test_snapshot import opened
from tests.ui.test_snapshot_equality import as_asked, plain

ALL = 1000.0
ESTIMATES = (
    an_estimate("Diwali", payout=31_234.5, incremental_revenue=90_000.25, iroas=2.8814,
                iroas_interval=(1.2, 4.4), interval=(40_000.5, 139_000.75)),
    unknown("unsold"),
    an_estimate("Summer; sale", payout=17_000.0, incremental_revenue=-2_345.67, iroas=-0.138,
                iroas_interval=(-1.0, 0.72), interval=(-17_000.0, 12_308.66),
                status="provisional"),
    an_estimate("Öffnung", payout=9_000.0, incremental_revenue=8_000.0, iroas=0.8889,
                iroas_interval=(0.4, 1.3), interval=(3_600.0, 11_700.0)),
)  # fmt: skip
FREE = replace(
    ESTIMATES[-1], payout=0.0, iroas=None, iroas_interval=None, break_even=None, verdict=None
)
"""A number, and nothing that was paid for it."""
LISTS = {"book-again": BookAgain, "try-again": TryAgain, "stop-booking": StopBooking}
SEEN = """asked => {
  const { words, ask, csv } = window.roiSnapshot
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map(one => one.textContent)
  const head = view => document.querySelector(`[data-view="${view.id}"] > .pane`).shadowRoot
  const table = view => ({
    said: view.said, rows: [...view.box.querySelectorAll("tbody tr")].map(row => texts(row, "th, td")),
    totals: texts(head(view), ".totals b"), csv: csv(view.id),
  })
  const chart = view => ({
    said: view.said, y: [view.y.start, view.y.end], x: [view.x.start, view.x.end],
    data: Object.fromEntries(Object.entries(view.source.data).map(([name, values]) =>
      [name, Array.from(values, one => isNaN(one) ? null : one)])),
  })
  return asked.map(({ values, first, last }) => {
    const found = {}
    for (const page of words.pages.filter(one => ["overview", "incrementality", "planner"].includes(one.name))) {
      for (const view of page.views) view.printed = 1000
      ask(values, first, last, page.name)
      for (const view of page.views) {
        if (view.kind === "kpis") found.cards = view.cards.map(card => [card.label, card.value, card.note])
        if (view.kind === "verdicts" || view.kind === "prospects") found[view.name] = table(view)
        if (view.kind === "path") found[view.name] = chart(view)
        if (view.kind === "estimate") {
          const root = document.querySelectorAll(`[data-view="${view.id}"] > .pane`)[1].shadowRoot
          found[view.name] = { said: view.said, facts: texts(root, "dt, dd") }
        }
      }
    }
    return found
  })
}"""  # noqa: E501  # JavaScript


def found(*estimates: Estimate, failed: str = "") -> Work:
    work = Work()
    work.end(None if failed else tuple(estimates), failed)
    return work


class Live:
    """What the live views show under a question."""

    def __init__(self, work: Work, settings: Settings) -> None:
        self.ask = Explorer(dataset(), settings)
        self.ask.work = work
        self.cards = KpiCards(self.ask)
        self.verdicts = Verdicts(self.ask)
        self.chosen = ChosenEstimate(self.ask)
        self.charts = (ExpectedAndActual(self.chosen), CumulativeEffect(self.chosen))
        planned = Planned(self.ask)
        self.lists = {name: kind(self.ask, planned) for name, kind in LISTS.items()}

    def under(self, where: Where) -> dict[str, Any]:
        self.ask.filters.offer(self.ask.ledger)
        self.ask.filters.keep(where)
        shown: list[Kpi] = []
        self.cards._show = lambda cards, *_: shown.extend(cards)  # type: ignore[method-assign]
        self.cards.update(strict=True)
        answer: dict[str, Any] = {"cards": [[one.label, one.value, one.note] for one in shown]}
        answer["verdicts"] = self.table(self.verdicts)
        for name, view in self.lists.items():
            answer[name] = self.table(view)
        self.chosen.update(strict=True)
        facts = markup_texts(self.chosen)
        answer["chosen-estimate"] = {"said": said_by(self.chosen), "facts": facts}
        for chart in self.charts:
            chart.update(strict=True)
            data = {name: plain(values) for name, values in chart.source.data.items()}
            answer[chart.name] = {"said": said_by(chart), "data": data}
            if chart.frame.height:
                ranges = chart.figure.x_range, chart.figure.y_range
                answer[chart.name] |= {
                    name: [one.start, one.end] for name, one in zip("xy", ranges, strict=True)
                }
        return answer

    def table(self, view: Table) -> dict[str, Any]:
        view.update(strict=True)
        columns = view.columns()
        totals = view.totals() if view._rows.height else {}
        return {
            "said": said_by(view),
            "rows": [
                [
                    said(row[c.name], c.unit, c.digits) if c.kind == "number" else row[c.name] or ""
                    for c in columns
                ]
                for row in view._rows.to_dicts()
            ],
            "totals": [
                said(totals[c.name], c.unit, c.digits, compact=True)
                for c in columns
                if c.name in totals
            ],
            "csv": read(to_csv(view.numbers(), [view.title, f"{view.where.sentence()}."])),
        }


def read(text: str) -> list[Any]:
    """Header and rows of a CSV, numbers as such."""
    lines = list(csv.reader(io.StringIO(text)))
    rows = lines[1 : lines.index([])]
    return [sorted(lines[0]), sorted(map(sorted, rows))]


def said_by(view: Any) -> dict[str, str]:
    kind, reason = view.card.state
    return {"kind": kind, "sentence": reason if kind else view.card.sentence}


def markup_texts(chosen: ChosenEstimate) -> list[str]:
    one = chosen.estimate
    if one is None:
        return []
    from dashboard.incrementality.telling import facts, words

    assert str(facts_of(facts(one), words(one))) in str(chosen._facts.object)
    return [text for pair in (*facts(one), *words(one)) for text in pair]


@pytest.mark.parametrize(
    ("estimates", "margins"),
    [
        (ESTIMATES, {}),
        ((*ESTIMATES[:-1], FREE), {}),
        (ESTIMATES, {"MB": 45.5, "Bar": 33.33, "Kids": 50.0, "HKV": 12.5, "Gritzo": 20.0}),
        ((ESTIMATES[1], *(unknown(name) for name in ("Diwali", "Öffnung"))), {}),
    ],
    ids=["known", "one not paid", "with margins", "unknown"],
)
def test_the_page_shows_what_the_live_pages_show(
    tmp_path: Path, page: Page, estimates: tuple[Estimate, ...], margins: dict[str, float]
) -> None:
    settings = Settings(margins=margins)
    work = found(*estimates)
    file = tmp_path / "report.html"
    file.write_text(snapshot(dataset(), Where(), settings=settings, work=work).text, "utf-8")
    live = Live(work, settings)
    questions = list(states(ledger_of(dataset()), random.Random(11), 40))
    opened(page, file)
    cards = lists = 0
    for where, shown in zip(questions, page.evaluate(SEEN, list(map(as_asked, questions))),
                            strict=True):  # fmt: skip
        wanted = live.under(where)
        assert shown.keys() == wanted.keys()
        for name, parts in wanted.items():
            if name == "cards":
                assert shown[name] == parts, where.sentence()
                cards += any(label == "Incremental ROAS" for label, *_ in parts)
                continue
            if "csv" in parts:
                shown[name]["csv"] = read(shown[name]["csv"])
            lists += bool(parts.get("totals")) and name in LISTS
            for part, value in parts.items():
                about = f"{part} of {name} under {where.sentence()}"
                if part in ("data", "x", "y"):
                    assert equal(shown[name][part], value), about
                else:
                    assert shown[name][part] == value, about
    if any(one.known for one in estimates):
        assert cards > 20
        assert lists > 20
    else:
        assert not cards


def equal(shown: Any, wanted: Any) -> bool:
    """Numbers within half a paisa, which is what the file rounds to."""
    if isinstance(wanted, dict):
        return shown.keys() == wanted.keys() and all(equal(shown[n], wanted[n]) for n in wanted)
    a, b = (np.array([np.nan if one is None else one for one in side]) for side in (shown, wanted))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=0, atol=0.005, equal_nan=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    place = tmp_path / "report.html"
    place.write_text(snapshot(dataset(), Where(), work=found(*ESTIMATES)).text, "utf-8")
    return place


def test_a_row_opens_its_campaign_and_the_link_keeps_it(file: Path, visitors: Visitors) -> None:
    page = opened(visitors(), file, "#page=incrementality")
    choice = page.get_by_label("Campaign", exact=True).last
    expect(choice).to_have_value("Diwali")
    page.locator(".rows tbody th").get_by_role("button", name="Öffnung").click()
    expect(choice).to_have_value("Öffnung")
    expect(page.get_by_text("₹8,000 came because of it (₹3,600 to ₹11,700)")).to_be_visible()
    address = page.url
    assert "chosen-campaign=" in address
    other = opened(visitors(), file, "#" + address.partition("#")[2])
    expect(other.get_by_label("Campaign", exact=True).last).to_have_value("Öffnung")
    choice.select_option("Summer; sale")
    expect(page.get_by_text("So far, −₹2,346 came because of it")).to_be_visible()
    page.go_back()
    expect(choice).to_have_value("Öffnung")


def test_a_chart_of_days_is_a_table_too(file: Path, page: Page) -> None:
    """Day 3 is missing: nothing stands there, and no 0."""
    opened(page, file, "#page=incrementality&chosen-campaign=Diwali")
    page.get_by_role("button", name="Expected without it, and actual as a table").click()
    table = page.get_by_role("region", name="Expected without it, and actual, as a table")
    expect(table.locator("thead th")).to_have_text(
        ["Date", "Actual", "Expected without it", "Nine days in ten from", "to"]
    )
    expect(table.locator("tbody tr").nth(1)).to_have_text("2 Jan 2026₹10₹10₹9₹12")
    expect(table.locator("tbody tr").nth(2)).to_have_text("3 Jan 2026————")
    assert findings(page) == []


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_axe_finds_nothing_serious(file: Path, visitors: Visitors, theme: str, width: int) -> None:
    page = visitors(color_scheme=theme, viewport={"width": width, "height": 900})
    opened(page, file)
    for name in ("incrementality", "planner"):
        page.evaluate("name => { location.hash = `page=${name}` }", name)
        expect(page.locator("h1")).to_have_text(name.capitalize())
        page.wait_for_timeout(700)  # what Bokeh draws is named a moment later
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_why_there_are_none_is_said(tmp_path: Path, page: Page) -> None:
    file = tmp_path / "report.html"
    work = found(failed="It failed. Nothing else is affected.")
    file.write_text(snapshot(dataset(), Where(), work=work).text, "utf-8")
    opened(page, file, "#page=incrementality")
    expect(page.get_by_text("It failed. Nothing else is affected.")).to_have_count(4)
    opened(page, file, "#page=planner")
    said = page.locator(".sheet:visible").get_by_text("It failed. Nothing else is affected.")
    expect(said).to_have_count(3)


def test_without_payouts_incremental_revenue_stays_and_nothing_else(
    tmp_path: Path, page: Page
) -> None:
    file = tmp_path / "report.html"
    sharing = Sharing(payouts=False)
    # the verdict's own sentence is found by the work itself
    work = found(*(replace(one, reasons=one.reasons if not one.known else ()) for one in ESTIMATES))
    file.write_text(snapshot(dataset(), Where(), sharing=sharing, work=work).text, "utf-8")
    opened(page, file, "#page=incrementality")
    expect(page.get_by_role("link", name="Planner")).to_have_count(0)
    expect(page.locator(".rows thead th:visible")).to_have_text(
        ["Campaign", "Incremental revenue", "Range of revenue", "Status", "Why"]
    )
    shown = page.locator(".sheet:visible").inner_text()
    assert "₹90,000" in shown
    for word in ("ROAS", "pay", "paid", "Break-even"):
        assert word not in shown
    held = page.evaluate("JSON.stringify(roiSnapshot.words.effects)")
    assert "31234.5" not in held
    assert "31,23" not in held


def test_pseudonyms_stand_in_the_lists(tmp_path: Path, page: Page) -> None:
    file = tmp_path / "report.html"
    data, work = dataset(), found(*ESTIMATES)
    open_, hidden = (
        snapshot(data, Where(), sharing=Sharing(redact=redact), work=work).text
        for redact in (False, True)
    )
    assert "Ravi & Sons" in open_
    assert "Ravi & Sons" not in hidden
    file.write_text(hidden, "utf-8")
    opened(page, file, "#page=planner")
    names = page.locator(".sheet:visible .rows tbody th").all_inner_texts()
    assert len(names) > 5
    assert all(name.startswith("Influencer ") for name in names)


def test_text_from_data_never_runs(tmp_path: Path, page: Page) -> None:
    payload = "<img src=x onerror=window.__ran=1>"
    about = replace(ESTIMATES[0].diagnostics, products=(payload,), donors=(payload,))
    one = replace(ESTIMATES[0], diagnostics=about, reasons=(payload,))
    two = replace(unknown("Öffnung"), reasons=(payload,))
    file = tmp_path / "report.html"
    file.write_text(snapshot(dataset(), Where(), work=found(one, two)).text, "utf-8")
    opened(page, file, "#page=incrementality")
    expect(page.get_by_text(payload).first).to_be_visible()
    page.get_by_label("Campaign", exact=True).last.select_option("Öffnung")
    expect(page.get_by_text(payload).first).to_be_visible()
    assert page.evaluate("window.__ran") is None
