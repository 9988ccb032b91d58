"""Data: what is in here?"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.pages.page import Page, Row
from dashboard.views.intake import Files, SetAside, TableRows
from dashboard.views.upload import Upload


class Data(Page):
    """What is in here?"""

    title = "Data"
    question = "What is in here?"

    def rows(self) -> Sequence[Row]:
        """Your own files, what each was taken for, what was set aside, and how the tables look."""
        ask = self.explorer
        return [Row(Upload(ask)), Row(Files(ask)), Row(SetAside(ask)), Row(TableRows(ask))]
