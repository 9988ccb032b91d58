"""A dataset folder: immutable versions, one of them current, switched atomically.

::

    DATASET/
      current                   one line: the name of the current version
      versions/
        0001-ab12cd34/          number of the save and version of the content; never changed again
          tables/<table>/part-00000.parquet …
          quarantine/<table>/part-00000.parquet …
          mapping.toml
          manifest.json
        .draft-<random>/        being written; what a killed save leaves goes with the next save
      .lock                     held while a save takes its number and becomes current

Readers need no lock: a version is whole before it has its name, and is named in ``current`` last.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import secrets
import shutil
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

import polars as pl

from dashboard.errors import DashboardError, PlaceError, did_you_mean, listed
from dashboard.ingest.cleaning import empty
from dashboard.ingest.report import no_quarantine
from dashboard.schema import TABLES

if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO, *, wait: bool) -> None:
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


FORMAT = 1
"""The layout of a version folder; raised when an older release could not read a newer one."""

_CURRENT, _LOCK, _VERSIONS = "current", ".lock", "versions"
_MANIFEST, _MAPPING, _WRITING, _DRAFT = "manifest.json", "mapping.toml", ".writing", ".draft-"
_VERSION_NAME = re.compile(r"(\d{4,})-([0-9a-f]{8})")
_CONTENT = re.compile(r"[0-9a-f]{8}")
_TABLE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_FILE = re.compile(r"[a-z][a-z0-9_]{0,59}\.[a-z]{1,8}")
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{6}")
_OURS = {"saved", "bytes"}
"""What the manifest says of the save and not of what was saved."""


@dataclass(frozen=True)
class Version:
    """One saved state of a dataset; its files never change.

    ``manifest`` is what was said at saving, and beside it the ``bytes`` of every file.
    """

    name: str
    path: Path
    manifest: Mapping[str, Any] = field(compare=False)

    def table(self, name: str) -> pl.LazyFrame:
        """All parts of a table, in their order; a column that a part lacks is null there.

        Raises
        ------
        PlaceError
            The version has no such table, or one of its parts is damaged.
        """
        tables = self.path / "tables"
        held = sorted(_names(tables))
        parts = _parts(tables / name) if name in held else []
        if not parts:
            raise PlaceError(
                f"{tables} holds no parts of a table {name!r}. It holds: {listed(held) or 'none'}. "
                "Bring the folder back from a backup, or save the dataset again."
            )
        return _scan(parts)

    def quarantine(self) -> pl.LazyFrame | None:
        """The records of all tables that were set aside; None when nothing was written there."""
        folder = self.path / "quarantine"
        parts = [part for table in sorted(_names(folder)) for part in _parts(folder / table)]
        return _scan(parts) if parts else None

    def mapping(self) -> str:
        """The text of ``mapping.toml``; empty without one."""
        try:
            return (self.path / _MAPPING).read_bytes().decode()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as reason:
            raise _damaged(self.path / _MAPPING, reason) from reason


class Draft:
    """A version being written; ``Store.draft`` makes it and takes it away again.

    Whoever holds the lock on ``.writing`` is at work here. Unlike a process number, a lock ends
    with its process and means the same to every container that shares the volume.
    """

    path: Path

    def __init__(self, place: Path, title: str = "") -> None:
        self._place, self._title = place, title
        self._count: dict[tuple[str, str], int] = {}
        self.path = place / _VERSIONS / f"{_DRAFT}{secrets.token_hex(6)}"
        self.path.mkdir(parents=True)
        self._writing = (self.path / _WRITING).open("wb")
        _lock(self._writing, wait=True)

    def part(self, table: str, frame: pl.DataFrame) -> None:
        """Write the next part of a table; without rows only the first, which keeps the schema."""
        self._add("tables", table, frame)

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

    def restart(self, table: str, parts: int) -> None:
        """Forget the parts of a table from this number on."""
        self._forget("tables", table, parts)

    def _forget(self, kind: str, table: str, kept: int) -> None:
        written = self._count.get((kind, table), 0)
        for number in range(kept, written):
            _part(self.path / kind / table, number).unlink()
        self._count[kind, table] = min(kept, written)

    def table(self, table: str) -> pl.LazyFrame:
        """The rows of a table that are written; of one with none, nothing but its columns."""
        folder = self.path / "tables" / table
        parts = _parts(folder) if self.parts(table) else []
        return _scan(parts) if parts else empty(TABLES[table]).lazy()

    def quarantine(self) -> pl.LazyFrame:
        """The records that are written as set aside."""
        folders = [self.path / "quarantine" / table for table in TABLES]
        parts = [part for folder in folders if folder.is_dir() for part in _parts(folder)]
        return _scan(parts) if parts else no_quarantine().lazy()

    def drop_aside(self, ids: pl.Series) -> None:
        """Take records out of the quarantine: they have come back mended."""
        for table in TABLES:
            folder = self.path / "quarantine" / table
            for part in _parts(folder) if folder.is_dir() else []:
                frame = pl.read_parquet(part.read_bytes())
                left = frame.filter(~pl.col("id").is_in(ids.implode()))
                if left.height < frame.height:
                    part.write_bytes(_packed(left))

    def write(self, name: str, text: str) -> None:
        """Write another text file, such as ``mapping.toml``; the name is never the user's."""
        if not _FILE.fullmatch(name) or name == _MANIFEST:
            raise _unnameable(name)
        (self.path / name).write_bytes(text.encode())

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
            before: Version | None = _current(self._place)
        except PlaceError:  # the first one, or a damaged one: saving is the way out of that
            before = None
        said = {
            "format": FORMAT,
            "version": version,
            "title": self._title or (before.manifest.get("title", "") if before else ""),
            "saved": dt.datetime.now(dt.UTC).isoformat(timespec="microseconds"),
        }
        said |= {key: manifest[key] for key in manifest if key not in said or key == "title"}
        said["bytes"] = _sizes(self.path)
        text = json.dumps(said, indent=1)
        if before and _content(before.manifest) == _content(json.loads(text)):
            return before
        (self.path / _MANIFEST).write_bytes(text.encode())
        _flush_all(self.path)
        return self._switch(version)

    def discard(self) -> None:
        """Take the draft away; nothing remains to be taken once it is finished."""
        self._writing.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def _add(self, kind: str, table: str, frame: pl.DataFrame) -> None:
        if not _TABLE.fullmatch(table):
            raise _unnameable(table)
        number = self._count.get((kind, table), 0)
        if number and not frame.height:
            return
        path = _part(self.path / kind / table, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_packed(frame))
        self._count[kind, table] = number + 1

    def _switch(self, version: str) -> Version:
        versions = self.path.parent
        with _alone(self._place):
            number = 1 + max((_number(name) for name in _version_names(self._place)), default=0)
            target = versions / f"{number:04d}-{version}"
            # Written before the rename: a disk that fills up now has made no version yet.
            pointer = self._place / f".{_CURRENT}"
            pointer.write_bytes(f"{target.name}\n".encode())
            _flush(pointer)
            self._writing.close()
            (self.path / _WRITING).unlink()
            self.path.rename(target)
            try:
                _flush(versions)
                pointer.replace(self._place / _CURRENT)
            except OSError:
                shutil.rmtree(target, ignore_errors=True)
                raise
            # It is current now, so nothing may say that it was not saved; and who may write here
            # need not be allowed to read the folder above.
            for folder in (self._place, self._place.absolute().parent):
                with suppress(OSError):
                    _flush(folder)
        return _opened(target)


class Store:
    """A folder that holds one dataset; nothing in it is touched until a draft is asked for.

    ``title`` stands in the manifest of a version that is given none.
    """

    def __init__(self, place: Path, *, title: str = "") -> None:
        self.place, self._title = place, title

    @staticmethod
    def is_one(place: Path) -> bool:
        """Whether the folder looks like a saved dataset: it has ``current`` or ``versions``."""
        return (place / _CURRENT).is_file() or (place / _VERSIONS).is_dir()

    def versions(self) -> list[Version]:
        """Every version that opens, oldest first; ``version`` says why another one does not."""
        found = []
        for name in _version_names(self.place):
            with suppress(PlaceError):
                found.append(_opened(self.place / _VERSIONS / name))
        return found

    def current(self) -> Version:
        """The version to show.

        Raises
        ------
        PlaceError
            There is none, it is damaged, or a newer release saved it; the sentence says what to do.
        """
        return _current(self.place)

    def version(self, name: str) -> Version:
        """A version by the name of its folder, or the newest one with that content version.

        Raises
        ------
        PlaceError
            There is no such version (the sentence names those there are), or it is damaged.
        """
        names = _version_names(self.place)
        found = [known for known in names if name in (known, known.partition("-")[2])]
        if not found:
            raise PlaceError(f"{self.place} has no version {name!r}. {did_you_mean(name, names)}")
        return _opened(self.place / _VERSIONS / found[-1])

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Begin a new version; left without ``finish``, it never was.

        Raises
        ------
        PlaceError
            The disk is full, the folder cannot be written: the versions saved before are untouched.
        """
        ours, draft = False, None
        try:
            ours = not self.place.exists()
            with _alone(self.place):
                _sweep(self.place)
                draft = Draft(self.place, self._title)
            yield draft
        except DashboardError:
            raise
        except OSError as reason:
            where = f" ({reason.filename})" if reason.filename else ""
            raise PlaceError(
                f"The dataset was not saved in {self.place}: {reason.strerror or reason}{where}. "
                "What was saved there before is untouched. Make room, or give a folder that can "
                "be written, and save again."
            ) from reason
        finally:
            if draft is not None:
                draft.discard()
            _tidy(self.place, ours)


class Shelf:
    """A server's folder of datasets, each under a generated name: no user's text becomes a path."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def new(self, title: str) -> Store:
        """A place for a dataset of any title, which itself stands in the manifest only."""
        plain = unicodedata.normalize("NFKD", title[:200]).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "dataset"
        while True:
            place = self.place / f"{slug}-{secrets.token_hex(3)}"
            if not place.exists():
                return Store(place, title=title)

    def stores(self) -> list[tuple[str, Store]]:
        """Name and store of each dataset with a current version that opens, newest first."""
        found = []
        for name in self._ids():
            store = Store(self.place / name)
            with suppress(PlaceError):
                found.append((str(store.current().manifest.get("saved", "")), name, store))
        found.sort(key=lambda entry: entry[:2], reverse=True)
        return [(name, store) for _, name, store in found]

    def store(self, id: str) -> Store:  # noqa: A002  # what the address of a dataset is called
        """The dataset of that name.

        Raises
        ------
        PlaceError
            There is none of that name, or it does not open.
        """
        for name in self._ids():
            if name == id:
                store = Store(self.place / name)
                store.current()
                return store
        raise PlaceError(f"There is no saved dataset {id[:80]!r}. Choose one from the list.")

    def _ids(self) -> list[str]:
        return [name for name in _names(self.place) if _ID.fullmatch(name)]


def _names(folder: Path) -> list[str]:
    """The folders in a folder that need not exist."""
    try:
        return [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as reason:
        raise _unreadable(folder, reason) from reason


def _number(name: str) -> int:
    return int(name.partition("-")[0])


def _version_names(place: Path) -> list[str]:
    """The names of all versions, oldest first."""
    names = [name for name in _names(place / _VERSIONS) if _VERSION_NAME.fullmatch(name)]
    return sorted(names, key=lambda name: (_number(name), name))


def _packed(frame: pl.DataFrame) -> memoryview:
    """A frame as parquet.

    lz4 writes and reads for less than zstd at its lowest level. The detour through memory keeps a
    full disk an OSError (polars reports its own kind) and the path out of polars. Nobody asks for
    the least and most of a part, which cost a seventh more to write.
    """
    packed = io.BytesIO()
    frame.write_parquet(packed, compression="lz4", statistics=False)
    return packed.getbuffer()


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05d}.parquet"


def _parts(folder: Path) -> list[Path]:
    """The parts in a folder in the order of their numbers."""
    found = [path for path in folder.iterdir() if path.suffix == ".parquet"]
    return sorted(found, key=lambda path: (len(path.name), path.name))


def _scan(parts: list[Path]) -> pl.LazyFrame:
    """Parts as one table that has every column of any of them."""
    scans, columns, agree = [], dict[str, pl.DataType](), True
    for part in parts:
        scan = _plain_scan([part])
        try:
            schema = scan.collect_schema()
        except (OSError, pl.exceptions.PolarsError) as reason:
            raise _damaged(part, reason) from reason
        agree &= all(columns.setdefault(name, kind) == kind for name, kind in schema.items())
        scans.append(scan)
    if agree:
        return _plain_scan(parts, schema=columns, missing_columns="insert")
    return pl.concat(scans, how="diagonal_relaxed")


def _plain_scan(parts: list[Path], **how: Any) -> pl.LazyFrame:
    """A scan of just these files, whatever their folders are called."""
    files = [part.absolute() for part in parts]
    return pl.scan_parquet(
        files, glob=False, hive_partitioning=False, credential_provider=None, **how
    )


def _current(place: Path) -> Version:
    pointer, names = place / _CURRENT, _version_names(place)
    way_out = (
        f"Write one of these names into {pointer}: {listed(names)}."
        if names
        else "Save a dataset there, or give the folder of one that was saved."
    )
    try:
        name = pointer.read_bytes()[:200].decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise PlaceError(f"{place} has no current version. {way_out}") from None
    except OSError as reason:
        raise _unreadable(pointer, reason) from reason
    if name not in names:
        raise PlaceError(f"{pointer} names {name!r}, which is not a version there. {way_out}")
    return _opened(place / _VERSIONS / name)


def _opened(path: Path) -> Version:
    """A version whose files are all there, with as many bytes as were written."""
    file = path / _MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as reason:
        raise _damaged(file, reason) from reason
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise _damaged(file, "it does not say its format")
    if manifest["format"] > FORMAT:
        raise PlaceError(
            f"{path} was saved by a newer release (format {manifest['format']}; this release reads "
            f"up to {FORMAT}). Update the dashboard to open it."
        )
    sizes = manifest.get("bytes", {})
    if not isinstance(sizes, dict):
        raise _damaged(file, "its bytes are not listed by file")
    for name, size in sizes.items():
        try:
            held = (path / name).stat().st_size
        except (OSError, ValueError) as reason:
            raise _damaged(path / name, reason) from reason
        if held != size:
            raise _damaged(path / name, f"it has {held:,} bytes and {size} were saved")
    return Version(path.name, path, MappingProxyType(manifest))


def _content(manifest: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in manifest.items() if key not in _OURS}


def _sizes(draft: Path) -> dict[str, int]:
    files = sorted(path for path in draft.rglob("*") if path.is_file() and path.name != _WRITING)
    return {path.relative_to(draft).as_posix(): path.stat().st_size for path in files}


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One process at a time: the others wait, for a few file operations at most."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / _LOCK).open("ab") as file:
        _lock(file, wait=True)
        yield


def _sweep(place: Path) -> None:
    """Remove the drafts that nobody is writing; call it alone."""
    for name in _names(place / _VERSIONS):
        if not name.startswith(_DRAFT):
            continue
        draft = place / _VERSIONS / name
        with suppress(FileNotFoundError):
            try:
                with (draft / _WRITING).open("ab") as file:
                    _lock(file, wait=False)
            except (BlockingIOError, PermissionError):  # Windows says the latter of a lock
                continue
        shutil.rmtree(draft, ignore_errors=True)


def _tidy(place: Path, ours: bool) -> None:
    """Leave nothing where a first save came to nothing."""
    with suppress(OSError):
        (place / _VERSIONS).rmdir()
        if ours:
            (place / _LOCK).unlink()
            place.rmdir()


def _flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    folder = path.is_dir()
    if folder and sys.platform == "win32":
        return  # a folder cannot be opened there
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_all(folder: Path) -> None:
    """Wait until all files below a folder, then the folders themselves, are on the disk."""
    for inside, _, names in os.walk(folder, topdown=False):
        for name in names:
            _flush(Path(inside, name))
        _flush(Path(inside))


def _damaged(file: Path, reason: Exception | str) -> PlaceError:
    why = (getattr(reason, "strerror", None) or str(reason)).partition("\n")[0].rstrip(".")
    return PlaceError(
        f"{file} is damaged: {why}. Bring its folder back from a backup, open another version, or "
        "save the dataset again."
    )


def _unreadable(path: Path, reason: OSError) -> PlaceError:
    return PlaceError(f"{path} cannot be read: {reason.strerror or reason}. Check who may read it.")


def _unnameable(name: str) -> PlaceError:
    return PlaceError(
        f"{name!r} cannot name a part of a saved dataset. Use small letters, digits and "
        "underscores."
    )
