"""Table: rows with sort, search, totals and CSV; the one place that hands a frame to Tabulator."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import panel as pn
import param
import polars as pl
from bokeh.models import HTMLTemplateFormatter

from dashboard.formats import JAVASCRIPT, NOTHING, counted, said
from dashboard.metrics import METRICS
from dashboard.query import Where
from dashboard.state import Asking
from dashboard.tables import BEFORE, CHANGE, INSTEAD, TableColumn, columns_of, named, with_changes
from dashboard.views.controls import Pick, Search
from dashboard.views.markup import Markup, asset, joined
from dashboard.views.view import NO_ROWS, CardView

_TOTALS = Markup('<dl class="totals"><dt>In all</dt>{}</dl>')
_TOTAL = Markup("<dd>{label} <b>{value}</b></dd>")


class Table(CardView):
    """Rows with sort, search, totals and CSV.

    Either ``metrics`` by ``by``, as a chart asks them; or any frame: then ``rows`` returns it and
    ``columns`` says what its columns are. The first sort is by ``order``, largest first. Beside
    each of the metrics in ``changes`` stands its change, where there is something to compare with.

    ``picks`` is the dimension by which a click on a row narrows the page; a second click opens it
    again. The table itself is exempt from that filter, and marks what is chosen. A sort that the
    user chose is one of the explorer's looks, under the name ``rows-`` and the table's own.
    """

    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    order: str = ""
    changes: tuple[str, ...] = ()
    picks: str = ""
    page_size: int = 12
    searchable: bool = True

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self._search = Search(label=f"Search {self.title.lower()}", width=240, margin=(0, 0, 6, 0))
        self._search.param.watch(self._fill, "value")
        self._choice = Pick(label="Columns", width=200, margin=(0, 0, 6, 0))
        self._choice.param.watch(self._fill, "value")
        self.explorer.explorer.param.watch(self._told, "looks")
        self._tabulator: pn.widgets.Tabulator | None = None
        self._columns: tuple[TableColumn, ...] = ()
        self._rows = pl.DataFrame()
        self._found = pl.DataFrame()
        self._compares, self._said = False, ""
        self._is_unfitted = True

    # ------------------------------------------------------------------ what a table is made of

    def rows(self) -> pl.DataFrame:
        """The rows to show."""
        rows = self.explorer.ask(
            self.metrics, self.by, without=self._exempt, sort=self.order or None
        ).frame
        return named(self._compared(rows) if self.changes else rows)

    def columns(self) -> Sequence[TableColumn]:
        """What the rows' columns are; the same every time unless the dataset changes."""
        beside = {name: (name, f"{name}{CHANGE}") for name in self.changes}
        metrics = chain.from_iterable(beside.get(name, (name,)) for name in self.metrics)
        return columns_of((*self.by, *metrics))

    def totals(self) -> Mapping[str, float | None]:
        """Values for all rows together, by column: answers of their own, not sums of rows."""
        if not self.metrics:
            return {}
        return self.explorer.ask(self.metrics, without=self._exempt).frame.row(0, named=True)

    def sentence(self, rows: pl.DataFrame) -> str:
        """What the table shows, for at least one row."""
        return f"{counted(rows.height, 'row')}."

    def empty(self) -> str:
        """What stands where there are no rows."""
        return NO_ROWS

    def most_shown(self) -> int:
        """Rows there may ever be with these columns; where they are few the table is low."""
        return self.page_size

    # ------------------------------------------------------------------ how it is kept

    def numbers(self) -> pl.DataFrame:
        """The rows as they are, searched or not; what they were before only where it is shown."""
        extra = (INSTEAD,) if self._compares else (INSTEAD, BEFORE, CHANGE)
        return self._rows.drop(
            [f"{name}{end}" for name in self.changes for end in extra], strict=False
        )

    def _compared(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with their changes; which days they are against is said below the title."""
        comparison, then = self.explorer.before(*self._exempt)
        before = None if then is None else then.ask(self.changes, self.by)
        self._compares, self._said = before is not None, ""
        if before is None and (self.explorer.where.dated or self.explorer.comparison != "previous"):
            self._said = f" {comparison.reason}".rstrip()  # to those who want to compare
        if before is not None:
            only = before.frame.join(rows, on=list(self.by), how="anti", nulls_equal=True).height
            were = "was" if only == 1 else "were"
            gone = f"; {counted(only, 'row')} {were} there only then" if only else ""
            self._said = f" Changes are against {comparison.words}{gone}."
        return with_changes(rows, before, self.changes)

    def refresh(self) -> None:
        """Ask for the rows again and put them into the table."""
        self.metrics = self._known(type(self).metrics)
        self.changes = self._known(type(self).changes)
        self._rows, columns = self.rows(), tuple(self.columns())
        first = self._is_unfitted and self._rows.height > 0  # widths follow the first rows
        if self._tabulator is None or columns != self._columns or first:
            self._build(columns)
        self._fill()
        if self._rows.height:
            self.card.say(self.sentence(self._rows) + self._said, self._totals_line())
        else:
            self.card.stand("empty", self.empty())

    def _fill(self, *_: param.parameterized.Event) -> None:
        """Put what was asked and searched for into the table."""
        self._found = _search(self._rows, self._search.value)
        if self._tabulator is not None:
            shown = self._found.select(
                *(self._cell(column).alias(f"c{at}") for at, column in enumerate(self._columns)),
                *chain.from_iterable(_beside(c, at) for at, c in enumerate(self._columns)),
            )
            self._tabulator.param.update(
                value=shown.to_pandas(), page=1, hidden_columns=self._hidden()
            )

    def _hidden(self) -> list[str]:
        """Fields that cells read and nobody sees; changes too, where there are none to show."""
        at = [n for n, column in enumerate(self._columns) if column.kind == "change"]
        fields = "bw" if self._compares else "bwc"
        hidden = [f"{field}{n}" for n in at for field in fields]
        hidden += [f"w{n}" for n, column in enumerate(self._columns) if column.by]
        wanted = self._choice.value
        if wanted:
            others = (n for n, c in enumerate(self._columns) if n and c.label not in wanted)
            hidden += [f"c{n}" for n in others if f"c{n}" not in hidden]
        return hidden

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Metrics as far as gross margins are known: contribution in place of profit."""
        return tuple(self.explorer.known(name, *self._exempt) for name in names)

    @property
    def where(self) -> Where:
        """The page's question, without the filter that the table is exempt from."""
        return self.explorer.where.without(*self._exempt)

    @property
    def _exempt(self) -> tuple[str, ...]:
        return (self.picks,) if self.picks else ()

    def _cell(self, column: TableColumn) -> pl.Expr:
        """A column as Tabulator is given it; what the page is narrowed to is ticked."""
        shown = _shown(column)
        if not self.picks or column.name != self.picks:
            return shown
        chosen = getattr(self.explorer.filters, self.picks)
        return pl.when(pl.col(column.name).is_in(chosen)).then("✓ " + shown).otherwise(shown)

    def _build(self, columns: tuple[TableColumn, ...]) -> None:
        """Make a Tabulator; its fields are c0, c1, … because a name may hold anything."""
        self._columns, self._is_unfitted = columns, not self._rows.height
        fields = {f"c{at}": column for at, column in enumerate(columns)}
        tabulator = pn.widgets.Tabulator(
            self._found.select().to_pandas(),
            pagination="remote",
            page_size=self.page_size,
            height=min(self.page_size, self.most_shown()) * 35 + 92,
            show_index=False,
            disabled=True,
            selectable=False,
            layout="fit_data_stretch",
            widths={field: _needed(c, self._rows[c.name]) for field, c in fields.items()},
            titles={field: html.escape(column.label) for field, column in fields.items()},
            header_tooltips={field: html.escape(c.hint) for field, c in fields.items() if c.hint},
            text_align={field: "right" for field, c in fields.items() if c.kind in _FIGURES},
            header_align={field: "right" for field, c in fields.items() if c.kind in _FIGURES},
            sorters=self._sorters(columns),
            formatters={
                field: _formatter(c, field[1:])
                for field, c in fields.items()
                if c.kind in _TEMPLATES or c.by
            },
            hidden_columns=self._hidden(),
            configuration={
                "autoResize": False,  # Panel sees to sizes; it lays out whatever comes in sight
                "columnDefaults": {"minWidth": 76, "headerSortTristate": False},
            },
            stylesheets=[asset("table.css")],
            sizing_mode="stretch_width",
            margin=0,
        )
        tabulator.on_click(self._clicked)
        tabulator.param.watch(self._sorted, "sorters")
        self._choice.options = [column.label for column in columns[1:]]
        if self._tabulator is None:
            if self.searchable:
                tools = (self._search, self._choice) if len(columns) > _MANY else (self._search,)
                self.card.add(pn.FlexBox(*tools, gap="0 12px", align_items="flex-end", margin=0))
            self.card.add(tabulator)
        else:
            self.card.panel.objects = [*self.card.panel.objects[:-1], tabulator]
        self._tabulator = tabulator

    def _clicked(self, event: Any) -> None:
        """Hand over the row that was clicked."""
        if 0 <= event.row < self._found.height:
            self.pick(self._found.row(event.row, named=True))

    def pick(self, row: Mapping[str, Any]) -> None:
        """Narrow the page to a row, or open it again."""
        filters = self.explorer.filters
        if self.picks and row[self.picks] in filters.param[self.picks].objects:
            chosen = getattr(filters, self.picks)
            narrowed = [] if row[self.picks] in chosen else [row[self.picks]]
            filters.param.update({self.picks: narrowed})

    # ------------------------------------------------------------------ how it is sorted

    def _sorters(self, columns: Sequence[TableColumn]) -> list[dict[str, str]]:
        """The sort that was told, as Tabulator has it; none where there is no such column."""
        name, _, way = self.explorer.explorer.looks.get(f"rows-{self.name}", "").partition(":")
        direction = "asc" if way == "up" else "desc"
        return [
            {"field": f"c{at}", "dir": direction}
            for at, column in enumerate(columns)
            if column.name == name
        ]

    def _sorted(self, event: param.parameterized.Event) -> None:
        """Remember how the user sorts."""
        if event.new == self._sorters(self._columns):
            return
        told = ""
        for sorter in event.new[:1]:
            column = self._columns[int(sorter["field"][1:])]
            told = f"{column.name}:up" if sorter["dir"] == "asc" else column.name
        self.explorer.explorer.remember(f"rows-{self.name}", told)

    def _told(self, _: param.parameterized.Event) -> None:
        """Sort as a link tells."""
        if self._tabulator is not None:
            sorters = self._sorters(self._columns)
            if sorters != self._tabulator.sorters:
                self._tabulator.sorters = sorters

    def _totals_line(self) -> Markup:
        totals = self.totals()
        shown = [column for column in self._columns if column.name in totals]
        if not shown:
            return Markup("")
        return _TOTALS.format(
            joined(
                [
                    _TOTAL.format(
                        label=c.label, value=said(totals[c.name], c.unit, c.digits, compact=True)
                    )
                    for c in shown
                ]
            )
        )


def _search(rows: pl.DataFrame, sought: str) -> pl.DataFrame:
    """The rows in which any text holds the words sought, whatever their case."""
    texts = [name for name, dtype in rows.schema.items() if dtype == pl.String]
    if not sought.strip() or not texts:
        return rows
    wanted = sought.strip().lower()
    return rows.filter(
        pl.any_horizontal(
            pl.col(name).fill_null("").str.to_lowercase().str.contains(wanted, literal=True)
            for name in texts
        )
    )


def _shown(column: TableColumn) -> pl.Expr:
    """A column as Tabulator is given it: what it sorts by, numbers as they are, else text."""
    values = pl.col(column.by or column.name)
    if column.kind in _FIGURES or column.by:
        return values.cast(pl.Float64)
    if column.kind == "link":
        return safe_links(values)
    return values.cast(pl.String).fill_null(NOTHING)


def _beside(column: TableColumn, at: int) -> list[pl.Expr]:
    """What cells read besides their own: words, or of a change the value before and its word."""
    if column.by:
        return [pl.col(column.name).fill_null(NOTHING).alias(f"w{at}")]
    if column.kind != "change":
        return []
    return [
        pl.col(f"{column.of}{BEFORE}").cast(pl.Float64).alias(f"b{at}"),
        pl.col(f"{column.of}{INSTEAD}").cast(pl.String).alias(f"w{at}"),
    ]


_HTTP = r"^(?i:https?)://[\w.~%:@!$&'()*+,;=-]+(?:[/?#][^\p{C}\p{Z}]*)?$"
"""A plain http or https address: nothing in it is a space, hidden, or cannot be printed."""


def safe_links(urls: pl.Expr) -> pl.Expr:
    """Addresses that are plain http or https ones; for others, and for null, nothing."""
    return pl.when(urls.str.contains(_HTTP)).then(urls).otherwise(pl.lit(""))


def safe_link(url: str) -> str:
    """The address if it is a plain http or https one, else nothing."""
    return str(pl.select(safe_links(pl.lit(url))).item())


_MANY = 5
"""Columns beyond which a table lets them be chosen."""
_FIGURES = {"number", "change"}
_TEMPLATES = {
    "change": (
        "<% {javascript} const size = {say}(Math.abs(value){scale}, {digits}) + '{after}';"
        " const up = value > 0, moves = ok(value) && /[1-9]/.test(size);"
        " const good = up === ('{good}' === 'up') ? 'good' : 'bad';"
        " const mood = moves && '{good}' ? good : 'still' %>"
        '<span class="<%- mood %>" title="Before: <%- {say_before}(b{at}, {digits_before}) %>">'
        '<span aria-hidden="true"><%- moves ? (up ? "▲ " : "▼ ") : "" %></span>'
        "<%- ok(value) ? (moves ? (up ? '+' : '−') : '±') + size : w{at} %></span>"
    ),
    "words": "<%- w{at} %>",
    "number": "<% {javascript} %><%- {say}(value, {digits}) %>",
    "link": (
        '<% if (value) {{ %><a href="<%- value %>" target="_blank" rel="noopener noreferrer">'
        "Open</a><% }} %>"
    ),
}
"""Cells that are not plain text, in Underscore's language; ``<%-`` escapes what it prints."""


def _needed(column: TableColumn, values: pl.Series) -> int:
    """Pixels for the longest word of the header and for most of the cells."""
    if column.kind == "change":
        cells = 16 if column.unit == "₹" else 11  # they come and go with the period
    elif column.kind == "number":
        ends = (values.min(), values.max())
        cells = max(len(said(end, column.unit, column.digits)) for end in ends)
    elif column.kind == "text":
        cells = int(values.cast(pl.String).str.len_chars().quantile(0.95) or 0)
    else:
        cells = {"date": 10, "link": 5}[column.kind]
    word = max(len(word) for word in column.label.split())
    head = 7.8 * max(word, len(column.label) // 2) + 46  # the arrow stands beside it
    return min(max(round(7.8 * cells + 24), round(head)), column.widest)


def _formatter(column: TableColumn, at: str) -> HTMLTemplateFormatter:
    """How a column's cells are said; ``at`` is the number in its field's name."""
    words = {
        "javascript": JAVASCRIPT,
        "say": _SAID.get(column.unit, "plain"),
        "digits": column.digits,
        "at": at,
    }
    if column.of:
        one = METRICS[column.of]
        words |= {
            "good": one.good,
            "say_before": _SAID.get(one.unit, "plain"),
            "digits_before": one.digits,
            "scale": " * 100" if column.unit == "points" else "",
            "after": " points" if column.unit == "points" else "",
        }
    template = _TEMPLATES["words" if column.by else column.kind]
    return HTMLTemplateFormatter(template=template.format(**words))


_SAID = {"₹": "rupees", "×": "times", "%": "percent", "chance": "chance"}
"""Which of the functions in ``JAVASCRIPT`` says a value of a unit."""
