"""One campaign's check: how far off its method is where nothing happened."""

from __future__ import annotations

import holoviews as hv
import numpy as np
import polars as pl
from bokeh.models import Range1d, Span
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import counted, number
from dashboard.incrementality import Estimate
from dashboard.incrementality.judging import LEAST_PLACEBOS
from dashboard.views.incrementality import OfEstimate
from dashboard.views.legend import DASH, legend
from dashboard.views.markup import Markup


class PlaceboCheck(OfEstimate):
    """How far off is the method where nothing happened?"""

    title = "Where nothing happened"
    note = "errors of the same method, in standard errors"
    height = 240

    def drawn(self, one: Estimate | None) -> pl.DataFrame:
        """How many placebos were how far off."""
        scores = np.abs(np.array(one.diagnostics.placebos if one else ()))
        last = max(4.0, float(np.ceil(scores.max(initial=0.0))))
        edges = np.arange(0.0, last + 0.25, 0.25)
        counts, _ = np.histogram(scores, edges)
        bars = pl.DataFrame(
            {"from": edges[:-1], "to": edges[1:], "stretches": counts.astype(float)}
        )
        return bars if len(scores) else bars.clear()

    def tabled(self) -> pl.DataFrame:
        """The numbers in words."""
        digits = {"from": 2, "to": 2, "stretches": 0}
        return pl.DataFrame(
            {name: [number(value, n) for value in self.frame[name]] for name, n in digits.items()}
        )

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Bars in their places."""
        return frame.select(middle=(pl.col("from") + pl.col("to")) / 2, stretches="stretches")

    def draw(self, columns: pl.DataFrame) -> hv.Points:
        """A mark each, which ``dress`` turns into a bar."""
        return columns.hvplot.scatter(
            x="middle", y="stretches", responsive=True, height=self.height, size=0
        )

    def dress(self, figure: Figure) -> None:
        """Bars, and how wide the range is drawn."""
        figure.vbar(
            x="middle", top="stretches", width=0.22, source=self.source,
            fill_color=theme.LIGHT["blue"], line_color=None,
        )  # fmt: skip
        figure.x_range, figure.y_range = Range1d(0, 4), Range1d(0, 1)
        self._reached = Span(
            location=0, dimension="height", line_color=theme.LIGHT["vermillion"],
            line_dash=[4, 3], line_width=1.6,
        )  # fmt: skip
        figure.add_layout(self._reached)
        figure.yaxis[0].ticker.desired_num_ticks = 3

    def fit(self, columns: pl.DataFrame) -> None:
        """All bars in sight."""
        if not columns.height:
            return
        self.figure.x_range.end = float(columns["middle"].max() or 4.0) + 0.2  # type: ignore[arg-type]
        self.figure.y_range.end = float(columns["stretches"].max() or 1.0) * 1.12  # type: ignore[arg-type]
        self._reached.update(location=self._about.quantile or 0.0, visible=self._has_range)

    @property
    def _has_range(self) -> bool:
        """Whether a range is drawn by what was tried."""
        return bool(self.estimate and self.estimate.known and self._about.quantile is not None)

    def sentence(self, frame: pl.DataFrame) -> str:
        """How many were tried, and within what nine in ten stayed."""
        del frame
        about = self._about
        tried = f"{counted(len(about.placebos), 'stretch', 'stretches')} without a campaign"
        missed = f"{tried}: nine in ten missed by less than {number(about.quantile, 2)} standard"
        if self._has_range:
            return f"{missed} errors. The range is drawn that wide, and never narrower than 1.65."
        if len(about.placebos) < LEAST_PLACEBOS or about.quantile is None:
            return f"{tried} could be tried; it takes {LEAST_PLACEBOS} to tell how far off it is."
        return f"{missed} errors."

    def aside(self, frame: pl.DataFrame) -> Markup:
        """The dashed line, where there is one."""
        del frame
        return legend(*[DASH.format(name="how wide the range is drawn")] * self._has_range)
