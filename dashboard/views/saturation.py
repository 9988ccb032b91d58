"""Saturation: what a booking brings back as it grows, a curve for each tier."""

from __future__ import annotations

import math
from collections.abc import Sequence

import holoviews as hv
import numpy as np
import polars as pl
from bokeh.models import GlyphRenderer, Range1d, Slope
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import counted, listing, rupees_compact, times
from dashboard.planning import LEAST_POSTS, Curve
from dashboard.query import Answer
from dashboard.state import Asking
from dashboard.views.chart import Chart
from dashboard.views.legend import DASH, DOT, LINE, legend
from dashboard.views.markup import Markup
from dashboard.views.planned import Planned

NO_TIER = (
    "The tier of no creator in view is known: it follows from follower_count in influencers. Add "
    "it there, or clear a filter."
)
STEPS = 61
"""Points of a curve."""
USUAL = 0.9
"""So many creators' largest bookings lie within the picture."""

_SCHEMA = {
    "tier": pl.String,
    "bookings": pl.Int64,
    "curve": pl.String,
    "first_rupee": pl.Float64,
    "pays_back_until": pl.Float64,
    "largest_booking": pl.Float64,
}


class Saturation(Chart):
    """From which booking on does more money bring less than it costs?"""

    title = "How far a booking can grow"
    note = "incremental revenue by payout of a booking"
    height = 300
    estimated = True

    def __init__(self, explorer: Asking, planned: Planned | None = None) -> None:
        super().__init__(explorer)
        self.planned = planned or Planned(explorer)

    def ask(self) -> Answer:
        """``(tiers in view, 6)``: where no end is seen ``pays_back_until`` is null, 0 from start.

        ``first_rupee`` is what the first rupee brings back, ``largest_booking`` the largest that
        the tier was paid for one campaign.
        """
        there = {one.tier for one in self.planned.in_view()}
        rows = [self._row(tier, curve) for tier, curve in self._curves() if tier in there]
        return Answer(pl.DataFrame(rows, schema=_SCHEMA, orient="row"))

    def _curves(self) -> list[tuple[str, Curve]]:
        """From the smallest tier to the largest."""
        found = dict(self.planned.plan.curves)
        return [(tier, found[tier]) for tier in theme.TIER_COLOURS if tier in found]

    def _row(self, tier: str, curve: Curve) -> tuple[object, ...]:
        enough = curve.enough(self.planned.needed)
        largest = max(one.most for one in self.planned.plan.prospects if one.tier == tier)
        return (
            tier,
            curve.bookings,
            "pooled" if curve.pooled else "its own",
            curve.slope,
            enough if math.isfinite(enough) else None,
            largest,
        )

    def tabled(self) -> pl.DataFrame:
        """The same in words."""
        return pl.DataFrame(
            [
                {
                    "tier": row["tier"],
                    "bookings": str(row["bookings"]),
                    "curve": row["curve"],
                    "first_rupee_brings": times(row["first_rupee"]),
                    "pays_back_until": rupees_compact(row["pays_back_until"]),
                    "largest_booking": rupees_compact(row["largest_booking"]),
                }
                for row in self.frame.to_dicts()
            ]
        )

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Curves as far as the tier was ever booked; in the first rows, where each is full."""
        across = np.zeros(0)
        if frame.height:  # closer at first, where curves bend most
            across = self._reach(frame) * np.linspace(0.0, 1.0, STEPS) ** 2
        drawn = {"spend": across}
        curves, rows = dict(self._curves()), {row["tier"]: row for row in frame.to_dicts()}
        for tier in theme.TIER_COLOURS:
            within = across <= rows[tier]["largest_booking"] if tier in rows else across < 0
            brought = [curves[tier].brought(float(at)) for at in across] if tier in rows else across
            drawn[tier] = np.where(within, brought, np.nan)
        full = [
            (row["pays_back_until"], curves[tier].brought(row["pays_back_until"]), tier)
            for tier, row in rows.items()
            if 0 < (row["pays_back_until"] or 0.0) <= min(row["largest_booking"], across[-1])
        ]
        rest = [(np.nan, np.nan, "")] * (len(across) - len(full))
        at, height, names = zip(*full, *rest, strict=True) if len(across) else ((), (), ())
        said = {
            f"{name}_said": [rupees_compact(float(value)) for value in values]
            for name, values in drawn.items()
        }
        texts = dict.fromkeys(said, pl.String)
        return pl.DataFrame(drawn | said, schema_overrides=texts).with_columns(
            pl.Series("full", at, pl.Float64),
            pl.Series("brought", height, pl.Float64),
            pl.Series("tier", names, pl.String),
        )

    def _reach(self, frame: pl.DataFrame) -> float:
        """How far the picture goes: the largest bookings of most creators, every full point."""
        most = np.array([one.most for one in self.planned.in_view()])
        full = frame.filter(pl.col("pays_back_until") <= pl.col("largest_booking"))
        points = 1.15 * (full["pays_back_until"].max() or 0.0)
        return max(float(np.quantile(most, USUAL)), points, 1.0)

    def draw(self, columns: pl.DataFrame) -> hv.Overlay:
        """A line for each tier."""
        lines = [
            columns.hvplot.line(
                x="spend", y=tier, color=theme.LIGHT[colour], line_width=2.2,
                responsive=True, height=self.height,
            )
            for tier, colour in theme.TIER_COLOURS.items()
        ]  # fmt: skip
        return hv.Overlay(lines)

    def dress(self, figure: Figure) -> None:
        """The line on which a booking just pays back; points beyond which a rupee does not."""
        lines = list(figure.select(GlyphRenderer))
        figure.x_range, figure.y_range = Range1d(0, 1), Range1d(0, 1)
        figure.update(min_border_left=58, min_border_right=24)
        self.line = Slope(
            gradient=1, y_intercept=0, line_color=theme.LIGHT["vermillion"], line_dash=[4, 3],
            line_width=1.6,
        )  # fmt: skip
        figure.add_layout(self.line)
        figure.scatter(
            x="full", y="brought", size=9, source=self.source, fill_color=theme.LIGHT["vermillion"],
            line_color=theme.LIGHT["card"], line_width=1.5,
        )  # fmt: skip
        figure.xaxis.formatter = figure.yaxis.formatter = theme.ticks("₹")
        figure.xaxis[0].update(axis_label="paid for one booking", **theme.axis_label())
        figure.xaxis[0].ticker.desired_num_ticks = 5
        figure.yaxis[0].ticker.desired_num_ticks = 4
        rows = {tier.capitalize(): f"{tier}_said" for tier in theme.TIER_COLOURS}
        figure.add_tools(theme.hover("@spend_said paid for it", rows, lines[:1], mode="vline"))

    def fit(self, columns: pl.DataFrame) -> None:
        """All that is drawn in sight."""
        needed = self.planned.needed
        self.line.gradient = needed if math.isfinite(needed) else 1.0
        if not columns.height:
            return
        drawn = columns.select(*theme.TIER_COLOURS).fill_nan(None)
        top = max(value or 0.0 for value in drawn.max().row(0))
        self.figure.x_range.end = columns["spend"][-1]
        self.figure.y_range.end = max(top, 1.0) * 1.08

    def is_empty(self, frame: pl.DataFrame) -> bool:
        """Whether there are no curves."""
        return not frame.height

    def refresh(self) -> None:
        """Draw them, or say why there are none."""
        super().refresh()
        if not self.planned.in_view():
            self.planned.stand(self)
        elif not self.frame.height:
            self.card.stand("empty", NO_TIER)

    def sentence(self, frame: pl.DataFrame) -> str:
        """From which booking on the next rupee brings too little, tier by tier."""
        full, never, open_ended, pooled = [], [], [], []
        for row in frame.to_dicts():
            tier, until = row["tier"], row["pays_back_until"]
            if until is None or until > row["largest_booking"]:
                open_ended.append(f"{tier} ({rupees_compact(row['largest_booking'])})")
            elif until > 0:
                full.append(f"{rupees_compact(until)} ({tier})")
            else:
                never.append(tier)
            if row["curve"] == "pooled":
                pooled.append(f"{tier} ({counted(row['bookings'], 'booking')})")
        parts = []
        if full:
            parts.append(f"the next rupee pays back up to a booking of {listing(full, most=9)}")
        if open_ended:
            parts.append(f"it pays back up to the most ever paid: {listing(open_ended, most=9)}")
        if never:
            parts.append(f"not even the first rupee pays back for {listing(never, most=9)}")
        said = f"On the average of a tier, at {times(self.planned.needed)}: {'; '.join(parts)}."
        if pooled:
            said += (
                f" Pooled, because of fewer than {LEAST_POSTS} bookings: {listing(pooled, most=9)}."
            )
        return f"{said} Single creators lie above and below."

    def key(self) -> Sequence[tuple[str, str]]:
        """The tiers, and the dashed line."""
        tiers = [(colour, tier) for tier, colour in theme.TIER_COLOURS.items()]
        return (*tiers, ("vermillion", "just pays back"))

    def aside(self, frame: pl.DataFrame) -> Markup:
        """All tiers, whether in view or not: what stands below does not move."""
        del frame
        tiers = [
            LINE.format(name=tier, colour=colour) for tier, colour in theme.TIER_COLOURS.items()
        ]
        end = DOT.format(colour="vermillion", name="from here on the next rupee does not")
        return legend(*tiers, DASH.format(name="just pays back"), end)
