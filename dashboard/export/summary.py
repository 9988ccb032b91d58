"""The first sheet of a report: key figures, and the answer in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dashboard.formats import counted, listing, number, rupees_compact, times
from dashboard.incrementality import total
from dashboard.metrics import METRICS
from dashboard.metrics.change import NEW, Change
from dashboard.query import Answer
from dashboard.reconciliation import dues, payout_rows
from dashboard.state import Explorer
from dashboard.views import kpis
from dashboard.views.lists import above_and_below
from dashboard.views.timeline import step_of


def cards(ask: Explorer) -> tuple[list[dict[str, str]], str]:
    """The six key figures as on the screen, with their changes, and what these are against."""
    drawn = tuple(ask.known(name) for name in kpis.DRAWN)
    even = () if drawn == kpis.DRAWN else ("break_even_roas",)
    totals = ask.ask(tuple(dict.fromkeys((*kpis.ASKED, *drawn, *even))))
    time = step_of(ask)
    over_time = ask.ask(drawn, (time,)).frame.drop_nulls(time).sort(time)
    comparison, then = ask.before()
    before = None
    if then is not None:
        values = then.ask(drawn).frame.row(0, named=True)
        before = kpis.Before(comparison.words, values, dues(then))
    told = []
    for card in kpis.KpiCards(ask).cards(totals, over_time, before):
        change = card.change
        was = change.metric.say(change.before, compact=True) if change and change.before else ""
        told.append(
            {
                "label": card.label,
                "value": card.value,
                "note": card.note,
                "change": f"{change.mark} {change.words}".strip() if change else "",
                "mood": change.mood if change else "still",
                "was": f"was {was}" if was else "",
            }
        )
    if comparison.where:
        return told, f"Compared with {comparison.words}."
    return told, comparison.reason if ask.where.dated else _UNDATED


_UNDATED = "No period is chosen: all days are in view, and nothing is compared with earlier ones."


def summary(ask: Explorer) -> Iterator[str]:
    """The answer in sentences, each written from answers under the filters."""
    totals = ask.ask(("revenue", "orders", "spend", "roas"))
    yield _result(totals)
    yield from _because(ask)
    comparison, then = ask.before()
    if then is not None:
        yield _changes(ask, totals, then.ask(("revenue", "spend", "roas")), comparison.words)
    elif comparison.reason and ask.where.dated:
        yield f"Nothing is compared with earlier days. {comparison.reason}"
    for dimension in ("campaign", "platform"):
        yield from _ends(ask, dimension)
    yield from _owed(ask)
    yield from ask.coverage().sentences
    report = ask.dataset.report
    aside = sum(report.quarantined.values()) - report.mended
    if aside:
        yield (
            f"{counted(aside, 'row')} of {number(sum(report.read.values()))} "
            f"{'was' if aside == 1 else 'were'} set aside and in no figure; dashboard check says "
            "which and why."
        )


def _result(totals: Answer) -> str:
    """What came in and what it cost."""
    if "revenue" in totals.refused:
        spend = rupees_compact(totals.value("spend"))
        return f"Spend in view is {spend}. {totals.refused['revenue']}"
    earned = (
        f"Creators brought in {rupees_compact(totals.value('revenue'))} from "
        f"{counted(int(totals.value('orders') or 0), 'order')}"
    )
    if "spend" in totals.refused:
        return f"{earned}. What they cost is not known: {totals.refused['spend']}"
    spend, roas = totals.value("spend"), totals.value("roas")
    if roas is None:
        return f"{earned}; nothing was spent in this view."
    return f"{earned} for {rupees_compact(spend)} of spend: a ROAS of {times(roas)}."


def _because(ask: Explorer) -> Iterator[str]:
    """What came because of the campaigns in view, where it is known of any."""
    whole = total(ask.estimates_in_view() or ())
    if whole.iroas is None or whole.iroas_interval is None:
        return
    low, high = whole.iroas_interval
    yield (
        f"Because of campaigns came {rupees_compact(whole.incremental_revenue)}, an incremental "
        f"ROAS of {times(whole.iroas)} ({times(low)} to {times(high)} with nine chances in ten): "
        f"known of {number(whole.campaigns)} of {counted(whole.of, 'campaign')} in view, each "
        "whole, whatever the period."
    )


def _changes(ask: Explorer, now: Answer, then: Answer, words: str) -> str:
    """How revenue, spend and ROAS moved."""
    del ask
    parts = []
    for name in ("revenue", "spend", "roas"):
        if name in now.refused or name in then.refused:
            continue
        change = Change.of(METRICS[name], now.value(name), then.value(name))
        label = METRICS[name].label if name == "roas" else METRICS[name].label.lower()
        if change.moves:
            parts.append(f"{label} is {change.moves} {change.size}")
        elif change.word:
            parts.append(f"{label} is {'new' if change.word == NEW else 'without a change'}")
        else:
            parts.append(f"{label} is unchanged")
    return f"Against {words}: {listing(parts)}." if parts else ""


def _ends(ask: Explorer, dimension: str) -> Iterator[str]:
    """Which one earned most and which least, among those with spend."""
    profit = ask.known("profit")
    answer = ask.ask((profit, "revenue", "spend", "roas"), (dimension,), sort=profit)
    if answer.refused:
        return
    paid = answer.frame.drop_nulls((dimension, "roas"))
    if not paid.height:
        return
    when = f"{'after' if profit == 'contribution' else 'before'} product cost"
    best, worst = paid.row(0, named=True), paid.row(-1, named=True)
    most, least = (
        f"{rupees_compact(row[profit])} {when} (ROAS {times(row['roas'])} on "
        f"{rupees_compact(row['spend'])} of spend)"
        for row in (best, worst)
    )
    if paid.height == 1:
        yield f"One {dimension} has spend: {best[dimension]} earned {most}."
        return
    back = paid.filter(pl.col(profit) >= 0).height
    yield (
        f"{number(back)} of {number(paid.height)} {dimension}s with spend gave the money back. The "
        f"most was earned by {best[dimension]}: {most}; the least by {worst[dimension]}: {least}."
    )


def _owed(ask: Explorer) -> Iterator[str]:
    """What is still to be paid, and whether payouts are what they should be."""
    view = ask.view()
    if "spend" in view.ledger.absent:
        return
    owed = dues(view)
    if owed.payable is None:
        yield f"What is owed cannot be said: {owed.reason}"
    elif owed.payouts:
        yield (
            f"{rupees_compact(owed.payable)} of this spend is still to be paid, in "
            f"{counted(owed.payouts, 'payout')}."
        )
    else:
        yield "Nothing of this spend is still to be paid."
    yield from check_of_payouts(payout_rows(view))


def check_of_payouts(rows: pl.DataFrame) -> Iterator[str]:
    """Whether payouts are rate × units."""
    differ = rows.filter(pl.col("difference").abs() >= 1)
    if not rows.height:
        return
    if not differ.height:
        yield f"{_payouts_stand(rows.height)} rate × units where both are known."
        return
    yield (
        f"{number(differ.height)} of {counted(rows.height, 'payout')} "
        f"{'differs' if differ.height == 1 else 'differ'} from rate × units: "
        f"{above_and_below(differ)} together."
    )


def _payouts_stand(count: int) -> str:
    few = {1: "The one payout is", 2: "Both payouts are"}
    return few.get(count, f"All {number(count)} payouts are")
