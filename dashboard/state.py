"""Filters (the question, also in words) and Explorer (one user: dataset and filters to answers)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import param

from dashboard.dataset import Dataset
from dashboard.formats import listing
from dashboard.incrementality import Estimate, Kept, Work, under, work_on
from dashboard.incrementality.telling import in_view
from dashboard.ledger import Ledger, ledger_of
from dashboard.query import Answer, Coverage, Margins, View, Where, labels
from dashboard.query.comparison import Comparison, compared
from dashboard.schema import DIMENSIONS, FILTERS
from dashboard.settings import Settings


def _choice(dimension: str) -> param.ListSelector:
    found = DIMENSIONS[dimension]
    return param.ListSelector(
        default=[],
        objects=[],
        check_on_set=True,
        label=found.label,
        doc=f"{found.meaning} Empty keeps everything.",
    )


class Filters(param.Parameterized):
    """What the user narrows by. A parameter's name is the ledger dimension; empty keeps all."""

    brand = _choice("brand")
    campaign = _choice("campaign")
    product = _choice("product")
    platform = _choice("platform")
    category = _choice("category")
    gender = _choice("gender")
    tier = _choice("tier")
    influencer = _choice("influencer")
    basis = _choice("basis")
    period = param.CalendarDateRange(
        default=None,
        allow_None=True,
        label="Period",
        doc="First and last day, both kept. Empty keeps every day.",
    )

    _span: tuple[dt.date, dt.date] | None = None

    def offer(self, ledger: Ledger) -> None:
        """Offer the values of a ledger, and clear what was chosen."""
        self._span = ledger.span
        with param.parameterized.discard_events(self):
            for name in FILTERS:
                self.param[name].objects = labels(ledger, name)
            self.param["period"].bounds = self._span
        self.clear()

    @property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First and last day of the data, whatever period was asked for elsewhere."""
        return self._span

    def clear(self, *names: str) -> None:
        """Open the named filters again, or all."""
        self.param.update(
            {name: None if name == "period" else [] for name in names or (*FILTERS, "period")}
        )

    def keep(self, where: Where) -> None:
        """Ask a question that was made elsewhere; a period open at one end gets the data's.

        A period outside the data is kept as it is, and finds nothing.
        """
        days = [day for day in (where.first, where.last, *(self.span or ())) if day]
        period = None
        if where.dated:
            period = (where.first or min(days), where.last or max(days))
            self.param["period"].bounds = (min(days), max(days))
        self.param.update(
            {**{name: list(where.values(name)) for name in FILTERS}, "period": period}
        )

    def where(self) -> Where:
        """The question as a frozen value."""
        first, last = self.period or (None, None)
        return Where(
            **{name: tuple(getattr(self, name)) for name in FILTERS}, first=first, last=last
        )

    def words(self) -> tuple[tuple[str, str], ...]:
        """Each filter in words."""
        return self.where().words()


COMPARISONS = ("previous", "year", "festival", "off")
"""What a period can be compared with: the one before it, a year ago, the last festival; nothing."""

STEPS = ("auto", "day", "week", "month")
"""By what a course over time can be seen; ``auto`` follows from the length of the period."""


LOOK_NAME = re.compile(r"(?:chosen|plan|top|poor|rows)-[a-z-]{1,40}")
"""Names of views that can be told something; none is the name of a filter."""


class Asking:
    """Asks a ledger one question in many ways; an answer asked for lately is computed once."""

    dataset: Dataset
    ledger: Ledger
    filters: Filters
    comparison: Any
    step: Any
    margins: Any

    @property
    def explorer(self) -> Explorer:
        """The explorer of the user who asks."""
        raise NotImplementedError

    @property
    def where(self) -> Where:
        """The question as it stands."""
        return self.filters.where()

    def view(self, *without: str) -> View:
        """The ledger under the question, some dimensions open again."""
        where = self.where.without(*without)
        return View.of(self.ledger, where, Margins.of(self.margins))

    def before(self, *without: str) -> tuple[Comparison, View | None]:
        """What the question is compared with, and the ledger under that; None where nothing is."""
        where, now = self.where.without(*without), self.view()
        found = compared(where, self.ledger.span, self.comparison)
        if found.where is None:
            return found, None
        return found, View.of(self.ledger, found.where, now.margins)

    def ask(
        self,
        metrics: Sequence[str],
        by: Sequence[str] = (),
        *,
        without: Sequence[str] = (),
        sort: str | None = None,
        top: int | None = None,
    ) -> Answer:
        """Answer metrics by dimensions under the filters; best first, cut to ``top`` if asked."""
        answer = self.view(*without).ask(metrics, by)
        frame = answer.frame
        if sort is not None:
            frame = frame.sort(sort, *by, descending=[True, *[False] * len(by)], nulls_last=True)
        if top is not None:
            frame = frame.head(top)
        return Answer(frame, answer.by, answer.refused)

    def known(self, name: str, *without: str) -> str:
        """The metric to show for a name: ``contribution`` for ``profit`` once margins are known."""
        return self.view(*without).known(name)

    def coverage(self) -> Coverage:
        """What spend the filters left out as unassigned."""
        return self.view().coverage()

    @property
    def estimates(self) -> tuple[Estimate, ...] | None:
        """What came because of each campaign, judged by the gross margins; None until it is known.

        All campaigns, in the order of their names: filters never change an estimate.
        """
        return self.explorer.judged()

    @property
    def unestimated(self) -> str:
        """Why it is not known what came because of campaigns; empty where it is."""
        work = self.explorer.work
        if work is None:
            return "What came because of campaigns is not worked out here."
        if work.found is None and not work.failed:
            out = self.explorer.donors_out
            without = f" without comparing them with {listing(out)}" if out else ""
            return (
                f"What came because of campaigns is being worked out{without}: {work.done} of "
                f"{work.of} are through. It appears here by itself."
            )
        return work.failed

    def estimates_in_view(self) -> tuple[Estimate, ...] | None:
        """Those of the campaigns that the filters leave in view; None until they are known."""
        found = self.estimates
        return None if found is None else in_view(found, self.view())


class Explorer(Asking, param.Parameterized):
    """One user's view of a dataset: the filters, and answers under them.

    Screens watch ``revision`` alone: it grows by one whenever the question or the dataset changes,
    after which every answer is computed at most once. ``served`` is the dataset it began with,
    ``saved`` what this session saved or opened: the names of datasets by their versions.
    """

    revision = param.Integer(
        default=0, label="Revision", doc="Grows with every change of the question or the dataset."
    )
    comparison = param.Selector(
        default="previous",
        objects=list(COMPARISONS),
        label="Compare with",
        doc="What the figures of the period are compared with.",
    )
    step = param.Selector(
        default="auto",
        objects=list(STEPS),
        label="By",
        doc="By what courses over time are seen: days, weeks or months.",
    )
    looks = param.Dict(
        default={},
        label="Looks",
        doc="What single views were told, by their names: whom to show, by what to rank.",
    )
    margins = param.Dict(
        default={},
        label="Gross margins",
        doc="Percents by the name of a product or brand; a product's stands above its brand's.",
    )
    donors_out = param.List(
        default=[],
        item_type=str,
        label="Donors left out",
        doc="Products or brands that are not to say what would have come without campaigns.",
    )
    estimated = param.Integer(
        default=0,
        label="Estimated",
        doc="Grows when more is known of what came because of campaigns.",
    )
    version = param.String(
        default="",
        label="Version",
        doc="The dataset's version; changes when another dataset is used.",
    )

    def __init__(self, dataset: Dataset, settings: Settings | None = None, **params: Any) -> None:
        super().__init__(**params)
        self.settings = settings or Settings()
        self.margins = dict(self.settings.margins)
        self.served = dataset
        self.saved: dict[str, str] = {}
        self.filters = Filters()
        self._changing = self._estimates_wanted = False
        self.work: Work | None = None
        self._judged: tuple[Any, tuple[Estimate, ...]] | None
        self._take(dataset)
        self.filters.param.watch(self._changed, [*FILTERS, "period"])
        self.param.watch(self._changed, ["comparison", "step", "margins"])
        self.param.watch(self._estimate_anew, "donors_out")

    @property
    def explorer(self) -> Explorer:
        """Itself."""
        return self

    def _take(self, dataset: Dataset) -> None:
        self.dataset, self.ledger = dataset, ledger_of(dataset)
        self.filters.offer(self.ledger)
        self.looks, self._judged = {}, None
        with param.parameterized.discard_events(self):
            self.donors_out = []
        if self._estimates_wanted:
            self.estimate()

    def estimate(self) -> None:
        """Have what came because of campaigns worked out, in the background, of each dataset."""
        self._estimates_wanted = True
        kept = Kept(self.settings.cache)
        out = {*self.settings.excluded_donors, *self.donors_out}
        self.work = work_on(self.ledger, out, kept)

    def _estimate_anew(self, _: param.parameterized.Event) -> None:
        if self._estimates_wanted:
            self.estimate()

    def judged(self) -> tuple[Estimate, ...] | None:
        """What is found, judged by the gross margins; None until then, or where nobody asked."""
        found = self.work.found if self.work else None
        if found is None:
            return None
        told = (found, dict(self.margins))
        if self._judged is None or self._judged[0] != told:
            self._judged = told, under(found, self.ledger, Margins.of(self.margins))
        return self._judged[1]

    def use(self, dataset: Dataset) -> None:
        """Look at another dataset, with filters cleared; other sessions keep theirs."""
        self._changing = True
        try:
            self._take(dataset)
        finally:
            self._changing = False
        self.param.update(version=dataset.version, revision=self.revision + 1)

    def look_at(
        self,
        where: Where,
        comparison: str,
        step: str,
        looks: dict[str, str],
        donors_out: Sequence[str],
        margins: dict[str, float],
    ) -> None:
        """Take over everything that can be looked at, as one change."""
        self._changing = True
        try:
            self.filters.keep(where)
            self.param.update(comparison=comparison, step=step, looks=looks)
            if Margins.of(margins) != Margins.of(self.margins):
                self.margins = margins
            if list(donors_out) != self.donors_out:
                self.donors_out = list(donors_out)
        finally:
            self._changing = False
        self._changed()

    def remember(self, view: str, told: str) -> None:
        """Keep what a view was told; empty is its default."""
        looks = {**self.looks, view: told}
        if looks != self.looks:
            self.looks = {name: said for name, said in looks.items() if said}

    def _changed(self, *_: param.parameterized.Event) -> None:
        if not self._changing:
            self.revision += 1


class Focus(Asking):
    """An explorer's question about one value of one dimension: one campaign, one creator.

    ``value`` is what the explorer was told to look at, where it is in view, else the first of
    ``options``, the values in view, best first; None while there is none.
    """

    def __init__(self, explorer: Explorer, dimension: str) -> None:
        self._explorer, self.dimension = explorer, dimension
        self.options: tuple[str, ...] = ()

    @property
    def explorer(self) -> Explorer:
        """The explorer whose question this narrows."""
        return self._explorer

    @property
    def name(self) -> str:
        """What the choice is called among the explorer's looks."""
        return f"chosen-{self.dimension}"

    @property
    def value(self) -> str | None:
        """The value in focus."""
        told = self.explorer.looks.get(self.name)
        return told if told in self.options else next(iter(self.options), None)

    def choose(self, value: str) -> None:
        """Look at another value; what is not in view is not looked at."""
        if value in self.options:
            self.explorer.remember(self.name, value)

    @property
    def dataset(self) -> Dataset:  # type: ignore[override]  # read through to the explorer
        """The explorer's dataset."""
        return self.explorer.dataset

    @property
    def ledger(self) -> Ledger:  # type: ignore[override]  # read through to the explorer
        """The explorer's ledger."""
        return self.explorer.ledger

    @property
    def filters(self) -> Filters:  # type: ignore[override]  # read through to the explorer
        """The explorer's filters."""
        return self.explorer.filters

    @property
    def comparison(self) -> str:  # read through to the explorer
        """What the explorer compares with."""
        return str(self.explorer.comparison)

    @property
    def step(self) -> str:  # read through to the explorer
        """By what the explorer sees time."""
        return str(self.explorer.step)

    @property
    def margins(self) -> dict[str, float]:  # read through to the explorer
        """The explorer's gross margins."""
        return dict(self.explorer.margins)

    @property
    def where(self) -> Where:
        """The explorer's question, narrowed to the value in focus."""
        where = self.explorer.where
        if self.value is None:
            return where
        return replace(where, **{self.dimension: (self.value,)})  # type: ignore[arg-type]  # its own field

    def offer(self, metric: str) -> None:
        """Offer the values in view, best first by a metric."""
        ranked = self.explorer.ask([metric], [self.dimension], sort=metric).frame[self.dimension]
        self.options = tuple(ranked.drop_nulls().to_list())
