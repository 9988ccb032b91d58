"""Poor ROI: creators below a threshold that the user moves, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import panel as pn
import param
import polars as pl

from dashboard.address import Numbers
from dashboard.formats import counted, listing, number, rupees_compact, times
from dashboard.query import added, breaking_even, orders_wanted, short
from dashboard.state import Explorer
from dashboard.views.choose import Amount
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import NO_ROWS, CardView

MOST = 8
OFFERED = Numbers(0, 100, "ROAS from 0 to 100")
"""The thresholds that a link can ask for."""

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
        it at the average order value (the creator's, else that of all), null where none would;
        ``enough``, whether so many were wanted that their absence says something, or none would do.
    """
    found = _held_against(explorer, threshold)
    many = (pl.col("wanted") >= threshold.orders).fill_null(value=False)
    return (
        found.with_columns(orders_wanted(explorer.view(), found, pl.col("threshold")))
        .with_columns(enough=many | pl.col("threshold").is_null())
        .filter((pl.col("spend") > 0) & (pl.col("short") > 0))
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
            lowest=OFFERED.low,
            highest=OFFERED.high,
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
        asked = self.explorer.ask(("spend", "roas"), ("influencer",))
        if asked.refused:
            self.frame = pl.DataFrame()
            self.refuse(next(iter(asked.refused.values())))
            return
        told = self._told_roas()
        self.frame = poor(self.explorer, Threshold(told, self._orders, self._usual))
        paid = breaking_even(self.explorer.view(), "influencer").filter(pl.col("spend") > 0)
        self._costed = bool(paid["costed"].any())
        blank = self._costed or self.threshold.value is None
        self.threshold.param.update(
            value=told if told is not None or blank else self._usual,
            unset=_of_even(self._usual) if self._costed else f"{self._usual:g}",
        )
        if not paid.height:
            self.card.stand(
                "empty", NO_ROWS if not asked.frame.height else "Nobody in view was paid."
            )
            return
        sure, unsure = self.frame.filter("enough"), self.frame.filter(~pl.col("enough"))
        answer = _sentence(sure, unsure.height, paid.height, self._line(told))
        more = "" if told is not None else self._uncosted(paid)
        self.card.say(f"{answer}{more}")
        rows = joined([_row(row) for row in sure.head(MOST).to_dicts()])
        show(self._list, _LIST.format(rows=rows) if sure.height else Markup(""))

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
        who = f"sold {lacking}, with no gross margin," if lacking else "has no revenue"
        return f" Who {who} is held against {times(self._usual)}."

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of the list."""
        show(self._list, Markup(""))
        self.card.stand("broken" if broken else "refused", sentence)

    def _told_roas(self) -> float | None:
        """The threshold told last, here or in a link; None where that is no number."""
        told = self.explorer.looks.get(self.name, "")
        return float(told) if told in OFFERED else None

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
        below = f"{sure.height} of {known} paid creators are below {wanted}, {_together(sure)}."
    else:
        below = f"No paid creator can be said to be below {wanted}."
    if not unsure:
        return below
    who = "1 more is" if unsure == 1 else f"{unsure} more are"
    return f"{below} {who} below it on too little money to say so."


def _together(sure: pl.DataFrame) -> str:
    """What all of them are short: gross profit and revenue are never added up in one."""
    costed = pl.col("gross_profit").is_not_null()
    parts = [(sure.filter(costed), "gross profit"), (sure.filter(~costed), "revenue")]
    sums = [(rupees_compact(added(rows["short"])), of) for rows, of in parts if rows.height]
    if len(sums) == 1:
        return f"{sums[0][0]} short together"
    return f"short of {' and '.join(f'{sum_} of {of}' for sum_, of in sums)}"


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
    if kept is not None and row["revenue"] and kept != row["revenue"]:
        left = f"{rupees_compact(kept)} of it" if kept > 0 else "nothing of it"
        back = f"{back}, {left if kept >= 0 else rupees_compact(kept)} after product cost"
    paid = f"{rupees_compact(row['spend'])} paid, {back}"
    if row["wanted"] is None:
        return f"{paid}."
    return (
        f"{paid}: {counted(row['orders'], 'order')} where {number(row['wanted'])} would give "
        f"{times(row['threshold'])}."
    )
