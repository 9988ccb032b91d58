"""One campaign day by day: what was expected beside what came, and its sum."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

import holoviews as hv
import polars as pl
from bokeh.models import (
    BoxAnnotation,
    DatetimeTickFormatter,
    GlyphRenderer,
    HoverTool,
    Model,
    Range1d,
    Span,
)
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.formats import counted, number, rupees, rupees_compact, times
from dashboard.incrementality import Estimate, Path
from dashboard.views.incrementality import OfEstimate
from dashboard.views.legend import BAND, DASH, LINE, legend
from dashboard.views.markup import Markup

DAY_MS = 86_400_000


def days_of(path: Path) -> pl.DataFrame:
    """``(days, 10)`` a path as a frame, money in rupees; days that were left out are null."""
    held = pl.DataFrame(
        {
            "date": list(path.date),
            **{
                name: getattr(path, name)
                for name in (
                    "actual",
                    "expected",
                    "low",
                    "high",
                    "exposure",
                    "caused",
                    "cumulative",
                    "cumulative_low",
                    "cumulative_high",
                )
            },
        },
        schema_overrides={"date": pl.Date},
    )
    every = pl.date_range(path.date[0], path.date[-1], interval="1d", eager=True)
    return every.to_frame("date").join(held, on="date", how="left", maintain_order="left")


LABELS = {
    "actual": "Actual",
    "expected": "Expected without it",
    "low": "Nine days in ten from",
    "high": "to",
    "cumulative": "Incremental so far",
    "cumulative_low": "From",
    "cumulative_high": "To",
    "exposure": "Exposure",
}
"""What columns of days are called in a table."""


class OverDays(OfEstimate):
    """A chart of the chosen campaign over its days, its window shaded."""

    shown: tuple[str, ...] = ()
    only_window: bool = False

    def drawn(self, one: Estimate | None) -> pl.DataFrame:
        """The days of its path."""
        if one is None or one.window is None or one.diagnostics.path is None:
            return pl.DataFrame(schema={"date": pl.Date, **dict.fromkeys(self.shown, pl.Float64)})
        days = days_of(one.diagnostics.path).select("date", *self.shown)
        if self.only_window:
            days = days.filter(pl.col("date").is_between(*one.window))
        return days

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Days as time."""
        return frame.rename({"date": "time"})

    def dress(self, figure: Figure) -> None:
        """The window shaded, rupees upwards, days along."""
        figure.x_range, figure.y_range = Range1d(0, 1), Range1d(0, 1)
        figure.min_border_left = 58
        self._window = BoxAnnotation(
            left=0, right=0, fill_color=theme.LIGHT["band"], fill_alpha=1.0, level="underlay",
            line_color=None,
        )  # fmt: skip
        figure.add_layout(self._window)
        figure.yaxis[0].formatter = theme.ticks("₹")
        figure.yaxis[0].ticker.desired_num_ticks = 4
        figure.xaxis.formatter = DatetimeTickFormatter(months="%b %y", days="%d %b", years="%Y")

    def said(self, value: float | None) -> str:
        """A value as a table says it."""
        return rupees(value, 0)

    def tabled(self) -> pl.DataFrame:
        """The numbers in words, as the screen rounds them."""
        return pl.DataFrame(
            {"date": self.frame["date"]}
            | {LABELS[name]: list(map(self.said, self.frame[name])) for name in self.shown}
        )

    def fit(self, columns: pl.DataFrame) -> None:
        """All days from edge to edge, all values in sight."""
        if not columns.height:
            return
        days = columns["time"]
        self.figure.x_range.update(start=_at(days[0]), end=_at(days[-1]))
        first, last = self.span(columns)
        self._window.update(left=_at(first), right=_at(last + dt.timedelta(1)))
        low, high = self.reach(columns)
        room = (high - low or 1.0) * 0.08
        self.figure.y_range.update(start=min(low - room, 0.0) if low < 0 else 0.0, end=high + room)

    @property
    def moved(self) -> Sequence[Model]:
        """What follows the campaign besides the source."""
        return (self._window,)

    @property
    def line(self) -> float | None:
        """What is to be reached; None where nothing is."""
        return None

    def span(self, columns: pl.DataFrame) -> tuple[dt.date, dt.date]:
        """The days of the campaign."""
        window = self.estimate.window if self.estimate else None
        return window or (columns["time"][0], columns["time"][-1])

    def reach(self, columns: pl.DataFrame) -> tuple[float, float]:
        """The least and the most that is drawn."""
        values = columns.select(self.shown)
        low = values.select(pl.min_horizontal(pl.all()).min()).item()
        high = values.select(pl.max_horizontal(pl.all()).max()).item()
        return min(low or 0.0, 0.0), max(high or 0.0, 0.0)


class ExpectedAndActual(OverDays):
    """What would have come anyway, beside what came?"""

    title = "Expected without it, and actual"
    note = "daily sales of its products"
    height = 300
    shown = ("actual", "expected", "low", "high")

    def draw(self, columns: pl.DataFrame) -> hv.Overlay:
        """Two lines."""
        options = {"responsive": True, "height": self.height, "line_width": 1.8}
        expected = columns.hvplot.line(
            x="time", y="expected", color=theme.LIGHT["vermillion"], **options
        )
        actual = columns.hvplot.line(x="time", y="actual", color=theme.LIGHT["blue"], **options)
        return expected * actual

    def dress(self, figure: Figure) -> None:
        """The band in which nine days in ten lie, and the hover."""
        super().dress(figure)
        lines = list(figure.select(GlyphRenderer))
        figure.vbar(  # an area would be drawn over days that are missing
            x="time", bottom="low", top="high", width=DAY_MS, source=self.source,
            fill_color=theme.LIGHT["vermillion"], fill_alpha=0.14, line_color=None,
            level="underlay",
        )  # fmt: skip
        rows = {"Actual": "actual", "Expected without it": "expected"}
        figure.add_tools(_hover(rows, lines[-1:]))

    def sentence(self, frame: pl.DataFrame) -> str:
        """What came in the window, and what would have; days that were left out lie nowhere."""
        window = self.span(self.columns(frame))
        inside = frame.filter(pl.col("date").is_between(*window)).drop_nulls("actual")
        above = inside.filter(pl.col("actual") > pl.col("high")).height
        lift = self._about.log_lift or 0.0
        way = "above" if lift >= 0 else "below"
        return (
            f"In the shaded days sales stood {number(abs(lift) * 100, 1)} % {way} what was "
            f"expected without the campaign; {number(above)} of {counted(inside.height, 'day')} "
            "lie above the band that nine days in ten stay in."
        )

    def key(self) -> Sequence[tuple[str, str]]:
        """The lines, and what is shaded."""
        return (("blue", "actual"), ("vermillion", "expected without it"), ("band", "campaign"))

    def aside(self, frame: pl.DataFrame) -> Markup:
        """The same on the page."""
        del frame
        return legend(
            LINE.format(colour="blue", name="actual"),
            LINE.format(colour="vermillion", name="expected without it, with its band"),
            BAND.format(colour="band", name="days of the campaign"),
        )


NOTHING_PAID = "nothing was paid for it"


class CumulativeEffect(OverDays):
    """What did it add up to, day after day?"""

    title = "What it adds up to"
    height = 240
    only_window = True
    shown = ("cumulative", "cumulative_low", "cumulative_high")

    def draw(self, columns: pl.DataFrame) -> hv.Curve:
        """One line."""
        return columns.hvplot.line(
            x="time", y="cumulative", color=theme.LIGHT["green"], line_width=2.2,
            responsive=True, height=self.height,
        )  # fmt: skip

    def dress(self, figure: Figure) -> None:
        """Its band, zero, and what must be reached for the payout to come back."""
        super().dress(figure)
        lines = list(figure.select(GlyphRenderer))
        self._window.visible = False
        figure.varea(
            x="time", y1="cumulative_low", y2="cumulative_high", source=self.source,
            fill_color=theme.LIGHT["green"], fill_alpha=0.14, level="underlay",
        )  # fmt: skip
        figure.add_layout(
            Span(location=0, dimension="width", line_color=theme.LIGHT["control"], line_width=1)
        )
        self._needed = Span(
            location=0, dimension="width", line_color=theme.LIGHT["vermillion"],
            line_dash=[4, 3], line_width=1.6,
        )  # fmt: skip
        figure.add_layout(self._needed)
        rows = {
            "Incremental so far": "cumulative",
            "From": "cumulative_low",
            "To": "cumulative_high",
        }
        figure.add_tools(_hover(rows, lines))

    def fit(self, columns: pl.DataFrame) -> None:
        """Room for the line to reach as well."""
        super().fit(columns)
        self._needed.update(location=self.line or 0.0, visible=self.line is not None)

    def reach(self, columns: pl.DataFrame) -> tuple[float, float]:
        """The band and the line to reach."""
        low, high = super().reach(columns)
        return low, max(high, self.line or 0.0)

    @property
    def moved(self) -> Sequence[Model]:
        """The line as well."""
        return (*super().moved, self._needed)

    @property
    def line(self) -> float | None:
        """What pays back; None where nothing was paid, or nothing can pay back."""
        one = self.estimate
        if one is None or one.payout <= 0 or not math.isfinite(one.needed):
            return None
        return one.payout * one.needed

    def sentence(self, frame: pl.DataFrame) -> str:
        """What it came to, and what it had to."""
        if self.line is not None:
            needed = f"{rupees_compact(self.line)} pays back"
        elif self.estimate and self.estimate.payout > 0:
            needed = "no amount pays back, as product cost leaves nothing of revenue"
        else:
            needed = NOTHING_PAID
        return f"{rupees_compact(frame['cumulative'][-1])} in the end; {needed}."

    def key(self) -> Sequence[tuple[str, str]]:
        """The line, and what it must reach."""
        reached = (("vermillion", "pays back"),) if self.line is not None else ()
        return (("green", "incremental so far"), *reached)

    def aside(self, frame: pl.DataFrame) -> Markup:
        """The same on the page."""
        del frame
        return self.legend(reached=self.line is not None)

    @staticmethod
    def legend(*, reached: bool) -> Markup:
        """The line, and what it must reach where there is such an amount."""
        line = LINE.format(colour="green", name="incremental so far, with its range")
        return legend(line, *([DASH.format(name="pays back")] if reached else []))


class Exposure(OverDays):
    """When were people exposed to it?"""

    title = "Exposure to its posts"
    height = 240
    only_window = True
    shown = ("exposure",)

    def said(self, value: float | None) -> str:
        """A multiple of its average day."""
        return times(value)

    def draw(self, columns: pl.DataFrame) -> hv.Curve:
        """One line."""
        return columns.hvplot.line(
            x="time", y="exposure", color=theme.LIGHT["purple"], line_width=2.2,
            responsive=True, height=self.height,
        )  # fmt: skip

    def dress(self, figure: Figure) -> None:
        """Shares of the average day upwards."""
        super().dress(figure)
        self._window.visible = False
        figure.yaxis[0].formatter = theme.ticks("×")
        figure.varea(
            x="time", y1=0, y2="exposure", source=self.source,
            fill_color=theme.LIGHT["purple"], fill_alpha=0.1,
        )  # fmt: skip

    def sentence(self, frame: pl.DataFrame) -> str:
        """How long a post works, as the data have it."""
        del frame
        about = self._about
        half = (
            ""
            if about.half_life is None
            else (
                " What fits best: a post's effect halves every "
                f"{counted(int(about.half_life), 'day')}."
            )
        )
        return f"{counted(about.posts, 'post')}, by reach; 1.00× is its average day.{half}"


def _at(day: dt.date) -> float:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp() * 1000


def _hover(rows: dict[str, str], marks: Sequence[GlyphRenderer]) -> HoverTool:
    return theme.hover(
        "@time{%d %b %Y}",
        rows,
        marks,
        formats={"@time": "datetime"},
        mode="vline",
    )
