"""Ranked bars: which group gives most? One dimension, one metric, best first."""

from __future__ import annotations

import holoviews as hv
import polars as pl
from bokeh.models import FactorRange, GlyphRenderer, Label, Range1d, Span
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import rupees_compact
from dashboard.metrics import METRICS, Metric
from dashboard.query import Answer
from dashboard.schema import DIMENSIONS
from dashboard.tables import named
from dashboard.views.chart import Chart

MOST = 12
"""Bars shown; what is beyond becomes "Other" where it adds up."""

FEWEST = 5
"""Places on the axis: few bars stay slim and at the top instead of filling the height."""


class RankedBars(Chart):
    """One metric by one dimension as horizontal bars, best first, each with its value at its end.

    ``break_even`` draws a dashed line at that value.
    """

    metric: str = ""
    dimension: str = ""
    break_even: float | None = None

    def ask(self) -> Answer:
        """The metric by the dimension, best first; of a ratio only what has a name."""
        answer = self.explorer.ask((self.metric,), (self.dimension,))
        low_is_good = self.measured.good == "down"
        frame = answer.frame.sort(
            self.metric, self.dimension, descending=[not low_is_good, False], nulls_last=True
        )
        if self.measured.is_ratio:
            frame = frame.drop_nulls(self.dimension)
        return Answer(frame, answer.by, answer.refused)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.metrics, cls.by = (cls.metric,), (cls.dimension,)

    @property
    def measured(self) -> Metric:
        """What the bars show."""
        return METRICS[self.metric]

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Names as on the axis and in full, the bars' ends, and the values in words."""
        bars = _with_other(named(frame), self.dimension, self.measured)
        values = bars[self.metric].to_list()
        return pl.DataFrame(
            {
                "name": shortened(bars[self.dimension].to_list()),
                "full": bars[self.dimension],
                "end": bars[self.metric].cast(pl.Float64).fill_null(0),
                "label": [self.measured.say(value, compact=True) for value in values],
                "value": [self.measured.say(value) for value in values],
            },
            schema={
                "name": pl.String,
                "full": pl.String,
                "end": pl.Float64,
                "label": pl.String,
                "value": pl.String,
            },
        )

    def draw(self, columns: pl.DataFrame) -> hv.Bars:
        """Horizontal bars."""
        return columns.hvplot.barh(
            x="name", y="end", color=theme.LIGHT["blue"], responsive=True, height=self.height
        )

    def dress(self, figure: Figure) -> None:
        """Values at the bars' ends, the break-even line, ranges of its own."""
        (bars,) = figure.select(GlyphRenderer)
        bars.glyph.update(height=0.58, line_color=None, border_radius=3)
        figure.text(
            x="end", y="name", text="label", source=self.source,
            x_offset=6, text_baseline="middle", **theme.mark_text(bold=True),
        )  # fmt: skip
        figure.x_range, figure.y_range = Range1d(0, 1), FactorRange()
        figure.xaxis.visible = False
        figure.ygrid.grid_line_color = None
        figure.yaxis.update(**theme.axis_text())
        if self.break_even is not None:
            _mark(
                figure,
                self.break_even,
                f"break-even {self.measured.say(self.break_even).replace('.00', '')}",
            )
        figure.add_tools(theme.hover("@full", {self.measured.label: "value"}, [bars]))

    def fit(self, columns: pl.DataFrame) -> None:
        """Best on top, few bars slim, room for the words at the ends; bars always start at zero."""
        names = columns["name"].to_list()
        foot = 1 if self.break_even is not None else 0  # a place for the line's name
        spare = [BLANK * (i + 1) for i in range(max(FEWEST - len(names), foot))]
        factors = [*spare, *reversed(names)]
        if self.figure.y_range.factors != factors:
            self.figure.y_range.factors = factors
        low, high = columns["end"].min() or 0.0, columns["end"].max() or 0.0
        reach = max(high, 1.05 * (self.break_even or 0), -low) or 1.0
        words = max((len(label) for label in columns["label"]), default=0)
        self.figure.x_range.update(start=min(0.0, low * 1.1), end=reach * (1.04 + 0.06 * words))

    def sentence(self, frame: pl.DataFrame) -> str:
        """Who leads, and by how much."""
        known = named(frame).drop_nulls(self.metric)
        say = self.measured.say
        first = known.row(0, named=True)
        best = f"{first[self.dimension]} {self._is} {say(first[self.metric], compact=True)}"
        if known.height == 1:
            return f"{best}.{self._unplaced()}"
        second = known.row(1, named=True)
        gap = say(abs(first[self.metric] - second[self.metric]), compact=True)
        ahead = f"{gap.removesuffix(' %')} points" if self.measured.unit == "%" else gap
        side = "below" if self.measured.good == "down" else "above"
        shown = f" {frame.height} in all; the first are shown." if frame.height > MOST else ""
        return f"{best}, {ahead} {side} {second[self.dimension]}.{shown}{self._unplaced()}"

    @property
    def _is(self) -> str:
        return "is lowest with" if self.measured.good == "down" else "leads with"

    def _unplaced(self) -> str:
        """What spend stands behind no bar of a ratio, because it carries no such name."""
        if not self.measured.is_ratio or "spend" not in self.measured.measures:
            return ""
        spend = self.explorer.ask(("spend",), (self.dimension,)).frame
        amount = spend.filter(pl.col(self.dimension).is_null())["spend"].sum()
        if not amount:
            return ""
        name = DIMENSIONS[self.dimension].label.lower()
        return f" {rupees_compact(amount)} of spend has no {name} and is in no bar."


BLANK = "\u200b"
"""A space without width: keeps names apart that look the same, and holds empty places."""


def shortened(names: list[str], most: int = 20) -> list[str]:
    """Names of at most so many letters, the middle left out; still all different."""
    seen: dict[str, int] = {}
    answer = []
    for name in names:
        head = most * 2 // 3
        short = (
            name if len(name) <= most else f"{name[:head]}…{name[len(name) - (most - head - 1) :]}"
        )
        again = seen[short] = seen.get(short, 0) + 1
        answer.append(short + BLANK * (FEWEST + again if again > 1 else 0))
    return answer


def _with_other(bars: pl.DataFrame, dimension: str, metric: Metric) -> pl.DataFrame:
    """The first ``MOST`` bars, and what is beyond as one more where the metric adds up."""
    if bars.height <= MOST:
        return bars
    shown, rest = bars.head(MOST - 1), bars.slice(MOST - 1)
    if metric.is_ratio or metric.name == "customers":
        return bars.head(MOST)
    other = pl.DataFrame(
        {dimension: [f"{rest.height} others"], metric.name: [rest[metric.name].sum()]},
        schema=bars.select(dimension, metric.name).schema,
    )
    return pl.concat([shown.select(dimension, metric.name), other])


def _mark(figure: Figure, value: float, words: str) -> None:
    """A dashed line across the bars, with its name at the foot."""
    dash = {"line_color": theme.LIGHT["vermillion"], "line_dash": [3, 3], "line_width": 1.4}
    figure.add_layout(Span(location=value, dimension="height", **dash))
    figure.add_layout(
        Label(
            x=value, y=2, y_units="screen", text=words, x_offset=5, **theme.text("muted", size=11)
        )
    )


class RoasByPlatform(RankedBars):
    """Which platforms give the money back?"""

    title = "ROAS by platform"
    metric, dimension, break_even = "roas", "platform", 1.0


class RoasByCategory(RankedBars):
    """Which categories give the money back?"""

    title = "ROAS by category"
    metric, dimension, break_even = "roas", "category", 1.0


class RoasByBrand(RankedBars):
    """Which brands give the money back?"""

    title = "ROAS by brand"
    metric, dimension, break_even = "roas", "brand", 1.0


class RoasByProduct(RankedBars):
    """Which products give the money back?"""

    title = "ROAS by product"
    metric, dimension, break_even = "roas", "product", 1.0


class RoasByCampaign(RankedBars):
    """Which campaigns give the money back?"""

    title = "ROAS by campaign"
    metric, dimension, break_even = "roas", "campaign", 1.0


class RoasByTier(RankedBars):
    """Which tiers give the money back?"""

    title = "ROAS by tier"
    metric, dimension, break_even = "roas", "tier", 1.0


class RevenueByPlatform(RankedBars):
    """Which platforms sell most?"""

    title = "Revenue by platform"
    metric, dimension = "revenue", "platform"


class RevenueByCategory(RankedBars):
    """Which categories sell most?"""

    title = "Revenue by category"
    metric, dimension = "revenue", "category"


class RevenueByBrand(RankedBars):
    """Which brands sell most?"""

    title = "Revenue by brand"
    metric, dimension = "revenue", "brand"


class RevenueByProduct(RankedBars):
    """Which products sell most?"""

    title = "Revenue by product"
    metric, dimension = "revenue", "product"


class RevenueByCampaign(RankedBars):
    """Which campaigns sell most?"""

    title = "Revenue by campaign"
    metric, dimension = "revenue", "campaign"


class RevenueByTier(RankedBars):
    """Which tiers sell most?"""

    title = "Revenue by tier"
    metric, dimension = "revenue", "tier"
