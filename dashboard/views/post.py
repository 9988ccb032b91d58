"""One post in full: who published it, what came of it, and where to look further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
import param
import polars as pl

from dashboard import address
from dashboard.formats import NOTHING, day, said
from dashboard.metrics import METRICS
from dashboard.state import Explorer
from dashboard.tables import POST_COLUMNS, TableColumn
from dashboard.views.focus import facts_of
from dashboard.views.lists import CHOSEN_POST, Posts
from dashboard.views.markup import Markup, pane, show, visit
from dashboard.views.table import safe_link
from dashboard.views.view import NO_ROWS, CardView

LONG = {"caption"}
"""Columns that hold sentences."""

_OUTSIDE = Markup('<a href="{url}" target="_blank" rel="noopener noreferrer">Open the post</a>')


class ChosenPost(CardView):
    """What came of this post? The one that was clicked in the table, else its first."""

    title = "One post"
    export = False

    def __init__(self, explorer: Explorer, posts: Posts) -> None:
        super().__init__(explorer)
        self._posts = posts
        explorer.param.watch(self._told, "looks")
        self._facts = pane(Markup(""), "facts.css")
        self.card.add(self._facts)

    def refresh(self) -> None:
        """Show the post that was told, where it is in view, else the first of the table."""
        rows = self._posts.in_view
        if not rows.height:
            show(self._facts, Markup(""))
            self.card.stand("empty", NO_ROWS)
            return
        told = self.explorer.explorer.looks.get(CHOSEN_POST, "")
        found = rows.filter(pl.col("post").cast(pl.String) == told)
        row = (found if found.height else rows).row(0, named=True)
        rate = METRICS["engagement_rate"].say(row["engagement_rate"])
        when = day(row["date"]) if row["date"] else "an unknown day"
        self.card.say(
            f"{row['influencer']} published it on {when}; engagement rate {rate}. "
            "Click another row of the table to see that one."
        )
        show(self._facts, facts_of(self._said(row), self._written(row)))

    def _said(self, row: Mapping[str, Any]) -> list[tuple[str, str | Markup]]:
        """Every column in words; creator and campaign lead further, the post itself outside."""
        facts: list[tuple[str, str | Markup]] = []
        for column in POST_COLUMNS:
            value = row[column.name]
            if column.name in LONG:
                continue
            if column.kind == "link":
                safe = safe_link(value or "")
                facts.append((column.label, _OUTSIDE.format(url=safe) if safe else NOTHING))
            elif column.name in {"influencer", "campaign"}:
                facts.append((column.label, self._further(column.name, value)))
            else:
                facts.append((column.label, _words(column, value)))
        return facts

    @staticmethod
    def _written(row: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(c.label, row[c.name] or NOTHING) for c in POST_COLUMNS if c.name in LONG]

    def _further(self, dimension: str, value: str | None) -> str | Markup:
        """A link to the page of what the post belongs to."""
        explorer = self.explorer.explorer
        if value not in explorer.filters.param[dimension].objects:
            return value or NOTHING
        page = {"influencer": "influencers", "campaign": "campaigns"}[dimension]
        return visit(address.link_to(explorer, page, **{dimension: value}), value)

    def _told(self, event: param.parameterized.Event) -> None:
        if event.new.get(CHOSEN_POST) != event.old.get(CHOSEN_POST):
            with pn.io.hold():
                self.update()


def _words(column: TableColumn, value: Any) -> str:
    if value is None:
        return NOTHING
    if column.kind == "date":
        return day(value)
    return said(value, column.unit, column.digits) if column.kind == "number" else str(value)
