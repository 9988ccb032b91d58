"""The six numbers on top: what came in, what went out, what that means, what is still owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import panel as pn
import polars as pl

from dashboard.formats import NOTHING, counted, percent, rupees_compact, times
from dashboard.incrementality import Total, total
from dashboard.incrementality.telling import portfolio_note
from dashboard.metrics import METRICS
from dashboard.metrics.change import Change
from dashboard.query import Answer
from dashboard.query.comparison import Comparison
from dashboard.reconciliation import Dues, dues, dues_over_time
from dashboard.state import Asking
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.timeline import STEPS, step_of
from dashboard.views.view import View

ASKED = (
    "revenue", "spend", "orders", "roas", "cpo", "break_even_incrementality",
    "new_customers", "cac", "returned_revenue",
)  # fmt: skip
DRAWN = ("revenue", "spend", "roas", "break_even_incrementality", "cac")

SHORTER = dict.fromkeys(
    ("break_even_incrementality", "break_even_incrementality_costed"), "Break-even share"
)
"""Labels that would not fit a card."""

_GRID = Markup('<div class="kpis">{cards}</div><p class="against">{against}</p>')
_CARD = Markup(
    '<article class="kpi"><header><h2>{label}</h2>'
    '<details class="tip" name="tip"><summary aria-label="What {label} means">'
    '<span aria-hidden="true">?</span></summary>'
    "<p>{definition}</p></details></header>"
    '<div class="value">{value}</div><p class="note">{note}</p>'
    '<div class="foot">{change}{spark}</div></article>'
)
_CHANGE = Markup(
    '<p class="change" title="{heard}"><span class="sr">{heard}</span>'
    '<b class="{mood}" aria-hidden="true">{mark} {words}</b>{was}</p>'
)
_WAS = Markup("<small>was {}</small>")
_SPARK = Markup(
    '<svg class="spark" viewBox="0 0 {width} {height}" aria-hidden="true">'
    '<path d="{path}"/><circle cx="{x}" cy="{y}" r="2.2"/></svg>'
)
PAYABLE = (
    "What is still owed of the spend in view: payouts whose status is neither paid nor cancelled."
)
INCREMENTAL = (
    "Revenue that would not have come without the campaigns in view, divided by all that is paid "
    "for them: of whole campaigns, whatever the filters, and of those only that can be estimated. "
    "The range holds it with nine chances in ten. The page Incrementality says how we know."
)


@dataclass(frozen=True)
class Kpi:
    """One card: label, value and note in words, what it means, its course over time."""

    label: str
    value: str
    note: str
    definition: str
    course: Sequence[float | None] = ()
    change: Change | None = None
    against: str = ""


@dataclass(frozen=True)
class Before:
    """What the cards are compared with: the days in words, the values of then, what was owed."""

    words: str
    values: Mapping[str, float | None]
    dues: Dues

    def change(self, name: str, now: Answer) -> Change | None:
        """The change of a metric; none where it is refused now, as its card says."""
        if name in now.refused:
            return None
        return Change.of(METRICS[name], now.value(name), self.values.get(name))


class KpiCards(View):
    """Six cards in one pane: one message for each change."""

    title = "Key figures"
    estimated = True

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self._pane = pane(Markup(""), "kpis.css")
        self._totals = Answer(pl.DataFrame())

    @property
    def panel(self) -> pn.viewable.Viewable:
        """The pane."""
        return self._pane

    def numbers(self) -> pl.DataFrame:
        """All that was asked for the cards, in one row."""
        return self._totals.frame

    def refresh(self) -> None:
        """Ask for the totals, for their course, and for what they were before."""
        drawn = tuple(self.explorer.known(name) for name in DRAWN)
        even = () if drawn == DRAWN else ("break_even_roas",)
        self._totals = self.explorer.ask(tuple(dict.fromkeys((*ASKED, *drawn, *even))))
        time = step_of(self.explorer)
        course = self.explorer.ask(drawn, (time,)).frame.drop_nulls(time).sort(time)
        comparison, then = self.explorer.before()
        before = None
        if then is not None:
            values = then.ask(drawn).frame.row(0, named=True)
            before = Before(comparison.words, values, dues(then))
        self._show(self.cards(self._totals, course, before), _against(comparison))

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Six cards without values."""
        del broken
        known = [
            (SHORTER.get(name, METRICS[name].label), METRICS[name].definition) for name in DRAWN
        ]
        cards = [*known, ("Payable", PAYABLE)]
        self._show([Kpi(label, NOTHING, sentence, meaning) for label, meaning in cards])

    def cards(
        self, totals: Answer, course: pl.DataFrame, before: Before | None = None
    ) -> list[Kpi]:
        """The six cards."""
        payable = dues(self.explorer.view())
        against = before.words if before else ""
        whole = total(self.explorer.estimates_in_view() or ())
        rest = self.not_estimated()
        notes = {
            "revenue": _revenue_note(totals),
            "spend": _spend_note(totals),
            "roas": _roas_note(totals),
            "break_even_incrementality": _incrementality_note(totals, rest),
            "break_even_incrementality_costed": _costed_note(totals, rest),
            "cac": _customers_note(totals, self.explorer.ledger.customer_coverage),
        }
        return [
            *(
                _incremental(whole)
                if name in SHORTER and whole.iroas is not None
                else replace(
                    _card(totals, name, notes[name], course[name].to_list()),
                    change=before.change(name, totals) if before else None,
                    against=against,
                )
                for name in _drawn(totals)
            ),
            Kpi(
                "Payable",
                rupees_compact(payable.payable),
                payable.reason or counted(payable.payouts, "payout") + " open",
                PAYABLE,
                dues_over_time(self.explorer.view(), STEPS[step_of(self.explorer)]),
                _change_of_dues(payable, before),
                against,
            ),
        ]

    def not_estimated(self) -> str:
        """Why the share that came because of creators stands without its answer."""
        work = self.explorer.explorer.work
        if work is None or work.failed:
            return "how much did is not estimated yet"
        if not work.is_over:
            return "how much did is being worked out"
        return "of no campaign in view can be told how much did"

    def _show(self, cards: Sequence[Kpi], against: str = "") -> None:
        grid = joined([_markup(card) for card in cards])
        show(self._pane, _GRID.format(cards=grid, against=against or "\N{NO-BREAK SPACE}"))


def _against(comparison: Comparison) -> str:
    """One sentence for all cards: what they are compared with, or why with nothing."""
    return f"Compared with {comparison.words}." if comparison.where else comparison.reason


def _change_of_dues(now: Dues, before: Before | None) -> Change | None:
    """A change of what is owed, which is a part of spend: neither way is good in itself."""
    if before is None or now.payable is None:
        return None
    return Change.of(METRICS["spend"], now.payable, before.dues.payable)


def _card(totals: Answer, name: str, note: str, course: Sequence[float | None]) -> Kpi:
    metric = METRICS[name]
    refusal = totals.refused.get(name, "").split(". ")[0]  # the card has room for the reason only
    label = SHORTER.get(name, metric.label)
    value = _say(totals, name, compact=True)
    return Kpi(label, value, refusal or note, metric.definition, course)


def _say(totals: Answer, name: str, *, compact: bool = False) -> str:
    return METRICS[name].say(totals.value(name), compact=compact)


def _revenue_note(totals: Answer) -> str:
    orders = counted(int(totals.value("orders") or 0), "order")
    returned, kept = totals.value("returned_revenue") or 0.0, totals.value("revenue") or 0.0
    if not returned or not returned + kept:
        return orders
    return f"{orders}; {percent(returned / (returned + kept))} of sales returned"


def _spend_note(totals: Answer) -> str:
    if totals.value("cpo") is None:
        return ""
    return f"{_say(totals, 'cpo', compact=True)} for each order"


def _customers_note(totals: Answer, coverage: float | None) -> str:
    """How many are new, and how many orders that can be said of."""
    new = counted(int(totals.value("new_customers") or 0), "new customer")
    if coverage is None or coverage == 1:
        return new
    return f"{new}; {percent(1 - coverage)} of order rows name no customer"


def _roas_note(totals: Answer) -> str:
    roas = totals.value("roas")
    if roas is None:
        return "nothing was spent in this view"
    if "break_even_roas" not in totals.frame.columns:
        return f"{'above' if roas >= 1 else 'below'} break-even, which is 1×"
    even = totals.value("break_even_roas")
    if even is None or even <= 0:
        return "no gross profit in this view"
    return f"{'above' if roas >= even else 'below'} break-even, {times(even)} by gross margin"


def _drawn(totals: Answer) -> list[str]:
    """The metrics of the cards; the cost of the product counts where it was asked for."""
    there = totals.frame.columns
    return [METRICS[name].costed if METRICS[name].costed in there else name for name in DRAWN]


def _incremental(whole: Total) -> Kpi:
    """What came because of campaigns, in place of what would have to."""
    return Kpi("Incremental ROAS", times(whole.iroas), portfolio_note(whole), INCREMENTAL)


def _costed_note(totals: Answer, rest: str) -> str:
    if "break_even_incrementality_costed" not in totals.frame.columns:
        return ""
    share = totals.value("break_even_incrementality_costed")
    if share is None or share < 0:
        return "no gross profit in this view"
    if share > 1:
        return "more was spent than is left of revenue after product cost, whatever its cause"
    return f"of revenue must have come because of creators, product cost counted; {rest}"


def _incrementality_note(totals: Answer, rest: str) -> str:
    share = totals.value("break_even_incrementality")
    if share is None:
        return "no revenue in this view"
    if share > 1:
        return "more was spent than came in, whatever its cause"
    return f"of revenue must have come because of creators; {rest}"


def _markup(card: Kpi) -> Markup:
    return _CARD.format(
        label=card.label,
        value=card.value,
        note=card.note,
        definition=card.definition,
        change=_change(card),
        spark=sparkline(card.course),
    )


def _change(card: Kpi) -> Markup:
    """Arrow, sign and colour, what it was, and the same as a sentence; nothing without a change."""
    if card.change is None:
        return Markup("")
    one = card.change
    was = one.metric.say(one.before, compact=True) if one.before else ""
    sentence = f"{card.label} {one.sentence(card.against)}" + (f"; it was {was}." if was else ".")
    return _CHANGE.format(
        heard=sentence,
        mood=one.mood,
        mark=one.mark,
        words=one.words,
        was=_WAS.format(was) if was else "",
    )


def sparkline(course: Sequence[float | None], width: int = 96, height: int = 26) -> Markup:
    """A small line without axes; nothing for fewer than two points."""
    values = [value for value in course if value is not None]
    if len(values) < 2:
        return Markup("")
    low, high = min(values), max(values)
    tall = (height - 6) / ((high - low) or 1)
    apart = (width - 5) / (len(values) - 1)
    points = [
        f"{2 + at * apart:.1f},{height - 3 - (value - low) * tall:.1f}"
        for at, value in enumerate(values)
    ]
    x, y = points[-1].split(",")
    return _SPARK.format(width=width, height=height, path="M" + " L".join(points), x=x, y=y)
