"""Chart: a figure that hvPlot draws once; afterwards only the data in it change."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakMethod

import holoviews as hv
import holoviews.plotting.bokeh  # the backend that draws
import panel as pn
import polars as pl
from bokeh.models import ColumnDataSource, GlyphRenderer, TapTool
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name
from hvplot.plotting.core import hvPlotTabularPolars

from dashboard import theme
from dashboard.query import Answer, Where
from dashboard.state import Asking
from dashboard.views.card import TABLE
from dashboard.views.markup import Markup, show
from dashboard.views.numbers import numbers_of, numbers_pane
from dashboard.views.view import NO_ROWS, CardView
from dashboard.views.wire import write_small_columns_within

# Frames get their .hvplot as by ``import hvplot.polars``, which would also have a notebook load
# scripts from other machines.
hv.Store.set_current_backend("bokeh")
if not hasattr(pl.DataFrame, "hvplot"):
    pl.api.register_dataframe_namespace("hvplot")(hvPlotTabularPolars)
write_small_columns_within()


class Chart(CardView):
    """A figure that hvPlot draws once; afterwards only the data in it change.

    A chart says what to ask (``metrics``, ``by``), how to draw it (``draw``), and what it shows in
    one sentence (``sentence``). The rest is optional: ``columns`` prepares what the figure's
    source holds, ``dress`` adds to the figure what hvPlot does not, ``fit`` sets the ranges and
    factors that follow the answer.

    ``picks`` are the dimensions by which a click on a mark narrows the page; a second click opens
    them again. The chart itself is exempt from its own filter, and marks what is chosen.
    """

    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    picks: tuple[str, ...] = ()
    height: int = 230

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self.source = ColumnDataSource()
        self._hears = _weakly(self._clicked)
        self.source.selected.on_change("indices", self._hears)
        self._marked: list[int] = []
        self._meant: list[tuple[str, ...]] = []
        self.figure: Figure | None = None
        self.frame = pl.DataFrame()
        self.as_table = False
        self._over: pn.pane.HTML | None = None
        self._offer_tools()

    # ------------------------------------------------------------------ what a chart is made of

    @abstractmethod
    def draw(self, columns: pl.DataFrame) -> hv.core.Dimensioned:
        """Draw with hvPlot, once, from one stand-in row: the answers come later."""

    @abstractmethod
    def sentence(self, frame: pl.DataFrame) -> str:
        """What it shows, if it has rows: its caption, and its name for screen readers."""

    def ask(self) -> Answer:
        """The answer to show."""
        return self.explorer.ask(self.metrics, self.by, without=self.picks)

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the figure's source holds; must hold for no rows, and no text may be null."""
        return frame

    def dress(self, figure: Figure) -> None:
        """Add to the figure, once, what hvPlot does not: labels, lines, hovers."""

    def fit(self, columns: pl.DataFrame) -> None:
        """Set the ranges and factors that follow the answer; must hold for no rows."""

    def meant(self, columns: pl.DataFrame) -> Sequence[tuple[str, ...]]:
        """What each mark stands for, by ``picks``."""
        return columns.select(self.picks).rows() if self.picks else ()

    def aside(self, frame: pl.DataFrame) -> Markup:  # noqa: ARG002  # for charts that have one
        """A legend below the sentence."""
        return Markup("")

    def key(self) -> Sequence[tuple[str, str]]:
        """The legend of a picture of it: colours of the theme, and what they stand for."""
        return ()

    # ------------------------------------------------------------------ how it is looked at

    @property
    def where(self) -> Where:
        """The page's question, without the filters that the chart is exempt from."""
        return self.explorer.where.without(*self.picks)

    def turn(self) -> None:
        """Show the numbers in place of the figure, or the figure again."""
        self.as_table = not self.as_table
        self._offer_tools()
        self._tabulate()
        if self.figure is not None:
            self._name_figure(self.figure.html_attributes["aria-label"])
        self.card.show()

    def tabled(self) -> pl.DataFrame:
        """The numbers in the order of the table."""
        return self.numbers()

    def picture(self) -> dict[str, Any]:
        """What the browser draws a picture from."""
        return {
            "figure": self.figure.id if self.figure is not None else "",
            "title": self.title,
            "note": self.note,
            "sentence": self.card.sentence or self.card.state[1],
            "key": [list(one) for one in self.key()],
        }

    def _offer_tools(self) -> None:
        name, title, card = self.name, self.title, self.card
        card.tools = [
            card.toggle("table", name, TABLE, f"{title} as a table", pressed=self.as_table),
            card.button("export", name, "CSV", f"CSV of {title}"),
            card.button("picture", name, "PNG", f"Picture of {title} (PNG)"),
        ]

    def _tabulate(self) -> None:
        """Lay the numbers over the figure, which stays as it is, while they are asked for."""
        if self.as_table and self._over is None:
            self._over = numbers_pane(self.height)
            self.card.add(self._over)
        if self._over is not None:
            table = numbers_of(self.tabled(), self.title) if self.as_table else Markup("")
            show(self._over, table)
            self._over.visible = self.as_table

    # ------------------------------------------------------------------ how it is kept

    def numbers(self) -> pl.DataFrame:
        """The answer as it was asked."""
        return self.frame

    def refresh(self) -> None:
        """Ask again and patch the answer into the figure."""
        answer = self.ask()
        self.frame = answer.frame
        refusal = next(iter(answer.refused.values()), "")
        columns = self.columns(self.frame)
        if self.figure is None:
            self._build(columns.schema)
        self.fit(columns)
        self.source.data = as_data(columns)
        self._mark(columns)
        self._tabulate()
        self.card.metrics = tuple(self.metrics)
        if refusal:
            self.refuse(refusal)
        elif self.is_empty(self.frame):
            self.card.stand("empty", NO_ROWS)
            self._name_figure(NO_ROWS)
        else:
            sentence = self.sentence(self.frame)
            self.card.say(sentence, self.aside(self.frame))
            self._name_figure(f"{self.title}. {sentence}")

    def _mark(self, columns: pl.DataFrame) -> None:
        """Mark what the page is narrowed to by the chart's own dimensions."""
        self._meant = list(self.meant(columns))
        kept = [getattr(self.explorer.filters, name) for name in self.picks]
        self._marked = [
            at
            for at, mark in enumerate(self._meant)
            if kept and all(value in some for value, some in zip(mark, kept, strict=True))
        ]
        if self.source.selected.indices != self._marked:
            self.source.selected.indices = self._marked

    def quieten(self) -> None:
        """Take away what a click asks a server for: on a page that has none nobody would answer."""
        self.source.selected.remove_on_change("indices", self._hears)
        self.source.selected._callbacks.clear()  # noqa: SLF001  # Bokeh warns of an empty list too
        if self.figure is not None:
            taps = [tool for tool in self.figure.tools if isinstance(tool, TapTool)]
            self.figure.remove_tools(*taps)

    def _clicked(self, _: str, __: list[int], now: list[int]) -> None:
        """Narrow the page to a mark that was clicked, or open it again; Bokeh toggles the mark."""
        clicked = set(now) ^ set(self._marked)
        if not clicked:
            return
        at, filters = min(clicked), self.explorer.filters
        mark = self._meant[at] if at < len(self._meant) else ()
        offered = (
            value in filters.param[name].objects
            for name, value in zip(self.picks, mark, strict=False)
        )
        if not mark or not all(offered):  # "3 others", or nothing known
            self.source.selected.indices = self._marked
            return
        chosen = {name: list(getattr(filters, name)) for name in self.picks}
        for name, value in zip(self.picks, mark, strict=True):
            if len(self.picks) > 1:  # several dimensions: one mark at a time
                chosen[name] = [] if at in self._marked else [value]
            elif value in chosen[name]:
                chosen[name].remove(value)
            else:
                chosen[name].append(value)
        filters.param.update(chosen)

    def is_empty(self, frame: pl.DataFrame) -> bool:
        """Whether there is nothing to see: no rows, or every metric undefined in all of them."""
        return all(
            frame[name].null_count() == frame.height for name in self.metrics if name in frame
        )

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of the picture."""
        self.card.stand("broken" if broken else "refused", sentence)
        self._name_figure(sentence)

    def _name_figure(self, sentence: str) -> None:
        if self.figure is not None:
            self.figure.html_attributes = {
                "role": "img",
                "aria-label": sentence,
                "aria-hidden": "true" if self.as_table else "false",
            }

    def _build(self, schema: Mapping[str, pl.DataType]) -> None:
        """Draw the figure, give all its marks one source, and put it into the card."""
        figure = render(self.draw(_stand_in(schema)))
        self.source.data = as_data(pl.DataFrame(schema=schema))
        marks = list(figure.select(GlyphRenderer))
        for renderer in marks:
            renderer.update(data_source=self.source, **_ONE_LOOK)
        theme.finish(figure, self.height)
        figure.name = self.name
        self.dress(figure)
        if self.picks:
            _let_click(figure, marks)
        self.figure = figure
        self.card.add(
            pn.pane.Bokeh(figure, sizing_mode="stretch_width", height=self.height, margin=0)
        )


_ONE_LOOK = dict.fromkeys(("selection_glyph", "nonselection_glyph", "muted_glyph", "hover_glyph"))
"""HoloViews draws marks in four states, from columns that our source does not hold."""


def render(element: hv.core.Dimensioned) -> Figure:
    """Turn a HoloViews element into a Bokeh figure that belongs to no session.

    HoloViews ties each plot it renders to the session's document, in a set that ``panel serve
    --warm`` walks while it grows; a figure that we patch ourselves needs no such tie.
    """
    document = pn.state.curdoc
    kept = set(document.callbacks.session_destroyed_callbacks) if document else set()
    figure = hv.render(element, backend="bokeh")
    if document:
        document.callbacks.session_destroyed_callbacks.intersection_update(kept)
    return figure


def _weakly(method: Callable[..., None]) -> Callable[[str, Any, Any], None]:
    """Call a method while its object lives: HoloViews keeps figures, which must keep no visitor."""
    kept = WeakMethod(method)

    def call(attribute: str, old: Any, new: Any) -> None:
        if (found := kept()) is not None:
            found(attribute, old, new)

    return call


def _let_click(figure: Figure, marks: Sequence[GlyphRenderer]) -> None:
    """Let marks be clicked; once some are chosen, the others stand back, and no text does."""
    for renderer in figure.select(GlyphRenderer):
        renderer.nonselection_glyph = None
    for renderer in marks:
        renderer.nonselection_glyph = renderer.glyph.clone()
        renderer.nonselection_glyph.update(fill_alpha=0.3)
    figure.add_tools(TapTool(renderers=list(marks), mode="xor"))


def as_data(columns: pl.DataFrame) -> dict[str, Any]:
    """Columns as Bokeh wants them: days in milliseconds, NaN for null, text as it is."""
    return {column.name: _values(column) for column in columns}


def _values(column: pl.Series) -> Any:
    if column.dtype == pl.Date:
        return column.cast(pl.Datetime("ms")).to_numpy()
    if column.dtype.is_numeric():
        return column.cast(pl.Float64).to_numpy()
    return column.to_list()


def _stand_in(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """One row of the right types, from which a figure can be drawn whatever the answer holds."""
    values = {pl.String: " ", pl.Date: dt.date(2026, 1, 1)}
    return pl.DataFrame(
        {name: [values.get(dtype.base_type(), 1)] for name, dtype in schema.items()},
        schema=dict(schema),
    )
