"""Alerts: what somebody should look at, by rules that each say what they saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import polars as pl

from dashboard.formats import counted, day, number, percent, rupees_compact, times
from dashboard.ledger import Ledger
from dashboard.query import View, breaking_even, once, orders_wanted, short
from dashboard.query.selection import posts_mask
from dashboard.reconciliation import every_payout, of_payouts_in_view
from dashboard.settings import Settings

MOST = 10
"""Alerts shown at once."""
MOST_OF_ONE = 4
"""Places that one rule takes while another has something to say."""

WINDOW = 28
"""Days that are held against those before; a campaign still runs so long after its last spend."""
BEFORE = 3
"""As many windows before say what is usual."""

Severity = Literal["high", "medium", "low"]
GRAVE: Mapping[Severity, float] = MappingProxyType({"high": 0.05, "medium": 0.005})
"""From which share of the spend in view the money at stake is grave; below all it is low."""


@dataclass(frozen=True)
class Alert:
    """Something to look at: which rule, a sentence, and the page and filters that show it.

    ``stake`` is the money it is about in rupees: the more, the worse. ``severity`` is that in one
    word. There may be thousands, of which ten are read: so ``say`` words one when it is asked.
    """

    name: str
    say: Callable[[], str] = field(compare=False, repr=False)
    page: str
    about: Mapping[str, str]
    stake: float = 0.0
    severity: Severity = "low"

    @cached_property
    def sentence(self) -> str:
        """What was seen."""
        return self.say()


def look(view: View, settings: Settings) -> tuple[Alert, ...]:
    """Everything that somebody should look at, the worst first.

    What happened of late is judged on the days up to the end of the period (at most to the last day
    that was tracked), whatever its beginning; all else on what is in view. Under a filter on the
    payout basis, which results do not carry, only payouts are looked at.
    """
    return _found(
        view,
        _Limits(
            roas=settings.alert_roas,
            orders=settings.poor_orders,
            overpaid=settings.alert_overpaid,
            engagement=settings.alert_engagement / 100,
            silent_days=settings.alert_silent_days,
            collapse=settings.alert_collapse / 100,
        ),
    )


class _Limits(NamedTuple):
    """From where something is worth a look."""

    roas: float
    orders: int
    overpaid: float
    engagement: float
    silent_days: int
    collapse: float


@once
def _found(view: View, limits: _Limits) -> tuple[Alert, ...]:
    found = list(_overpaid(view, limits.overpaid))
    if not view.where.basis:
        found += _below_floor(view, limits.roas, limits.orders)
        found += _more_engaged_than_reached(view, limits.engagement)
        until = _until(view)
        if until is not None:
            found += _silent(view, until, limits.silent_days)
            found += _collapsed(view, until, limits.collapse, limits.orders)
    spend = view.ask(("spend",)).value("spend") or 0.0
    grave = [(share * spend, word) for word, share in GRAVE.items()]
    graded = [
        one if (word := _grade(one.stake, grave)) == one.severity else replace(one, severity=word)
        for one in found
    ]
    return tuple(sorted(graded, key=lambda one: -one.stake))


def _grade(stake: float, grave: Sequence[tuple[float, Severity]]) -> Severity:
    for least, word in grave:
        if 0 < least <= stake:
            return word
    return "low"


def first(alerts: Sequence[Alert], most: int = MOST) -> list[Alert]:
    """The worst of them; no rule crowds out the others."""
    taken: dict[str, int] = {}
    turns: list[int] = []
    for alert in alerts:
        turns.append(taken.get(alert.name, 0) // MOST_OF_ONE)
        taken[alert.name] = taken.get(alert.name, 0) + 1
    chosen = sorted(range(len(turns)), key=turns.__getitem__)[:most]
    return [alerts[at] for at in sorted(chosen)]


# ----------------------------------------------------------------------------- what is in view


def _below_floor(view: View, floor: float, orders: int) -> Iterator[Alert]:
    """Campaigns below so many times break-even, paid enough that so many orders would have been it.

    As many as their own average order value asks for, else that of all; any amount is enough where
    no ROAS would pay back. Break-even is a ROAS of 1, or follows from gross margins where these are
    known of all that the campaign sold.
    """
    frame = breaking_even(view, "campaign")
    enough = (pl.col("wanted") >= orders) | pl.col("even").is_null()
    low = (
        frame.with_columns(short(frame, floor), orders_wanted(view, frame, floor * pl.col("even")))
        .drop_nulls("campaign")
        .filter((pl.col("spend") > 0) & (pl.col("short") > 0) & enough)
    )
    for row in low.to_dicts():
        yield Alert(
            "roas-below-floor",
            partial(_below, row, floor),
            "campaigns",
            {"campaign": row["campaign"]},
            row["short"],
        )


def _below(row: Mapping[str, Any], floor: float) -> str:
    return (
        f"{row['campaign']} stands at ROAS {times(row['roas'])}, {_line(row, floor)}: "
        f"{rupees_compact(row['spend'])} spent, {_back(row)}."
    )


def _line(row: Mapping[str, Any], floor: float) -> str:
    """What a campaign is below: a ROAS, and where that is from if it is not the same for all."""
    if not row["costed"]:
        return f"below {times(floor)}"
    if row["even"] is None:
        return "and no ROAS would pay back"
    times_even = "which breaks even" if floor == 1 else f"{number(floor, 2)} times break-even"
    return f"below {times(floor * row['even'])}, {times_even} by gross margin"


def _back(row: Mapping[str, Any]) -> str:
    if not row["revenue"]:
        return "nothing back"
    back = f"{rupees_compact(row['revenue'])} back"
    if not row["costed"]:
        return back
    if row["kept"] < 0:
        return f"{back}, {rupees_compact(row['kept'])} after product cost"
    left = rupees_compact(row["kept"]) if row["kept"] else "nothing"
    return f"{back}, {left} of it left after product cost"


@once
def _above_rate(ledger: Ledger, above: float) -> pl.DataFrame:
    """Payouts above rate × units by more than so many percent of it, whatever is in view."""
    over = pl.col("difference") * 100 > pl.col("expected").clip(lower_bound=0) * above
    return every_payout(ledger).filter(
        (pl.col("difference") > 0) & over & pl.col("influencer").is_not_null()
    )


def _overpaid(view: View, above: float) -> Iterator[Alert]:
    """Creators paid more than rate × units, by more than so many percent of it."""
    rows = of_payouts_in_view(view, _above_rate(view.ledger, above))
    by_creator = (
        rows.group_by("influencer")
        .agg(
            pl.col("difference", "expected", "total_payout").sum(),
            payouts=pl.len(),
        )
        .sort("influencer")
    )
    for row in by_creator.to_dicts():
        yield Alert(
            "overpaid",
            partial(_paid_more, row),
            "payouts",
            {"influencer": row["influencer"]},
            row["difference"] / 100,
        )


def _paid_more(row: Mapping[str, Any]) -> str:
    more, paid, owed = (
        rupees_compact(row[name] / 100) for name in ("difference", "total_payout", "expected")
    )
    return (
        f"{row['influencer']} was paid {more} above rate × units ({paid} where it gives {owed}) "
        f"in {counted(row['payouts'], 'payout')}."
    )


@once
def _above_reach(ledger: Ledger, most: float) -> pl.DataFrame:
    """Posts whose engagements are above a share of their reach, whatever is in view."""
    rate = pl.sum_horizontal("likes", "comments", "shares", "saves") / pl.col("reach")
    return (
        ledger.posts.select("pair", "date", "reach", rate=rate)
        .filter((pl.col("reach") > 0) & (pl.col("rate") > most))
        .join(ledger.pairs.select("pair", "influencer"), on="pair")
        .drop_nulls("influencer")
    )


def _more_engaged_than_reached(view: View, most: float) -> Iterator[Alert]:
    """Creators with posts whose engagements are above a share of their reach."""
    posts, where = _above_reach(view.ledger, most), view.where
    if where.dated:
        first, last = where.first or dt.date.min, where.last or dt.date.max
        posts = posts.filter(pl.col("date").is_between(first, last))
    kept = posts_mask(view.ledger, where) if posts.height else None
    by_creator = (
        (posts if kept is None else posts.filter(kept.gather(posts["pair"])))
        .group_by("influencer")
        .agg(posts=pl.len(), highest=pl.col("rate").max())
        .sort("posts", "influencer", descending=[True, False])
    )
    for row in by_creator.to_dicts():
        yield Alert(
            "engagement-above-reach",
            partial(_more_engaged, row, most),
            "posts",
            {"influencer": row["influencer"]},
        )


def _more_engaged(row: Mapping[str, Any], most: float) -> str:
    show, up_to = ("shows", "at") if row["posts"] == 1 else ("show", "up to")
    return (
        f"{counted(row['posts'], 'post')} by {row['influencer']} {show} engagement above "
        f"{percent(most, 0)} of reach, {up_to} {percent(row['highest'], 0)}."
    )


# --------------------------------------------------------------------------- what happened of late


def _until(view: View) -> dt.date | None:
    """The day up to which results are known in this period; None where nothing was tracked."""
    tracked = _tracked(view.ledger)
    if tracked is None or (view.where.last is not None and view.where.last < tracked[0]):
        return None
    return min(filter(None, (tracked[1], view.where.last)))


def _tracked(ledger: Ledger) -> tuple[dt.date, dt.date] | None:
    """First and last day with tracking rows, of creators or not."""
    dates = [ledger.facts[family]["date"] for family in ("sales", "baseline")]
    ends = [day for one in dates if len(one) for day in (one[0], one[-1])]
    return (min(ends), max(ends)) if ends else None


def _during(view: View, start: dt.date, end: dt.date) -> View:
    """The same question about other days."""
    return View.of(view.ledger, replace(view.where, first=start, last=end), view.margins)


def _silent(view: View, until: dt.date, least: int) -> Iterator[Alert]:
    """Campaigns that have been spending for so many days without an order, and still run.

    The days are counted from the first spend after the last order. Spend on days before an order
    has its order.
    """
    start = until - dt.timedelta(days=max(least, WINDOW * (BEFORE + 1)) - 1)
    daily = _during(view, start, until).ask(("spend", "orders"), ("campaign", "day")).frame
    ordered = pl.when(pl.col("orders") > 0).then(pl.col("day")).max().over("campaign")
    waiting = (
        daily.drop_nulls(("campaign", "day"))
        .with_columns(ordered=ordered)
        .filter((pl.col("spend") > 0) & (pl.col("day") > pl.col("ordered")).fill_null(value=True))
        .group_by("campaign")
        .agg(pl.col("spend").sum(), since=pl.col("day").min(), latest=pl.col("day").max())
        .sort("campaign")
    )
    for row in waiting.to_dicts():
        waited = (until - row["since"]).days + 1
        if waited >= least and (until - row["latest"]).days < WINDOW:
            yield Alert(
                "no-orders",
                partial(_spent_in_silence, row, until),
                "campaigns",
                {"campaign": row["campaign"]},
                row["spend"],
            )


def _spent_in_silence(row: Mapping[str, Any], until: dt.date) -> str:
    waited = (until - row["since"]).days + 1
    return (
        f"{row['campaign']} has spent {rupees_compact(row['spend'])} since {day(row['since'])} "
        f"without an order: {counted(waited, 'day')} by {day(until)}."
    )


def _collapsed(view: View, until: dt.date, share: float, orders: int) -> Iterator[Alert]:
    """Creators still at work whose revenue of 28 days is below a share of what is usual.

    Usual is the mean of the three times 28 days before. It must stand on so many orders, and the
    data must reach back so far; at work is who posted or was paid for work in the 28 days.
    """
    turn = until - dt.timedelta(days=WINDOW - 1)
    start = turn - dt.timedelta(days=WINDOW * BEFORE)
    tracked = _tracked(view.ledger)
    if tracked is None or tracked[0] > start:
        return
    now, then = _during(view, turn, until), _during(view, start, turn - dt.timedelta(days=1))
    by = ("influencer",)
    before = then.ask(("revenue", "orders"), by).frame.select(
        *("influencer", "influencer_id"),
        usual=pl.col("revenue") / BEFORE,
        usual_orders=pl.col("orders") / BEFORE,
    )
    lately = now.ask(("revenue", "spend", "posts"), by).frame
    rows = (
        before.filter((pl.col("usual_orders") >= orders) & (pl.col("usual") > 0))
        .join(lately, on=["influencer", "influencer_id"])
        .filter((pl.col("posts") > 0) | (pl.col("spend") > 0))
        .filter(pl.col("revenue") < pl.col("usual") * share)
        .sort("influencer")
    )
    for row in rows.to_dicts():
        yield Alert(
            "collapsed",
            partial(_sold_less, row, until),
            "influencers",
            {"influencer": row["influencer"]},
            row["usual"] - row["revenue"],
        )


def _sold_less(row: Mapping[str, Any], until: dt.date) -> str:
    share = percent(row["revenue"] / row["usual"], 0)
    return (
        f"{row['influencer']} sold for {rupees_compact(row['revenue'])} in the {WINDOW} days to "
        f"{day(until)}, {share} of the usual {rupees_compact(row['usual'])}, {_work(row)}."
    )


def _work(row: Mapping[str, Any]) -> str:
    """What a creator did meanwhile."""
    parts = [counted(row["posts"], "post")] if row["posts"] else []
    parts += [f"{rupees_compact(row['spend'])} of spend"] if row["spend"] > 0 else []
    return f"with {' and '.join(parts)}"


def said(alerts: Sequence[Alert], shown: int) -> str:
    """How many there are, in a sentence."""
    if not alerts:
        return "Nothing needs a look under these filters."
    things = "thing needs" if len(alerts) == 1 else "things need"
    more = len(alerts) - shown
    hidden = f" {number(shown)} are shown, and {number(more)} more are not." if more else ""
    return f"{number(len(alerts))} {things} a look, the worst first.{hidden}"
