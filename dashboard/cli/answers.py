"""What the command line says to a question: a table, CSV or JSON."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as RichTable

from dashboard.dataset import Dataset
from dashboard.formats import day, printable, times
from dashboard.incrementality import Estimate
from dashboard.incrementality.telling import RANGES, summary, verdict_rows
from dashboard.metrics import Metric
from dashboard.query import View
from dashboard.schema import DIMENSIONS, TABLES
from dashboard.tables import named, to_csv


@contextmanager
def making() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on the error stream while a file is made, where somebody looks at it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task("Adding up", total=None)

        def tell(what: str, done: int, parts: int) -> None:
            bar.update(task, description=what, completed=done, total=parts, refresh=True)

        yield tell


def say(
    dataset: Dataset,
    view: View,
    asked: Sequence[Metric],
    by: Sequence[str],
    form: str,
    estimates: Sequence[Estimate] | None = None,
) -> None:
    """Answer on standard output; ``estimates`` as well, where they are asked for."""
    if form == "json":
        plain = as_json(dataset, view, asked, by)
        if estimates is not None:
            plain["incrementality"] = [one.as_json() for one in estimates]
        sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2) + "\n")
    elif form == "csv" and estimates is not None:
        sys.stdout.write(to_csv(verdict_rows(estimates).drop(RANGES)))
    elif form == "csv":
        sys.stdout.write(to_csv(named(view.ask(asked, by).frame)))
        say_refusals(view, asked, by)
    else:
        _print_table(dataset, view, asked, by)
        if estimates is not None:
            _print_verdicts(estimates)


def as_json(
    dataset: Dataset, view: View, asked: Sequence[Metric], by: Sequence[str]
) -> dict[str, Any]:
    """The whole report as plain values: rupees with two decimals, undefined as None."""
    totals = view.ask(asked)
    split = view.ask(asked, by) if by else None
    coverage = view.coverage()
    where = view.where
    filters: dict[str, Any] = {name: list(where.values(name)) for name in where.active}
    filters |= {
        name: value.isoformat()
        for name, value in (("from", where.first), ("to", where.last))
        if value
    }
    until = dataset.data_until
    return {
        "dataset": {
            "rows": {name: dataset.report.read.get(name, 0) for name in TABLES},
            "accepted": {name: dataset.report.accepted.get(name, 0) for name in TABLES},
            "quarantined": {name: dataset.report.quarantined.get(name, 0) for name in TABLES},
            "data_until": until.isoformat() if until else None,
            "version": dataset.version,
            "notes": list(dataset.report.notes),
        },
        "filters": filters,
        "gross_margins": view.margins.sentence(view.ledger.items),
        "totals": _plain(totals.frame, asked)[0],
        "by": list(by),
        "rows": _plain(split.frame, asked) if split else [],
        "coverage": {
            "spend": {
                "in_view": round(coverage.spend_in_view, 2),
                "not_in_view_unassigned": round(coverage.spend_left_out, 2),
            }
        },
        "refused": {**totals.refused, **(split.refused if split else {})},
    }


def _plain(frame: pl.DataFrame, asked: Sequence[Metric]) -> list[dict[str, Any]]:
    money = {one.name for one in asked if one.is_money}
    return [
        {name: _value(value, money=name in money) for name, value in row.items()}
        for row in frame.to_dicts()
    ]


def _value(value: Any, *, money: bool) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return round(value, 2) if money and value is not None else value


def _print_table(dataset: Dataset, view: View, asked: Sequence[Metric], by: Sequence[str]) -> None:
    """Totals and the split, with what was filtered, set aside and left out."""
    console = Console()
    until = dataset.data_until
    console.print(
        f"[bold]{dataset.report.sentence()}[/]; "
        f"data until {day(until) if until else 'unknown'}; version {dataset.version}"
    )
    console.print(view.where.sentence() + ".", markup=False)
    answer = view.ask(asked, by)
    table = RichTable(show_footer=bool(by))
    totals = view.ask(asked).frame
    for index, name in enumerate(by):
        table.add_column(DIMENSIONS[name].label, footer="Total" if index == 0 else "")
    for one in asked:
        table.add_column(one.label, justify="right", footer=one.say(totals[one.name].item()))
    for row in named(answer.frame).to_dicts():
        table.add_row(
            *(_cell(row[name]) for name in by), *(one.say(row[one.name]) for one in asked)
        )
    console.print(table)
    for sentence in view.coverage().sentences:
        console.print(sentence, markup=False)
    say_refusals(view, asked, by)


def _print_verdicts(estimates: Sequence[Estimate]) -> None:
    """What came because of each campaign, and below the table why that is not known of some."""
    console = Console()
    table = RichTable()
    table.add_column("Campaign", overflow="fold")
    table.add_column("Verdict")
    for label in ("Incremental ROAS", "Its range", "Tagged ROAS"):
        table.add_column(label, justify="right")
    rows = verdict_rows(estimates).to_dicts()
    for row in rows:
        table.add_row(
            *(_cell(row[name]) for name in ("campaign", "verdict")),
            times(row["iroas"]),
            row["iroas_range"],
            times(row["tagged_roas"]),
        )
    console.print(table)
    console.print(summary(estimates), markup=False)
    for row in rows:
        if row["iroas"] is None:
            console.print(f"{printable(row['campaign'])}: {row['reason']}", markup=False)


def _cell(value: Any) -> str:
    if value is None:
        return "No date"
    return value.isoformat() if isinstance(value, dt.date) else escape(printable(str(value)))


def say_refusals(view: View, asked: Sequence[Metric], by: Sequence[str]) -> None:
    """Say on the error stream what could not be answered; standard output stays a table."""
    for sentence in dict.fromkeys(view.ask(asked, by).refused.values()):
        sys.stderr.write(f"— {printable(sentence)}\n")
