"""Arrivals: files on their way into one session, and the dataset they make once all have come."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from dashboard.dataset import Dataset, load_files
from dashboard.errors import DataError
from dashboard.formats import counted, listing, number
from dashboard.ingest import read_text
from dashboard.ingest.headers import map_columns, which_table
from dashboard.ingest.report import FileReport
from dashboard.ledger import Ledger
from dashboard.schema import TABLES
from dashboard.state import ledger_of

log = logging.getLogger(__name__)

MOST_FILES = 100
UNCHANGED = "What is shown has not changed."
FAILED = f"The files could not be read; the reason is in the log. {UNCHANGED}"


@dataclass(frozen=True)
class Line:
    """What became of one file, in words that follow its name."""

    file: str
    words: str
    mood: Literal["good", "bad", "plain"] = "good"


@dataclass(frozen=True)
class Outcome:
    """What came of looking at the files: a line for each, a sentence, perhaps a dataset.

    ``ledger`` is held so that whoever uses the dataset finds it built.
    """

    lines: tuple[Line, ...]
    sentence: str = ""
    dataset: Dataset | None = None
    ledger: Ledger | None = None


class Arrivals:
    """Files of one session: those that are complete, by name, and the one that is coming.

    No more than ``most`` bytes are ever held. Nothing here touches a screen, so that reading can
    be left to a thread.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.files: dict[str, bytes] = {}
        self._tables: dict[str, tuple[str, int]] = {}
        self.begin()

    def begin(self) -> None:
        """Files are about to come together; a file cut short before is forgotten."""
        self._coming = io.BytesIO()
        self._together: set[str] = set()
        self._twice: list[Line] = []

    @property
    def held(self) -> int:
        """Bytes held."""
        return sum(map(len, self.files.values())) + self._coming.tell()

    @property
    def missing(self) -> list[str]:
        """Tables of which no file has been recognised."""
        found = {table for table, _ in self._tables.values()}
        return [table for table in TABLES if table not in found]

    # ------------------------------------------------------------------ taking

    def add(self, name: str, piece: bytes, *, last: bool) -> None:
        """Take a piece of a file.

        A file that comes later takes the place of an earlier one of its name; of two that come
        together, from two folders, the second gets a number.

        Raises
        ------
        DataError
            It would be more than may be held: everything is forgotten.
        """
        if name not in self._together:
            self._forget(name)
        if self.held + len(piece) > self.most or len(self.files) >= MOST_FILES:
            self.clear()
            most = number(self.most / 1e6, 0 if self.most >= 1e6 else 3)
            raise DataError(
                f"the files are larger than {most} MB together, or more than {MOST_FILES}: that "
                f"is the most that is taken here, and none was kept. {UNCHANGED} Put them into a "
                "folder and serve that.",
                file=name,
            )
        self._coming.write(piece)
        if last:
            content, self._coming = self._coming.getvalue(), io.BytesIO()
            self._keep(name, content)

    def _keep(self, name: str, content: bytes) -> None:
        same = next((other for other, held in self.files.items() if held == content), None)
        if same is not None:
            words = f"is the same as {same}, byte for byte: it is counted once."
            self._twice.append(Line(name, words, "plain"))
            return
        count, free = 1, name
        while free in self.files:
            count += 1
            free = f"{name} ({count})"
        self.files[free] = content
        self._together.add(name)

    def _forget(self, name: str) -> None:
        self.files.pop(name, None)
        self._tables.pop(name, None)

    # ------------------------------------------------------------------ reading

    def read(self) -> Outcome:
        """Look at all that has come; read it if all four tables are there and no file is amiss.

        A file that cannot be used is forgotten, with a line that says why; the others wait for
        what is missing. Once a dataset is made of them they are forgotten too.
        """
        try:
            return self._read()
        except Exception:
            log.exception("Files that were given could not be read")
            self.clear()
            return Outcome((), FAILED)

    def _read(self) -> Outcome:
        amiss = [line for name in list(self.files) if (line := self._look_at(name))]
        if self.missing or any(line.mood == "bad" for line in amiss):
            return self._wait(amiss)
        try:
            dataset = load_files(self.files, "your files")
        except DataError as error:
            self._forget(error.file or "")
            return self._wait([*amiss, _refused(error.file or "The files", error)])
        lines = (*map(_said, dataset.report.files), *amiss, *self._twice)
        self.clear()
        return Outcome(lines, "", dataset, ledger_of(dataset))

    def _look_at(self, name: str) -> Line | None:
        """Say which table a file is; forget it, with a line that says why, if it is none."""
        if name in self._tables:
            return None
        try:
            text = read_text(self.files[name], name)
            table = which_table(name, text.frame.columns)
            if table is not None:
                map_columns(TABLES[table], text.frame.columns, name)
        except DataError as error:
            self._forget(name)
            return _refused(name, error)
        if table is None:
            self._forget(name)
            words = "fits none of the four tables and is not used. Name it after its table if it is"
            return Line(name, f"{words} one.", "plain")
        self._tables[name] = (table, text.read)
        return None

    def _wait(self, amiss: Sequence[Line]) -> Outcome:
        """What is there so far, and what is still to come."""
        known = [
            Line(name, f"is {table}: {counted(rows, 'row')} read.")
            for name, (table, rows) in self._tables.items()
        ]
        if not known:
            sentence = "No table was recognised."
        elif self.missing:
            sentence = f"Still missing: {listing(self.missing)}."
        else:
            sentence = (
                "All four tables are there, but not every file could be taken. Mend it and give "
                "it again, or go on without it."
            )
        return Outcome((*known, *amiss, *self._twice), f"{sentence} {UNCHANGED}")


def _refused(name: str, error: DataError) -> Line:
    place = [
        f"row {error.row}" if error.row else "",
        f"column {error.column!r}" if error.row and error.column else "",
    ]
    where = ", ".join(part for part in place if part)
    return Line(name, f"was not taken: {f'{where}: ' if where else ''}{error.reason}", "bad")


def _said(file: FileReport) -> Line:
    """How many rows of a file were read, accepted and set aside."""
    rows = counted(file.read, "row")
    aside = f", {number(file.quarantined)} set aside" if file.quarantined else ""
    words = f"is {file.table}: {rows} read, {number(file.accepted)} accepted{aside}."
    return Line(file.file, words)
