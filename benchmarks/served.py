"""The dashboard with one button more: what patching this page costs when nothing is asked.

``python -m benchmarks.served PLACE PORT``. A button ``data-floor`` rewrites the data of every chart
in view, unchanged but for a counter, and the key figures. With ``?built`` in the address every page
is built at once, as it is for a visitor who stays a while.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import panel as pn

from dashboard.app import App
from dashboard.dataset import shared
from dashboard.serving import let_leave
from dashboard.state import ledger_of
from dashboard.views.chart import Chart
from dashboard.views.kpis import KpiCards


class MeasuredApp(App):
    """The app, and a verb ``floor`` that patches everything in view without a question."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._beat = 0
        self.actions.on("floor", self._floor)

    def _floor(self, _: str) -> None:
        """Send every figure's data and the key figures again.

        Bokeh sends no message for equal values, hence the counter: a column that no mark reads, and
        a comment in the markup.
        """
        self._beat += 1
        with pn.io.hold():
            for view in self.shown.views.values():
                if isinstance(view, Chart):
                    columns = dict(view.source.data)
                    columns.pop("beat", None)
                    length = len(next(iter(columns.values()), ()))
                    view.source.data = columns | {"beat": np.full(length, float(self._beat))}
                elif isinstance(view, KpiCards):
                    markup = str(view.panel.object).partition("<!--")[0]
                    view.panel.object = f"{markup}<!--{self._beat}-->"

    def build_all(self) -> None:
        """Build the pages that nobody has opened."""
        while any(not page.is_built for page in self.pages.values()):
            self._prepare("")


def serve(place: str, port: int) -> None:
    """Serve until interrupted, as ``dashboard serve`` does."""
    let_leave()
    ledger = ledger_of(shared(place))
    pn.extension("tabulator")

    def visitor() -> pn.template.Template:
        app = MeasuredApp(shared(place))
        template = app.template()
        if "built" in (pn.state.session_args or {}):
            app.build_all()
        return template

    pn.serve({"/": visitor}, port=port, show=False, compress_response=True)
    del ledger  # held until here, so that it is built once


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
