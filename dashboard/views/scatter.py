"""Spend against revenue: one dot a creator, and the line on which the money just comes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import holoviews as hv
import polars as pl
from bokeh.models import CategoricalColorMapper, GlyphRenderer, Range1d, Slope
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import counted, number, times
from dashboard.metrics import METRICS
from dashboard.query import Answer
from dashboard.tables import named
from dashboard.views.chart import Chart
from dashboard.views.legend import DASH, DOT, legend
from dashboard.views.markup import Markup

SIZES = {"nano": 5, "micro": 6, "mid": 7, "macro": 9, "celebrity": 11}
OTHER_SIZE = 6

EVEN = "break_even_roas"


class SpendAgainstRevenue(Chart):
    """Whose revenue is worth their spend? A dot a creator; below the dashed line is loss."""

    title = "Spend against revenue"
    note = "colour = tier"
    metrics = ("spend", "revenue", "roas")
    by = ("influencer", "tier")
    even: float | None = None
    picks = ("influencer",)

    def tabled(self) -> pl.DataFrame:
        """The most spend first."""
        return self.frame.sort("spend", "influencer", descending=[True, False], nulls_last=True)

    def key(self) -> Sequence[tuple[str, str]]:
        """The tiers, and the dashed line."""
        tiers = [(colour, tier) for tier, colour in theme.TIER_COLOURS.items()]
        return (*tiers, ("vermillion", "break-even"))

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Both amounts, the name, the tier and the dot's size."""
        return named(frame).select(
            pl.col("spend", "revenue", "roas").cast(pl.Float64),
            "influencer",
            "tier",
            pl.col("tier")
            .replace_strict(SIZES, default=OTHER_SIZE, return_dtype=pl.Float64)
            .alias("size"),
        )

    def ask(self) -> Answer:
        """Both amounts; and what is left of them, where gross margins are known for all in view."""
        view = self.explorer.view(*self.picks)
        self.even = None
        asked = self.metrics
        if view.known("profit") == "contribution":
            self.even = view.ask([EVEN]).value(EVEN)
            asked = (*asked, "contribution")
        return view.ask(asked, self.by)

    def draw(self, columns: pl.DataFrame) -> hv.Points:
        """Dots."""
        return columns.hvplot.scatter(
            x="spend", y="revenue", color=theme.LIGHT["blue"], responsive=True, height=self.height,
        )  # fmt: skip

    def dress(self, figure: Figure) -> None:
        """Colour and size by tier, the break-even line, money on both axes."""
        (dots,) = figure.select(GlyphRenderer)
        tiers = list(theme.TIER_COLOURS)
        mapper = CategoricalColorMapper(
            factors=tiers,
            palette=[theme.LIGHT[theme.TIER_COLOURS[tier]] for tier in tiers],
            nan_color=theme.LIGHT["control"],
        )
        dots.glyph.update(
            size="size",
            fill_color={"field": "tier", "transform": mapper},
            fill_alpha=0.85,
            line_color=None,
        )
        figure.x_range, figure.y_range = Range1d(0, 1), Range1d(0, 1)
        self.line = Slope(
            gradient=1,
            y_intercept=0,
            line_color=theme.LIGHT["vermillion"],
            line_dash=[3, 3],
            line_width=1.4,
        )
        figure.add_layout(self.line)
        for axis, name in ((figure.xaxis[0], "spend"), (figure.yaxis[0], "revenue")):
            axis.update(axis_label=METRICS[name].label, **theme.axis_label())
            axis.formatter = theme.ticks("₹")
            axis.ticker.desired_num_ticks = 4
        figure.xaxis.ticker.desired_num_ticks = 3
        figure.add_tools(
            theme.hover(
                "@influencer",
                {"Tier": "tier"} | {METRICS[name].label: METRICS[name] for name in self.metrics},
                [dots],
            )
        )

    def fit(self, columns: pl.DataFrame) -> None:
        """From just before zero to just beyond the largest; lower where corrections are."""
        self.line.gradient = self.even or 1.0
        for name, axis in (("spend", self.figure.x_range), ("revenue", self.figure.y_range)):
            low, high = columns[name].min() or 0.0, columns[name].max() or 0.0
            axis.update(start=min(-0.04 * high, low * 1.08), end=max(high, 1.0) * 1.08)

    def offline(self) -> dict[str, Any]:
        """What the one-file page redraws it by: sizes of dots, the line on which money returns."""
        return {"kind": "scatter", "sizes": SIZES, "other": OTHER_SIZE, "moved": [self.line.id]}

    def sentence(self, frame: pl.DataFrame) -> str:
        """How many lose money."""
        paid = frame.filter(pl.col("spend") > 0)
        known = "contribution" in frame.columns
        losing = paid.filter(pl.col("contribution") < 0 if known else pl.col("roas") < 1).height
        answer = f"{number(losing)} of {counted(paid.height, 'paid creator')} are below break-even"
        if not known:
            return f"{answer}."
        line = f"; the line is that of all in view, ROAS {times(self.even)}" if self.even else ""
        return f"{answer} by gross margin of what they sold{line}."

    def aside(self, frame: pl.DataFrame) -> Markup:
        """All tiers, whether in view or not: what stands below does not move."""
        del frame
        dots = [DOT.format(name=tier, colour=colour) for tier, colour in theme.TIER_COLOURS.items()]
        return legend(*dots, DASH.format(name="break-even"))
