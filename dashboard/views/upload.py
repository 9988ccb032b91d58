"""Upload: drop the four files, answer what they leave open, and use them for this session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import panel as pn
import param
from panel.custom import JSComponent

from dashboard.dataset import Dataset, shared
from dashboard.errors import DashboardError
from dashboard.formats import listing, number
from dashboard.ingest import SUFFIXES
from dashboard.ingest.mapping import Where
from dashboard.schema import TABLES
from dashboard.state import Explorer
from dashboard.views.arrivals import MAPPING, Arrivals, Line, Outcome
from dashboard.views.markup import ASSETS, Markup, asset, joined, pane, show
from dashboard.views.questions import Form
from dashboard.views.saving import Saving
from dashboard.views.view import CardView

EXAMPLE = Path(__file__).resolve().parents[2] / "data"
"""The example data, where the project itself is at hand."""

OWN = (
    "Only in this browser session: other people, other tabs and a copied link see the data "
    "served here."
)
SAVE_IT = "Save it below to share it."
PAUSE = 0.2
"""Seconds between two words on how far the reading is."""

_LIST = Markup('<ul class="arrived" aria-label="Files that arrived">{}</ul>')
_FILE = Markup('<li class="{mood}"><b>{file}</b> {words}</li>')
_NOTE = Markup('<p class="session">{}</p>')
_OWN = Markup('<p class="session own">{}</p>')


class Drop(JSComponent):
    """A place for files, which arrive in pieces; ``heard`` is called with each message."""

    accept = param.String(default="", label="Kinds", doc="Endings of file names to offer.")
    others = param.List(default=[], label="Others", doc="Pairs of name and words: buttons below.")

    _esm: ClassVar[Any] = ASSETS / "drop.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css")]

    heard: Callable[[Any], None] | None = None

    def go(self) -> None:
        """Ask for the next piece."""
        self._send_msg({"go": True})

    def stop(self, said: str = "", *, focus: bool = False) -> None:
        """End the sending: the rest is not wanted, or what was sent has been read.

        ``said`` is announced; ``focus`` leads back to the button, where another one has gone.
        """
        self._send_msg({"stop": True, "said": said, "focus": focus})

    def tell(self, words: str, share: float | None = None) -> None:
        """Say what is being done, and how much of it has been."""
        self._send_msg({"doing": words, "share": share})

    def _handle_msg(self, data: Any) -> None:
        if self.heard is not None:
            self.heard(data)


class Upload(CardView):
    """Your own four files, for this browser session."""

    title = "Use your own data"
    export = False

    def __init__(self, explorer: Explorer, saving: Saving | None = None) -> None:
        super().__init__(explorer)
        self.home = explorer.served
        self.saving = saving or Saving(explorer.settings, explorer.saved)
        self.arrivals = Arrivals(explorer.settings.upload_megabytes * 1_000_000)
        self.drop = Drop(
            accept=",".join(sorted({*SUFFIXES, MAPPING})),
            sizing_mode="stretch_width",
            margin=(4, 0, 0, 0),
        )
        self.drop.heard = self.hear
        self.form = Form(sizing_mode="stretch_width", margin=0)
        self.form.answered = self._answer
        self.form.anew = self._start_over
        self._list = pane(Markup(""), "upload.css")
        for part in (self.drop, self._list, self.form):
            self.card.add(part)
        self._said: list[Markup] = []
        self._asking = self._sending = self._reading = False
        self._told = 0.0

    def refresh(self) -> None:
        """Say what is shown now, and offer what else there is."""
        names = listing([table.words for table in TABLES.values()])
        most = number(self.explorer.settings.upload_megabytes)
        self.card.say(
            f"CSV, Excel or parquet files of {names}, recognised by name or header, up to {most} "
            "MB together; several of one table are stacked. A mapping that was saved here and rows "
            "that come back mended are taken too. For this browser session only"
            + (", until you save them." if self.saving.allowed else ".")
        )
        self.drop.others = [[name, words] for name, (words, _) in self._others().items()]
        own = []
        dataset = self.explorer.dataset
        if dataset is not self.home and not self.saving.id_of(dataset):
            own = [_OWN.format(f"{OWN} {SAVE_IT}" if self.saving.allowed else OWN)]
        show(self._list, joined([*self._said, *own]))

    # ------------------------------------------------------------------ what arrives

    def hear(self, message: Any) -> None:
        """Files begin to come, a piece comes, all have come, or a button was pressed.

        What none of our buttons sends, and what comes while files are read, is not heard.
        """
        if self._reading:
            return
        match message:
            case {"start": True}:
                self._sending = True
                self.arrivals.begin()
                self.drop.go()
            case {"piece": bytes() as piece, "name": str() as name, "last": bool() as last}:
                self._take(name, piece, last=last)
            case {"done": True}:
                self._read()
            case {"gave up": True}:
                self._sending = False
            case {"other": str() as name} if name in self._others():
                self._others()[name][1]()

    def _take(self, name: str, piece: bytes, *, last: bool) -> None:
        try:
            self.arrivals.add(name, piece, last=last)
        except DashboardError as error:
            self.show(Outcome((Line("Not taken.", str(error), "bad"),)))
        else:
            self.drop.go()

    def _answer(self, answers: dict[Where, str]) -> None:
        """Read the files again by the answers."""
        if not (self._sending or self._reading):
            self.arrivals.answer(answers)
            self._read()

    def _read(self) -> None:
        """Read beside what other sessions do; at once where there is no server."""
        in_use, self._sending = self.explorer.dataset, False
        if pn.state.curdoc is not None and pn.state.curdoc.session_context:
            self._reading = True
            self.drop.tell("Reading the files …")
            pn.state.execute(partial(self._read_beside, in_use))
        else:
            self.show(self.arrivals.read(in_use))

    async def _read_beside(self, in_use: Dataset) -> None:
        outcome = await asyncio.to_thread(self.arrivals.read, in_use, self._tell)
        pn.state.execute(partial(self.show, outcome), schedule=True)

    def _tell(self, words: str, share: float | None) -> None:
        """Say from the thread that reads how far it is, a few times a second."""
        now = time.monotonic()
        if share is None or now - self._told >= PAUSE:
            self._told = now
            pn.state.execute(partial(self._say_doing, words, share), schedule=True)

    def _say_doing(self, words: str, share: float | None) -> None:
        if self._reading:
            self.drop.tell(words, share)

    def show(self, outcome: Outcome) -> None:
        """Say what became of the files, ask what they leave open, and use the dataset if any."""
        asked, self._asking = self._asking, bool(outcome.questions)
        self._sending = self._reading = False
        lines = [
            _FILE.format(mood=line.mood, file=line.file, words=line.words) for line in outcome.lines
        ]
        self._said = [_LIST.format(joined(lines))] if lines else []
        if outcome.sentence:
            self._said.append(_NOTE.format(outcome.sentence))
        try:
            self.form.ask(outcome.questions)
            if outcome.dataset is not None:
                self.explorer.use(outcome.dataset)
            self.update()
        finally:
            self.drop.stop(_announced(outcome), focus=asked and not self._asking)

    # ------------------------------------------------------------------ what else there is

    def _others(self) -> dict[str, tuple[str, Callable[[], None]]]:
        """Buttons that make sense now: name to words and what they do."""
        others: dict[str, tuple[str, Callable[[], None]]] = {}
        if self.arrivals.may_go_on:
            others["on"] = ("Go on without it", self._read)
        if self.arrivals.waiting and not self._asking:
            others["anew"] = ("Start over", self._start_over)
        home_is_example = Path(self.home.place).resolve() == EXAMPLE
        if self.explorer.dataset is not self.home:
            which = "example data" if home_is_example else "data"
            others["served"] = (f"Back to the {which} served here", lambda: self._use(self.home))
        if not home_is_example and self.explorer.dataset.place != str(EXAMPLE) and _has_example():
            others["example"] = ("Load the example data", lambda: self._use(shared(EXAMPLE)))
        return others

    def _start_over(self) -> None:
        if not (self._sending or self._reading):
            self.arrivals.clear()
            self.show(Outcome(()))

    def _use(self, dataset: Dataset) -> None:
        self.arrivals.clear()
        self.show(Outcome((), dataset=dataset))


def _announced(outcome: Outcome) -> str:
    """What came of it in a few words, for those who do not see it; the rest stands below."""
    if outcome.dataset is not None:
        return "Done: other data are in view."
    if outcome.questions:
        return "The files leave something open; the form follows."
    return "The files were looked at; see below." if outcome.lines else ""


def _has_example() -> bool:
    return all((EXAMPLE / f"{table}.csv").is_file() for table in TABLES)
