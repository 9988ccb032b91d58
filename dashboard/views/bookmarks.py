"""The menu of saved views: open, save, rename and delete them; a view is a link by name."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.dataset import Bookmarks
from dashboard.dataset.bookmarks import LONGEST_NAME
from dashboard.errors import DashboardError
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.markup import ASSETS, asset

log = logging.getLogger(__name__)

NOT_HERE = (
    "Views can be saved where the data are a saved dataset, or the server has a folder to save to "
    "(dashboard serve --save-to FOLDER). The address above is a link to this view all the same."
)
ONLY_HERE = "These data live in this browser session only: save them on the Data page first."
FAILED = "That did not work; the reason is in the log."


class ViewsMenu(JSComponent):
    """Saved views with a button each, and a name to save one more; text is never HTML."""

    entries = param.List(default=[], label="Entries", doc="Pairs of name and link, by name.")
    refusal = param.String(default="", label="Refusal", doc="Why none can be saved here.")
    said = param.String(default="", label="Said", doc="What came of the last button.")
    longest = param.Integer(default=LONGEST_NAME, label="Longest", doc="Letters of a name.")

    _esm: ClassVar[Any] = ASSETS / "views.js"
    _stylesheets: ClassVar[list[str]] = [asset("base.css"), asset("header.css"), asset("views.css")]
    _debounce: ClassVar[int] = 2

    heard: Callable[[Any], None] | None = None

    def done(self, said: str, *, wrong: bool = False) -> None:
        """Say what came of a button."""
        self._send_msg({"said": said, "wrong": wrong})

    def _handle_msg(self, data: Any) -> None:
        if self.heard is not None:
            self.heard(data)


class SavedViews:
    """The saved views of the dataset in view; ``link`` gives the one that is looked at."""

    def __init__(self, explorer: Explorer, settings: Settings, link: Callable[[], str]) -> None:
        self._settings, self._link = settings, link
        self.menu = ViewsMenu(margin=0)
        self.menu.heard = self.hear
        self.bookmarks = Bookmarks(explorer.dataset.place, settings.save_to)

    def offer(self, place: str, *, session_only: bool) -> None:
        """List the views of the dataset in view, which lies in this place."""
        self.bookmarks = Bookmarks(place, self._settings.save_to)
        refusal = ONLY_HERE if session_only else "" if self.bookmarks.allowed else NOT_HERE
        self.menu.refusal = refusal
        self._list()

    def _list(self) -> None:
        try:
            saved = [] if self.menu.refusal else self.bookmarks.saved()
        except DashboardError as error:
            self.menu.param.update(entries=[], refusal=str(error))
        else:
            self.menu.entries = [[one.name, one.link] for one in saved]

    def hear(self, data: Any) -> None:
        """Do what a button asks for; a message that none of ours can send is ignored."""
        if not isinstance(data, dict) or self.menu.refusal:
            return
        try:
            said = self._done(data)
        except DashboardError as error:
            self.menu.done(str(error), wrong=True)
            return
        except Exception:
            log.exception("Saved views could not be changed")
            self.menu.done(FAILED, wrong=True)
            return
        if said:
            self._list()
            self.menu.done(said)

    def _done(self, data: dict[str, Any]) -> str:
        match data:
            case {"save": str(name)}:
                self.bookmarks.save(name, self._link())
                return "Saved. Everybody who opens these data sees it."
            case {"rename": str(name), "to": str(to)}:
                self.bookmarks.rename(name, to)
                return "Renamed."
            case {"delete": str(name)}:
                self.bookmarks.delete(name)
                return "Deleted."
            case {"look": True}:
                self._list()
        return ""
