"""What the export menu makes of the view in front of a visitor: a live page, a PDF, a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from dashboard.export.files import Steps
from dashboard.settings import Settings
from dashboard.state import Explorer


@dataclass(frozen=True)
class Form:
    """A kind of file: what the menu calls it, its ending and type, and what makes it."""

    words: str
    ending: str
    kind: str
    make: Callable[[Explorer, Settings], Steps[bytes]]

    def steps(self, explorer: Explorer) -> Steps[bytes]:
        """The file, of what the explorer looks at now, with the margins of its session.

        Raises
        ------
        QueryError
            There is nothing under the question, or the file would be too large.
        """
        settings = replace(explorer.settings, margins=dict(explorer.margins))
        return (yield from self.make(explorer, settings))


def _page(explorer: Explorer, settings: Settings) -> Steps[bytes]:
    from dashboard.export.snapshot import in_steps

    made = yield from in_steps(
        explorer.dataset, explorer.where, settings=settings, work=explorer.work
    )
    return made.text.encode()


def _report(explorer: Explorer, settings: Settings) -> Steps[bytes]:
    from dashboard.export.pdf import printed
    from dashboard.export.report import content

    held = content(explorer.dataset, explorer.where, settings, explorer.work)
    made = yield partial(printed, held)
    return made.pdf


def _workbook(explorer: Explorer, settings: Settings) -> Steps[bytes]:
    from dashboard.export.found import asking
    from dashboard.export.workbook import sheets_of, to_xlsx

    ask = asking(explorer.dataset, explorer.where, settings, explorer.work)
    return (yield lambda: to_xlsx(sheets_of(ask.view(), ask=ask)))


FORMS = {
    "page": Form("Live page, one HTML file", "html", "text/html;charset=utf-8", _page),
    "report": Form("Report, PDF", "pdf", "application/pdf", _report),
    "workbook": Form(
        "Workbook, XLSX",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _workbook,
    ),
}
