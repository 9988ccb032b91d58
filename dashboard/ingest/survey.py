"""Survey: what each file is before its rows are read, and what must be asked about it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import polars as pl

from dashboard.errors import DataError
from dashboard.formats import listing
from dashboard.ingest import values
from dashboard.ingest.headers import (
    Fits,
    Headers,
    ask_which_table,
    has,
    likeliest,
    map_columns,
    no_such_header,
    which_table,
)
from dashboard.ingest.mapping import BOTH, IGNORE, ONCE, FileMapping
from dashboard.ingest.questions import Question, each_of_its_file
from dashboard.ingest.reading import TextFile, open_file
from dashboard.ingest.reading.text import MEND_COLUMNS
from dashboard.schema import TABLES, Column

_SAMPLE = 1000
"""Rows looked at to see whether a column may be what its header is like."""
_MOSTLY = 0.5
"""How many of its cells must then be readable."""


@dataclass(frozen=True)
class Part:
    """A file, or a sheet of one, that holds rows of a table."""

    text: TextFile
    table: str
    headers: Headers


@dataclass(frozen=True)
class Plan:
    """What the files are.

    ``parts`` hold rows, the influencers' first; ``mends`` rows that were set aside and come back;
    ``ignored`` says why a file is not used; ``refused`` which cannot be read at all;
    ``questions`` what they leave open.
    """

    parts: tuple[Part, ...] = ()
    mends: tuple[TextFile, ...] = ()
    ignored: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, DataError] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Tables of which there is no file."""
        there = {part.table for part in self.parts}
        return tuple(table for table in TABLES if table not in there)

    @property
    def size(self) -> int:
        """Bytes of all files that hold rows."""
        return sum(text.size for text in (*self.mends, *(part.text for part in self.parts)))


def survey(files: Mapping[str, Path | bytes], mapping: FileMapping) -> Plan:
    """Look at the first rows of each file.

    Parameters
    ----------
    files
        File name to path or bytes. The name, else the headers, say which table it is.
    mapping
        What has been answered about them.
    """
    ignored: dict[str, str] = {}
    refused: dict[str, DataError] = {}
    questions: list[Question] = []
    texts: list[TextFile] = []
    for name, source in _once(files, mapping, ignored, questions).items():
        try:
            texts += open_file(source, name)
        except DataError as error:
            if mapping.get("files", name) == IGNORE:
                ignored[name] = "The mapping says so."
            else:
                refused[name] = error
    mends = tuple(text for text in texts if is_mend(text.headers))
    found = {text.name: text for text in texts if text not in mends}
    tables = {name: _table(text, mapping, ignored, questions) for name, text in found.items()}
    _ask_about_strangers(found, tables, ignored, questions)
    parts: list[Part] = []
    for name, table in tables.items():
        if table is None:
            continue
        text = found[name]
        try:
            headers = map_columns(
                TABLES[table], text.headers, name, mapping, text.repeated, _fits(text)
            )
        except DataError as error:
            refused[name] = error
            continue
        parts.append(Part(text, table, headers))
        questions += headers.questions
    refused |= _named_nowhere(parts, mapping)
    order = list(TABLES)
    parts.sort(key=lambda part: order.index(part.table))
    return Plan(tuple(parts), mends, ignored, refused, each_of_its_file(questions))


def _named_nowhere(parts: Sequence[Part], mapping: FileMapping) -> dict[str, DataError]:
    """Headers that the mapping gives for a table and none of its files has."""
    refused: dict[str, DataError] = {}
    for table in TABLES:
        texts = [part.text for part in parts if part.table == table]
        for column, header in mapping.under("columns", "", table).items():
            if texts and header and not any(has(text.headers, header) for text in texts):
                first = texts[0]
                error = no_such_header(table, column, header, first.headers, first.name)
                refused.setdefault(first.name, error)
    return refused


def is_mend(headers: Sequence[str]) -> bool:
    """Whether a file holds rows that were set aside and come back mended."""
    return set(MEND_COLUMNS[:2]) <= set(headers)


def _table(
    text: TextFile, mapping: FileMapping, ignored: dict[str, str], questions: list[Question]
) -> str | None:
    """Which table a file is; None where it is none, or where that is asked."""
    told = mapping.get("files", text.name)
    if told == IGNORE:
        ignored[text.name] = "The mapping says so."
        return None
    if told is not None:
        return told
    tables = which_table(text.name, text.headers)
    if len(tables) > 1:
        why = f"its headers fit {listing([TABLES[one].words for one in tables])} equally well."
        questions.append(ask_which_table(text.name, tables, tables[0], why))
    elif not tables:
        ignored[text.name] = "It fits none of the four tables, by name or headers."
    return tables[0] if len(tables) == 1 else None


def _ask_about_strangers(
    found: Mapping[str, TextFile],
    tables: Mapping[str, str | None],
    ignored: dict[str, str],
    questions: list[Question],
) -> None:
    """Where a table is missing, a file that fits none may be it."""
    asked = {question.file for question in questions}
    missing = [name for name in TABLES if name not in tables.values()]
    if asked & tables.keys() or not missing:
        return
    for name, text in found.items():
        if name in ignored and tables[name] is None and _may_be_one(text.headers, missing):
            proposed = likeliest(text.headers, missing)
            if proposed == IGNORE and len(missing) == 1:
                proposed = missing[0]
            why = "it fits no table by its name or headers, and a table is missing."
            questions.append(ask_which_table(name, missing, proposed, why))
            del ignored[name]


def _may_be_one(headers: Sequence[str], missing: Sequence[str]) -> bool:
    """Whether any header is one of a missing table's: else it is some other file."""
    return any(map_columns(TABLES[name], headers, "").columns for name in missing)


def _fits(text: TextFile) -> Fits:
    """Whether the first cells under a header can be what a column holds."""
    sample: list[pl.DataFrame] = []

    def fits(header: str, column: Column) -> bool:
        if column.kind in {"id", "text", "choice", "url"}:
            return True
        if not sample:
            sample.append(next(iter(text.blocks())).frame.head(_SAMPLE))
        written = sample[0][header]
        given = values.words(written.cast(pl.String)).is_not_null().sum()
        readers: Mapping[str, Callable[[pl.Series], pl.Series]] = {
            "date": lambda cells: values.days(cells).days,
            "money": values.paise,
            "number": values.number,
        }
        readable = readers.get(column.kind, values.whole)(written).is_not_null().sum()
        return bool(given) and float(readable) >= _MOSTLY * float(given)

    return fits


def _once(
    files: Mapping[str, Path | bytes],
    mapping: FileMapping,
    ignored: dict[str, str],
    questions: list[Question],
) -> dict[str, Path | bytes]:
    """The files without those that are there twice, byte for byte."""
    kept: dict[str, Path | bytes] = {}
    by_size: dict[int, list[str]] = {}
    for name in sorted(files, key=lambda name: (len(name), name)):  # a copy has the longer name
        source = files[name]
        size = _size(source)
        same = next((one for one in by_size.get(size, []) if _same(files[one], source)), None)
        if same is not None and size and mapping.get("files", name) != IGNORE:
            told = mapping.get("twice", name)
            if told is None:
                questions.append(_ask_once(name, same))
            if told != BOTH:
                ignored[name] = f"It is the same as {same}, byte for byte: counted once."
                continue
        by_size.setdefault(size, []).append(name)
        kept[name] = source
    return {name: source for name, source in files.items() if name in kept}


def _ask_once(name: str, same: str) -> Question:
    return Question(
        ("twice", name),
        name,
        f"{name} is the same as {same}, byte for byte. It is counted once; should both count?",
        (ONCE, BOTH),
        ONCE,
        assumed=ONCE,
    )


def _size(source: Path | bytes) -> int:
    if isinstance(source, bytes):
        return len(source)
    try:
        return source.stat().st_size
    except OSError:
        return 0


def _same(left: Path | bytes, right: Path | bytes) -> bool:
    """Whether two sources of one size hold the same bytes."""
    if isinstance(left, bytes) and isinstance(right, bytes):
        return left == right
    with _opened(left) as one, _opened(right) as other:
        while piece := one.read(_PIECE):
            if piece != other.read(_PIECE):
                return False
    return True


def _opened(source: Path | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


_PIECE = 1024 * 1024
