"""Alerts: what somebody should look at, the worst first, each with the way to where it is seen."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard import address
from dashboard.alerts import Alert, first, look, said
from dashboard.schema import DIMENSIONS
from dashboard.state import Explorer
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import CardView

_ROOM = Markup('<div class="room"></div>')
_LIST = Markup('<ol aria-label="Alerts, the worst first">{}</ol>')
_ROW = Markup(
    '<li><span class="grade {severity}">{word}</span><span class="what">{sentence}</span>'
    '<a href="?{link}" data-visit="{link}" aria-label="{page} of {whom}">{page} →</a></li>'
)

ONLY_PAYOUTS = " Under a filter on the payout basis only payouts are looked at."


class Alerts(CardView):
    """What should somebody look at?"""

    title = "Alerts"
    note = "worst first"
    later = True

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self.own = explorer
        self.found: tuple[Alert, ...] = ()
        self._list = pane(Markup(""), "alerts.css")
        self.card.add(self._list)

    def numbers(self) -> pl.DataFrame:
        """Every alert, shown or not."""
        rows = [(one.severity, one.name, _whom(one), one.stake, one.sentence) for one in self.found]
        kinds = {"severity": pl.String, "rule": pl.String, "about": pl.String}
        schema = {**kinds, "at_stake": pl.Float64, "sentence": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def refresh(self) -> None:
        """Look again."""
        self.found = look(self.explorer.view(), self.own.settings)
        shown = first(self.found)
        limited = ONLY_PAYOUTS if self.explorer.where.basis else ""
        self.card.say(said(self.found, len(shown)) + limited)
        show(self._list, self._markup(shown))

    def refuse(self, sentence: str, *, broken: bool = False) -> None:
        """Show a sentence in place of the list."""
        show(self._list, _ROOM)
        super().refuse(sentence, broken=broken)

    def _markup(self, alerts: Sequence[Alert]) -> Markup:
        rows = [
            _ROW.format(
                severity=one.severity,
                word=one.severity.capitalize(),
                sentence=one.sentence,
                link=address.link_to(self.own, one.page, **one.about),
                page=one.page.capitalize(),
                whom=_whom(one),
            )
            for one in alerts
        ]
        return _LIST.format(joined(rows)) if rows else Markup("")


def _whom(alert: Alert) -> str:
    """Whom it is about, in words: "Campaign Gritzo_Kids_1"."""
    return "; ".join(f"{DIMENSIONS[name].label} {value}" for name, value in alert.about.items())
