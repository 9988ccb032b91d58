"""Poor ROI: creators below a threshold that the user moves, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import param
import polars as pl

from dashboard.formats import counted, number, rupees_compact, times
from dashboard.state import Explorer
from dashboard.views.choose import Amount
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import NO_ROWS, CardView

MOST = 8

_LIST = Markup('<ol class="reasons" aria-label="Creators below the threshold">{rows}</ol>')
_ROW = Markup(
    '<li><span class="who"><b>{name}</b><small>{reason}</small></span>'
    '<span class="by bad">{roas}<small>{short} short</small></span></li>'
)


@dataclass(frozen=True)
class Threshold:
    """Poor below this ROAS, where at it at least so many orders would have been seen."""

    roas: float
    orders: int


def poor(explorer: Explorer, threshold: Threshold) -> pl.DataFrame:
    """Creators whose ROAS is below a threshold, most money short first.

    Returns
    -------
    pl.DataFrame
        ``(N, 8)``: influencer, influencer_id, spend, revenue, orders, roas; ``short``, the rupees
        of revenue missing to the threshold; ``wanted``, the orders that would have reached it at
        the average order value (the creator's, else that of all in view); ``enough``, whether so
        many were wanted that their absence says something.
    """
    answer = explorer.ask(("spend", "revenue", "orders", "roas"), ("influencer",))
    every = explorer.ask(("aov",)).value("aov")
    aov = pl.when(pl.col("orders") > 0).then(pl.col("revenue") / pl.col("orders")).otherwise(every)
    return (
        answer.frame.filter(pl.col("roas") < threshold.roas)
        .with_columns(short=pl.col("spend") * threshold.roas - pl.col("revenue"))
        .with_columns(wanted=(pl.col("spend") * threshold.roas / aov).cast(pl.Float64))
        .with_columns(enough=(pl.col("wanted") >= threshold.orders).fill_null(value=False))
        .sort("short", "influencer", descending=[True, False])
    )


class PoorRoi(CardView):
    """Whose work does not give the money back?"""

    title = "Poor ROI"

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        settings = explorer.settings
        self._orders, self._usual = settings.poor_orders, settings.poor_roas
        self.threshold = Amount(
            label="ROAS below",
            value=settings.poor_roas,
            lowest=0,
            highest=100,
            step=0.1,
            width=140,
            margin=(0, 0, 8, 0),
        )
        self.threshold.param.watch(self._moved, "value")
        explorer.param.watch(self._told, "looks")
        self._list = pane(Markup(""), "movers.css")
        self.card.add(self.threshold)
        self.card.add(self._list)
        self.frame = pl.DataFrame()

    def numbers(self) -> pl.DataFrame:
        """Every creator below the threshold, with what is short and whether that can be said."""
        return self.frame

    def refresh(self) -> None:
        """Look again for creators below the threshold."""
        self.threshold.value = self._wanted()
        threshold = Threshold(float(self.threshold.value), self._orders)
        paid = self.explorer.ask(("spend", "roas"), ("influencer",))
        if paid.refused:
            self.refuse(next(iter(paid.refused.values())))
            return
        self.frame = poor(self.explorer, threshold)
        sure, unsure = self.frame.filter("enough"), self.frame.filter(~pl.col("enough"))
        known = paid.frame.drop_nulls("roas").height
        wanted = times(threshold.roas)
        if not known:
            self.card.stand(
                "empty", NO_ROWS if not paid.frame.height else "Nobody in view was paid."
            )
            return
        self.card.say(_sentence(sure, unsure.height, known, wanted))
        rows = joined([_row(row, threshold) for row in sure.head(MOST).to_dicts()])
        show(self._list, _LIST.format(rows=rows) if sure.height else Markup(""))

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of the list."""
        show(self._list, Markup(""))
        self.card.stand("broken" if broken else "refused", sentence)

    def _wanted(self) -> float:
        """The threshold told last, here or in a link; the usual one where that is no number."""
        try:
            told = float(self.explorer.looks[self.name])
        except (KeyError, ValueError):
            return self._usual
        low, high = self.threshold.lowest, self.threshold.highest
        return told if low <= told <= high else self._usual

    def _moved(self, event: param.parameterized.Event) -> None:
        if event.new != self._wanted():
            self.explorer.remember(self.name, "" if event.new == self._usual else f"{event.new:g}")

    def _told(self, event: param.parameterized.Event) -> None:
        if event.new.get(self.name) != event.old.get(self.name):
            with pn.io.hold():
                self.update()


def _sentence(sure: pl.DataFrame, unsure: int, known: int, wanted: str) -> str:
    """How many are below, how much they are short, and how many cannot be judged."""
    if sure.height:
        short = rupees_compact(sure["short"].sum())
        below = (
            f"{sure.height} of {known} paid creators are below {wanted}, {short} short together."
        )
    else:
        below = f"No paid creator can be said to be below {wanted}."
    if not unsure:
        return below
    who = "1 more is" if unsure == 1 else f"{unsure} more are"
    return f"{below} {who} below it on too little money to say so."


def _row(row: dict[str, Any], threshold: Threshold) -> Markup:
    return _ROW.format(
        name=row["influencer"],
        reason=reason(row, threshold),
        roas=times(row["roas"]),
        short=rupees_compact(row["short"]),
    )


def reason(row: dict[str, Any], threshold: Threshold) -> str:
    """Why, in words: what was paid, what came back, and how many orders it would have taken."""
    back = f"{rupees_compact(row['revenue'])} came back" if row["revenue"] else "nothing came back"
    return (
        f"{rupees_compact(row['spend'])} paid, {back}: {counted(row['orders'], 'order')} "
        f"where {number(row['wanted'])} would give {times(threshold.roas)}."
    )
