"""Personas: what kind of creator gives the money back? Category by gender."""

from __future__ import annotations

import math
from typing import Any

import holoviews as hv
import polars as pl
from bokeh.models import FactorRange, GlyphRenderer, LinearColorMapper
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import NOTHING
from dashboard.metrics import METRICS
from dashboard.query import Answer
from dashboard.schema import DIMENSIONS
from dashboard.tables import named
from dashboard.views.chart import Chart

MOST = 12
"""Categories shown: those with the most spend in the data."""

ROAS = METRICS["roas"]


class Personas(Chart):
    """What kind of creator gives the money back? A cell for each category and gender."""

    title = "Personas: ROAS"
    note = "category × gender"
    metrics = ("roas",)
    by = picks = ("category", "gender")

    def ask(self) -> Answer:
        """ROAS by both, labelled; contribution too where the gross margin of all is known."""
        view = self.explorer.view(*self.picks)
        costed = view.known("profit") == "contribution"
        answer = view.ask((*self.metrics, "contribution") if costed else self.metrics, self.by)
        return Answer(named(answer.frame), answer.by, answer.refused)

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Every cell of the grid, whether the answer holds it or not.

        The grid is the data's and not the answer's: it changes with the dataset only, so filters
        never shrink it. ``shade`` is a step of the ramp, −1 where ROAS is undefined. The words
        stand in one of two columns, each drawn in the ink that can be read on its shades in both
        themes.
        """
        categories, genders = self._grid()
        cells = categories.to_frame("category").join(genders.to_frame("gender"), how="cross")
        cells = cells.join(frame, on=["category", "gender"], how="left", maintain_order="left")
        values = cells["roas"].to_list()
        top = max([value for value in values if value is not None], default=0.0)
        shades = [shade(value, top) for value in values]
        words = [
            NOTHING if value is None else f"{ROAS.say(value).removesuffix('×')}×"
            for value in values
        ]
        dark = [step >= theme.STRONG for step in shades]
        return cells.select("category", "gender").with_columns(
            pl.Series("shade", shades, pl.Float64),
            pl.Series(
                "on_pale",
                ["" if deep else word for word, deep in zip(words, dark, strict=True)],
                pl.String,
            ),
            pl.Series(
                "on_deep",
                [word if deep else "" for word, deep in zip(words, dark, strict=True)],
                pl.String,
            ),
            pl.Series("value", words, pl.String),
        )

    def draw(self, columns: pl.DataFrame) -> hv.HeatMap:
        """The grid."""
        return columns.hvplot.heatmap(
            x="gender", y="category", C="shade", cmap=list(theme.RAMP_LIGHT), colorbar=False,
            responsive=True, height=self.height,
        )  # fmt: skip

    def dress(self, figure: Figure) -> None:
        """Cells in the ramp's shades with their values on them."""
        (cells,) = figure.select(GlyphRenderer)
        mapper = LinearColorMapper(
            palette=list(theme.RAMP_LIGHT),
            low=-0.5,
            high=theme.STEPS - 0.5,
            low_color=theme.LIGHT["bg"],
        )
        cells.glyph.update(
            x="gender", y="category", fill_color={"field": "shade", "transform": mapper},
            line_color=theme.LIGHT["card"], line_alpha=1, line_width=4,
        )  # fmt: skip
        for column, colour in (("on_pale", "ink"), ("on_deep", "card")):
            figure.text(
                x="gender", y="category", text=column, source=self.source,
                text_align="center", text_baseline="middle", **theme.mark_text(colour, bold=True),
            )  # fmt: skip
        figure.x_range, figure.y_range = FactorRange(), FactorRange()
        figure.ygrid.grid_line_color = None
        figure.yaxis.update(**theme.axis_text())
        figure.add_layout(figure.xaxis[0], "above")
        figure.below = []
        figure.add_tools(theme.hover("@gender · @category", {ROAS.label: "value"}, [cells]))

    def fit(self, columns: pl.DataFrame) -> None:
        """Another dataset may have other categories and genders."""
        del columns
        categories, genders = self._grid()
        for axis, factors in (
            (self.figure.y_range, categories.to_list()[::-1]),
            (self.figure.x_range, genders.to_list()),
        ):
            if axis.factors != factors:
                axis.factors = factors

    def offline(self) -> dict[str, Any]:
        """What the one-file page redraws it by: the grid, and where words change their ink."""
        categories, genders = self._grid()
        return {
            "kind": "personas",
            "categories": categories.to_list(),
            "genders": genders.to_list(),
            "steps": theme.STEPS,
            "strong": theme.STRONG,
        }

    def sentence(self, frame: pl.DataFrame) -> str:
        """The best persona, and the worst if it loses money."""
        ranked = frame.drop_nulls("roas").sort("roas", *self.by, descending=[True, False, False])
        best, worst = ranked.row(0, named=True), ranked.row(-1, named=True)
        answer = f"{_persona(best)} returns {ROAS.say(best['roas'])}"
        loses = worst["contribution"] < 0 if "contribution" in worst else worst["roas"] < 1
        if loses and ranked.height > 1:
            return f"{answer}; {_persona(worst)} only {ROAS.say(worst['roas'])}."
        return f"{answer}, the most of {ranked.height}."

    def _grid(self) -> tuple[pl.Series, pl.Series]:
        """Categories and genders of the whole dataset, by the alphabet, unknown ones last."""
        version = self.explorer.dataset.version
        if self._kept[0] != version:
            self._kept = (version, self._categories(), self._values("gender"))
        return self._kept[1:]

    _kept: tuple[str, pl.Series, pl.Series] = ("", pl.Series(), pl.Series())

    def _values(self, dimension: str) -> pl.Series:
        creators = self.explorer.ledger.pairs.drop_nulls("influencer_id")
        column = creators[dimension]
        names = column.drop_nulls().unique().sort().to_list()
        unknown = [DIMENSIONS[dimension].missing] if column.null_count() else []
        return pl.Series(dimension, [*names, *unknown], pl.String)

    def _categories(self) -> pl.Series:
        found = self._values("category")
        if len(found) <= MOST:
            return found
        everything = self.explorer.ask(
            ("spend",), ("category",), without=self._all_filters(), sort="spend"
        )
        most = named(everything.frame)["category"].head(MOST).to_list()
        return found.filter(found.is_in(most))

    def _all_filters(self) -> tuple[str, ...]:
        where = self.explorer.where
        return (*where.active, "period") if where.dated else where.active


def shade(value: float | None, top: float) -> int:
    """The step of the ramp for a value between 0 and the largest one; −1 where there is none.

    Steps go by the square root, so that one very good persona does not make all others pale.
    """
    if value is None:
        return -1
    if top <= 0 or value <= 0:
        return 0
    return min(theme.STEPS - 1, math.floor(math.sqrt(value / top) * theme.STEPS))


def _persona(row: dict[str, str]) -> str:
    return f"{row['gender']} {row['category'].lower()}"
