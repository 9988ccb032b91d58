"""Upload: drop the four files, for this browser session only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.dataset import Dataset, load_files, shared
from dashboard.errors import DashboardError, DataError
from dashboard.formats import counted, listing, number
from dashboard.ingest import SUFFIXES, read_text
from dashboard.ingest.mapping import which_table
from dashboard.schema import TABLES
from dashboard.state import Explorer
from dashboard.views.markup import ASSETS, Markup, asset, joined, pane, show
from dashboard.views.view import CardView

EXAMPLE = Path(__file__).parents[2] / "data"
"""The example data, where the project itself is at hand."""

_LIST = Markup('<ul class="arrived" aria-label="Files that arrived">{}</ul>')
_FILE = Markup('<li class="{mood}"><b>{file}</b> {words}</li>')
_NOTE = Markup('<p class="session">{}</p>')


class Drop(JSComponent):
    """A place for files, which arrive in pieces; ``heard`` is called with each message."""

    accept = param.String(default="", label="Kinds", doc="Endings of file names to offer.")
    others = param.List(default=[], label="Others", doc="Pairs of name and words: buttons below.")

    _esm: ClassVar[Any] = ASSETS / "drop.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css")]

    heard: Callable[[dict[str, Any]], None] | None = None

    def go(self) -> None:
        """Ask for the next piece."""
        self._send_msg({"go": True})

    def stop(self, sentence: str = "") -> None:
        """End the sending, with a sentence."""
        self._send_msg({"stop": sentence})

    def ready(self) -> None:
        """Say that what was sent has been read."""
        self._send_msg({"ready": True})

    def _handle_msg(self, data: Any) -> None:
        if self.heard is not None and isinstance(data, dict):
            self.heard(data)


@dataclass
class Arrivals:
    """Files on their way into one session: complete ones by name, and the one that is coming.

    No more than ``most`` bytes are ever held.
    """

    most: int

    def __post_init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._parts: list[bytes] = []
        self._coming = 0

    @property
    def held(self) -> int:
        """Bytes held."""
        return sum(map(len, self.files.values())) + self._coming

    def add(self, name: str, piece: bytes, *, last: bool) -> None:
        """Take a piece of a file.

        Raises
        ------
        DataError
            It would be more than may be held; what had arrived of this file is dropped.
        """
        if self.held + len(piece) > self.most:
            self.drop()
            most = number(self.most / 1e6, 0 if self.most >= 1e6 else 3)
            raise DataError(
                f"the files are larger than {most} MB together, which is the most that is taken "
                "here. Put them into a folder and serve that.",
                file=name,
            )
        self._parts.append(piece)
        self._coming += len(piece)
        if last:
            self.files[name] = b"".join(self._parts)
            self.drop()

    def drop(self) -> None:
        """Forget what has come of the file on its way."""
        self._parts, self._coming = [], 0

    def clear(self) -> None:
        """Forget everything."""
        self.files.clear()
        self.drop()


class Upload(CardView):
    """Your own four files, for this browser session."""

    title = "Use your own data"
    export = False

    def __init__(self, explorer: Explorer) -> None:
        super().__init__(explorer)
        self.home = explorer.dataset
        self.arrivals = Arrivals(explorer.settings.upload_megabytes * 1_000_000)
        self.drop = Drop(
            accept=",".join(sorted(SUFFIXES)), sizing_mode="stretch_width", margin=(4, 0, 0, 0)
        )
        self.drop.heard = self._heard
        self._list = pane(Markup(""), "upload.css")
        self.card.add(self.drop)
        self.card.add(self._list)
        self._said: list[Markup] = []

    def refresh(self) -> None:
        """Say what is shown now, and offer what else there is."""
        own = self.explorer.dataset is not self.home
        names = listing(list(TABLES), "and")
        self.card.say(
            f"CSV or parquet files of {names}, recognised by name or header. "
            "They replace the data of this browser session only."
        )
        others = [["served", "Back to the data served here"]] if own else []
        if EXAMPLE.is_dir() and self.explorer.dataset.place != str(EXAMPLE):
            others.append(["example", "Load the example data"])
        self.drop.others = others
        note = (
            "You are looking at data that only this browser session has. Other people, other tabs "
            "and a copied link see the data served here."
        )
        show(self._list, joined([*self._said, _NOTE.format(note) if own else Markup("")]))

    # ------------------------------------------------------------------ what arrives

    def _heard(self, message: dict[str, Any]) -> None:
        """A file begins, a piece of it comes, all have come, or a button was pressed."""
        try:
            if message.get("start"):
                self.drop.go()
            elif message.get("done"):
                self.read()
            elif "other" in message:
                self._other(str(message["other"]))
            else:
                piece = bytes(message["piece"])
                self.arrivals.add(str(message["name"]), piece, last=bool(message["last"]))
                self.drop.go()
        except DashboardError as error:
            self._fail(error)

    def read(self) -> None:
        """Look at what has arrived; when all four tables are there, show them."""
        found, lines = self._recognised()
        missing = [table for table in TABLES if table not in found.values()]
        if missing:
            wanted = f"Still missing: {listing(missing)}." if found else "No table was recognised."
            lines.append(_NOTE.format(f"{wanted} What is shown has not changed."))
        else:
            files = {name: self.arrivals.files[name] for name in found}
            dataset = load_files(files, "your files")
            lines = [_arrived(report) for report in dataset.report.files]
            self.arrivals.clear()
            self._said = [_LIST.format(joined(lines))]
            self.explorer.use(dataset)
            self.drop.ready()
            return
        self._said = [_LIST.format(joined(lines))]
        self.drop.ready()
        self.update()

    def _recognised(self) -> tuple[dict[str, str], list[Markup]]:
        """Which file is which table, and a line for each; what is none is forgotten."""
        found: dict[str, str] = {}
        lines: list[Markup] = []
        for name, content in list(self.arrivals.files.items()):
            try:
                text = read_text(content, name)
                table = which_table(name, text.frame.columns)
            except DataError as error:
                del self.arrivals.files[name]
                lines.append(
                    _FILE.format(mood="bad", file=name, words=f"was not taken: {error.reason}")
                )
                continue
            if table is None:
                del self.arrivals.files[name]
                words = "fits none of the four tables; name it after the table it holds."
                lines.append(_FILE.format(mood="bad", file=name, words=words))
            else:
                found[name] = table
                words = f"is {table}: {counted(text.read, 'row')}."
                lines.append(_FILE.format(mood="good", file=name, words=words))
        return found, lines

    def _fail(self, error: DashboardError) -> None:
        """Say why nothing has changed, and forget the files that would not do."""
        self.arrivals.clear()
        self._said = [_LIST.format(_FILE.format(mood="bad", file="Not taken.", words=str(error)))]
        self.drop.stop("")
        self.update()

    def _other(self, name: str) -> None:
        others: Mapping[str, Callable[[], Dataset]] = {
            "served": lambda: self.home,
            "example": lambda: shared(EXAMPLE),
        }
        if name in others:
            self._said = []
            self.arrivals.clear()
            self.explorer.use(others[name]())


def _arrived(report: Any) -> Markup:
    aside = f", {counted(report.quarantined, 'row')} set aside" if report.quarantined else ""
    words = f"is {report.table}: {counted(report.accepted, 'row')} accepted{aside}."
    return _FILE.format(mood="good", file=report.file, words=words)
