"""What a printed report says: the pages' answers as plain values, and a summary in words."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from textwrap import wrap
from typing import Any

import polars as pl

from dashboard import theme
from dashboard.alerts import first, look
from dashboard.dataset import Dataset
from dashboard.export.files import Tell, check_rows, silently
from dashboard.festivals import festivals
from dashboard.formats import (
    counted,
    day,
    listing,
    number,
    printable,
    rupees_compact,
    said,
    times,
)
from dashboard.metrics import METRICS
from dashboard.metrics.change import NEW, Change
from dashboard.query import Answer, Where
from dashboard.reconciliation import by_basis, by_status, dues, payout_rows
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.tables import PAYOUT_COLUMNS, TableColumn, columns_of, named
from dashboard.views import kpis
from dashboard.views.bars import (
    RankedBars,
    RevenueByCampaign,
    RoasByCampaign,
    RoasByCategory,
    RoasByPlatform,
    RoasByTier,
    shortened,
)
from dashboard.views.lists import above_and_below
from dashboard.views.timeline import RevenueAndSpend, step_of
from dashboard.views.top import TopInfluencers

MOST_CAMPAIGNS, MOST_INFLUENCERS, MOST_PAYOUTS = 60, 100, 60
"""Rows that are printed; a workbook holds them all."""
MOST_ALERTS = 5
LONGEST = 30
"""Letters of a name in a table; the middle of a longer one is left out."""

RESULTS = ("revenue", "spend", "roas", "profit", "orders", "cpo", "new_customers", "cac")
OF_ONE = tuple(name for name in RESULTS if name != "new_customers")
_OF_WHOM = ("influencer", "platform", "category")
COLOURS = "ink muted line accent blue vermillion band band-ink good bad".split()


def content(
    dataset: Dataset, where: Where, settings: Settings | None = None, tell: Tell = silently
) -> dict[str, Any]:
    """All that a report prints, ready for the template: texts, and shares of lengths to draw.

    Every figure is an answer to the question; nothing is worked out a second time.

    Raises
    ------
    QueryError
        There are no rows under the question.
    """
    settings = settings or Settings()
    ask = Explorer(dataset, settings)
    ask.filters.keep(where)
    check_rows(ask.view())
    cards, against = _cards(ask)
    made = dt.datetime.now(tz=dt.UTC).astimezone()
    content = {
        "title": settings.title,
        "colours": {name: theme.LIGHT[name] for name in COLOURS},
        "filters": [list(pair) for pair in where.words()],
        "sentence": f"{where.sentence()}.",
        "stamp": f"{dataset.stamp}.",
        "made": f"Made on {day(made.date())} at {made:%H:%M}",
        "kpis": cards,
        "against": against,
        "summary": list(summary(ask)),
        "pages": [page(ask) for page in _told(tell)],
        "definitions": [
            [METRICS[name].label, METRICS[name].definition, METRICS[name].formula]
            for name in _defined(ask)
        ],
        "rules": list(_RULES),
    }
    shown: dict[str, Any] = _printable(content)
    return shown


def _told(tell: Tell) -> Iterator[Callable[[Explorer], dict[str, Any]]]:
    """The pages one after the other; which it is is told before it is made."""
    for done, (title, page) in enumerate(_PAGES.items()):
        tell(f"Adding up {title}", done, len(_PAGES) + 2)
        yield page


def _overview(ask: Explorer) -> dict[str, Any]:
    return {
        "title": "Overview",
        "question": "How are we doing?",
        "course": course(ask),
        "bars": [bars(RoasByPlatform(ask)), bars(RoasByCategory(ask))],
        "halves": [],
        "tables": [],
        "alerts": _alerts(ask),
    }


def _campaigns(ask: Explorer) -> dict[str, Any]:
    return {
        "title": "Campaigns",
        "question": "Which campaigns paid?",
        "bars": [bars(RoasByCampaign(ask)), bars(RevenueByCampaign(ask))],
        "halves": [],
        "tables": [_results(ask, "Campaigns", ("campaign",), RESULTS, MOST_CAMPAIGNS)],
    }


def _influencers(ask: Explorer) -> dict[str, Any]:
    return {
        "title": "Influencers",
        "question": "Who, and what kind of person?",
        "bars": [bars(TopInfluencers(ask)), bars(RoasByTier(ask))],
        "halves": [],
        "tables": [_results(ask, "Influencers", _OF_WHOM, OF_ONE, MOST_INFLUENCERS)],
    }


def _payouts_page(ask: Explorer) -> dict[str, Any]:
    return {
        "title": "Payouts",
        "question": "What do we owe, and is it right?",
        "bars": [],
        "halves": list(_spend_tables(ask)),
        "tables": [_payouts(ask)],
    }


_PAGES: Mapping[str, Callable[[Explorer], dict[str, Any]]] = {
    "Overview": _overview,
    "Campaigns": _campaigns,
    "Influencers": _influencers,
    "Payouts": _payouts_page,
}


_RULES = (
    (
        "A ratio is the ratio of the totals, never a mean of rows. Where there is nothing to "
        "divide by, it is undefined and stands as —."
    ),
    (
        "A payout is spend on the days, campaigns and products it pays for. What names none is in "
        "no row of them; the totals hold it."
    ),
    "1 lakh (L) is 1,00,000 and 1 crore (Cr) is 1,00,00,000. Tables show whole rupees.",
)


_ENDLESS = re.compile(r"\S{32}(?=\S)")


def _printable(value: Any) -> Any:
    """Texts without what steers a device, and with places to break in words too long for a line."""
    if isinstance(value, str):
        return _ENDLESS.sub("\\g<0>\u200b", printable(value))
    if isinstance(value, dict):
        return {name: _printable(one) for name, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list) else value


# ------------------------------------------------------------------------------- in words


def _cards(ask: Explorer) -> tuple[list[dict[str, str]], str]:
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
    cards = []
    for card in kpis.KpiCards(ask).cards(totals, over_time, before):
        change = card.change
        was = change.metric.say(change.before, compact=True) if change and change.before else ""
        cards.append(
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
        return cards, f"Compared with {comparison.words}."
    return cards, comparison.reason if ask.where.dated else _UNDATED


_UNDATED = "No period is chosen: all days are in view, and nothing is compared with earlier ones."


def summary(ask: Explorer) -> Iterator[str]:
    """The answer in sentences, each written from answers under the filters."""
    totals = ask.ask(("revenue", "orders", "spend", "roas"))
    yield _result(totals)
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
    yield from _check_of_payouts(payout_rows(view))


def _check_of_payouts(rows: pl.DataFrame) -> Iterator[str]:
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


def _alerts(ask: Explorer) -> list[str]:
    return [one.sentence for one in first(look(ask.view(), ask.settings), MOST_ALERTS)]


# ------------------------------------------------------------------------------- to be drawn


def bars(view: RankedBars) -> dict[str, Any]:
    """Ranked bars as shares of the widest; under all filters, its own too."""
    view.picks = ()
    answer = view.ask()
    drawn: dict[str, Any] = {"title": view.title, "rows": [], "mark": None}
    known = answer.frame.drop_nulls(view.metric)
    if answer.refused or not known.height:
        reason = next(iter(answer.refused.values()), "There is nothing to rank in this view.")
        return drawn | {"sentence": reason}
    columns = view.columns(answer.frame)
    low, high = min(0.0, columns["end"].min()), max(0.0, columns["end"].max())
    wide = (high - low) or 1.0
    evens = columns["even"].drop_nulls().unique().to_list()
    if len(evens) == 1 and low <= evens[0] <= high:
        drawn["mark"] = {"at": (evens[0] - low) / wide, "label": f"break-even {times(evens[0])}"}
    return drawn | {
        "sentence": view.sentence(answer.frame),
        "zero": -low / wide,
        "rows": [
            {
                "name": shortened([row["full"]], 24)[0],
                "from": (min(row["end"], 0.0) - low) / wide,
                "width": abs(row["end"]) / wide,
                "label": row["label"],
            }
            for row in columns.to_dicts()
        ],
    }


def course(ask: Explorer) -> dict[str, Any]:
    """Revenue and spend over time: points as shares of width and height, ticks in words."""
    view = RevenueAndSpend(ask)
    answer = view.ask()
    time = answer.frame.columns[0]
    names = [name for name in view.metrics if name not in answer.refused]
    drawn: dict[str, Any] = {"title": view.title, "lines": [], "refused": ""}
    if "revenue" in answer.refused or answer.frame.height < 2:
        alone = "One day says nothing about a course: choose a longer period."
        return drawn | {"sentence": answer.refused.get("revenue", alone)}
    frame = answer.frame
    days: list[dt.date] = frame[time].to_list()
    span = (days[-1] - days[0]).days
    values = [frame[name].cast(pl.Float64).to_list() for name in names]
    low = min(0.0, *(min(one) for one in values))
    ticks = _ticks(low, max(max(one) for one in values))
    tall = ticks[-1] - low
    across = [(one - days[0]).days / span for one in days]
    shown = frame.select(time, *names) if "spend" in names else frame.drop("spend")
    return drawn | {
        "sentence": view.sentence(shown),
        "refused": answer.refused.get("spend", ""),
        "ticks": [[(tick - low) / tall, rupees_compact(tick)] for tick in ticks],
        "days": _dates(days, span),
        "festivals": [
            [
                max(0.0, (one.first - days[0]).days / span),
                min(1.0, (one.last - days[0]).days / span),
                one.name,
            ]
            for one in festivals(days[0], days[-1])
        ],
        "lines": [
            {
                "label": METRICS[name].label,
                "colour": colour,
                "points": [
                    [x, (value - low) / tall] for x, value in zip(across, line, strict=True)
                ],
            }
            for name, colour, line in zip(names, ("blue", "vermillion"), values, strict=False)
        ],
    }


def _ticks(low: float, high: float) -> list[float]:
    """Round values from the lowest to beyond the highest, 0 among them, about four steps apart."""
    wide = max(high, 0.0) - min(low, 0.0) or 1.0
    power = 10.0 ** math.floor(math.log10(wide / 4))
    step = next(power * one for one in (1, 2, 2.5, 5, 10, 20) if power * one * 4 >= wide)
    start, stop = math.ceil(min(low, 0.0) / step), math.ceil(max(high, 0.0) / step)
    return [one * step for one in range(start, max(stop, 1) + 1)]


def _dates(days: Sequence[dt.date], span: int) -> list[list[Any]]:
    """Words below the axis: months, or days of a short period; at most about ten."""
    if span > 70:
        turns = [later for one, later in pairwise(days) if one.month != later.month]
        starts = [days[0], *turns]
        if len(starts) > 2 and (starts[1] - starts[0]).days * 12 < span:
            del starts[0]  # its name would stand in the next one's
        every = -(-len(starts) // 10)
        return [[(one - days[0]).days / span, f"{one:%b %y}"] for one in starts[::every]]
    every = -(-len(days) // 8)
    return [[(one - days[0]).days / span, f"{one.day} {one:%b}"] for one in days[::every]]


# ------------------------------------------------------------------------------- tables


def _results(
    ask: Explorer, title: str, by: Sequence[str], metrics: Sequence[str], most: int
) -> dict[str, Any]:
    """Metrics by dimensions, most revenue first, below the totals: these are answers themselves."""
    known = tuple(ask.known(name) for name in metrics)
    answer = ask.ask(known, by, sort="revenue")
    totals = ask.ask(known).frame.row(0, named=True)
    cells = [_said(totals[column.name], column) for column in columns_of(known)]
    listed = table(title, named(answer.frame), columns_of((*by, *known)), most)
    return listed | {
        "sentence": f"{_refused(answer)} {listed['sentence']}".strip(),
        "totals": ["In all", *[""] * (len(by) - 1), *cells],
    }


def _refused(answer: Answer) -> str:
    """Which columns are empty under this question, and the first reason."""
    if not answer.refused:
        return ""
    labels = listing([METRICS[name].label for name in answer.refused], most=len(METRICS))
    return f"Not answered here: {labels}. {next(iter(answer.refused.values()))}"


def _spend_tables(ask: Explorer) -> Iterator[dict[str, Any]]:
    """What is paid by status, and by basis."""
    view = ask.view()
    if "spend" in view.ledger.absent:
        return
    measured = (TableColumn("payouts", "Payouts", "number"), *columns_of(("spend",)))
    if view.ledger.dataset.has("payouts", "status"):
        columns = (TableColumn("status", "Status"), *measured)
        yield table("Spend by status", by_status(view), columns, MOST_PAYOUTS)
    columns = (TableColumn("basis", "Basis"), *measured)
    yield table("Spend by basis", by_basis(view), columns, MOST_PAYOUTS)


_PAYOUTS = (
    "influencer", "campaign", "basis", "total_payout", "expected", "difference", "roas", "status",
)  # fmt: skip


def _payouts(ask: Explorer) -> dict[str, Any]:
    """Payouts, the largest difference from rate × units first."""
    view = ask.view()
    title = "Payouts, the largest difference from rate × units first"
    if "spend" in view.ledger.absent:
        absent = {"title": "Payouts", "sentence": view.ledger.absent["spend"]}
        return absent | {"head": [], "rows": [], "totals": []}
    words = {"campaign": "Not named", "basis": "Not said", "status": "Not said"}
    rows = (
        payout_rows(view)
        .with_columns(pl.col(name).fill_null(word) for name, word in words.items())
        .sort(pl.col("difference").abs(), "total_payout", descending=True, nulls_last=True)
    )
    columns = tuple(one for name in _PAYOUTS for one in PAYOUT_COLUMNS if one.name == name)
    listed = table(title, rows, columns, MOST_PAYOUTS)
    checked = " ".join(_check_of_payouts(rows))
    return listed | {"sentence": f"{checked} {listed['sentence']}".strip()}


def table(
    title: str, rows: pl.DataFrame, columns: Sequence[TableColumn], most: int
) -> dict[str, Any]:
    """Rows as texts, at most so many; a sentence says what is not printed."""
    cut = ""
    if rows.height > most:
        cut = (
            f"The first {number(most)} of {number(rows.height)} rows are printed. A workbook holds "
            "them all: dashboard report with --format xlsx."
        )
    elif not rows.height:
        cut = "There are no rows in this view."
    return {
        "title": title,
        "sentence": cut,
        "head": [_head(column) for column in columns],
        "rows": [
            [_said(row[column.name], column) for column in columns]
            for row in rows.head(most).iter_rows(named=True)
        ],
        "totals": [],
    }


def _head(column: TableColumn) -> dict[str, Any]:
    """Its name with the unit, and on which side it stands."""
    rupees = ", ₹" if column.unit == "₹" else ""
    label = column.label.removesuffix(" before product cost")
    lines = wrap(f"{label}{rupees}", 11, break_long_words=False)
    return {"label": lines, "right": column.kind == "number"}


def _said(value: Any, column: TableColumn) -> str:
    if column.kind == "number":
        return number(value) if column.unit == "₹" else said(value, column.unit, column.digits)
    if isinstance(value, dt.date):
        return day(value)
    return shortened([str(value)], LONGEST)[0]


def _defined(ask: Explorer) -> Iterable[str]:
    """The metrics that stand in the report, in the order of the dashboard's definitions."""
    shown = {*(ask.known(name) for name in (*RESULTS, *kpis.DRAWN)), "returned_revenue"}
    return [name for name in METRICS if name in shown]
