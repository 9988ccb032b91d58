"""The pages of a file: views that need no server, and what the page must know to redraw them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.dataset import Dataset
from dashboard.errors import QueryError, UnknownNameError
from dashboard.export import estimated
from dashboard.export.estimated import Results
from dashboard.export.found import as_it_stands
from dashboard.incrementality import Estimate, Work
from dashboard.ledger import Ledger
from dashboard.pages.definitions import Definitions
from dashboard.pages.page import Page, Row
from dashboard.query import Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views import bars, kpis, lists
from dashboard.views.chart import Chart
from dashboard.views.personas import Personas
from dashboard.views.planner import HowFarToTrust
from dashboard.views.scatter import SpendAgainstRevenue
from dashboard.views.timeline import RevenueAndSpend, RevenueOverTime
from dashboard.views.top import TopInfluencers
from dashboard.views.view import CardView, View


class Asker(Explorer):
    """An explorer of a ledger that was made ready for a file. It asks for days before all days.

    So its views are drawn and hold nothing: what they show, the page finds out for itself.
    """

    def __init__(
        self,
        ledger: Ledger,
        settings: Settings,
        work: Work | None = None,
        results: Results | None = None,
    ) -> None:
        self._prepared = ledger
        super().__init__(ledger.dataset, settings)
        self.work, self.results = as_it_stands(work), results or Results()
        self.filters.keep(Where(first=dt.date.min, last=dt.date.min))

    def _take(self, dataset: Dataset) -> None:
        self.dataset, self.ledger = dataset, self._prepared
        self.filters.offer(self.ledger)

    def judged(self) -> tuple[Estimate, ...] | None:
        """What the file holds of campaigns."""
        found = self.work.found if self.work else None
        return None if found is None else self.results.estimates

    @property
    def paid(self) -> bool:
        """Whether what was paid is in the file."""
        return "spend" not in self.ledger.absent


class OfflinePage(Page):
    """A page that asks an ``Asker``."""

    explorer: Asker


class LargestCampaigns(bars.RevenueByCampaign):
    """Which campaigns sell most? As high as the timeline beside it."""

    height = 380


class CategoriesByRoas(bars.RoasByCategory):
    """Which categories give the money back? As high as the bars beside it."""

    height = 350


class Table(CardView):
    """A table that the page writes itself: its head is drawn here, its rows are not."""

    of: type[lists.Campaigns | lists.Influencers]

    def refresh(self) -> None:
        """Nothing: there are no rows here."""

    def offline(self) -> dict[str, Any]:
        """What the page fills it by."""
        kept = "spend" not in self.explorer.ledger.absent
        lacking = () if kept else ("spend", "roas", "profit", "cpo", "cac")
        return {
            "kind": "table",
            "metrics": [name for name in self.of.metrics if name not in lacking],
            "by": self.of.by,
            "order": self.of.order,
            "picks": [self.of.picks],
            "called": self.of.called,
            "pageSize": self.of.page_size,
        }


class Campaigns(Table):
    """Which campaigns paid?"""

    of, title = lists.Campaigns, lists.Campaigns.title


class Influencers(Table):
    """Who, and with what result?"""

    of, title = lists.Influencers, lists.Influencers.title


class OverviewPage(OfflinePage):
    """How are we doing?"""

    title, question = "Overview", "How are we doing?"

    def rows(self) -> Sequence[Row]:
        """Key figures, their course, who and what made them."""
        ask = self.explorer
        if not ask.paid:
            return [
                Row(kpis.KpiCards(ask)),
                Row(RevenueOverTime(ask), LargestCampaigns(ask), widths="2fr 1fr"),
                Row(
                    bars.RevenueByPlatform(ask),
                    bars.RevenueByBrand(ask),
                    bars.RevenueByCategory(ask),
                ),
            ]
        return [
            Row(kpis.KpiCards(ask)),
            Row(RevenueAndSpend(ask), LargestCampaigns(ask), widths="2fr 1fr"),
            Row(bars.RoasByPlatform(ask), Personas(ask), SpendAgainstRevenue(ask)),
        ]


class CampaignsPage(OfflinePage):
    """Which campaigns paid?"""

    title, question = "Campaigns", "Which campaigns paid?"

    def rows(self) -> Sequence[Row]:
        """All of them ranked, then brands and products."""
        ask = self.explorer
        if not ask.paid:
            return [
                Row(Campaigns(ask)),
                Row(
                    bars.RevenueByCampaign(ask),
                    bars.RevenueByBrand(ask),
                    bars.RevenueByProduct(ask),
                ),
            ]
        return [
            Row(Campaigns(ask)),
            Row(bars.RoasByCampaign(ask), bars.RoasByBrand(ask), bars.RevenueByBrand(ask)),
            Row(bars.RoasByProduct(ask), bars.RevenueByProduct(ask)),
        ]


class InfluencersPage(OfflinePage):
    """Who, and what kind of person?"""

    title, question = "Influencers", "Who, and what kind of person?"

    def rows(self) -> Sequence[Row]:
        """Everybody at a glance, the best, kinds of people, then all in a table."""
        ask = self.explorer
        if not ask.paid:
            return [
                Row(TopInfluencers(ask), bars.RevenueByCategory(ask)),
                Row(bars.RevenueByTier(ask), bars.RevenueByPlatform(ask)),
                Row(Influencers(ask)),
            ]
        return [
            Row(SpendAgainstRevenue(ask), Personas(ask)),
            Row(TopInfluencers(ask), CategoriesByRoas(ask)),
            Row(bars.RevenueByCategory(ask), bars.RoasByTier(ask), bars.RevenueByPlatform(ask)),
            Row(Influencers(ask)),
        ]


class IncrementalityPage(OfflinePage):
    """What came because of us?"""

    title, question = "Incrementality", "What came because of us?"

    def rows(self) -> Sequence[Row]:
        """The verdict on each campaign, then one of them in full."""
        ask = self.explorer
        chosen = estimated.ChosenEstimate(ask)
        return [
            Row(estimated.Verdicts(ask) if ask.results.paid else estimated.UnpaidVerdicts(ask)),
            Row(chosen),
            Row(
                estimated.ExpectedAndActual(chosen),
                estimated.CumulativeEffect(chosen, paid=ask.results.paid),
                widths="2fr 1fr",
            ),
        ]


class PlannerPage(OfflinePage):
    """Whom next?"""

    title, question = "Planner", "Whom next?"

    def rows(self) -> Sequence[Row]:
        """Three lists, and how far to trust them."""
        ask = self.explorer
        return [
            Row(estimated.BookAgain(ask, ask.results)),
            Row(estimated.TryAgain(ask, ask.results)),
            Row(estimated.StopBooking(ask, ask.results)),
            Row(HowFarToTrust(ask)),
        ]


PAGES: tuple[type[Page], ...] = (OverviewPage, CampaignsPage, InfluencersPage, Definitions)
"""What a file may show, in the order of its menu. The other pages need the rows, not the sums."""

ESTIMATED: tuple[type[Page], ...] = (IncrementalityPage, PlannerPage)
"""What a file may show besides, where what came because of campaigns was worked out."""


def chosen(
    names: Sequence[str], *, found: bool = False, paid: bool = True
) -> tuple[type[Page], ...]:
    """The pages of these names, in the order of the menu; all of them for no names.

    Raises
    ------
    UnknownNameError
        A page that does not exist, or that only the live dashboard has.
    QueryError
        A page that needs what the file leaves out.
    """
    extra = [page for page in ESTIMATED if found and (paid or page is IncrementalityPage)]
    offered = {page.title.lower(): page for page in (*PAGES[:-1], *extra, PAGES[-1])}
    left_out = {page.title.lower() for page in ESTIMATED} - set(offered)
    wanted = [name.strip().lower() for name in names]
    for name in wanted:
        if name in left_out:
            lacks, option = (
                ("what was paid", "--no-payouts") if found else ("estimates", "--no-incrementality")
            )
            raise QueryError(
                f"The page {name.capitalize()} needs {lacks}, which {option} leaves out. Leave one "
                "of the two out."
            )
        if name not in offered:
            raise UnknownNameError("page for a file", name, offered)
    return tuple(page for name, page in offered.items() if not wanted or name in wanted)


def needs_estimates(pages: Sequence[type[Page]], *, paid: bool = True) -> bool:
    """Whether any of these pages shows what came because of campaigns."""
    return any(page in ESTIMATED or (page is OverviewPage and paid) for page in pages)


UNPAID = ("revenue", "orders", "aov", "new_customers", "reach")
"""The key figures of a file without what was paid, in place of those that need it."""


def described(view: View, where: str, *, paid: bool = True) -> dict[str, Any]:
    """What the page must know of a view; ``where`` is its place in the page."""
    answer: dict[str, Any] = {"id": where, "name": view.name, "title": view.title}
    if isinstance(view, kpis.KpiCards):
        return answer | {
            "kind": "kpis",
            "asked": kpis.ASKED,
            "drawn": kpis.DRAWN if paid else UNPAID,
            "shorter": kpis.SHORTER,
            "payable": kpis.PAYABLE,
        }
    offline = getattr(view, "offline", None)
    answer |= offline() if offline else {"kind": "words"}
    if isinstance(view, Chart) and view.figure is not None:
        answer |= {
            "models": {"figure": view.figure.id, "source": view.source.id},
            "picks": view.picks,
            "metrics": view.metrics,
            "by": view.by,
        } | {name: answer[name] for name in ("metric",) if name in answer}
    return answer
