"""Numbers: what a figure shows, as a table that stands in its place."""

from __future__ import annotations

import datetime as dt
from typing import Any

import panel as pn
import polars as pl

from dashboard.formats import NOTHING, counted, day, number
from dashboard.metrics import METRICS
from dashboard.tables import TableColumn, columns_of, named
from dashboard.views.markup import Markup, joined, pane

MOST = 200
"""Rows shown; the CSV holds all of them."""

_TABLE = Markup(
    '<div class="numbers" role="region" aria-label="{title}, as a table" tabindex="0">{more}'
    '<table><caption class="sr">{title}</caption><thead><tr>{heads}</tr></thead>'
    "<tbody>{rows}</tbody></table></div>"
)
_HEAD = Markup('<th scope="col" class="{kind}" title="{hint}">{label}</th>')
_ROW = Markup("<tr>{}</tr>")
_FIRST = Markup('<th scope="row" class="{kind}">{value}</th>')
_CELL = Markup('<td class="{kind}">{value}</td>')
_MORE = Markup("<p>The first {shown} of {rows} are shown; the CSV holds them all.</p>")


def numbers_pane(height: int) -> pn.pane.HTML:
    """A pane that lies over a figure of this height, which stands before it in its card."""
    over = pane(Markup(""), "numbers.css")
    over.stylesheets = [
        *over.stylesheets,
        f":host {{ --tall: {height}px; height: {height}px; margin-top: -{height}px !important; }}",
    ]
    return over


def numbers_of(frame: pl.DataFrame, title: str) -> Markup:
    """A frame as a table: every value in full, with its unit, in Indian grouping."""
    names = sorted(
        frame.columns, key=lambda name: name.endswith("_id")
    )  # what few read stands last
    columns = columns_of(names)
    shown = named(frame.head(MOST)).select(names)
    heads = [_HEAD.format(kind=c.kind, hint=c.hint, label=c.label) for c in columns]
    rows = [_row(columns, values) for values in shown.iter_rows()]
    more = (
        _MORE.format(shown=number(MOST), rows=counted(frame.height, "row"))
        if frame.height > MOST
        else ""
    )
    return _TABLE.format(title=title, more=more, heads=joined(heads), rows=joined(rows))


def _row(columns: tuple[TableColumn, ...], values: tuple[Any, ...]) -> Markup:
    cells = [
        (_CELL if at else _FIRST).format(kind=column.kind, value=_said(column.name, value))
        for at, (column, value) in enumerate(zip(columns, values, strict=True))
    ]
    return _ROW.format(joined(cells))


def _said(name: str, value: Any) -> str:
    """A value in words: a metric's in its unit, a month by its name."""
    if name in METRICS:
        return METRICS[name].say(value)
    if isinstance(value, dt.date):
        return f"{value:%B %Y}" if name == "month" else day(value)
    return NOTHING if value is None else str(value)
