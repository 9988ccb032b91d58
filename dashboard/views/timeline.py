"""Revenue and spend over time, with the festivals that explain the peaks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import holoviews as hv
import polars as pl
from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    CustomJSTickFormatter,
    DatetimeTickFormatter,
    FixedTicker,
    GlyphRenderer,
    LabelSet,
    LinearAxis,
    Range1d,
)
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name

from dashboard import theme
from dashboard.festivals import festivals
from dashboard.formats import day, rupees_compact
from dashboard.metrics import METRICS
from dashboard.query import Answer, added
from dashboard.state import STEPS as OFFERED
from dashboard.state import Asking
from dashboard.views.card import Card
from dashboard.views.chart import Chart, as_data
from dashboard.views.markup import Markup, asset, joined

STEPS = {"day": "1d", "week": "1w", "month": "1mo"}
_STEPS = Markup('<div class="steps" role="group" aria-label="By day, week or month">{}</div>')
_PLACED = ("shown", "lower", "aside")
"""What the browser finds for each festival's name: whether it has room, and how far it is moved."""

FORMATS = {"day": "%d %b %Y", "week": "Week of %d %b %Y", "month": "%B %Y"}


def step(days: int) -> str:
    """The dimension to see so many days by: at most about eighty points."""
    if days <= 45:
        return "day"
    return "week" if days <= 550 else "month"


def step_of(explorer: Asking) -> str:
    """The dimension to see the period in view by: the one chosen, or what suits its length."""
    if explorer.step != "auto":
        return str(explorer.step)
    period = explorer.filters.period or explorer.filters.span
    return step((period[1] - period[0]).days + 1) if period else "day"


def steps(chosen: str) -> Markup:
    """Buttons for days, weeks and months, and for what suits the period."""
    return _STEPS.format(
        joined(
            [
                Card.toggle("step", one, one.capitalize(), _BY[one], pressed=one == chosen)
                for one in OFFERED
            ]
        )
    )


_BY = {
    "auto": "Auto: by day, week or month, as suits the period",
    "day": "By day",
    "week": "By week",
    "month": "By month",
}


class RevenueAndSpend(Chart):
    """When did money come in, and when did it go out?"""

    title = "Revenue and spend"
    metrics = ("revenue", "spend")
    height = 380

    @property
    def by(self) -> tuple[str, ...]:
        """Days, weeks or months, by the length of the period in view."""
        return (step_of(self.explorer),)

    def ask(self) -> Answer:
        """Both metrics by every step of the period in view; steps without any rows count 0."""
        answer = super().ask()
        (time,) = answer.by
        frame = answer.frame.drop_nulls(time)
        period = self.explorer.filters.period or self.explorer.filters.span
        if frame.height and period:
            steps = pl.date_range(*period, interval="1d", eager=True).dt.truncate(STEPS[time])
            frame = steps.unique().sort().to_frame(time).join(frame, on=time, how="left")
            frame = frame.sort(time).with_columns(
                pl.col(name).fill_null(0) for name in self.metrics if name not in answer.refused
            )
        return Answer(frame, answer.by, answer.refused)

    def refresh(self) -> None:
        """Say by what it is seen, too."""
        self.card.controls = steps(str(self.explorer.step))
        super().refresh()

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Both series, and the festivals that fall into each step."""
        days = frame[frame.columns[0]].to_list()
        period = self.explorer.filters.period or self.explorer.filters.span
        return frame.select(
            pl.col(frame.columns[0]).alias("time"),
            *(pl.col(name).cast(pl.Float64) for name in self.metrics),
            pl.Series("festival", _festivals_in(days, period), pl.String),
        )

    def draw(self, columns: pl.DataFrame) -> hv.Overlay:
        """Two lines over one axis of time."""
        options = {"responsive": True, "height": self.height, "line_width": 2.2}
        revenue = columns.hvplot.line(x="time", y="revenue", color=theme.LIGHT["blue"], **options)
        spend = columns.hvplot.line(x="time", y="spend", color=theme.LIGHT["vermillion"], **options)
        return revenue * spend

    def dress(self, figure: Figure) -> None:
        """The soft area, names at the lines' ends, festivals behind them, the hover."""
        lines = list(figure.select(GlyphRenderer))
        figure.x_range, figure.y_range = Range1d(0, 1), Range1d(0, 1)
        figure.min_border_left = 58  # amounts of any length: the frame need not be laid out anew
        figure.varea(
            x="time",
            y1=0,
            y2="revenue",
            source=self.source,
            fill_color=theme.LIGHT["blue"],
            fill_alpha=0.08,
        )
        self._names = FixedTicker(ticks=[])  # at the right edge, where the lines end
        figure.add_layout(
            _named_axis(self._names, [METRICS[name].label for name in self.metrics]), "right"
        )
        self._festivals = _bands(figure)
        figure.yaxis[0].formatter = theme.ticks("₹")
        figure.yaxis[0].ticker.desired_num_ticks = 4
        figure.xaxis.formatter = DatetimeTickFormatter(months="%b %y", days="%d %b", years="%Y")
        self._hover = theme.hover(
            "@time{%F}@festival",
            {METRICS[name].label: METRICS[name] for name in self.metrics},
            lines[:1],
            formats={"@time": "datetime"}, mode="vline",
        )  # fmt: skip
        self._tooltip = self._hover.tooltips
        figure.add_tools(self._hover)

    def fit(self, columns: pl.DataFrame) -> None:
        """The period from edge to edge, room above the peaks for the festivals' names."""
        (time,) = self.by
        self._hover.tooltips = self._tooltip.replace("%F", FORMATS[time])
        first, last = columns["time"].min(), columns["time"].max()
        highest = columns.select(pl.max_horizontal(*self.metrics).max()).item() or 0.0
        lowest = columns.select(pl.min_horizontal(*self.metrics).min()).item() or 0.0
        top = (highest or 1.0) * 1.18
        self.figure.y_range.update(start=min(0.0, lowest * 1.1), end=top)
        self._names.ticks = _names_at(columns, top)
        if first is None:
            self._show_festivals(
                pl.DataFrame(schema={"first": pl.Date, "last": pl.Date, "name": pl.String})
            )
            return
        if first == last:
            first, last = first - dt.timedelta(1), last + dt.timedelta(1)
        self.figure.x_range.update(start=_milliseconds(first), end=_milliseconds(last))
        self._show_festivals(
            pl.DataFrame(
                [(max(f.first, first), min(f.last, last), f.name) for f in festivals(first, last)],
                schema={"first": pl.Date, "last": pl.Date, "name": pl.String}, orient="row",
            )
        )  # fmt: skip

    def _show_festivals(self, bands: pl.DataFrame) -> None:
        """Send the bands if they are others than before: most filters leave the period."""
        known = self._festivals.tags
        if known != [repr(bands.rows())]:
            self._festivals.tags = [repr(bands.rows())]
            shown = bands.with_columns(shown=pl.col("name"), lower=pl.lit(0.0), aside=pl.lit(0.0))
            self._festivals.data = as_data(shown)

    def offline(self) -> dict[str, Any]:
        """What the one-file page redraws it by: its festivals, and the models that follow answers.

        ``moved``: the ticks of the lines' names, the festivals' bands, the hover.
        """
        moved = [self._names.id, self._festivals.id, self._hover.id]
        return {"kind": "timeline", "moved": moved, "tooltip": self._tooltip, "formats": FORMATS}

    def sentence(self, frame: pl.DataFrame) -> str:
        """The best step and the totals."""
        time = frame.columns[0]
        first = {"descending": [True, False], "nulls_last": True}
        best = frame.sort("revenue", time, **first).row(0, named=True)
        total = added(frame["revenue"])
        spent = f" on {rupees_compact(added(frame['spend']))} of spend" if "spend" in frame else ""
        when = f"{best[time]:%B %Y}" if time == "month" else day(best[time])
        what = {"day": "Best day", "week": "Best week from", "month": "Best month"}[time]
        return (
            f"{what} {when} with {rupees_compact(best['revenue'])}; "
            f"{rupees_compact(total)} in all{spent}, by {time}."
        )


class RevenueOverTime(RevenueAndSpend):
    """When did money come in? For whom spend is not meant."""

    title = "Revenue"
    metrics = ("revenue",)

    def draw(self, columns: pl.DataFrame) -> hv.Curve:
        """One line."""
        blue = theme.LIGHT["blue"]
        return columns.hvplot.line(
            x="time", y="revenue", color=blue, responsive=True, height=self.height, line_width=2.2
        )


def _named_axis(ticker: FixedTicker, words: list[str]) -> LinearAxis:
    """Words at the ticks of an axis without a line."""
    return LinearAxis(
        ticker=ticker,
        formatter=CustomJSTickFormatter(code=f"return {json.dumps(words)}[index]"),
        axis_line_color=None,
        major_tick_line_color=None,
        **theme.axis_text(bold=True),
    )


def _festivals_in(days: Sequence[dt.date], period: tuple[dt.date, dt.date] | None) -> list[str]:
    """The festivals of a period by the steps that begin on these days, each behind a dot."""
    if not days or period is None:
        return [""] * len(days)
    starts = [max(first, period[0]) for first in days]
    ends = [*(following - dt.timedelta(1) for following in days[1:]), period[1]]
    known = festivals(*period)
    return [
        "".join(f" · {one.name}" for one in known if one.first <= last and one.last >= first)
        for first, last in zip(starts, ends, strict=True)
    ]


def _bands(figure: Figure) -> ColumnDataSource:
    """Bands behind the lines, and above them the names that have room."""
    bands = ColumnDataSource({key: [] for key in ("first", "last", "name", *_PLACED)})
    strips = figure.vstrip(
        x0="first",
        x1="last",
        source=bands,
        fill_color=theme.LIGHT["band"],
        line_color=None,
        level="underlay",
    )
    names = LabelSet(
        x="first",
        y=figure.height - 52,
        y_units="screen",
        x_offset="aside",
        y_offset="lower",
        text="shown",
        source=bands,
        **theme.mark_text("band-ink", size=11),
    )
    figure.add_layout(names)
    place = CustomJS(
        args={"figure": figure, "ticker": figure.xaxis[0].ticker, "bands": bands},
        code=asset("timeline.js"),
    )
    bands.js_on_change("data", place)
    figure.js_on_change("inner_width", place)
    figure.x_range.js_on_change("end", place)
    strips.name = "festivals"
    return bands


def _names_at(columns: pl.DataFrame, high: float) -> list[float]:
    """Where the lines' names stand at the right edge: at the last values, a little apart."""
    if not columns.height:
        return []
    ends = [columns[name][-1] or 0.0 for name in ("revenue", "spend") if name in columns]
    revenue, spend = ends[0], ends[-1]
    least = high * 0.055
    if len(ends) < 2 or abs(revenue - spend) >= least:
        return ends
    middle, up = max((revenue + spend) / 2, least / 2), 1 if revenue >= spend else -1
    return [middle + up * least / 2, middle - up * least / 2]


def _milliseconds(value: dt.date) -> float:
    return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC).timestamp() * 1000
