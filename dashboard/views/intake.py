"""What the files were taken for: mapping, rows read and set aside, and how the tables look."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import panel as pn
import param
import polars as pl

from dashboard.dataset import Dataset, Store
from dashboard.formats import counted, listing, number
from dashboard.ingest import Question
from dashboard.ingest.report import FileReport, Report
from dashboard.ingest.rules import rules_of
from dashboard.query import in_rupees
from dashboard.schema import TABLES
from dashboard.schema import Table as SchemaTable
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views.arrivals import YOURS
from dashboard.views.buttons import Buttons
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
    "<td>{read}</td><td>{accepted}</td><td>{aside}{mended}</td>"
    "<td><details><summary>{count}</summary><ul>{columns}</ul></details>{notes}</td></tr>"
)
_COLUMN = Markup("<li>{header} → <b>{column}</b></li>")
_SMALL = Markup("<small>{}</small>")
_HEADING = Markup("<h3>{}</h3>")
_NOTES = Markup('{heading}<ul class="notes">{notes}</ul>')
_NOTE = Markup("<li>{}</li>")
_ASSUMED = Markup("<li>Assumed: {sentence} {change}</li>")
_FLAG = Markup("To change it: <code>{}</code>")
AGAIN = "To change it, give the files again: it is asked before they are used."
HEADS = ("File", "Table", "Rows read", "Accepted", "Set aside", "Columns and notes")


class Files(CardView):
    """What was each file taken for?"""

    title = "Files and mapping"
    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self._body = pane(Markup(""), "document.css", "files.css")
        self.buttons = Buttons(sizing_mode="stretch_width", margin=0)
        self.buttons.pressed = self._save_mapping
        self.card.add(self._body)
        self.card.add(self.buttons)

    def refresh(self) -> None:
        """Say how each file was read."""
        dataset = self.explorer.dataset
        report = dataset.report
        self.card.say(f"{report.sentence()}. Accepted and set aside always sum to what was read.")
        ignored = [f"{name} is not used. {why}" for name, why in report.ignored.items()]
        noticed = [_NOTE.format(note) for note in (*report.notes, *ignored)]
        assumed = [
            _ASSUMED.format(sentence=question.sentence, change=_change(question, dataset))
            for question in report.questions
        ]
        body = _TABLE.format(
            heads=joined([_HEAD.format(head) for head in HEADS]),
            rows=joined([_file(file, report) for file in report.files]),
            notes=joined([_list("Noticed", noticed), _list("Assumed", assumed)]),
        )
        show(self._body, body)
        self.buttons.offer({"mapping": "Save mapping"})

    def _save_mapping(self, _: str) -> None:
        self.buttons.save("mapping.toml", mapping_of(self.explorer.dataset), "application/toml")


def mapping_of(dataset: Dataset) -> str:
    """What was answered about a dataset's files, and what was assumed: to be given again."""
    questions = dataset.report.questions
    assumed = {one.where: one.assumed for one in questions if one.assumed is not None}
    return dataset.mapping.answered(assumed).to_toml()


def _change(question: Question, dataset: Dataset) -> Markup:
    """How an assumption is changed: by a flag where files are served, else by giving them again."""
    place = Path(dataset.place)
    if dataset.place == YOURS or Store.is_one(place):
        return Markup("{}").format(AGAIN)
    others = [option for option in question.options if option != question.assumed]
    return _FLAG.format(replace(question, proposed=others[0] if others else "").flag)


def _list(heading: str, notes: list[Markup]) -> Markup:
    if not notes:
        return Markup("")
    return _NOTES.format(heading=_HEADING.format(heading), notes=joined(notes))


def _file(file: FileReport, report: Report) -> Markup:
    columns = [_COLUMN.format(header=header, column=name) for name, header in file.columns.items()]
    dates = [
        f"{file.columns.get(column, column)} is written {order}"
        for column, order in file.dates.items()
    ]
    notes = [
        f"Days: {listing(dates, most=8)}." if dates else "",
        f"Kept, not analysed: {', '.join(file.extra)}" if file.extra else "",
        *(f"Set aside: {sentence}." for sentence in _why_aside(file, report)),
        *file.notes,
    ]
    return _ROW.format(
        file=file.file,
        dialect=file.written,
        table=TABLES[file.table].words.capitalize(),
        read=number(file.read),
        accepted=number(file.accepted),
        aside=number(file.quarantined),
        mended=_SMALL.format(f"{number(file.mended)} came back") if file.mended else "",
        count=counted(len(file.columns), "column") + " read",
        columns=joined(columns),
        notes=joined([_SMALL.format(note) for note in notes if note]),
    )


def _why_aside(file: FileReport, report: Report) -> list[str]:
    """How many rows each rule set aside, in the rule's own words; the others stand in the notes."""
    rules = rules_of(TABLES[file.table], file.columns, dt.datetime.now(tz=dt.UTC).date())
    known = {rule.name: rule for rule in rules}
    aside = report.quarantine.filter(pl.col("file") == file.file).unique("rule", keep="first")
    reasons = dict(aside.select("rule", "reason").iter_rows())
    said = []
    for name, count in file.rules.items():
        rule = known.get(name)
        if rule is None or rule.then == "quarantined":
            reason = rule.reason if rule else reasons.get(name, name.replace("_", " "))
            said.append(f"{counted(count, 'row')}: {reason}")
    return said


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

    def most_shown(self) -> int:
        """No filter changes how many they are."""
        return max(1, self._rows.height)

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
        TableColumn("reason", "Why", widest=560),
        TableColumn("original", "As written"),
    )

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self.buttons = Buttons(sizing_mode="stretch_width", margin=(0, 0, 10, 0))
        self.buttons.pressed = self._download
        self.card.add(self.buttons)
        self._names: dict[str, str] = {}

    def rows(self) -> pl.DataFrame:
        """The first records in quarantine."""
        return self.numbers().head(self.most)

    def numbers(self) -> pl.DataFrame:
        """Every record in quarantine, its text as it was among the rest."""
        quarantine = self.explorer.dataset.report.quarantine
        return quarantine.drop("id", "cells")

    def columns(self) -> Sequence[TableColumn]:
        """Where it stood, and what was wrong."""
        return self.shown

    def refresh(self) -> None:
        """Show the rows; where there are none the card is as small as its sentence."""
        super().refresh()
        self._names = {str(at): file for at, file in enumerate(self._files())}
        self.buttons.offer({at: self._words(file) for at, file in self._names.items()})
        some = bool(self._rows.height)
        for body in self.card.panel.objects[1:]:  # a style too: a control's own sheet shows it
            body.param.update(visible=some, styles={"display": "block" if some else "none"})
        if not some:
            self.card.say(self.empty())

    def empty(self) -> str:
        """Nothing is a good answer here."""
        return "Nothing was set aside: every row read is in use."

    def sentence(self, rows: pl.DataFrame) -> str:
        """How many, and how they come back."""
        height = self.numbers().height
        return (
            f"{counted(height, 'row')} could not be used{self.cut(rows, height)}. Download them, "
            "mend the cells, keep the first two columns as they are, and drop the file on this "
            "page: each row goes back into its place, none twice."
        )

    # ------------------------------------------------------------------ to be mended

    def _files(self) -> list[str]:
        """Files of which rows are set aside and may come back."""
        report = self.explorer.dataset.report
        told = {one.file for one in report.files}
        return [one for one in dict.fromkeys(report.quarantine["file"].to_list()) if one in told]

    def _words(self, file: str) -> str:
        aside = self.explorer.dataset.report.quarantine.filter(pl.col("file") == file)
        return f"Download to mend: {file} ({counted(aside.height, 'row')})"

    def _download(self, at: str) -> None:
        file = self._names[at]
        self.buttons.save(mend_name(file), self.explorer.dataset.report.to_mend(file))


def mend_name(file: str) -> str:
    """What the rows of a file that were set aside are downloaded as."""
    stem = re.sub(r"\.\w{1,8}$", "", file)
    plain = re.sub(r"[^\w.-]+", " ", stem).strip(". ")[:80].removesuffix(" - set aside")
    return f"{plain or 'rows'} - set aside.csv"


class TableRows(_FromFiles):
    """How do the tables look after reading?"""

    title = "The tables as read"
    most_exported = 100_000

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        names = [(name, table.words.capitalize()) for name, table in TABLES.items()]
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
        dataset = self.explorer.dataset
        height = dataset.rows(self.choice.value)
        if self.choice.value == "tracking_data" and dataset.elsewhere:
            stay = counted(height, "row stays", "rows stay")
            return f"{stay} where they were added up, and are not shown here."
        exported = f" CSV holds the first {number(self.most_exported)}."
        return (
            f"{counted(height, 'row')}{self.cut(rows, height)}. One row is {self._table.row}."
            f"{exported if height > self.most_exported else ''}"
        )

    @property
    def _table(self) -> SchemaTable:
        return TABLES[self.choice.value]

    def _present(self) -> list[str]:
        """Columns in which any row says something, and the extra ones."""
        dataset, table = self.explorer.dataset, self.choice.value
        known = {column.name for column in self._table.columns}
        names = dataset.scan(table).collect_schema().names()
        return [name for name in names if name not in known or dataset.has(table, name)]

    def _first(self, most: int) -> pl.DataFrame:
        """The first rows, money in rupees."""
        money = [column.name for column in self._table.columns if column.kind == "money"]
        rows = self.explorer.dataset.scan(self.choice.value).head(most).collect()
        return in_rupees(rows, *money).select(self._present())

    def _chosen(self, _: param.parameterized.Event) -> None:
        with pn.io.hold():
            self.update()


def _column(name: str, kind: str) -> TableColumn:
    if kind == "money":
        return TableColumn(name, name, "number", "₹", 2)
    if kind in {"count", "signed", "number"}:
        return TableColumn(name, name, "number")
    return TableColumn(name, name, {"date": "date", "url": "link"}.get(kind, "text"))
