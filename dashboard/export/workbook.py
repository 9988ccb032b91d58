"""A workbook: one sheet for each table, numbers as numbers, and what they mean and rest upon."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter

from dashboard.export import found
from dashboard.export.files import Tell, check_place, check_rows, silently, write_whole
from dashboard.formats import counted, cut, number
from dashboard.incrementality.telling import summary
from dashboard.metrics import METRICS, Metric
from dashboard.query import View
from dashboard.reconciliation import order_rows, payout_rows
from dashboard.state import Explorer
from dashboard.tables import (
    ORDER_COLUMNS,
    PAYOUT_COLUMNS,
    POST_COLUMNS,
    TableColumn,
    columns_of,
    named,
    post_rows,
)
from dashboard.views.planned import Planned

RESULTS = (
    "revenue", "spend", "roas", "profit", "orders", "aov", "cpo", "new_customers", "cac",
)  # fmt: skip
_TABLES: Mapping[str, tuple[str, ...]] = {
    "Months": ("month",),
    "Platforms": ("platform",),
    "Campaigns": ("campaign",),
    "Influencers": ("influencer", "platform", "category", "gender", "tier"),
}
_MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""
_LONGEST_CELL = 32_767
"""Characters that a cell can hold."""


@dataclass(frozen=True)
class Sheet:
    """One table: its rows, and what their columns are called, in what unit, with what digits."""

    title: str
    rows: pl.DataFrame
    columns: tuple[TableColumn, ...]


def write_workbook(
    view: View,
    asked: Sequence[Metric],
    by: Sequence[str],
    output: Path,
    *,
    force: bool = False,
    ask: Explorer | None = None,
    tell: Tell = silently,
) -> int:
    """Write a question's answers as a workbook; there is never half of a file.

    Without metrics and dimensions that are asked for, all tables of the dashboard are in it, and
    what came because of campaigns where ``ask``, the same question, knows it. Answers how many
    sheets it has; ``tell`` hears which is being written.

    Raises
    ------
    PlaceError
        The file exists and ``force`` is not set, or it cannot be written there.
    QueryError
        There are no rows under the question.
    """
    check_place(output, force=force, example="report.xlsx")
    sheets = sheets_of(view, asked, by, ask)
    write_whole(output, to_xlsx(sheets, tell))
    return len(sheets)


def sheets_of(
    view: View,
    asked: Sequence[Metric] = (),
    by: Sequence[str] = (),
    ask: Explorer | None = None,
) -> Sequence[Sheet]:
    """The sheets of a question's answers, its definitions and what they rest upon at the end.

    Raises
    ------
    QueryError
        There are no rows under the question.
    """
    check_rows(view)
    if asked or by:
        sheets, refused = _answered(view, asked, by)
        return [*sheets, _definitions(sheets), _about(view, sheets, refused)]
    sheets, refused = _everything(view)
    told = _found(ask, sheets) if ask and ask.work else []
    return [*sheets, _definitions(sheets), _about(view, sheets, refused, told)]


def _answered(
    view: View, asked: Sequence[Metric], by: Sequence[str]
) -> tuple[list[Sheet], dict[str, str]]:
    """The one table that was asked for."""
    answer = view.ask(asked, by)
    return [Sheet("Report", named(answer.frame), columns_of(answer.frame.columns))], answer.refused


def _everything(view: View) -> tuple[list[Sheet], dict[str, str]]:
    """All tables of the dashboard, each under the filters."""
    known = tuple(view.known(name) for name in RESULTS)
    totals = view.ask(known)
    refused = dict(totals.refused)
    sheets = [Sheet("Totals", totals.frame, columns_of(known))]
    for title, by in _TABLES.items():
        answer = view.ask(known, by)
        order = by if title == "Months" else ("revenue", *by)
        descending = [name == "revenue" for name in order]
        rows = answer.frame.sort(order, descending=descending, nulls_last=True)
        sheets.append(Sheet(title, named(rows), columns_of((*by, *known))))
        refused |= answer.refused
    sheets.append(Sheet("Posts", named(post_rows(view)), POST_COLUMNS))
    if "spend" in view.ledger.absent:
        refused["spend"] = view.ledger.absent["spend"]
    else:
        sheets.append(Sheet("Payouts", payout_rows(view), PAYOUT_COLUMNS))
        sheets.append(Sheet("Orders counted", order_rows(view), ORDER_COLUMNS))
    return sheets, refused


def _found(ask: Explorer, sheets: list[Sheet]) -> list[tuple[str, str]]:
    """Add what came because of campaigns and whom to book next; what is to be said of them."""
    missing = found.unknown(ask)
    if missing:
        return [("Not answered", missing)]
    sheets.append(Sheet("Incrementality", found.verdicts(ask), found.verdict_columns()))
    told = [("Incrementality", summary(ask.estimates_in_view() or ()))]
    planned = Planned(ask)
    missing = found.unplanned(planned)
    if missing:
        told.append(("Not answered", missing))
    else:
        rows = found.planner_rows(planned.in_view())
        sheets.append(Sheet("Planner", rows, found.planner_columns()))
        told.append(("Planner", f"Chances are those to bring back {planned.line}."))
    return [*told, ("Estimates", found.NEVER_CHANGED)]


def _definitions(sheets: Sequence[Sheet]) -> Sheet:
    """What each column means."""
    told: dict[str, tuple[str, str, str]] = {}
    for column in (column for sheet in sheets for column in sheet.columns):
        formula = METRICS[column.name].formula if column.name in METRICS else ""
        if column.hint:
            told.setdefault(column.label, (column.label, column.hint, formula))
    names = ("name", "definition", "formula")
    rows = pl.DataFrame(list(told.values()), schema=dict.fromkeys(names, pl.String), orient="row")
    return Sheet("Definitions", rows, tuple(TableColumn(name, name.title()) for name in names))


def _about(
    view: View,
    sheets: Sequence[Sheet],
    refused: Mapping[str, str],
    told: Sequence[tuple[str, str]] = (),
) -> Sheet:
    """What the figures rest upon: the question, the data, what is left out, and why."""
    dataset, margins = view.ledger.dataset, view.margins.sentence(view.ledger.items)
    lines: list[tuple[str, str]] = [
        ("Filters", f"{view.where.sentence()}."),
        *([("Gross margins", margins)] if margins else []),
        ("Data", f"{dataset.stamp}."),
        ("From", dataset.place),
    ]
    lines += [("Not in view", sentence) for sentence in view.coverage().sentences]
    lines += [("Not answered", sentence) for sentence in dict.fromkeys(refused.values())]
    lines += told
    lines += [("Cut", sentence) for sentence in _cuts(sheets)]
    lines += [
        ("Ratios", "A ratio is the ratio of the totals, never a mean of rows."),
        ("Empty cells", "An empty cell is undefined: there is nothing to divide by, or no value."),
    ]
    names = ("about", "words")
    rows = pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row")
    return Sheet("About", rows, (TableColumn("about", "About"), TableColumn("words", "In words")))


def _cuts(sheets: Sequence[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        if sheet.rows.height > _MOST_ROWS:
            yield (
                f"{sheet.title} has {counted(sheet.rows.height, 'row')}, of which a sheet holds "
                f"the first {number(_MOST_ROWS)}. Narrow the filters for the others."
            )


# ------------------------------------------------------------------------------- the file


def to_xlsx(sheets: Sequence[Sheet], tell: Tell = silently) -> bytes:
    """Sheets as a workbook: numbers and days as such, text as text, no formula and no link.

    An undefined figure is an empty cell.
    """
    packed = io.BytesIO()
    kept = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    with xlsxwriter.Workbook(packed, {**kept, "in_memory": True}) as book:
        for done, sheet in enumerate(sheets):
            tell(f"Writing {sheet.title}", done, len(sheets))
            _write(book, sheet)
    return packed.getvalue()


def _write(book: Any, table: Sheet) -> None:
    """One table: a header that stays in sight, then rows in the formats of their columns."""
    sheet = book.add_worksheet(table.title)
    head = {"bold": True, "bottom": 1}
    left, right = book.add_format(head), book.add_format({**head, "align": "right"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    formats = [book.add_format({"num_format": _format(column)}) for column in table.columns]
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, right if column.kind == "number" else left)
    rows = table.rows.select(column.name for column in table.columns).head(_MOST_ROWS)
    for row, values in enumerate(rows.iter_rows(), 1):
        for place, value in enumerate(values):
            if isinstance(value, dt.date):
                sheet.write_datetime(row, place, value, day)
            elif isinstance(value, int | float):
                shown = cut(value) if table.columns[place].unit == "chance" else value
                sheet.write_number(row, place, shown, formats[place])
            elif value is not None:
                sheet.write_string(row, place, str(value)[:_LONGEST_CELL])
    sheet.freeze_panes(1, 1)
    sheet.autofit(_WIDEST)


_WIDEST = 560
"""Pixels of a column at most."""


def _format(column: TableColumn) -> str:
    """How a spreadsheet shows a column: its unit, its digits, lakh and crore grouped.

    A format has room for two conditions only: from 1 lakh and from 1 crore. Amounts below minus
    1 lakh are grouped by thousands.
    """
    digits = f".{'0' * column.digits}" if column.digits else ""
    if column.kind != "number":
        return "General"
    if column.unit == "chance":
        return '[>0.99]"over 99 %";[<0.01]"under 1 %";0%'
    if column.unit == "%":
        return f"0{digits}%"
    if column.unit == "×":
        return f'0{digits}"×"'
    sign = '"₹"' if column.unit == "₹" else ""
    return (
        f"[>=10000000]{sign}##\\,##\\,##\\,##0{digits};"
        f"[>=100000]{sign}##\\,##\\,##0{digits};{sign}#,##0{digits}"
    )
