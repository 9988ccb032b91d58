"""The dashboard as it is served, and its floor: ``python -m benchmarks.served PLACE PORT``.

Two things are added. A button ``data-still`` turns answering off and on: while it is off, a filter
change sends the same figures and key figures again, and asks nothing. And a page asked for with
``?whole`` has every page built, as after a visitor has paused. Sessions end a second after their
visitor has left, so that what stays behind can be seen.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import Any

import panel as pn
import param

from dashboard.app import App
from dashboard.serving import process
from dashboard.settings import load_settings
from dashboard.views.chart import Chart
from dashboard.views.kpis import KpiCards
from dashboard.views.markup import Markup, show

SOON = {
    "unused_session_lifetime_milliseconds": 1_000,
    "check_unused_sessions_milliseconds": 500,
}


class StillApp(App):
    """The app, which can be told to send what it shows again instead of answering."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self.still, self._sent = False, 0
        super().__init__(*args, **options)
        self.actions.on("still", self._rest)

    def template(self) -> pn.template.Template:
        """Our page; whole if asked so."""
        template = super().template()
        if "whole" in (pn.state.session_args or {}):
            for page in self.pages.values():
                page.refresh()
        return template

    def _rest(self, _: str) -> None:
        self.still = not self.still

    def _refresh(self, *events: param.parameterized.Event) -> None:
        if not self.still:
            super()._refresh(*events)
            return
        self._sent += 1
        with pn.io.hold():
            for view in self.shown.views.values():
                if isinstance(view, Chart):
                    _send_again(view, self._sent)
                if isinstance(view, KpiCards):
                    same = Markup(view.panel.object)  # it is our own, as it was shown
                    show(view.panel, same + Markup("<!-- -->"))


def _send_again(chart: Chart, count: int) -> None:
    """Send a source with a column more that nobody draws: Bokeh keeps equal data to itself."""
    rows = len(next(iter(chart.source.data.values()), ()))
    chart.source.data = {**chart.source.data, "again": [count] * rows}


if __name__ == "__main__":
    place, port = sys.argv[1], int(sys.argv[2])
    process.App = StillApp
    pn.serve = partial(pn.serve, **SOON)
    process.serve(replace(load_settings(), data=place, port=port))
