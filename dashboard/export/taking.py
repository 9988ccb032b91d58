"""What the export menu makes of the view in front of a visitor: a live page, a PDF, a workbook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dashboard.settings import Settings
from dashboard.state import Explorer


@dataclass(frozen=True)
class Form:
    """A kind of file: what the menu calls it, its ending and type, and what makes it."""

    words: str
    ending: str
    kind: str
    make: Callable[[Explorer, Settings], bytes]

    def made(self, explorer: Explorer) -> bytes:
        """The file, of what the explorer looks at, with the margins of its session.

        Raises
        ------
        QueryError
            There is nothing under the question, or the file would be too large.
        """
        return self.make(explorer, replace(explorer.settings, margins=dict(explorer.margins)))


def _page(explorer: Explorer, settings: Settings) -> bytes:
    from dashboard.export.snapshot import snapshot

    return snapshot(explorer.dataset, explorer.where, settings=settings).text.encode()


def _report(explorer: Explorer, settings: Settings) -> bytes:
    from dashboard.export.pdf import report

    return report(explorer.dataset, explorer.where, settings).pdf


def _workbook(explorer: Explorer, _: Settings) -> bytes:
    from dashboard.export.workbook import sheets_of, to_xlsx

    return to_xlsx(sheets_of(explorer.view()))


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
