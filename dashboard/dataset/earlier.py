"""Earlier: tracking files that are as they were are taken from where they were read last."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import polars as pl

from dashboard.dataset.draft import Draft
from dashboard.dataset.entries import TABLE, Entry, entries_of, held, piece_at
from dashboard.dataset.release import code_of
from dashboard.dataset.store import Store
from dashboard.errors import PlaceError
from dashboard.formats import day, number
from dashboard.ingest.cleaning import Told, row_hashes
from dashboard.ingest.hashes import Hashes
from dashboard.ingest.intake import Outcome
from dashboard.ingest.report import no_quarantine
from dashboard.ingest.survey import Part
from dashboard.schema import TABLES

_KEY = TABLES[TABLE].key or ""
_READ_BY = ("formats", "ingest", "schema")
"""The rooms whose code a file's rows and report follow from."""
_STOPPED = "read already by an import that was stopped"


@dataclass(frozen=True)
class Source:
    """A folder in which files stand as they were read: a version, or a draft that was left."""

    folder: Path
    since: str
    lasting: bool = False
    """Whether its files stay there whatever becomes of the import."""


def sources(store: Store) -> list[Source]:
    """Where files stand as they were read, the best last."""
    found = [Source(folder, _STOPPED) for folder in store.left()]
    try:
        version = store.current()
    except PlaceError:  # the first import, or a damaged version: then all is read
        return found
    try:
        saved = dt.datetime.fromisoformat(version.manifest["saved"]).astimezone()
    except (KeyError, TypeError, ValueError):  # somebody has written there
        return [*found, Source(version.path, "unchanged", lasting=True)]
    return [*found, Source(version.path, f"unchanged since {day(saved.date())}", lasting=True)]


class Earlier:
    """What is known of files from earlier imports, for ``take_in``.

    A file is taken over where its bytes are the same, and all on which its reading depended:
    answers, the release, creators' ids as far as they stand in it, keys of files before it, and
    what day it is where its rows lie ahead. Its rows are looked at for nothing but equal ones.

    Parameters
    ----------
    files
        What is imported.
    draft
        Where it goes.
    """

    def __init__(
        self, files: Mapping[str, Path | bytes], draft: Draft, sources: Sequence[Source]
    ) -> None:
        self._files, self._draft = files, draft
        self._known: dict[tuple[str, str, str], tuple[Source, int, Entry]] = {}
        for source in sources:
            for place, entry in entries_of(source.folder).items():
                self._known[entry.name, entry.content, entry.how] = source, place, entry
        self._seen: dict[str, _Seen] = {}
        self._taken: dict[str, int] = {}

    def again(self, part: Part, told: Told) -> Outcome | None:
        """What a file came to, its rows linked into the draft; None if it is to be read."""
        if part.table != TABLE or part.text.name not in self._files:
            return None
        source = self._files[part.text.name]
        try:
            seen = _Seen(
                _state(source), _content(source), _how(part, told), self._draft.mark(TABLE)
            )
        except OSError:  # whoever reads it says so
            return None
        self._seen[part.text.name] = seen
        found = self._known.get((part.text.name, seen.content, seen.how))
        if found is None:
            return None
        where, place, entry = found
        try:
            outcome = _outcome(where.folder, place, entry, told)
            if outcome is not None:
                self._link(where.folder, entry)
                self._remember(part, outcome, found)
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError):
            # It went, or is not whole.
            outcome, self._draft.heals = None, True
        if outcome is None:
            self._draft.back(TABLE, seen.mark)
        else:
            self._taken[where.since] = self._taken.get(where.since, 0) + 1
        return outcome

    def keep(self, part: Part, told: Told, outcome: Outcome) -> None:  # noqa: ARG002  # looked at before
        """Remember a file that was read, unless it changed meanwhile."""
        seen = self._seen.get(part.text.name)
        if seen is None:
            return
        try:
            now = _state(self._files[part.text.name])
        except OSError:  # somebody has taken it away, once it was read
            return
        if seen.state == now:
            self._remember(part, outcome)

    def sentence(self, files: int) -> str:
        """How many of the files were read; empty where all were."""
        if not self._taken:
            return ""
        read = files - sum(self._taken.values())
        rest = "".join(f", {number(count)} {since}" for since, count in self._taken.items())
        return f"{number(read)} of {number(files)} files read{rest}."

    def _link(self, folder: Path, entry: Entry) -> None:
        draft = self._draft
        parts, asides = draft.mark(TABLE)
        if not parts and entry.blank[0]:  # as a first piece without rows would be
            draft.part(TABLE, entry.nothing())
        if not asides and entry.blank[1]:
            draft.aside(TABLE, no_quarantine())
        for path in entry.rows_of(folder):
            draft.link("tables", TABLE, path)
        for path in entry.asides_of(folder):
            draft.link("quarantine", TABLE, path)

    def _remember(
        self, part: Part, outcome: Outcome, found: tuple[Source, int, Entry] | None = None
    ) -> None:
        seen = self._seen[part.text.name]
        starts = [
            first + (not first and blank)
            for first, blank in zip(seen.mark, outcome.blank, strict=True)
        ]
        parts, asides = zip(starts, self._draft.mark(TABLE), strict=True)
        entry = Entry.of(seen.content, seen.how, outcome, parts, asides)
        if found is None:
            self._draft.remember(entry, outcome.written)
            return
        where, place, was = found
        entry, piece = replace(entry, digests=was.digests), piece_at(where.folder, place)
        self._draft.remember(entry, outcome.written, piece, lasting=where.lasting)


@dataclass(frozen=True)
class _Seen:
    """A file as it was before its rows were looked at, and where they begin in the draft."""

    state: tuple[int, int]
    content: str
    how: str
    mark: tuple[int, int]


def _outcome(folder: Path, place: int, entry: Entry, told: Told) -> Outcome | None:
    """What a file of the same bytes comes to now; None where that may be something else."""
    report, files = entry.file, held(folder, place, entry)
    tomorrow = told.today + dt.timedelta(days=1)
    ahead = entry.day is not None and entry.day > tomorrow
    if ahead or any(rule.endswith("_late") for rule in report.rules):
        return None
    if f"{_KEY}_duplicate" in report.rules:
        return None
    ids = next(files).to_series()
    if told.known is None or told.known.canonical(ids)[1] != entry.ids:
        return None
    hashes, keys, rows = Hashes(), list[pl.Series](), 0
    for frame in islice(files, len(entry.rows_of(folder))):
        hashes.add(row_hashes(frame))
        rows += frame.height
        if _KEY in report.columns:
            keys.append(frame[_KEY].drop_nulls())
    aside = sum(frame.height for frame in files)
    if (rows, aside, hashes.total) != (report.accepted, report.quarantined, entry.row_sum):
        raise ValueError  # somebody has changed them, or the disk has
    if any(key.is_in(taken.implode()).any() for key in keys for taken in told.taken):
        return None
    return Outcome(
        report,
        entry.asked,
        hashes,
        entry.ids,
        ids,
        tuple(keys),
        entry.columns,
        entry.day,
        entry.blank,
    )


def _state(source: Path | bytes) -> tuple[int, int]:
    """What changes when somebody writes the file, while it is being read at the latest."""
    if isinstance(source, bytes):
        return len(source), 0
    found = source.stat()
    return found.st_size, found.st_mtime_ns


def _content(source: Path | bytes) -> str:
    """What follows from the bytes of a file, and nothing else."""
    if isinstance(source, bytes):
        return hashlib.blake2b(source, digest_size=32).hexdigest()
    with source.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _how(part: Part, told: Told) -> str:
    """What a file's reading depends on, but for its bytes and what other files hold."""
    names = {part.text.name, part.table}
    answers = sorted(
        (where, answer)
        for where, answer in told.mapping.answers.items()
        if where[0] in {"dates", "values"} and where[1] in names
    )
    headers = (tuple(part.headers.columns.items()), part.headers.extra, part.text.headers)
    said = repr((code_of(*_READ_BY), part.text.name, part.table, headers, answers))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
