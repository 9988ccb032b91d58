"""What a printed report says: the pages' answers as plain values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import theme
from dashboard.alerts import first, look
from dashboard.dataset import Dataset
from dashboard.export.effects import incrementality, planner
from dashboard.export.files import Tell, check_rows, silently
from dashboard.export.found import asking
from dashboard.export.paper import bars, cell_of, course, table
from dashboard.export.summary import cards, check_of_payouts, summary
from dashboard.formats import day, listing, printable
from dashboard.incrementality import Work
from dashboard.metrics import METRICS
from dashboard.query import Answer, Where
from dashboard.reconciliation import by_basis, by_status, payout_rows
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.tables import PAYOUT_COLUMNS, TableColumn, columns_of, named
from dashboard.views import kpis
from dashboard.views.bars import (
    RevenueByCampaign,
    RoasByCampaign,
    RoasByCategory,
    RoasByPlatform,
    RoasByTier,
)
from dashboard.views.top import TopInfluencers

MOST_CAMPAIGNS, MOST_INFLUENCERS, MOST_PAYOUTS = 60, 100, 60
"""Rows that are printed; a workbook holds them all."""
MOST_ALERTS = 5

RESULTS = ("revenue", "spend", "roas", "profit", "orders", "cpo", "new_customers", "cac")
OF_ONE = tuple(name for name in RESULTS if name != "new_customers")
_OF_WHOM = ("influencer", "platform", "category")
COLOURS = "ink muted line accent blue vermillion band band-ink good bad".split()


def content(
    dataset: Dataset,
    where: Where,
    settings: Settings | None = None,
    work: Work | None = None,
    *,
    tell: Tell = silently,
) -> dict[str, Any]:
    """All that a report prints, ready for the template: texts, and shares of lengths to draw.

    Every figure is an answer to the question; nothing is worked out a second time. With ``work``,
    what came because of campaigns is in it, or why that is not known.

    Raises
    ------
    QueryError
        There are no rows under the question.
    """
    settings = settings or Settings()
    ask = asking(dataset, where, settings, work)
    seen = ask.view()
    check_rows(seen)
    figures, against = cards(ask)
    made = dt.datetime.now(tz=dt.UTC).astimezone()
    content = {
        "title": settings.title,
        "colours": {name: theme.LIGHT[name] for name in COLOURS},
        "filters": [list(pair) for pair in where.words()],
        "sentence": f"{where.sentence()}.",
        "margins": seen.margins.sentence(seen.ledger.items),
        "stamp": f"{dataset.stamp}.",
        "made": f"Made on {day(made.date())} at {made:%H:%M}",
        "kpis": figures,
        "against": against,
        "summary": list(summary(ask)),
        "pages": [page(ask) for page in _told(_PAGES if work else _KNOWN, tell)],
        "definitions": [
            [METRICS[name].label, METRICS[name].definition, METRICS[name].formula]
            for name in _defined(ask)
        ],
        "rules": list(_RULES),
    }
    shown: dict[str, Any] = _printable(content)
    return shown


_Page = Callable[[Explorer], dict[str, Any]]


def _told(pages: Mapping[str, _Page], tell: Tell) -> Iterator[_Page]:
    """The pages one after the other; which it is is told before it is made."""
    for done, (title, page) in enumerate(pages.items()):
        tell(f"Adding up {title}", done, len(pages) + 2)
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


_KNOWN: Mapping[str, _Page] = {
    "Overview": _overview,
    "Campaigns": _campaigns,
    "Influencers": _influencers,
    "Payouts": _payouts_page,
}
"""Pages of what the data say themselves."""

_PAGES = {**_KNOWN, "Incrementality": incrementality, "Planner": planner}
"""Those, and what is estimated from it."""


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


# ------------------------------------------------------------------------------- tables


def _alerts(ask: Explorer) -> list[str]:
    return [one.sentence for one in first(look(ask.view(), ask.settings), MOST_ALERTS)]


def _results(
    ask: Explorer, title: str, by: Sequence[str], metrics: Sequence[str], most: int
) -> dict[str, Any]:
    """Metrics by dimensions, most revenue first, below the totals: these are answers themselves."""
    known = tuple(ask.known(name) for name in metrics)
    answer = ask.ask(known, by, sort="revenue")
    totals = ask.ask(known).frame.row(0, named=True)
    cells = [cell_of(totals[column.name], column) for column in columns_of(known)]
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
    checked = " ".join(check_of_payouts(rows))
    return listed | {"sentence": f"{checked} {listed['sentence']}".strip()}


def _defined(ask: Explorer) -> Iterable[str]:
    """The metrics that stand in the report, in the order of the dashboard's definitions."""
    shown = {*(ask.known(name) for name in (*RESULTS, *kpis.DRAWN)), "returned_revenue"}
    return [name for name in METRICS if name in shown]
