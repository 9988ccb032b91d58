"""Ranked bars: which group gives most? One dimension, one metric, best first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import holoviews as hv
import polars as pl
from bokeh.models import FactorRange, GlyphRenderer, Label, Range1d, Span
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import rupees_compact
from dashboard.metrics import METRICS, Metric
from dashboard.query import Answer, added
from dashboard.schema import DIMENSIONS, FILTERS
from dashboard.tables import named
from dashboard.views.chart import Chart

MOST = 12
"""Bars shown; what is beyond becomes "Other" where it adds up."""

FEWEST = 5
"""Places on the axis: few bars stay slim and at the top instead of filling the height."""


LETTER = 0.08
"""Of the longest bar: room for each letter of the words at the ends."""

BESIDE = 18
"""Pixels right of the bars: in a narrow card the words at the ends are longer than their room."""


class RankedBars(Chart):
    """One metric by one dimension as horizontal bars, best first, each with its value at its end.

    ``break_even`` draws a dashed line at that value; where gross margins are known for all in view
    it moves to theirs, or, where the bars' margins differ, each bar gets a mark of its own.
    """

    metric: str = ""
    dimension: str = ""
    break_even: float | None = None

    def ask(self) -> Answer:
        """The metric by the dimension, best first; of a ratio only what has a name."""
        answer = self.explorer.ask((self.metric,), (self.dimension,), without=self.picks)
        if self._is_costed:
            answer = self.explorer.ask((self.metric, EVEN), (self.dimension,), without=self.picks)
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
        cls.picks = (cls.dimension,) if cls.dimension in FILTERS else ()

    @property
    def _is_costed(self) -> bool:
        """Whether break-even follows gross margins that are known for all in view."""
        view = self.explorer.view(*self.picks)
        return self.break_even is not None and view.known("profit") == "contribution"

    @property
    def measured(self) -> Metric:
        """What the bars show."""
        return METRICS[self.metric]

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Names as on the axis and in full, the bars' ends, and the values in words."""
        bars = _with_other(named(frame), self.dimension, self.measured)
        values = bars[self.metric].to_list()
        if EVEN not in bars.columns:
            bars = bars.with_columns(pl.lit(self.break_even, pl.Float64).alias(EVEN))
        evens = bars[EVEN].to_list()
        return pl.DataFrame(
            {
                "name": shortened(bars[self.dimension].to_list()),
                "full": bars[self.dimension],
                "end": bars[self.metric].cast(pl.Float64).fill_null(0),
                "at": _beyond(bars[self.metric].cast(pl.Float64).fill_null(0), bars[EVEN]),
                "label": [self.measured.say(value, compact=True) for value in values],
                "value": [self.measured.say(value) for value in values],
                "even": evens,
                "evens": [self.measured.say(even) for even in evens],
            },
            schema={
                "name": pl.String,
                "full": pl.String,
                "end": pl.Float64,
                "at": pl.Float64,
                "label": pl.String,
                "value": pl.String,
                "even": pl.Float64,
                "evens": pl.String,
            },
        )

    def offline(self) -> dict[str, Any]:
        """What the one-file page redraws it by: what it asks, and the models it moves."""
        moved = [] if self.break_even is None else [*self._line, *self._marks]
        return {
            "kind": "bars",
            "metric": self.metric,
            "dimension": self.dimension,
            "even": self.break_even,
            "most": MOST,
            "fewest": FEWEST,
            "letter": LETTER,
            "ours": self.dimension in OURS,
            "moved": [model.id for model in moved],
        }

    def meant(self, columns: pl.DataFrame) -> Sequence[tuple[str, ...]]:
        """The names in full."""
        return columns.select("full").rows()

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
            x="at", y="name", text="label", source=self.source,
            x_offset=6, text_baseline="middle", level="annotation", **theme.mark_text(bold=True),
        )  # fmt: skip
        figure.min_border_right = BESIDE
        figure.x_range, figure.y_range = Range1d(0, 1), FactorRange()
        figure.xaxis.visible = False
        figure.ygrid.grid_line_color = None
        figure.yaxis.update(**theme.axis_text())
        if self.break_even is not None:
            self._line = _mark(figure)
            self._marks = [
                figure.scatter(
                    x="even", y="name", source=self.source, marker="dash", angle=math.pi / 2,
                    size=20, line_color=theme.LIGHT[colour], line_width=width,
                )
                for colour, width in (("card", 6), ("vermillion", 2.4))
            ]  # fmt: skip
        even = {} if self.break_even is None else {METRICS[EVEN].label: "evens"}
        figure.add_tools(theme.hover("@full", {self.measured.label: "value"} | even, [bars]))

    def fit(self, columns: pl.DataFrame) -> None:
        """Best on top, few bars slim, room for the words at the ends; bars always start at zero."""
        names = columns["name"].to_list()
        foot = 1 if self.break_even is not None else 0  # a place for the line's name
        spare = [BLANK * (i + 1) for i in range(max(FEWEST - len(names), foot))]
        factors = [*spare, *reversed(names)]
        if self.figure.y_range.factors != factors:
            self.figure.y_range.factors = factors
        low, high = columns["end"].min() or 0.0, columns["end"].max() or 0.0
        reach = max(high, 1.05 * self._place_line(columns["even"], high), -low) or 1.0
        words = max((len(label) for label in columns["label"]), default=0)
        self.figure.x_range.update(start=min(0.0, low * 1.1), end=reach * (1.04 + LETTER * words))

    def _place_line(self, evens: pl.Series, high: float) -> float:
        """One line where all bars break even at one value, else a mark for each; how far it is."""
        if self.break_even is None:
            return 0.0
        known = [even for even in evens.drop_nulls() if math.isfinite(even) and even > 0]
        low, far = min(known, default=self.break_even), max(known, default=self.break_even)
        (span, words), one = self._line, far - low < SAME
        said = "❘ break-even of each" if not one else f"break-even {_short(self.measured.say(far))}"
        span.update(location=far, visible=one)
        words.update(x=low, text=said)
        for mark in self._marks:
            mark.visible = not one
        return far if one else min(far, 2 * high)

    def _evens(self, frame: pl.DataFrame) -> str:
        """What break-even follows, where it is not simply 1."""
        if EVEN not in frame.columns or not frame[EVEN].drop_nulls().len():
            return ""
        known = frame[EVEN]
        low, far = (_short(self.measured.say(end)) for end in (known.min(), known.max()))
        if low == far:
            return f" By gross margin break-even is {low}."
        return f" By gross margin break-even is from {low} to {far}."

    def sentence(self, frame: pl.DataFrame) -> str:
        """Who leads, and by how much."""
        known = named(frame).drop_nulls(self.metric)
        say = self.measured.say
        names, values = known[self.dimension].to_list(), known[self.metric].to_list()
        best, most = self._opening(names[0]), say(values[0], compact=True)
        leads, lead = ("is lowest", "are lowest") if self._low_is_good else ("leads", "lead")
        shown = f" {frame.height} in all; the first are shown." if frame.height > MOST else ""
        notes = f"{shown}{self._evens(frame)}{self._unplaced()}"
        if known.height == 1:
            return f"{best} {leads} with {most}.{notes}"
        level = sum(value == values[0] for value in values[1:])
        if level:
            others = names[1] if level == 1 else f"{level} others"
            return f"{best} and {others} {lead} with {most} each.{notes}"
        gap = say(abs(values[0] - values[1]), compact=True)
        ahead = f"{gap.removesuffix(' %')} points" if self.measured.unit == "%" else gap
        side = "below" if self._low_is_good else "above"
        return f"{best} {leads} with {most}, {ahead} {side} {names[1]}.{notes}"

    @property
    def _low_is_good(self) -> bool:
        return self.measured.good == "down"

    def _opening(self, name: str) -> str:
        """A name at the start of a sentence: what we call things ourselves gets a capital."""
        return f"{name[:1].upper()}{name[1:]}" if self.dimension in OURS else name

    def _unplaced(self) -> str:
        """What spend stands behind no bar of a ratio, because it carries no such name."""
        if not self.measured.is_ratio or "spend" not in self.measured.measures:
            return ""
        spend = self.explorer.ask(("spend",), (self.dimension,), without=self.picks).frame
        amount = added(spend.filter(pl.col(self.dimension).is_null())["spend"])
        if not amount:
            return ""
        name = DIMENSIONS[self.dimension].label.lower()
        return f" {rupees_compact(amount)} of spend has no {name} and is in no bar."


OURS = {"tier", "basis"}
"""Dimensions whose values are words of ours; names from the data stay as they are written."""

EVEN = "break_even_roas"
SAME = 0.005
"""Break-even values nearer than this read the same."""

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
    whole = rest[metric.name].sum()
    if metric.is_money:
        whole = added(rest[metric.name])
    other = pl.DataFrame(
        {dimension: [f"{rest.height} others"], metric.name: [whole]},
        schema=bars.select(dimension, metric.name).schema,
    )
    return pl.concat([shown.select(dimension, metric.name), other])


def _beyond(ends: pl.Series, evens: pl.Series) -> list[float]:
    """Where the values stand: at the bars' ends, or at a break-even mark they would stand on."""
    room = 0.2 * (ends.max() or 0.0)
    return [
        even if even is not None and end < even < end + room else end
        for end, even in zip(ends, evens, strict=True)
    ]


def _short(words: str) -> str:
    """``1.00×`` as ``1×``."""
    return words.replace(".00", "")


def _mark(figure: Figure) -> tuple[Span, Label]:
    """A dashed line across the bars, with its name at the foot."""
    dash = {"line_color": theme.LIGHT["vermillion"], "line_dash": [3, 3], "line_width": 1.4}
    line = Span(location=1, dimension="height", **dash)
    words = Label(x=1, y=2, y_units="screen", text="", x_offset=5, **theme.text("muted", size=11))
    figure.add_layout(line)
    figure.add_layout(words)
    return line, words


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
