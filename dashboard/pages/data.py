"""Data: what is in here?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.intake import Files, SetAside, TableRows
from dashboard.views.margins import GrossMargins
from dashboard.views.saved import Saved
from dashboard.views.saving import Saving
from dashboard.views.upload import Upload


class Data(Page):
    """What is in here?"""

    title = "Data"
    question = "What is in here?"
    shape = (("1fr", 205), ("1fr", 199), ("1fr", 428))

    def rows(self) -> Sequence[Row]:
        """Your own files, what is saved, margins, what was read and what was set aside."""
        ask, saving = self.explorer, Saving(self.explorer.settings, self.explorer.saved)
        saved = [Row(Saved(ask, saving))] if saving.allowed else []
        return [
            Row(Upload(ask, saving)),
            *saved,
            Row(GrossMargins(ask)),
            Row(Files(ask)),
            Row(SetAside(ask)),
            Row(TableRows(ask)),
        ]
