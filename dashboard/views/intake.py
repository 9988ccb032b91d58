"""What the files were taken for: mapping, rows read and set aside, and how the tables look."""

from __future__ import annotations

from collections.abc import Sequence

import panel as pn
import param
import polars as pl

from dashboard.formats import counted, number
from dashboard.ingest.report import FileReport
from dashboard.query import in_rupees
from dashboard.schema import TABLES
from dashboard.schema import Table as SchemaTable
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.choose import Choice
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.table import Table
from dashboard.views.view import CardView

_TABLE = Markup(
    '<div class="scroll" tabindex="0" role="region" aria-label="Files"><table><thead><tr>{heads}'
    "</tr></thead><tbody>{rows}</tbody></table></div>{notes}"
)
_HEAD = Markup('<th scope="col">{}</th>')
_ROW = Markup(
    '<tr><th scope="row">{file}<small>{dialect}</small></th><td>{table}</td>'
    "<td>{read}</td><td>{accepted}</td><td>{aside}</td>"
    "<td><details><summary>{count}</summary><ul>{columns}</ul></details>{extra}{notes}</td></tr>"
)
_COLUMN = Markup("<li>{header} → <b>{column}</b></li>")
_SMALL = Markup("<small>{}</small>")
_NOTES = Markup('<ul class="notes">{}</ul>')
_NOTE = Markup("<li>{}</li>")
HEADS = ("File", "Table", "Rows read", "Accepted", "Set aside", "Columns")


class Files(CardView):
    """What was each file taken for?"""

    title = "Files and mapping"
    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._body = pane(Markup(""), "document.css", "files.css")
        self.card.add(self._body)

    def refresh(self) -> None:
        """Say how each file was read."""
        report = self.explorer.dataset.report
        self.card.say(f"{report.sentence()}. Accepted and set aside always sum to what was read.")
        notes = [
            *report.notes,
            *(f"{name} is not used. {why}" for name, why in report.ignored.items()),
        ]
        body = _TABLE.format(
            heads=joined([_HEAD.format(head) for head in HEADS]),
            rows=joined([_file(file) for file in report.files]),
            notes=_NOTES.format(joined([_NOTE.format(note) for note in notes])) if notes else "",
        )
        show(self._body, body)


def _file(file: FileReport) -> Markup:
    columns = [_COLUMN.format(header=header, column=name) for name, header in file.columns.items()]
    extra = f"Kept, not analysed: {', '.join(file.extra)}" if file.extra else ""
    return _ROW.format(
        file=file.file,
        dialect=file.written,
        table=file.table,
        read=number(file.read),
        accepted=number(file.accepted),
        aside=number(file.quarantined),
        count=counted(len(file.columns), "column") + " read",
        columns=joined(columns),
        extra=_SMALL.format(extra) if extra else "",
        notes=joined([_SMALL.format(note) for note in file.notes]),
    )


class _FromFiles(Table):
    """Rows of the dataset itself, whatever the filters: the first ``most``, the rest as CSV."""

    page_size = 8
    most = 500

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._version = ""

    def refresh(self) -> None:
        """Show the rows; columns of another dataset are given their widths anew."""
        if self._version != self.explorer.dataset.version:
            self._version = self.explorer.dataset.version
            self._columns = ()
        super().refresh()

    @staticmethod
    def cut(rows: pl.DataFrame, height: int) -> str:
        """Say how many are shown, where that is not all."""
        return f", the first {number(rows.height)} of them here" if height > rows.height else ""


class SetAside(_FromFiles):
    """Which rows could not be used, and why?"""

    title = "Rows set aside"
    shown = (
        TableColumn("file", "File"),
        TableColumn("row", "Row", "number"),
        TableColumn("column", "Column"),
        TableColumn("value", "Value"),
        TableColumn("reason", "Why"),
    )

    def rows(self) -> pl.DataFrame:
        """The first records in quarantine."""
        return self.numbers().head(self.most)

    def numbers(self) -> pl.DataFrame:
        """Every record in quarantine, its text as it was among the rest."""
        return self.explorer.dataset.report.quarantine

    def columns(self) -> Sequence[TableColumn]:
        """Where it stood, and what was wrong."""
        return self.shown

    def refresh(self) -> None:
        """Show the rows; where there are none the card is as small as its sentence."""
        super().refresh()
        some = bool(self._rows.height)
        for body in self.card.panel.objects[1:]:  # a style too: a control's own sheet shows it
            body.param.update(visible=some, styles={"display": "block" if some else "none"})
        if not some:
            self.card.say(self.empty())

    def empty(self) -> str:
        """Nothing is a good answer here."""
        return "Nothing was set aside: every row read is in use."

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and that they can be mended."""
        height = self.numbers().height
        return (
            f"{counted(height, 'row')} could not be used{self.cut(rows, height)}. CSV holds each "
            "as it was written: mend it in the file it came from, and give the files again."
        )


class TableRows(_FromFiles):
    """How do the tables look after reading?"""

    title = "The tables as read"
    most_exported = 100_000

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        names = [(name, name) for name in TABLES]
        self.choice = Choice.of("Table", names, "influencers")
        self.choice.param.watch(self._chosen, "value")
        self.card.add(self.choice)

    def rows(self) -> pl.DataFrame:
        """The first rows of the chosen table."""
        return self._first(self.most)

    def numbers(self) -> pl.DataFrame:
        """As many rows of the chosen table as a browser saves at once."""
        return self._first(self.most_exported)

    def columns(self) -> Sequence[TableColumn]:
        """The schema's columns that the files have, then the extra ones."""
        kinds = {column.name: column.kind for column in self._table.columns}
        return [_column(name, kinds.get(name, "text")) for name in self._present()]

    def empty(self) -> str:
        """An empty table is one too."""
        return "This table has no rows."

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many rows there are, how many are shown, and what one is."""
        height = self._all.height
        exported = f" CSV holds the first {number(self.most_exported)}."
        return (
            f"{counted(height, 'row')}{self.cut(rows, height)}. One row is {self._table.row}."
            f"{exported if height > self.most_exported else ''}"
        )

    @property
    def _table(self) -> SchemaTable:
        return TABLES[self.choice.value]

    @property
    def _all(self) -> pl.DataFrame:
        return self.explorer.dataset.tables[self.choice.value]

    def _present(self) -> list[str]:
        """Columns in which any row says something, and the extra ones."""
        dataset, table = self.explorer.dataset, self.choice.value
        known = {column.name for column in self._table.columns}
        return [n for n in self._all.columns if n not in known or dataset.has(table, n)]

    def _first(self, most: int) -> pl.DataFrame:
        """The first rows, money in rupees."""
        money = [column.name for column in self._table.columns if column.kind == "money"]
        return in_rupees(self._all.head(most), *money).select(self._present())

    def _chosen(self, _: param.parameterized.Event) -> None:
        with pn.io.hold():
            self.update()


def _column(name: str, kind: str) -> TableColumn:
    if kind == "money":
        return TableColumn(name, name, "number", "₹", 2)
    if kind in {"count", "signed", "number"}:
        return TableColumn(name, name, "number")
    return TableColumn(name, name, {"date": "date", "url": "link"}.get(kind, "text"))
