"""Entries: tracking files as they were read, kept beside the rows so that none is read again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.dataset.disk import flush, same_or_copy
from dashboard.dataset.parts import packed, part_at
from dashboard.ingest.cleaning import DTYPES
from dashboard.ingest.intake import Outcome
from dashboard.ingest.questions import Question
from dashboard.ingest.report import FileReport
from dashboard.schema import TABLES

ENTRIES = "files"
"""The folder of a version's entries: what there is to know, the ids it holds, and its piece."""
TABLE = "tracking_data"
"""The table whose files may be many; those of the others are read each time."""

_TUPLES = ("parts", "asides", "columns", "blank", "digests")

Range = tuple[int, int]
"""The number of the first part, and that behind the last."""


@dataclass(frozen=True)
class Entry:
    """A tracking file as it was read.

    ``content`` follows from its bytes, ``how`` from whatever else its reading depends on that can
    be told before its rows are looked at. ``parts`` and ``asides`` are its own in the folder, none
    of them without rows. The rest is that of ``Outcome``, and ``row_sum`` what its hashes sum to.
    ``digests`` are those of its ids, parts and asides, as they were written; none before they are.
    """

    name: str
    content: str
    how: str
    parts: Range
    asides: Range
    row_sum: int
    report: Mapping[str, Any]
    questions: tuple[Mapping[str, Any], ...]
    ids: Mapping[str, str]
    columns: tuple[str, ...]
    last: str | None
    blank: tuple[bool, bool]
    digests: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, content: str, how: str, outcome: Outcome, parts: Range, asides: Range) -> Entry:
        """What a file came to."""
        return cls(
            outcome.report.file,
            content,
            how,
            parts,
            asides,
            outcome.hashes.total,
            outcome.report.as_json(),
            tuple(question.as_json() for question in outcome.questions),
            dict(outcome.ids),
            outcome.columns,
            outcome.last.isoformat() if outcome.last else None,
            outcome.blank,
        )

    @property
    def file(self) -> FileReport:
        """The report on the file."""
        return FileReport.from_json(self.report)

    @property
    def asked(self) -> tuple[Question, ...]:
        """What its rows leave open."""
        return tuple(map(Question.from_json, self.questions))

    @property
    def day(self) -> dt.date | None:
        """The last day of an accepted row."""
        return dt.date.fromisoformat(self.last) if self.last else None

    def nothing(self) -> pl.DataFrame:
        """Its rows without a row."""
        kinds = {column.name: DTYPES[column.kind] for column in TABLES[TABLE].columns}
        return pl.DataFrame(schema={name: kinds.get(name, pl.String()) for name in self.columns})

    def files(self, folder: Path) -> list[Path]:
        """Its parts in a version's folder."""
        return _parts(folder, "tables", self.parts) + _parts(folder, "quarantine", self.asides)

    def rows_of(self, folder: Path) -> list[Path]:
        """The parts with its accepted rows."""
        return _parts(folder, "tables", self.parts)

    def asides_of(self, folder: Path) -> list[Path]:
        """The parts with its records that were set aside."""
        return _parts(folder, "quarantine", self.asides)


def _parts(folder: Path, kind: str, numbers: Range) -> list[Path]:
    return [part_at(folder / kind / TABLE, number) for number in range(*numbers)]


def write_entry(folder: Path, number: int, entry: Entry, written: pl.Series) -> None:
    """Write an entry of a draft, whose parts are on the disk before it is."""
    (folder / ENTRIES).mkdir(exist_ok=True)
    said, ids = _places(folder, number)
    ids.write_bytes(packed(written.to_frame()))
    parts = entry.files(folder)
    for part in (ids, *parts):
        flush(part)
    known = entry.digests[1:] or [_digest(part.read_bytes()) for part in parts]
    told = asdict(replace(entry, digests=(_digest(ids.read_bytes()), *known)))
    new = said.with_suffix(".new")
    new.write_text(json.dumps({"entry": told, "digest": _digest(_as_bytes(told))}), "utf-8")
    flush(new)
    new.replace(said)
    flush(said.parent)


def drop_entry(folder: Path, number: int) -> None:
    """Forget an entry."""
    for path in (*_places(folder, number), piece_at(folder, number)):
        path.unlink(missing_ok=True)


def entries_of(folder: Path) -> dict[int, Entry]:
    """The entries of a version, or of a draft, by number; what is not whole is none."""
    found = {}
    for path in sorted((folder / ENTRIES).glob("part-*.json")):
        try:
            whole = json.loads(path.read_bytes())
            told = whole["entry"]
            if whole["digest"] != _digest(_as_bytes(told)):
                continue
            pairs = {name: tuple(told[name]) for name in _TUPLES}
            entry = Entry(**{**told, **pairs, "questions": tuple(told["questions"])})
            found[int(path.stem.removeprefix("part-"))] = entry
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            continue
    return found


def held(folder: Path, number: int, entry: Entry) -> Iterator[pl.DataFrame]:
    """What stands in each file of an entry: the ids, its rows, the records set aside.

    Raises
    ------
    OSError, ValueError
        One went, or is not as it was written: then nobody tries to make sense of it.
    """
    files = (_places(folder, number)[1], *entry.files(folder))
    for path, digest in zip(files, entry.digests, strict=True):
        content = path.read_bytes()
        if _digest(content) != digest:
            raise ValueError(path)
        yield pl.read_parquet(content)


def entry_files(folder: Path) -> set[Path]:
    """Every file that belongs to an entry."""
    found: set[Path] = set()
    for number, entry in entries_of(folder).items():
        found.update((*_places(folder, number), piece_at(folder, number)), entry.files(folder))
    return found


def piece_at(folder: Path, number: int) -> Path:
    """Where a file stands rolled up; see ``pieces``."""
    return part_at(folder / ENTRIES, number).with_suffix(".zip")


def take_piece(piece: Path, folder: Path, number: int) -> None:
    """Have a file stand rolled up as it does elsewhere."""
    (folder / ENTRIES).mkdir(exist_ok=True)
    same_or_copy(piece, piece_at(folder, number))


def _places(folder: Path, number: int) -> tuple[Path, Path]:
    ids = part_at(folder / ENTRIES, number)
    return ids.with_suffix(".json"), ids


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _as_bytes(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True).encode()
