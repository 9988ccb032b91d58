"""Poor ROI: creators below a threshold that the user moves, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import param
import polars as pl

from dashboard.formats import counted, listing, number, rupees_compact, times
from dashboard.query import added, breaking_even, short
from dashboard.settings import LONGEST_TOLD
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
    """Poor below this ROAS, where at it at least so many orders would have been seen.

    Without a ROAS (None) it is so many times break-even: a ROAS of 1, or what follows from gross
    margins where these are known of all that a creator sold.
    """

    roas: float | None
    orders: int
    of_even: float = 1.0


def poor(explorer: Explorer, threshold: Threshold) -> pl.DataFrame:
    """Creators whose ROAS is below a threshold, most money short first.

    Returns
    -------
    pl.DataFrame
        ``(N, 11)``: influencer, influencer_id, revenue, spend, orders, roas; ``gross_profit``, what
        is left of revenue after product cost, where that is known and decides; ``threshold``, the
        ROAS that is wanted, null where none would do; ``short``, the rupees missing to it: of gross
        profit where that decides, else of revenue; ``wanted``, the orders that would have reached
        it at the average order value (the creator's, else that of all in view); ``enough``, whether
        so many were wanted that their absence says something.
    """
    found = _held_against(explorer, threshold)
    every = explorer.ask(("aov",)).value("aov")
    own = (pl.col("orders") > 0) & (pl.col("revenue") > 0)
    aov = pl.when(own).then(pl.col("revenue") / pl.col("orders")).otherwise(every)
    target = pl.col("spend") * pl.col("threshold").fill_null(pl.lit(threshold.of_even))
    return (
        found.filter((pl.col("spend") > 0) & (pl.col("short") > 0))
        .with_columns(wanted=(target / aov).cast(pl.Float64))
        .with_columns(enough=(pl.col("wanted") >= threshold.orders).fill_null(value=False))
        .sort("short", "influencer", descending=[True, False])
    )


def _held_against(explorer: Explorer, threshold: Threshold) -> pl.DataFrame:
    """Every creator with what is short of the threshold; below zero where it is reached."""
    found = breaking_even(explorer.view(), "influencer")
    known = found.drop("costed", "kept", "even")
    if threshold.roas is not None:
        return known.with_columns(
            short(found, threshold.roas, "revenue"),
            gross_profit=pl.lit(None, pl.Float64),
            threshold=pl.lit(threshold.roas),
        )
    return known.with_columns(
        short(found, threshold.of_even),
        gross_profit=found.select(pl.when("costed").then("kept")).to_series(),
        threshold=found["even"] * threshold.of_even,
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
            unset=f"{settings.poor_roas:g}",
            step=0.1,
            width=140,
            margin=(0, 0, 8, 0),
        )
        self._costed = False
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
        told = self._told_roas()
        threshold = Threshold(told, self._orders, self._usual)
        self.frame = poor(self.explorer, threshold)
        paid = breaking_even(self.explorer.view(), "influencer").filter(pl.col("spend") > 0)
        self._costed = bool(paid["costed"].any())
        blank = self._costed or self.threshold.value is None
        self.threshold.param.update(
            value=told if told is not None or blank else self._usual,
            unset=_of_even(self._usual) if self._costed else f"{self._usual:g}",
        )
        asked = self.explorer.ask(("spend", "roas"), ("influencer",))
        if asked.refused:
            self.refuse(next(iter(asked.refused.values())))
            return
        if not paid.height:
            self.card.stand(
                "empty", NO_ROWS if not asked.frame.height else "Nobody in view was paid."
            )
            return
        sure, unsure = self.frame.filter("enough"), self.frame.filter(~pl.col("enough"))
        answer = _sentence(sure, unsure.height, paid.height, self._line(told))
        more = "" if told is not None else self._uncosted(paid)
        self.card.say(f"{self._left_out(told)}{answer}{more}")
        rows = joined([_row(row) for row in sure.head(MOST).to_dicts()])
        show(self._list, _LIST.format(rows=rows) if sure.height else Markup(""))

    def _left_out(self, told: float | None) -> str:
        """What a link asked for and cannot have; empty where that is nothing."""
        asked = self.explorer.looks.get(self.name, "")
        if told is not None or not asked:
            return ""
        low, high = number(self.threshold.lowest), number(self.threshold.highest)
        return (
            f"The link's threshold was left out: {asked[:LONGEST_TOLD]!r} is no ROAS from {low} to "
            f"{high}. "
        )

    def _line(self, told: float | None) -> str:
        """What creators are held against, in words."""
        if told is not None or not self._costed:
            return times(self._usual if told is None else told)
        return f"{_of_even(self._usual)} by gross margin"

    def _uncosted(self, paid: pl.DataFrame) -> str:
        """Who is held against something else, because a margin is not known; empty if nobody is."""
        if not self._costed or paid["costed"].all():
            return ""
        lacking = listing(self.explorer.view().lacking, "or")
        return f" Who sold {lacking}, with no gross margin, is held against {times(self._usual)}."

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of the list."""
        show(self._list, Markup(""))
        self.card.stand("broken" if broken else "refused", sentence)

    def _told_roas(self) -> float | None:
        """The threshold told last, here or in a link; None where that is no number."""
        try:
            told = float(self.explorer.looks[self.name])
        except (KeyError, ValueError):
            return None
        return told if self.threshold.lowest <= told <= self.threshold.highest else None

    def _moved(self, event: param.parameterized.Event) -> None:
        usual = None if self._costed else self._usual
        if event.new != self._told_roas() and (event.new != usual or self._told_roas() is not None):
            told = "" if event.new in (None, usual) else f"{event.new:g}"
            self.explorer.remember(self.name, told)

    def _told(self, event: param.parameterized.Event) -> None:
        if event.new.get(self.name) != event.old.get(self.name):
            with pn.io.hold():
                self.update()


def _sentence(sure: pl.DataFrame, unsure: int, known: int, wanted: str) -> str:
    """How many are below, how much they are short, and how many cannot be judged."""
    if sure.height:
        short = rupees_compact(added(sure["short"]))
        below = (
            f"{sure.height} of {known} paid creators are below {wanted}, {short} short together."
        )
    else:
        below = f"No paid creator can be said to be below {wanted}."
    if not unsure:
        return below
    who = "1 more is" if unsure == 1 else f"{unsure} more are"
    return f"{below} {who} below it on too little money to say so."


def _of_even(times_even: float) -> str:
    return "break-even" if times_even == 1 else f"{number(times_even, 2)} × break-even"


def _row(row: dict[str, Any]) -> Markup:
    return _ROW.format(
        name=row["influencer"],
        reason=reason(row),
        roas=times(row["roas"]),
        short=rupees_compact(row["short"]),
    )


def reason(row: dict[str, Any]) -> str:
    """Why, in words: what was paid, what came back, and how many orders it would have taken."""
    back = f"{rupees_compact(row['revenue'])} came back" if row["revenue"] else "nothing came back"
    kept = row["gross_profit"]
    if kept is not None and row["revenue"]:
        back = f"{back}, {rupees_compact(kept) if kept else 'nothing'} of it after product cost"
    paid = f"{rupees_compact(row['spend'])} paid, {back}"
    if row["threshold"] is None:
        return f"{paid}."
    return (
        f"{paid}: {counted(row['orders'], 'order')} where {number(row['wanted'])} would give "
        f"{times(row['threshold'])}."
    )
