"""A draft: a version of a dataset that is being written."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.dataset.disk import alone, flush, flush_all, folders_in, lock, same_or_copy
from dashboard.dataset.entries import (
    ENTRIES,
    TABLE,
    Entry,
    drop_entry,
    entries_of,
    entry_files,
    take_piece,
    write_entry,
)
from dashboard.dataset.parts import packed, part_at, parts_of, pieces, scan, write_slices
from dashboard.dataset.versions import (
    CURRENT,
    FORMAT,
    MANIFEST,
    ROLLED,
    VERSIONS,
    Version,
    current,
    number_of,
    opened,
    version_names,
)
from dashboard.engines import Rolled
from dashboard.engines.rolling import Sliced
from dashboard.errors import PlaceError
from dashboard.ingest.cleaning import empty
from dashboard.ingest.report import no_quarantine
from dashboard.schema import TABLES

_WRITING, _DRAFT = ".writing", ".draft-"
_CONTENT = re.compile(r"[0-9a-f]{8}")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FILE = re.compile(r"[a-z][a-z0-9_]{0,59}\.[a-z]{1,8}")
_OURS = {"saved", "bytes"}
"""What the manifest says of the save and not of what was saved."""
_WEEK = 7 * 24 * 60 * 60
"""Seconds for which files of an import that was stopped wait to be taken up."""


class Draft:
    """A version being written; ``Store.draft`` makes it and takes it away again.

    Whoever holds the lock on ``.writing`` is at work here. Unlike a process number, a lock ends
    with its process and means the same to every container that shares the volume.
    """

    path: Path
    finished: bool
    """Whether there is a version that is as this."""
    heals: bool
    """Whether something of the current version cannot be used, be it damaged or of another release.

    Then this replaces it, though it says the same.
    """

    def __init__(self, place: Path, title: str = "") -> None:
        self._place, self._title = place, title
        self._count: dict[tuple[str, str], int] = {}
        self._rolled: dict[str, int] | None = None
        self._format = 1
        self._entries: dict[int, Entry] = {}
        self._lasting: dict[int, pl.Series] = {}
        self.finished = self.heals = False
        self.path = place / VERSIONS / f"{_DRAFT}{secrets.token_hex(6)}"
        self.path.mkdir(parents=True)
        self._writing = (self.path / _WRITING).open("wb")
        lock(self._writing, wait=True)

    def part(self, table: str, frame: pl.DataFrame, few: Sequence[pl.Series] = ()) -> None:
        """Write the next part of a table; without rows only the first, which keeps the schema.

        ``few`` are columns of it in which few words stand, as numbers: less work to write.
        """
        self._add("tables", table, frame.with_columns(few) if few else frame)

    def aside(self, table: str, frame: pl.DataFrame) -> None:
        """Write the next part of a table's quarantine, as ``part`` does."""
        self._add("quarantine", table, frame)

    def parts(self, table: str) -> int:
        """How many parts of a table are written."""
        return self._count.get(("tables", table), 0)

    def mark(self, table: str) -> tuple[int, int]:
        """How many parts of a table are written, and of its quarantine."""
        return self.parts(table), self._count.get(("quarantine", table), 0)

    def back(self, table: str, mark: tuple[int, int]) -> None:
        """Forget what has been written of a table and its quarantine since a mark."""
        for kind, kept in zip(("tables", "quarantine"), mark, strict=True):
            self._forget(kind, table, kept)
        for number, entry in list(self._entries.items()) if table == TABLE else ():
            if entry.parts[1] > mark[0] or entry.asides[1] > mark[1]:
                self._drop(number)

    def restart(self, table: str, parts: int) -> None:
        """Forget the parts of a table from this number on."""
        self._forget("tables", table, parts)

    def _forget(self, kind: str, table: str, kept: int) -> None:
        written = self._count.get((kind, table), 0)
        for number in range(kept, written):
            part_at(self.path / kind / table, number).unlink()
        self._count[kind, table] = min(kept, written)

    def link(self, kind: str, table: str, part: Path) -> None:
        """Take a part of another version as the next one: the same file, or else a copy of it."""
        number = self._count.get((kind, table), 0)
        path = part_at(self.path / kind / table, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        same_or_copy(part, path)
        self._count[kind, table] = number + 1

    def remember(
        self, entry: Entry, written: pl.Series, piece: Path | None = None, *, lasting: bool = False
    ) -> None:
        """Keep what is known of a file whose rows are written: it need not be read again.

        Parameters
        ----------
        written
            The different ids of creators in it.
        piece
            Where it stands rolled up, if it does.
        lasting
            It is known elsewhere too, and need not wait here for the next import.
        """
        number = 1 + max(self._entries, default=-1)
        try:
            if piece is not None:
                with suppress(OSError):  # without it the file is rolled up again
                    take_piece(piece, self.path, number)
            if not lasting:
                write_entry(self.path, number, entry, written)
        except OSError:
            drop_entry(self.path, number)
            raise
        if lasting:
            self._lasting[number] = written
        self._entries[number] = entry  # last: whatever fails before has left no entry

    @property
    def entries(self) -> Mapping[int, Entry]:
        """What is known of files that are written whole, by number."""
        return self._entries

    @property
    def whole(self) -> int:
        """How many files are written whole and would be kept, were this never finished."""
        return len(self._entries) - len(self._lasting)

    def table(self, table: str) -> pl.LazyFrame:
        """The rows of a table that are written; of one with none, nothing but its columns."""
        folder = self.path / "tables" / table
        parts = parts_of(folder) if self.parts(table) else []
        return scan(parts) if parts else empty(TABLES[table]).lazy()

    def pieces(self, table: str) -> list[pl.LazyFrame]:
        """The rows of a table that are written, in pieces that fit into memory."""
        return pieces(parts_of(self.path / "tables" / table)) if self.parts(table) else []

    def quarantine(self) -> pl.LazyFrame:
        """The records that are written as set aside."""
        folders = [self.path / "quarantine" / table for table in TABLES]
        parts = [part for folder in folders if folder.is_dir() for part in parts_of(folder)]
        return scan(parts) if parts else no_quarantine().lazy()

    def drop_aside(self, ids: pl.Series) -> None:
        """Take records out of the quarantine: they have come back mended."""
        for table in TABLES:
            folder = self.path / "quarantine" / table
            for part in parts_of(folder) if folder.is_dir() else []:
                frame = pl.read_parquet(part.read_bytes())
                left = frame.filter(~pl.col("id").is_in(ids.implode()))
                if left.height < frame.height:
                    self._part_with(table, part)
                    new = part.with_suffix(".new")  # the part may be another version's too
                    new.write_bytes(packed(left))
                    new.replace(part)

    def _part_with(self, table: str, aside: Path) -> None:
        """Forget the file that a part of the quarantine belongs to, which is no longer whole."""
        for number, entry in list(self._entries.items()) if table == TABLE else ():
            if aside in entry.asides_of(self.path):
                self._drop(number)

    def _drop(self, number: int) -> None:
        drop_entry(self.path, number)
        del self._entries[number]
        self._lasting.pop(number, None)

    def write(self, name: str, text: str) -> None:
        """Write another text file, such as ``mapping.toml``; the name is never the user's."""
        if not _FILE.fullmatch(name) or name == MANIFEST:
            raise _unnameable(name)
        (self.path / name).write_bytes(text.encode())

    def keep(self, rolled: Rolled | Sliced) -> None:
        """Write the tracking rows as cells, so that who opens the version reads no rows."""
        folder = self.path / ROLLED
        folder.mkdir()
        for name, slices in rolled.slices.items():
            write_slices(folder / f"{name}.parquet", slices)
            self._format = FORMAT if name == "sold" else self._format
        self._rolled = rolled.counts

    def finish(self, version: str, manifest: Mapping[str, Any]) -> Version:
        """Make this the current version of the dataset.

        Parameters
        ----------
        version
            Eight hexadecimal digits that change with the content and nothing else.
        manifest
            What else is to be known, as JSON takes it: ``title``, ``rows`` by table and so on.
            Without a title the dataset keeps the one it has.

        Returns
        -------
        Version
            The one that is current already, where it has this content and this manifest.
        """
        if not _CONTENT.fullmatch(version):
            raise PlaceError(
                f"{version!r} is not the version of a content: give eight of 0-9 and a-f."
            )
        try:
            before: Version | None = current(self._place)
        except PlaceError:  # the first one, or a damaged one: saving is the way out of that
            before = None
        said = {
            "format": self._format,
            "version": version,
            "title": self._title or (before.manifest.get("title", "") if before else ""),
            "saved": dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        }
        said |= {key: manifest[key] for key in manifest if key not in said or key == "title"}
        if self._rolled is not None:
            said["rolled"] = self._rolled
        if self._entries:
            said["files"] = hashlib.blake2b(
                repr(list(self._entries.values())).encode(), digest_size=16
            ).hexdigest()
        is_new = not before or _content(before.manifest) != _content(json.loads(json.dumps(said)))
        if before and not is_new and not self.heals:
            self.finished = True
            return before
        for number, written in self._lasting.items():
            write_entry(self.path, number, self._entries[number], written)
        said["bytes"] = _sizes(self.path)
        (self.path / MANIFEST).write_bytes(json.dumps(said, indent=1).encode())
        flush_all(self.path)
        return self._switch(version)

    def leave(self) -> None:
        """Take the draft away; of one that is not finished, the files that are whole stay."""
        self._writing.close()
        if self.finished or not _left(self.path):
            shutil.rmtree(self.path, ignore_errors=True)

    def _add(self, kind: str, table: str, frame: pl.DataFrame) -> None:
        if not _TABLE.fullmatch(table):
            raise _unnameable(table)
        number = self._count.get((kind, table), 0)
        if number and not frame.height:
            return
        path = part_at(self.path / kind / table, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed(frame))
        self._count[kind, table] = number + 1

    def _switch(self, version: str) -> Version:
        versions = self.path.parent
        with alone(self._place):
            number = 1 + max((number_of(name) for name in version_names(self._place)), default=0)
            target = versions / f"{number:04d}-{version}"
            # Written before the rename: a disk that fills up now has made no version yet.
            pointer = self._place / f".{CURRENT}"
            pointer.write_bytes(f"{target.name}\n".encode())
            flush(pointer)
            self._writing.close()
            (self.path / _WRITING).unlink()
            self.path.rename(target)
            try:
                flush(versions)
                pointer.replace(self._place / CURRENT)
            except OSError:
                with suppress(OSError):
                    target.rename(self.path)
                shutil.rmtree(target, ignore_errors=True)
                raise
            self.finished = True
            # It is current now, so nothing may say that it was not saved; and who may write here
            # need not be allowed to read the folder above.
            for folder in (self._place, self._place.absolute().parent):
                with suppress(OSError):
                    flush(folder)
        return opened(target)


def left(place: Path) -> list[Path]:
    """The drafts that nobody is writing and that hold whole files."""
    return [draft for draft in _unwritten(place) if entries_of(draft)]


def sweep(place: Path, *, saved: bool = False) -> None:
    """Remove the drafts that nobody is writing; call it alone.

    Files that are whole in one wait for the next import, a week at most or until one is saved.
    """
    known = set[tuple[str, str, str]]()
    for draft in _unwritten(place):
        entries = entries_of(draft).values()
        here = {(entry.name, entry.content, entry.how) for entry in entries}
        if saved or here <= known or not _left(draft):
            shutil.rmtree(draft, ignore_errors=True)
        else:
            known |= here


def _unwritten(place: Path) -> list[Path]:
    """The drafts that nobody is writing, the last one first."""
    found = [place / VERSIONS / name for name in folders_in(place / VERSIONS)]
    drafts = [path for path in found if path.name.startswith(_DRAFT) and not _written(path)]
    return sorted(drafts, key=_when, reverse=True)


def _when(draft: Path) -> float:
    """When the last file of a draft was whole."""
    times = [0.0]
    for path in (draft / ENTRIES).glob("*.json"):
        with suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)


def _written(draft: Path) -> bool:
    """Whether somebody is writing a draft."""
    with suppress(FileNotFoundError):
        try:
            with (draft / _WRITING).open("r+b") as file:
                lock(file, wait=False)
        except (BlockingIOError, PermissionError):  # Windows says the latter of a lock
            return True
    return False


def _left(draft: Path) -> bool:
    """Leave only the whole files in a draft; False where there is none, or none that is recent."""
    try:
        kept = entry_files(draft)
        times = [path.stat().st_mtime for path in kept if path.suffix == ".json"]
        if not times or max(times) < time.time() - _WEEK:
            return False
        for path in list(draft.rglob("*")):
            if path.is_file() and path not in kept:
                path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _content(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in manifest.items() if key not in _OURS}


def _sizes(draft: Path) -> dict[str, int]:
    files = sorted(path for path in draft.rglob("*") if path.is_file() and path.name != _WRITING)
    return {path.relative_to(draft).as_posix(): path.stat().st_size for path in files}


def _unnameable(name: str) -> PlaceError:
    return PlaceError(
        f"{name!r} cannot name a part of a saved dataset. Use small letters, digits and "
        "underscores."
    )
