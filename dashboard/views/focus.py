"""One campaign or one creator: a choice, and views that ask about what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

import panel as pn
import param
import polars as pl

from dashboard import address
from dashboard.formats import counted, percent, rupees, rupees_compact, times
from dashboard.metrics import METRICS
from dashboard.schema import DIMENSIONS
from dashboard.state import Explorer, Focus
from dashboard.views.bars import MOST, RankedBars
from dashboard.views.choose import Choice
from dashboard.views.markup import Markup, joined, pane, show, visit
from dashboard.views.timeline import RevenueAndSpend
from dashboard.views.view import NO_ROWS, CardView, View

ASKED = ("revenue", "spend", "roas", "orders", "aov", "cpo", "new_customers", "cac")

_FACTS = Markup('<dl class="facts">{}</dl>')
_LINKS = Markup('<p class="further">{}</p>')
_FACT = Markup("<div><dt>{label}</dt><dd>{value}</dd></div>")
_WORDS = Markup('<div class="words"><dt>{label}</dt><dd>{value}</dd></div>')


def facts_of(
    facts: Sequence[tuple[str, str | Markup]], words: Sequence[tuple[str, str]] = ()
) -> Markup:
    """Labels with their values; below them longer ``words``, over the whole width."""
    lines = [_FACT.format(label=a, value=b) for a, b in facts]
    return _FACTS.format(joined([*lines, *(_WORDS.format(label=a, value=b) for a, b in words)]))


class Chooser(CardView):
    """Which one is looked at, and its figures; the views that ask about it follow.

    ``dimension`` is what is chosen among, ``followers`` are refreshed when another is chosen;
    ``further`` are pages to go on to, with the words for it.
    """

    dimension: str = ""
    further: tuple[tuple[str, str], ...] = ()
    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self.focus = Focus(explorer, self.dimension)
        self.followers: tuple[View, ...] = ()
        self.choice = Choice.of(DIMENSIONS[self.dimension].label, [], "")
        self.choice.param.watch(self._chosen, "value")
        explorer.param.watch(self._told, "looks")
        self._facts = pane(Markup(""), "facts.css")
        self.card.add(self.choice)
        self.card.add(self._facts)

    def refresh(self) -> None:
        """Offer what is in view, and say how the chosen one did."""
        self.focus.offer("revenue")
        self.choice.offer(self.focus.options, self.focus.value)
        if self.focus.value is None:
            show(self._facts, Markup(""))
            self.card.stand("empty", NO_ROWS)
            return
        profit = METRICS[self.focus.known("profit")]
        values = self.focus.ask((*ASKED, profit.name)).frame.row(0, named=True)
        facts = [
            ("Revenue", rupees_compact(values["revenue"])),
            ("Spend", rupees_compact(values["spend"])),
            ("ROAS", times(values["roas"])),
            (profit.label, rupees_compact(values[profit.name])),
            ("Orders", counted(values["orders"] or 0, "order")),
            ("Average order", rupees_compact(values["aov"])),
            ("Cost per order", rupees_compact(values["cpo"])),
            ("New customers", counted(values["new_customers"] or 0, "customer")),
        ]
        show(self._facts, joined([facts_of(facts), self._links()]))
        self.card.say(self.verdict(values))

    def _links(self) -> Markup:
        """Where to look further: other pages, narrowed to the one in focus."""
        value, explorer = self.focus.value, self.focus.explorer
        if value is None or value not in explorer.filters.param[self.dimension].objects:
            return Markup("")
        links = [
            visit(address.link_to(explorer, page, **{self.dimension: value}), words)
            for page, words in self.further
        ]
        return _LINKS.format(joined(links))

    def choose(self, value: str) -> None:
        """Look at another one; what is not in view is not looked at."""
        self.focus.choose(value)

    def verdict(self, values: dict[str, float | None]) -> str:
        """Whether the money came back, in words."""
        revenue, spend = values["revenue"] or 0.0, values["spend"] or 0.0
        left = values.get("contribution")
        if not spend:
            return f"{rupees(revenue)} came back; no spend in this view stands against it."
        share = percent(spend / revenue) if revenue > 0 else None
        if revenue <= 0:
            return f"{rupees(spend)} was spent and nothing came back in this view."
        if left is not None:
            return _after_cost(left, spend, self.cause())
        if revenue < spend:
            return f"The money did not come back: {rupees(spend - revenue)} is missing."
        return (
            f"The money came back {times(revenue / spend)}, before product cost. It paid off if at "
            f"least {share} of this revenue would not have come without it; {self.cause()}."
        )

    def cause(self) -> str:
        """What is known of how much came because of it, in words."""
        return "how much that is can only be estimated for whole campaigns"

    def _chosen(self, event: param.parameterized.Event) -> None:
        if event.new and event.new != self.focus.value:
            self.focus.choose(event.new)

    def _told(self, event: param.parameterized.Event) -> None:
        """Follow the choice, wherever it was made: here, in a table, in a link."""
        name = self.focus.name
        if event.new.get(name) != event.old.get(name) and self.focus.options:
            with pn.io.hold():
                self.update()
                for view in self.followers:
                    view.update()


def _after_cost(left: float, spend: float, cause: str) -> str:
    """Whether the money came back once the product is paid for, in words."""
    if left < 0:
        return (
            f"The money did not come back: after product cost and spend {rupees(-left)} is missing."
        )
    share = percent(spend / (left + spend))
    return (
        f"The money came back: {rupees(left)} is left after product cost and spend. It paid off if "
        f"at least {share} of this revenue would not have come without it; {cause}."
    )


class ChosenCampaign(Chooser):
    """How did this campaign do?"""

    title = "One campaign"
    dimension = "campaign"
    further = (
        ("influencers", "Its influencers →"),
        ("posts", "Its posts →"),
        ("payouts", "Its payouts →"),
        ("incrementality", "What came because of it →"),
    )
    estimated = True

    def cause(self) -> str:
        """The estimate, or why there is none."""
        found = self.explorer.estimates
        if found is None:
            work = self.explorer.explorer.work
            waiting = work is not None and not work.is_over
            return (
                f"how much that is {'is being worked out' if waiting else 'is not estimated yet'}"
            )
        one = next((one for one in found if one.campaign == self.focus.value), None)
        if one is None or one.iroas is None or one.iroas_interval is None:
            return "how much that is cannot be known from these data"
        low, high = one.iroas_interval
        return (
            f"what did is estimated at {times(one.iroas)} of its payouts, {times(low)} to "
            f"{times(high)} with nine chances in ten"
        )


class ChosenInfluencer(Chooser):
    """How did this creator do?"""

    title = "One influencer"
    dimension = "influencer"
    further = (
        ("campaigns", "Their campaigns →"),
        ("posts", "Their posts →"),
        ("payouts", "Their payouts →"),
    )

    def refresh(self) -> None:
        """Say who it is besides how they did."""
        super().refresh()
        if self.focus.value is None:
            return
        who = self.focus.ledger.pairs.filter(pl.col("influencer") == self.focus.value)
        row = who.row(0, named=True)
        kind = " · ".join(
            row[name] for name in ("platform", "category", "gender", "tier") if row[name]
        )
        self.card.say(f"{kind or 'Not in the influencers table'}. {self.card.sentence}")


class CampaignTimeline(RevenueAndSpend):
    """When did this campaign's money come in and go out?"""

    title = "Its revenue and spend"


class InfluencerTimeline(RevenueAndSpend):
    """When did this creator's money come in and go out?"""

    title = "Revenue and spend of this influencer"


class CampaignCreators(RankedBars):
    """Who brought this campaign's revenue?"""

    title = "Its influencers by revenue"
    metric, dimension = "revenue", "influencer"
    height = 280

    def columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Those who brought anything, the first ones."""
        return super().columns(frame.filter(pl.col("revenue") != 0).head(MOST))
