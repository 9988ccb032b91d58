"""The one-file page shows what the dashboard shows, under every filter, to the last digit.

Random questions are put to the page in Chromium and to the views of the dashboard, which ask
``query.answer``: every key figure, column of a chart, axis, table cell and sentence is compared.
The world is one in which most things are missing or wrong somewhere.
"""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from bokeh.models import FactorRange

from dashboard.export.packing import by_weeks, piece_of, prepared
from dashboard.export.pages import PAGES, Asker, Table
from dashboard.export.snapshot import Sharing, snapshot
from dashboard.formats import said
from dashboard.ledger import ledger_of
from dashboard.metrics import METRICS
from dashboard.query import Margins, Where
from dashboard.settings import Settings
from dashboard.tables import columns_of, named, to_csv
from dashboard.views import kpis, lists
from dashboard.views.chart import Chart
from tests.ui.guard import Visitors
from tests.ui.snapshot_world import dataset, states

SEEN = (Path(__file__).parent / "snapshot_page.js").read_text("utf-8")
MARGINS = {"MB": 45.5, "Bar": 33.33, "Kids": 50.0, "HKV": 12.5, "Gritzo": 20.0}
EVERY = {**MARGINS, "(no brand)": 30.0}


def plain(values: Any) -> list[Any]:
    """A column of a source as the browser gives it."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        values = values.astype("datetime64[ms]").astype(np.int64).astype(float)
    return [None if isinstance(one, float) and np.isnan(one) else one for one in list(values)]


def as_asked(where: Where) -> dict[str, Any]:
    return {
        "values": {name: list(where.values(name)) for name in where.active},
        "first": where.first and where.first.isoformat(),
        "last": where.last and where.last.isoformat(),
    }


def on_pieces(where: Where) -> Where:
    """The question whose period is widened to whole weeks, cut where months begin."""
    if not where.dated:
        return where
    return replace(where, first=piece_of(where.first)[0], last=piece_of(where.last)[1])


def range_of(axis: Any) -> list[Any]:
    return list(axis.factors) if isinstance(axis, FactorRange) else [axis.start, axis.end]


def read_csv(text: str) -> list[Any]:
    """Its columns, its rows in any order, and its notes; numbers as such."""
    lines = list(csv.reader(io.StringIO(text)))
    rows = lines[1 : lines.index([])]
    cells = [[float(c) if NUMBER.fullmatch(c) else c for c in row] for row in rows]
    return [lines[0], sorted(cells, key=repr), lines[len(rows) + 2 :]]


NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


class Expected:
    """What the dashboard shows under a question, view by view, under the page's names."""

    def __init__(self, explorer: Asker) -> None:
        self.explorer = explorer
        self.pages = [page(explorer) for page in PAGES]
        self.views = {
            f"{page.name}-{view.name}": view
            for page in self.pages
            for row in page.rows()
            for view in row.views
        }

    def under(self, where: Where) -> dict[str, Any]:
        self.explorer.filters.offer(self.explorer.ledger)
        self.explorer.filters.keep(where)
        found = {}
        for name, view in self.views.items():
            if isinstance(view, kpis.KpiCards):
                found[name] = self.cards(view)
            elif isinstance(view, Chart):
                view.update(strict=True)
                kind, reason = view.card.state
                found[name] = {
                    "said": {"kind": kind, "sentence": reason if kind else view.card.sentence},
                    "data": {key: plain(values) for key, values in view.source.data.items()},
                    "x": range_of(view.figure.x_range),
                    "y": range_of(view.figure.y_range),
                    "marked": list(view.source.selected.indices),
                    "csv": self.csv(view.numbers(), view.title, view.where),
                }
            elif isinstance(view, Table):
                found[name] = self.table(view.of)
        return found

    def csv(self, numbers: pl.DataFrame, title: str, where: Where) -> list[Any]:
        """What the dashboard saves, but for the ids of creators, which no file holds."""
        kept = numbers.drop("influencer_id", strict=False)
        said = Margins.of(self.explorer.margins).sentence(self.explorer.ledger.items)
        margins = [said] if said else []
        notes = [title, f"{where.sentence()}.", *margins, self.explorer.dataset.stamp]
        return read_csv(to_csv(kept, notes))

    def cards(self, view: kpis.KpiCards) -> dict[str, Any]:
        shown: list[list[kpis.Kpi]] = []
        view._show = lambda cards, *_: shown.append(list(cards))  # type: ignore[method-assign]
        view.update(strict=True)
        (cards,) = shown
        return {
            "labels": [card.label for card in cards],
            "values": [card.value for card in cards],
            "notes": [card.note for card in cards],
            "courses": [list(card.course) for card in cards],
        }

    def table(self, kind: type[lists.Table]) -> dict[str, Any]:
        """Every cell from ``query.answer``, said in full."""
        ask = self.explorer
        metrics = [ask.known(name, kind.picks) for name in kind.metrics]
        asked = ask.ask(metrics, kind.by, without=[kind.picks], sort=kind.order)
        rows, columns = named(asked.frame), columns_of((*kind.by, *metrics))
        chosen = getattr(ask.filters, kind.picks)
        cells = [
            [
                said(row[c.name], c.unit, c.digits)
                if c.kind == "number"
                else f"✓ {row[c.name]}"
                if c.name == kind.picks and row[c.name] in chosen
                else row[c.name]
                for c in columns
            ]
            for row in rows.to_dicts()
        ]
        totals = ask.view(kind.picks).ask(metrics).frame.row(0, named=True)
        sentence = kind.sentence(kind.__new__(kind), rows)
        return {
            "said": {"kind": "", "sentence": sentence}
            if rows.height
            else {
                "kind": "empty",
                "sentence": "No rows under these filters. Clear a filter to see more.",
            },
            "heads": [column.label for column in columns],
            "rows": cells,
            "csv": self.csv(rows, kind.title, ask.where.without(kind.picks)),
            "totals": [METRICS[name].say(totals[name], compact=True) for name in metrics]
            if rows.height
            else [],
        }


@pytest.mark.parametrize(
    ("margins", "coarse", "many"),
    [({}, False, 80), (MARGINS, False, 40), (EVERY, False, 40), ({}, True, 40)],
    ids=["as it is", "some margins", "every margin", "by weeks"],
)
def test_the_page_shows_what_the_dashboard_shows(
    tmp_path: Path, visitors: Visitors, margins: dict[str, float], *, coarse: bool, many: int
) -> None:
    data, settings = dataset(), Settings(margins=margins)
    made = snapshot(data, Where(), settings=settings)
    ledger = prepared(ledger_of(data))
    if coarse:
        made = snapshot(data, Where(), settings=settings, sharing=Sharing(budget=made.size - 1))
        ledger = by_weeks(ledger)
    assert made.coarse == coarse
    explorer = Asker(ledger, settings)
    if coarse:
        explorer.step = "week"
    expected = Expected(explorer)
    questions = list(states(ledger, random.Random(many), many))
    file = tmp_path / "report.html"
    file.write_text(made.text, "utf-8")
    page = visitors()
    page.context.set_offline(True)
    page.goto(file.as_uri())
    page.wait_for_selector("html[data-ready]", state="attached")
    empty = refused = 0
    for start in range(0, many, 10):
        batch = questions[start : start + 10]
        for asked, shown in zip(
            batch, page.evaluate(SEEN, list(map(as_asked, batch))), strict=True
        ):
            where = on_pieces(asked) if coarse else asked
            wanted = expected.under(where)
            assert shown["found"].keys() == wanted.keys()
            for name, view in wanted.items():
                if "csv" in view:
                    shown["found"][name]["csv"] = read_csv(shown["found"][name]["csv"])
                for part, value in view.items():
                    about = f"{part} of {name} under {where.sentence()}"
                    assert shown["found"][name][part] == value, about
                assert shown["found"][name].keys() == view.keys(), name
                empty += view.get("said", {}).get("kind") == "empty"
                refused += view.get("said", {}).get("kind") == "refused"
            left = list(explorer.coverage().sentences)
            assert shown["left"] == shown["asked"] == left, where.sentence()
            assert shown["chips"] == [words for _, words in where.words()]
    assert empty > 20
    assert refused > 20
