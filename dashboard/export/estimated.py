"""Incrementality and Planner in a file: results that travel with it, and views that show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboard.dataset import Dataset
from dashboard.export.files import Steps
from dashboard.export.found import asking
from dashboard.export.redaction import Disguise
from dashboard.formats import rupees_compact
from dashboard.incrementality import Estimate, Work
from dashboard.incrementality.judging import in_words
from dashboard.incrementality.telling import (
    IN_SENTENCE,
    RANGES,
    ROW,
    facts,
    headline,
    row_of,
    said_range,
    verdict_rows,
    words,
)
from dashboard.planning import Prospect
from dashboard.query import Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.tables import TableColumn
from dashboard.views import incrementality, paths, planner
from dashboard.views.kpis import INCREMENTAL
from dashboard.views.markup import Markup
from dashboard.views.paths import OverDays
from dashboard.views.planned import NOBODY, Planned
from dashboard.views.view import CardView


@dataclass(frozen=True)
class Results:
    """What was found, as a file may hold it: judged, without payouts.

    ``why`` says why there are no ``estimates``, ``unplanned`` why nobody is in ``prospects``;
    ``line`` is what pays back, in words.
    """

    estimates: tuple[Estimate, ...] = ()
    why: str = ""
    prospects: tuple[Prospect, ...] = ()
    unplanned: str = ""
    line: str = ""
    paid: bool = True

    def disguised(self, disguise: Disguise) -> Results:
        """The same under pseudonyms."""
        found = (
            replace(one, influencer=disguise.creators[one.influencer]) for one in self.prospects
        )
        told = map(disguise.estimate, self.estimates)
        return replace(self, estimates=tuple(told), prospects=tuple(found))


def results_of(dataset: Dataset, settings: Settings, work: Work, *, paid: bool = True) -> Results:
    """What was found of all campaigns and creators, whatever the filters.

    Not ``paid``: nothing that tells what was paid is left, neither a ratio nor a verdict, and
    nobody is planned with.
    """
    ask = asking(dataset, Where(), settings, work)
    estimates, why = ask.estimates or (), ask.unestimated
    if not paid:
        return Results(tuple(map(_unpaid, estimates)), why, paid=False)
    planned = Planned(ask)
    found = planned.plan.prospects
    return Results(estimates, why, found, "" if found else planned.why, planned.line)


def _unpaid(one: Estimate) -> Estimate:
    """What came because of a campaign, and nothing that tells what was paid for it."""
    return replace(
        one,
        iroas=None,
        iroas_interval=None,
        break_even=None,
        verdict=None,
        payout=0.0,
        needed=1.0,
        reasons=tuple(reason for reason in one.reasons if reason != in_words(one)),
    )


# ------------------------------------------------------------------------------- what travels

_PAYS = ("verdict", "iroas", "iroas_range", "tagged_roas", "break_even", "payout")
"""Columns of the verdicts that tell what was paid."""
_PAYING = (*_PAYS, "iroas_low", "iroas_high")


def plain(results: Results, held: Drawn, rest: str) -> dict[str, Any]:
    """The results as the page reads them; ``rest`` is what a card says where there is no number."""
    by_name = {one.campaign: one for one in results.estimates}
    ranked = [by_name[name] for name in verdict_rows(results.estimates)["campaign"]]
    if not results.paid:  # the order would tell how they did for what was paid
        ranked.sort(key=lambda one: (not one.known, -(one.incremental_revenue or 0.0)))
    return {
        "why": results.why,
        "none": incrementality.NO_CAMPAIGN,
        "paid": results.paid,
        "rest": rest,
        "meaning": INCREMENTAL,
        "verdicts": list(IN_SENTENCE.items()),
        "campaigns": [_campaign(one, held.get(one.campaign, {}), results) for one in ranked],
        "unplanned": results.unplanned,
        "nobody": NOBODY,
    }


def _campaign(one: Estimate, path: Mapping[str, Any], results: Results) -> dict[str, Any]:
    row = row_of(one)
    if results.paid:
        said = {"headline": headline(one), "facts": facts(one)}
    else:
        row = {name: value for name, value in row.items() if name not in _PAYING}
        said = {"headline": _unpaid_headline(one), "facts": _unpaid_facts(one)}
    return {"row": row, **said, "words": [pair for pair in words(one) if pair[1]], "paths": path}


def _unpaid_headline(one: Estimate) -> str:
    if one.incremental_revenue is None:
        return headline(one)
    sure = "" if one.status == "identified" else "So far, "
    reach = said_range(one.interval, rupees_compact)
    return f"{sure}{rupees_compact(one.incremental_revenue)} came because of it ({reach})."


def _unpaid_facts(one: Estimate) -> list[tuple[str, str]]:
    kept = {"Status", "Incremental ÷ tagged"}
    return [
        ("Incremental revenue", rupees_compact(one.incremental_revenue)),
        ("Its range", said_range(one.interval, rupees_compact)),
        *(fact for fact in facts(one) if fact[0] in kept),
    ]


class _Told(Explorer):
    """An explorer that is told what was found."""

    results = Results()

    def judged(self) -> tuple[Estimate, ...]:
        return self.results.estimates


Drawn = Mapping[str, Mapping[str, Any]]
"""What charts hold of a campaign, by the names of both."""


def drawn(results: Results, dataset: Dataset, settings: Settings) -> Steps[Drawn]:
    """What the charts of the live page hold of each campaign in turn; money to the paisa."""
    ask = _Told(dataset, settings)
    ask.results = results
    chosen = incrementality.ChosenEstimate(ask)
    chosen.update(strict=True)
    charts: Sequence[OverDays] = (paths.ExpectedAndActual(chosen), paths.CumulativeEffect(chosen))
    answer: dict[str, dict[str, Any]] = {}
    for one in chosen.focus.options:
        chosen.choose(one)
        answer[one] = {}
        for chart in charts:
            chart.update(strict=True)
            if chart.frame.height:
                answer[one][chart.name] = _held(chart, results)
        yield None
    return answer


def _held(chart: OverDays, results: Results) -> dict[str, Any]:
    """A chart's days, its ranges and its sentence."""
    first, last = chart.span(chart.frame.rename({"date": "time"}))
    sentence = chart.card.sentence
    if not results.paid:  # nothing was paid that this file knows of
        sentence = sentence.replace(f"; {paths.NOTHING_PAID}", "")
    return {
        "first": chart.frame["date"][0].toordinal() - EPOCH,
        "data": {
            name: [value if value is None else round(value, 2) for value in chart.frame[name]]
            for name in chart.shown
        },
        "y": [chart.figure.y_range.start, chart.figure.y_range.end],
        "window": [first.toordinal() - EPOCH, last.toordinal() - EPOCH],
        "line": chart.line,
        "sentence": sentence,
    }


EPOCH = dt.date(1970, 1, 1).toordinal()


# ------------------------------------------------------------------------------- what shows it


def _column(column: TableColumn) -> dict[str, Any]:
    """A column as the page writes it."""
    return {
        "name": column.name,
        "label": column.label,
        "hint": column.hint,
        "kind": column.kind,
        "unit": column.unit,
        "digits": column.digits,
        "by": column.by,
    }


class Verdicts(CardView):
    """Which campaigns paid because of themselves?"""

    title = incrementality.Verdicts.title
    paid = True

    def refresh(self) -> None:
        """Nothing: the page fills it."""

    def offline(self) -> dict[str, Any]:
        """What the page fills it by."""
        hidden = () if self.paid else _PAYS
        columns = [column for column in incrementality.COLUMNS if column.name not in hidden]
        saved = [name for name in ROW if name not in (*RANGES, *(() if self.paid else _PAYING))]
        totals = [n for n in ("iroas", "incremental_revenue", "payout") if n not in hidden]
        return {
            "kind": "verdicts",
            "columns": list(map(_column, columns)),
            "saved": saved,
            "totalled": totals,
            "opens": "campaign",
            "pageSize": incrementality.Verdicts.page_size,
        }


class UnpaidVerdicts(Verdicts):
    """What came because of campaigns, without what was paid."""

    paid = False

    @property
    def name(self) -> str:
        """As the other is called."""
        return "verdicts"


class ChosenEstimate(incrementality.ChosenEstimate):
    """What came because of this campaign, and how do we know?"""

    def offline(self) -> dict[str, Any]:
        """What the page fills it by."""
        return {"kind": "estimate", "label": self.choice.label}


class ExpectedAndActual(paths.ExpectedAndActual):
    """What would have come anyway, beside what came?"""

    def offline(self) -> dict[str, Any]:
        """What the page draws it by."""
        return _offline(self)


class CumulativeEffect(paths.CumulativeEffect):
    """What did it add up to, day after day? As high as the chart beside it."""

    height = paths.ExpectedAndActual.height

    def __init__(self, chosen: incrementality.ChosenEstimate, *, paid: bool = True) -> None:
        super().__init__(chosen)
        self.paid = paid

    def aside(self, frame: pl.DataFrame) -> Markup:
        """For all campaigns: what pays back is in the file where what was paid is."""
        del frame
        return self.legend(reached=self.paid)

    def offline(self) -> dict[str, Any]:
        """What the page draws it by."""
        return _offline(self)


def _offline(chart: OverDays) -> dict[str, Any]:
    columns = (
        TableColumn("date", "Date", "date"),
        *(TableColumn(name, paths.LABELS[name], "number", "₹") for name in chart.shown),
    )
    return {
        "kind": "path",
        "moved": [model.id for model in chart.moved],
        "columns": list(map(_column, columns)),
        "saved": [column.name for column in columns],
    }


class _List(CardView):
    """One of the three lists: its head is drawn here, its rows are not."""

    of: type[planner.ProspectList]

    def __init__(self, explorer: Explorer, results: Results) -> None:
        super().__init__(explorer)
        self.results = results

    def refresh(self) -> None:
        """Nothing: the page fills it."""

    def offline(self) -> dict[str, Any]:
        """What the page fills it by: the rows of all creators that are on it."""
        listed = [one for one in self.results.prospects if one.choice == self.of.choice]
        line = self.results.line
        return {
            "kind": "prospects",
            "columns": list(map(_column, planner.COLUMNS)),
            "saved": planner.rows_of(()).drop("range").columns,
            "totalled": ["payout", "orders"],
            "prospects": planner.rows_of(listed).to_dicts(),
            "answers": [self.of.answer.format(are=are, line=line) for are in ("is", "are")],
            "nobodyHere": f"Nobody in view {self.of.nobody.format(line=line)}.",
            "pageSize": self.of.page_size,
        }


class BookAgain(_List):
    """Whom to book again?"""

    of, title, note = planner.BookAgain, planner.BookAgain.title, planner.BookAgain.note


class TryAgain(_List):
    """Whom to test again, with little money?"""

    of, title, note = planner.TryAgain, planner.TryAgain.title, planner.TryAgain.note


class StopBooking(_List):
    """Whom not to book again?"""

    of, title, note = planner.StopBooking, planner.StopBooking.title, planner.StopBooking.note
