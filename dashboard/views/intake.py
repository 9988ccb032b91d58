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
        notes = [*report.notes, *(f"{name} was not used: no table." for name in report.ignored)]
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
        dialect=file.dialect,
        table=file.table,
        read=number(file.read),
        accepted=number(file.accepted),
        aside=number(file.quarantined),
        count=counted(len(file.columns), "column") + " read",
        columns=joined(columns),
        extra=_SMALL.format(extra) if extra else "",
        notes=joined([_SMALL.format(note) for note in file.notes]),
    )


class SetAside(Table):
    """Which rows could not be used, and why?"""

    title = "Rows set aside"
    page_size = 8
    shown = (
        TableColumn("file", "File"),
        TableColumn("row", "Row", "number"),
        TableColumn("column", "Column"),
        TableColumn("value", "Value"),
        TableColumn("reason", "Why"),
        TableColumn("original", "The row as it was"),
    )

    def rows(self) -> pl.DataFrame:
        """Every record in quarantine."""
        return self.explorer.dataset.report.quarantine

    def columns(self) -> Sequence[TableColumn]:
        """Where it stood, what was wrong, and the record itself."""
        return self.shown

    def empty(self) -> str:
        """Nothing is a good answer here."""
        return "Nothing was set aside: every row read is in use."

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and that they can be mended."""
        return (
            f"{counted(rows.height, 'row')} could not be used. Download them, mend them in the "
            "file they came from, and give the file again."
        )


class TableRows(Table):
    """How do the tables look after reading?"""

    title = "The tables as read"
    page_size = 8
    most = 500

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        names = [(name, name) for name in TABLES]
        self.choice = Choice.of("Table", names, "influencers")
        self.choice.param.watch(self._chosen, "value")
        self.card.add(self.choice)

    def rows(self) -> pl.DataFrame:
        """The first rows of the chosen table, money in rupees."""
        table = TABLES[self.choice.value]
        money = [column.name for column in table.columns if column.kind == "money"]
        return in_rupees(self._all().head(self.most), *money)

    def columns(self) -> Sequence[TableColumn]:
        """The schema's columns that the files have, then the extra ones."""
        table = TABLES[self.choice.value]
        known = {column.name: column for column in table.columns}
        present = [name for name in self._all().columns if name not in known or self._has(name)]
        answer = []
        for name in present:
            kind = known[name].kind if name in known else "text"
            if kind == "money":
                answer.append(TableColumn(name, name, "number", "₹", 2))
            elif kind in {"count", "signed", "number"}:
                answer.append(TableColumn(name, name, "number"))
            elif kind in {"date", "url"}:
                answer.append(TableColumn(name, name, "date" if kind == "date" else "link"))
            else:
                answer.append(TableColumn(name, name))
        return answer

    def empty(self) -> str:
        """An empty table is one too."""
        return "This table has no rows."

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many rows there are, and how many are shown."""
        table, height = TABLES[self.choice.value], self._all().height
        first = f", the first {number(rows.height)} of them here" if height > rows.height else ""
        return f"{counted(height, 'row')}{first}. One row is {table.row}."

    def _all(self) -> pl.DataFrame:
        return self.explorer.dataset.tables[self.choice.value]

    def _has(self, name: str) -> bool:
        return self.explorer.dataset.has(self.choice.value, name)

    def _chosen(self, _: param.parameterized.Event) -> None:
        with pn.io.hold():
            self.update()
