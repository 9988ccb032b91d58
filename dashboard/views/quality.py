"""The data-quality strip: what was read, what was set aside, what these filters leave out."""

from __future__ import annotations

from dashboard.formats import number, rupees_compact
from dashboard.state import Asking
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import CardView

_FACT = Markup("<li><b>{value}</b> {words}</li>")
_SENTENCE = Markup("<li>{}</li>")


class DataQuality(CardView):
    """How far can these numbers be trusted? What was read, set aside and left out."""

    title = "Data quality"
    export = False

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self._facts = pane(Markup(""), "quality.css")
        self.card.add(self._facts)

    def refresh(self) -> None:
        """Count again."""
        report, coverage = self.explorer.dataset.report, self.explorer.coverage()
        aside = sum(report.quarantined.values())
        placed = coverage.spend_left_out == 0
        self.card.say(
            "All spend under these filters could be placed."
            if placed
            else "Some spend could not be placed under these filters."
        )
        facts = [
            _FACT.format(value=number(sum(report.read.values())), words="rows read"),
            _FACT.format(value=number(aside), words="set aside"),
            _FACT.format(value=rupees_compact(coverage.spend_in_view), words="of spend in view"),
            *(_SENTENCE.format(sentence) for sentence in coverage.sentences),
        ]
        show(self._facts, Markup("<ul>{}</ul>").format(joined(facts)))
