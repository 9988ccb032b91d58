"""One HTML file that opens from disk with the network cut, and in which every filter works."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypedDict, Unpack

from bokeh.embed import components
from bokeh.models import TapTool
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name
from bokeh.resources import Resources
from jinja2 import Environment

from dashboard import theme
from dashboard.address import called
from dashboard.dataset import Dataset
from dashboard.errors import QueryError
from dashboard.export.about import about_of
from dashboard.export.estimated import Drawn, Results, drawn, plain, results_of
from dashboard.export.files import (
    Steps,
    Tell,
    at_once,
    check_place,
    check_rows,
    silently,
    write_whole,
)
from dashboard.export.found import as_it_stands
from dashboard.export.laying import named, row_of, shut_in
from dashboard.export.packing import by_weeks, packed, piece_of, prepared
from dashboard.export.pages import Asker, chosen, described
from dashboard.export.redaction import Disguise, redacted
from dashboard.export.scripts import in_script, page_js
from dashboard.festivals import festivals
from dashboard.formats import number
from dashboard.incrementality import Work
from dashboard.ledger import Ledger, ledger_of
from dashboard.pages.page import Page
from dashboard.query import Margins, View, Where
from dashboard.settings import Settings
from dashboard.state import STEPS
from dashboard.views.chart import Chart
from dashboard.views.controls import FIRST, named_periods
from dashboard.views.header import Header
from dashboard.views.kpis import KpiCards
from dashboard.views.markup import Markup, asset, joined

MEGABYTE = 1_000_000
BUDGET = 10 * MEGABYTE
"""Bytes above which days are put together to weeks."""

_ENVIRONMENT = Environment(autoescape=True)
_BOKEH = Resources(mode="inline", components=["bokeh"])
"""Bokeh itself; its own rendering of the tags would let extensions add what only a server has."""


@dataclass(frozen=True)
class Sharing:
    """What a file shows, and what it keeps back.

    ``pages`` are titles, all by default. ``redact`` puts pseudonyms in place of creators' names,
    ``key`` keeps these the same when creators are added. Without ``payouts`` nothing that was paid
    is in the file, nor what tells of it: ratios, verdicts, whom to book next. Above ``budget``
    bytes, days are put together to weeks.
    """

    pages: tuple[str, ...] = ()
    redact: bool = False
    key: str = ""
    payouts: bool = True
    budget: int = BUDGET


@dataclass(frozen=True)
class Snapshot:
    """A file that was made: its text, what it says of itself, and the question it opens with."""

    text: str = field(repr=False)
    about: tuple[str, ...]
    where: Where
    coarse: bool

    @property
    def size(self) -> int:
        """Its bytes."""
        return len(self.text.encode())


class Asked(TypedDict, total=False):
    """What may be said of a file besides what it shows.

    ``settings`` hold title and margins, ``sharing`` what is shown and what is kept back, ``work``
    what came because of campaigns, where the file is to hold it; ``tell`` hears which page is being
    drawn.
    """

    settings: Settings | None
    sharing: Sharing | None
    work: Work | None
    tell: Tell


def write_snapshot(
    dataset: Dataset, where: Where, output: Path, *, force: bool = False, **asked: Unpack[Asked]
) -> Snapshot:
    """Write the pages as one file.

    The file is written under another name and then renamed: there is never half of one.

    Parameters
    ----------
    dataset
        What is shared: all of it. ``where`` is only what the file shows first.
    where
        The question that the file opens with; its reader may ask others.
    output
        The file.
    force
        Replace it, if it is there.
    asked
        As ``Asked`` says.

    Raises
    ------
    PlaceError
        The file exists and ``force`` is not set, or it cannot be written there.
    QueryError
        There are no rows under the question, or no page of a name.
    """
    check_place(output, force=force, example="report.html")
    made = snapshot(dataset, where, **asked)
    write_whole(output, made.text.encode())
    return made


def snapshot(dataset: Dataset, where: Where, **asked: Unpack[Asked]) -> Snapshot:
    """The pages of a dataset as the text of one file that asks nothing of a network.

    Raises
    ------
    QueryError
        There are no rows under the question; a page that no file can have; a filter on what the
        file keeps back; a size beyond the budget even by weeks.
    """
    return at_once(in_steps(dataset, where, **asked))


def in_steps(
    dataset: Dataset,
    where: Where,
    *,
    settings: Settings | None = None,
    sharing: Sharing | None = None,
    work: Work | None = None,
    tell: Tell = silently,
) -> Steps[Snapshot]:
    """The same bit by bit: views are drawn one at a time."""
    settings, sharing = settings or Settings(), sharing or Sharing()
    pages = chosen(sharing.pages, found=work is not None, paid=sharing.payouts)
    ledger, disguise = ledger_of(dataset), None
    _check(ledger, where, sharing)
    if sharing.redact:
        ledger, disguise = redacted(ledger, sharing.key)
        where = disguise.where(where)
    ledger = prepared(ledger, payouts=sharing.payouts)
    found = None
    if work is not None:
        tell("Planning with what was found", 0, len(pages) + 1)
        work = as_it_stands(work)
        found = yield from _found(dataset, settings, sharing, work, disguise)
    made = yield from _made(ledger, where, settings, sharing, pages, found, tell, coarse=False)
    if made.size <= sharing.budget:
        return made
    weeks = yield partial(by_weeks, ledger)
    less = yield from _made(weeks, where, settings, sharing, pages, found, tell, coarse=True)
    if less.size > sharing.budget:
        raise QueryError(
            f"The file would have {_megabytes(made.size)}, and {_megabytes(less.size)} by weeks; "
            f"the most it may have is {_megabytes(sharing.budget)}. Allow more with --most-mb."
        )
    return less


@dataclass(frozen=True)
class _Found:
    """What was found of campaigns, as the file holds it."""

    work: Work
    results: Results
    drawn: Drawn


def _found(
    dataset: Dataset,
    settings: Settings,
    sharing: Sharing,
    work: Work,
    disguise: Disguise | None,
) -> Steps[_Found]:
    """What the pages Incrementality and Planner hold, worked out bit by bit."""
    results = yield partial(results_of, dataset, settings, work, paid=sharing.payouts)
    held = yield from drawn(results, dataset, settings)
    if disguise is not None:
        results = results.disguised(disguise)
        held = {disguise.campaign(name): paths for name, paths in held.items()}
    return _Found(work, results, held)


def _megabytes(size: int) -> str:
    return f"{number(size / MEGABYTE, 1)} MB"


def _check(ledger: Ledger, where: Where, sharing: Sharing) -> None:
    """Refuse a question that shows nothing, or that asks for what is kept back."""
    if where.basis and not sharing.payouts:
        raise QueryError(
            "Payout basis belongs to what was paid, which --no-payouts leaves out. Leave that "
            "filter out, too."
        )
    check_rows(View(ledger, where))


def _made(
    ledger: Ledger,
    where: Where,
    settings: Settings,
    sharing: Sharing,
    pages: Sequence[type[Page]],
    found: _Found | None,
    tell: Tell,
    *,
    coarse: bool,
) -> Steps[Snapshot]:
    """The page around a ledger that is ready."""
    again = " again, by weeks" if coarse else ""
    tell(f"Packing the data{again}", 0, len(pages) + 1)
    explorer = (
        Asker(ledger, settings, found.work, found.results) if found else Asker(ledger, settings)
    )
    where = _whole(where, ledger, coarse=coarse)
    margins = Margins.of(settings.margins)
    block, words = yield partial(packed, ledger, margins, payouts=sharing.payouts)
    made = []
    for page in (kind(explorer) for kind in pages):
        made.append((page, page.rows()))
        yield None
    figures: dict[str, Figure] = {}
    for done, (page, rows) in enumerate(made, 1):
        tell(f"Drawing {page.title}{again}", done, len(pages) + 1)
        for view in (view for row in rows for view in row.views):
            view.update(strict=True)
            if isinstance(view, Chart) and view.figure is not None:
                _quieten(view)
                figures[view.figure.id] = view.figure
            yield None
    about = about_of(
        ledger,
        redact=sharing.redact,
        payouts=sharing.payouts,
        estimated=bool(found and found.results.estimates),
        coarse=coarse,
    )
    header = Header()
    header.tell_of(ledger.dataset)
    header.narrow(Where())
    described_pages = [
        {
            "name": page.name,
            "title": page.title,
            "views": [
                described(view, named(page, view), paid=sharing.payouts)
                for row in rows
                for view in row.views
            ],
        }
        for page, rows in made
    ]
    held = _words(ledger, where, described_pages, words, coarse=coarse)
    held["figures"] = len(figures)
    held["margins"] = margins.sentence(ledger.items) if sharing.payouts else ""
    if found:
        rest = KpiCards(explorer).not_estimated()
        held["effects"] = plain(found.results, found.drawn, rest)

    def written() -> str:
        script, places = components(figures) if figures else ("", {})
        return _ENVIRONMENT.from_string(asset("snapshot.html")).render(
            app_title=settings.title,
            variables=Markup(theme.font_faces(inline=True) + theme.css_variables()),
            swap=dict(theme.SWAP),
            shell_css=Markup(asset("shell.css")),
            shell_js=Markup(asset("shell.js")),
            snapshot_css=Markup(asset("snapshot.css")),
            scripts=[Markup(text) for text in _BOKEH.js_raw],
            stamp=shut_in(header.stamp),
            chips=shut_in(header.chips),
            pages=[
                {
                    "name": page.name,
                    "title": page.title,
                    "question": page.question,
                    "rows": joined([row_of(page, row, places) for row in rows]),
                }
                for page, rows in made
            ],
            about=about,
            words=Markup(in_script(_json(held))),
            ledger=Markup(block.text()),
            page_js=Markup(page_js()),
            plot_script=Markup(script),
        )

    text = yield written
    return Snapshot(text, about, where, coarse)


def _whole(where: Where, ledger: Ledger, *, coarse: bool) -> Where:
    """The question with both ends of its period, on whole pieces where days were put together."""
    if not where.dated:
        return where
    days = [one for one in (where.first, where.last, *(ledger.span or ())) if one]
    first, last = where.first or min(days), where.last or max(days)
    if coarse:
        first, last = piece_of(first)[0], piece_of(last)[1]
    return replace(where, first=first, last=last)


def _words(
    ledger: Ledger,
    where: Where,
    pages: Sequence[Mapping[str, Any]],
    words: dict[str, Any],
    *,
    coarse: bool,
) -> dict[str, Any]:
    """All that the page must know besides its arrays."""
    lo, hi = ledger.span or (None, None)
    ends = [one for one in (lo, hi, where.first, where.last) if one]
    epoch = dt.date(1970, 1, 1)
    return {
        "ledger": words,
        "pages": pages,
        "span": {"lo": _iso(lo), "hi": _iso(hi)},
        "named": [] if coarse else named_periods(ledger.span),
        "festivals": [
            {"name": one.name, "first": (one.first - epoch).days, "last": (one.last - epoch).days}
            for one in (festivals(min(ends), max(ends)) if ends else [])
        ],
        "stamp": ledger.dataset.stamp,
        "until": _iso(ledger.dataset.data_until),
        "steps": [step for step in STEPS if step not in (("auto", "day") if coarse else ("auto",))],
        "coarse": coarse,
        "coverage": ledger.customer_coverage,
        "owed": _owed_reason(ledger),
        "offered": words.pop("offered"),
        "filters": words["filters"],
        "called": {name: called(name) for name in ("by", *words["filters"])},
        "firstFilters": FIRST,
        "initial": {
            "values": {name: where.values(name) for name in where.active},
            "first": _iso(where.first),
            "last": _iso(where.last),
        },
        "controlCss": asset("controls.css"),
        "choiceCss": asset("controls.css") + asset("choose.css"),
    }


def _json(held: Mapping[str, Any]) -> str:
    """What the page reads; a number that JSON does not know would make all of it unreadable."""
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _iso(date: dt.date | None) -> str | None:
    return date.isoformat() if date else None


def _owed_reason(ledger: Ledger) -> str:
    """Why the file cannot say what is owed; empty where it can."""
    if "spend" in ledger.absent:
        return "this file was made without what was paid"
    if not ledger.dataset.has("payouts", "status"):
        return "payouts has no status."
    return ""


def _quieten(view: Chart) -> None:
    """Take away what asks a server; what is tapped is heard by the page."""
    taps = list(view.figure.select(TapTool)) if view.figure else []
    view.quieten()
    if view.figure is not None:
        view.figure.add_tools(*taps)
    view.card.say("", view.aside(view.frame))
