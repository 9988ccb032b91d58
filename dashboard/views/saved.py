"""Saved: what outlives a browser session: a list, and a form that adds to it."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent

from dashboard.dataset import Dataset
from dashboard.errors import DashboardError
from dashboard.formats import counted, day
from dashboard.state import Explorer
from dashboard.views.markup import ASSETS, asset
from dashboard.views.saving import LONGEST_TITLE, SavedDataset, Saving
from dashboard.views.view import CardView

log = logging.getLogger(__name__)

NOTHING = "Nothing has been saved yet."
NOT_SAVED = "It was not saved; the reason is in the log."
NOT_OPENED = "It could not be opened; the reason is in the log. What is shown has not changed."
MOST_LISTED = 100


class SavedList(JSComponent):
    """Datasets with a button each, and a title to save one more; text is never HTML."""

    entries = param.List(default=[], label="Entries", doc="id, title, words; the newest first.")
    here = param.String(default="", label="Here", doc="The id of the dataset in view.")
    may_save = param.Boolean(default=False, label="May save", doc="Whether there is one to save.")
    said = param.String(default="", label="Said", doc="What came of the last button.")
    wrong = param.Boolean(default=False, label="Wrong", doc="Whether that went wrong.")
    longest = param.Integer(default=LONGEST_TITLE, label="Longest", doc="Letters of a title.")

    _esm: ClassVar[Any] = ASSETS / "saved.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css"), asset("saved.css")]

    heard: Callable[[Any], None] | None = None

    def done(self) -> None:
        """Let the buttons be pressed again."""
        self._send_msg({"done": True})

    def _handle_msg(self, data: Any) -> None:
        if self.heard is not None:
            self.heard(data)


class Saved(CardView):
    """What has been saved here, by anybody?"""

    title = "Saved datasets"
    export = False

    def __init__(self, explorer: Explorer, saving: Saving) -> None:
        super().__init__(explorer)
        self.saving = saving
        self.list = SavedList(sizing_mode="stretch_width", margin=0)
        self.list.heard = self.hear
        self.card.add(self.list)
        self._said = ("", False)
        self._busy = False

    def refresh(self) -> None:
        """List what is there now, and offer saving where only this session has the data."""
        dataset = self.explorer.dataset
        saved, trouble = self._saved()
        here = self.saving.id_of(dataset)
        more = len(saved) - MOST_LISTED
        self.card.say(
            "Everybody who reaches this server sees them. A link that ends in ?dataset= and a name "
            "opens one: copy the address of its link."
            + (f" {counted(more, 'older one')} not listed." if more > 0 else "")
            if saved
            else trouble or NOTHING
        )
        said, wrong = self._said
        self.list.param.update(
            entries=[_entry(one) for one in saved[:MOST_LISTED]],
            here=here,
            may_save=dataset is not self.explorer.served and not here,
            said=said,
            wrong=wrong,
        )

    def _saved(self) -> tuple[list[SavedDataset], str]:
        """All that is saved, or why nobody knows."""
        try:
            return self.saving.saved(), ""
        except DashboardError as error:
            return [], str(error)

    def hear(self, message: Any) -> None:
        """Save or open; what no button of ours sends is ignored, as is all while one is at work."""
        if self._busy:
            return
        match message:
            case {"save": str() as title} if self.list.may_save:
                if title.strip():
                    self._begin(partial(self._save, self.explorer.dataset, title.strip()))
                else:
                    self._end("Give it a title first.", wrong=True)
            case {"open": str() as name}:
                self._begin(partial(self._open, name))

    # ------------------------------------------------------------------ beside the event loop

    def _begin(self, work: Callable[[], Callable[[], None]]) -> None:
        """Do it beside what other sessions do; at once where there is no server."""
        self._busy = True
        if pn.state.curdoc is not None and pn.state.curdoc.session_context:
            pn.state.execute(partial(self._beside, work))
        else:
            work()()

    async def _beside(self, work: Callable[[], Callable[[], None]]) -> None:
        pn.state.execute(await asyncio.to_thread(work), schedule=True)

    def _save(self, dataset: Dataset, title: str) -> Callable[[], None]:
        try:
            saved = self.saving.save(dataset, title)
        except DashboardError as error:
            return partial(self._end, str(error), wrong=True)
        except Exception:
            log.exception("A dataset could not be saved")
            return partial(self._end, NOT_SAVED, wrong=True)
        said = f"Saved as “{saved.title}”. Its link can be shared; this session shows it already."
        return partial(self._end, said)

    def _open(self, name: str) -> Callable[[], None]:
        try:
            dataset = self.saving.open(name)
        except DashboardError as error:
            return partial(self._end, str(error), wrong=True)
        except Exception:
            log.exception("A saved dataset could not be opened")
            return partial(self._end, NOT_OPENED, wrong=True)
        return partial(self._end, "It is shown now, on every page.", use=dataset)

    def _end(self, said: str, *, wrong: bool = False, use: Dataset | None = None) -> None:
        self._busy = False
        self._said = (said, wrong)
        try:
            if use is not None:
                self.explorer.use(use)
            else:
                self.explorer.revision += 1  # the hint that it is not saved yet goes
            self.update()
        finally:
            self._said = ("", False)
            self.list.done()


def _entry(one: SavedDataset) -> dict[str, str]:
    words = [
        f"saved {_moment(one.saved)}" if one.saved else "",
        counted(one.rows, "row"),
        f"version {one.version}",
    ]
    return {"id": one.id, "title": one.title, "words": " · ".join(filter(None, words))}


def _moment(saved: dt.datetime) -> str:
    today = dt.datetime.now(tz=saved.tzinfo).date()
    return f"today {saved:%H:%M}" if saved.date() == today else f"{day(saved.date())} {saved:%H:%M}"
