"""Tools: what the small buttons of views do, on the pages and in a cell of a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import panel as pn

from dashboard.schema import FILTERS
from dashboard.state import STEPS, Explorer
from dashboard.tables import to_csv
from dashboard.theme import bare
from dashboard.views.actions import Actions
from dashboard.views.chart import Chart
from dashboard.views.view import View


class Tools:
    """Numbers and pictures to keep, charts as tables, steps of time, filters opened again.

    ``views`` answers with the views in sight by their names, or ``fresh``: with all of them as the
    question stands, so that nothing old is taken away.
    """

    def __init__(
        self,
        actions: Actions,
        explorer: Explorer,
        views: Callable[[], Mapping[str, View]],
        fresh: Callable[[], Mapping[str, View]],
    ) -> None:
        self.actions, self.explorer = actions, explorer
        self._views, self._fresh = views, fresh
        for verb, handler in (
            ("export", self._export),
            ("picture", self._picture),
            ("table", self._turn),
            ("step", self._step),
            ("clear", self._clear),
        ):
            actions.on(verb, handler)

    def _export(self, name: str) -> None:
        """Save the numbers of one view, as filtered."""
        view = self._fresh().get(name)
        numbers = view.numbers() if view else None
        if view is not None and numbers is not None:
            text = to_csv(numbers, [view.title, *self._printed_on(view)])
            self.actions.save(self._file(view, "csv"), text)

    def _picture(self, name: str) -> None:
        """Save the figure of a chart as a picture, as filtered."""
        view = self._fresh().get(name)
        if isinstance(view, Chart) and view.figure is not None:
            self.actions.draw(self._file(view, "png"), view.picture(), self._printed_on(view))

    def _file(self, view: View, ending: str) -> str:
        until = self.explorer.dataset.data_until
        return f"{view.name}{f'-{until:%Y-%m-%d}' if until else ''}.{ending}"

    def _printed_on(self, view: View) -> list[str]:
        """What stands on all that is taken away: filters, margins, and how fresh the data are."""
        seen = self.explorer.view()
        margins = seen.margins.sentence(seen.ledger.items)
        filters = f"{view.where.sentence()}."
        return [filters, *filter(None, [margins]), self.explorer.dataset.stamp]

    def _turn(self, name: str) -> None:
        """Show the numbers of a chart in place of its figure, or the figure again."""
        view = self._views().get(name)
        if isinstance(view, Chart):
            with bare(), pn.io.hold():
                view.turn()

    def _step(self, step: str) -> None:
        """See courses over time by days, weeks or months."""
        if step in STEPS:
            self.explorer.step = step

    def _clear(self, name: str) -> None:
        """Clear one filter, or all where none is named."""
        if not name or name in {*FILTERS, "period"}:
            self.explorer.filters.clear(*([name] if name else []))
