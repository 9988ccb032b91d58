"""Chart: a figure that hvPlot draws once; afterwards only the data in it change."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

import holoviews as hv
import holoviews.plotting.bokeh  # the backend that draws
import panel as pn
import polars as pl
from bokeh.models import ColumnDataSource, GlyphRenderer
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name
from hvplot.plotting.core import hvPlotTabularPolars

from dashboard import theme
from dashboard.query import Answer
from dashboard.state import Asking
from dashboard.views.markup import Markup
from dashboard.views.view import NO_ROWS, CardView

# Frames get their .hvplot as by ``import hvplot.polars``, which would also have a notebook load
# scripts from other machines.
hv.Store.set_current_backend("bokeh")
if not hasattr(pl.DataFrame, "hvplot"):
    pl.api.register_dataframe_namespace("hvplot")(hvPlotTabularPolars)


class Chart(CardView):
    """A figure that hvPlot draws once; afterwards only the data in it change.

    A chart says what to ask (``metrics``, ``by``), how to draw it (``draw``), and what it shows in
    one sentence (``sentence``). The rest is optional: ``columns`` prepares what the figure's
    source holds, ``dress`` adds to the figure what hvPlot does not, ``fit`` sets the ranges and
    factors that follow the answer.
    """

    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    height: int = 230

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self.source = ColumnDataSource()
        self.figure: Figure | None = None
        self.frame = pl.DataFrame()

    # ------------------------------------------------------------------ what a chart is made of

    @abstractmethod
    def draw(self, columns: pl.DataFrame) -> hv.core.Dimensioned:
        """Draw with hvPlot, once, from one stand-in row: the answers come later."""

    @abstractmethod
    def sentence(self, frame: pl.DataFrame) -> str:
        """What it shows, if it has rows: its caption, and its name for screen readers."""

    def ask(self) -> Answer:
        """The answer to show."""
        return self.explorer.ask(self.metrics, self.by)

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the figure's source holds; must hold for no rows, and no text may be null."""
        return frame

    def dress(self, figure: Figure) -> None:
        """Add to the figure, once, what hvPlot does not: labels, lines, hovers."""

    def fit(self, columns: pl.DataFrame) -> None:
        """Set the ranges and factors that follow the answer; must hold for no rows."""

    def aside(self, frame: pl.DataFrame) -> Markup:  # noqa: ARG002  # for charts that have one
        """A legend below the sentence."""
        return Markup("")

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
        if refusal:
            self.refuse(refusal)
        elif self.is_empty(self.frame):
            self.card.stand("empty", NO_ROWS)
            self._name_figure(NO_ROWS)
        else:
            sentence = self.sentence(self.frame)
            self.card.say(sentence, self.aside(self.frame))
            self._name_figure(f"{self.title}. {sentence}")

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
            self.figure.html_attributes = {"role": "img", "aria-label": sentence}

    def _build(self, schema: Mapping[str, pl.DataType]) -> None:
        """Draw the figure, give all its marks one source, and put it into the card."""
        figure = render(self.draw(_stand_in(schema)))
        self.source.data = as_data(pl.DataFrame(schema=schema))
        for renderer in figure.select(GlyphRenderer):
            renderer.update(data_source=self.source, **_ONE_LOOK)
        theme.finish(figure, self.height)
        figure.name = self.name
        self.dress(figure)
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
