"""Movers: the creators who earn most and who lose most."""

from __future__ import annotations

import polars as pl

from dashboard.formats import rupees_compact, times
from dashboard.query import added
from dashboard.state import Asking
from dashboard.tables import named
from dashboard.views.markup import Markup, joined, pane, show
from dashboard.views.view import NO_ROWS, CardView

MOST = 5

_LIST = Markup('<ol aria-label="{label}">{rows}</ol>')
_ROW = Markup(
    '<li><span class="who"><b title="{name}">{name}</b><small>{kind}</small></span>'
    '<span class="by {mood}">{sign} {profit}<small>{roas}</small></span></li>'
)


class Movers(CardView):
    """Who earns most, and who loses most? Before product cost, unless gross margins are known."""

    title = "Best and worst by profit"

    def __init__(self, explorer: Asking) -> None:
        super().__init__(explorer)
        self._list = pane(Markup(""), "movers.css")
        self.card.add(self._list)
        self.frame = pl.DataFrame()

    def numbers(self) -> pl.DataFrame:
        """Every creator in view, best first."""
        return self.frame

    def refresh(self) -> None:
        """Ask for every creator's profit and show both ends of the ranking."""
        profit = self.explorer.known("profit")
        metrics, by = (profit, "revenue", "spend", "roas"), ("influencer", "category", "platform")
        answer = self.explorer.ask(metrics, by, sort=profit)
        self.frame = answer.frame
        ranked = named(answer.frame).rename({profit: "profit"}).drop_nulls("profit")
        if answer.refused:
            self.refuse(next(iter(answer.refused.values())))
        elif not ranked.height:
            self.card.stand("empty", NO_ROWS)
        else:
            self._show(ranked, "after" if profit == "contribution" else "before")

    def _show(self, ranked: pl.DataFrame, when: str) -> None:
        best = ranked.head(MOST)
        worst = ranked.slice(max(best.height, ranked.height - MOST))
        self.card.say(_sentence(ranked, best, when))
        lists = [_LIST.format(label="Best", rows=_rows(best))]
        if worst.height:
            lists.append(_LIST.format(label="Worst", rows=_rows(worst)))
        show(self._list, joined(lists))


def _sentence(ranked: pl.DataFrame, best: pl.DataFrame, when: str) -> str:
    earned = rupees_compact(added(best["profit"]))
    answer = f"The best {best.height} of {ranked.height} earn {earned} {when} product cost."
    losing = ranked.filter(pl.col("profit") < 0)["profit"]
    if not len(losing):
        return answer
    return f"{answer} {len(losing)} lose {rupees_compact(-added(losing))}."


def _rows(creators: pl.DataFrame) -> Markup:
    return joined(
        [
            _ROW.format(
                name=row["influencer"],
                kind=f"{row['category']} · {row['platform']}",
                mood="good" if row["profit"] >= 0 else "bad",
                sign="▲" if row["profit"] >= 0 else "▼",
                profit=rupees_compact(row["profit"]),
                roas=f"ROAS {times(row['roas'])}",
            )
            for row in creators.iter_rows(named=True)
        ]
    )
