"""One file as its tables: what kind it is, how it is written, and its blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from dashboard.errors import UnreadableFileError, listed
from dashboard.ingest.reading.blocks import (
    Part,
    careful,
    closed,
    fast,
    last_end,
    own_headers,
    safe_end,
)
from dashboard.ingest.reading.encoding import (
    Encoding,
    Stream,
    encoding_of,
    head_of,
    opened,
    repaired,
    size_of,
)
from dashboard.ingest.reading.parquet import open_parquet
from dashboard.ingest.reading.sheets import open_workbook
from dashboard.ingest.reading.signatures import (
    HEAD,
    PARQUET,
    ZIP,
    refuse,
    refuse_binary,
    refuse_zip,
)
from dashboard.ingest.reading.sniffing import sniff
from dashboard.ingest.reading.text import BLOCK, TextFile, TextTable, numbered, repeated

_LONGEST = 32 * 1024**2
"""Bytes that a record may have."""
_LONGEST_HEADER = 1024**2
_WORKBOOKS = (".xlsx", ".xlsm")


def open_file(source: Path | bytes, name: str, block: int = BLOCK) -> list[TextFile]:
    """Open one file, without reading more than its start.

    Parameters
    ----------
    source
        A path, or the bytes themselves.
    name
        What the file is called in sentences.
    block
        How many bytes are read at a time.

    Returns
    -------
    list of TextFile
        One; of a workbook one for each sheet that is not empty.

    Raises
    ------
    UnreadableFileError
        The bytes are an archive, a picture or another thing that is not a table of text, or there
        is no header.
    """
    size = size_of(source, name)
    head = head_of(source, HEAD, name)
    if head.startswith(PARQUET):
        return [open_parquet(source, name, size)]
    if head.startswith(ZIP):
        if not name.casefold().endswith(_WORKBOOKS):
            refuse_zip(name)
        return list(open_workbook(source, name, size))
    refuse(head, name)
    encoding = encoding_of(head)
    if not encoding.codec:
        refuse_binary(head, name)
    return [DelimitedFile(source, name, size, encoding, block)]


def read_text(source: Path | bytes, name: str) -> TextTable:
    """Read the only table of a file whole, every cell as text.

    Raises
    ------
    UnreadableFileError
        As ``open_file``; or it is a workbook with several sheets that hold something.
    """
    tables = open_file(source, name)
    if len(tables) > 1:
        raise UnreadableFileError(
            f"the workbook has several sheets: {listed(table.name for table in tables)}. "
            "Give one of them as a file of its own.",
            file=name,
        )
    (table,) = tables
    parts = list(table.blocks())
    frame = pl.concat([part.frame for part in parts]) if len(parts) > 1 else parts[0].frame
    return TextTable(
        table.name,
        frame.with_columns(pl.all().cast(pl.String)),  # of parquet, which has kinds of its own
        pl.concat([part.rows for part in parts]),
        table.dialect,
        tuple(problem for part in parts for problem in part.problems),
        any(part.apostrophes for part in parts),
    )


class DelimitedFile(TextFile):
    """A file of delimited text in any encoding."""

    def __init__(
        self, source: Path | bytes, name: str, size: int, encoding: Encoding, block: int
    ) -> None:
        self._source, self._encoding, self._block = source, encoding, block
        self._seen: set[str] = set()
        with opened(source, name) as file:
            sample = _sample(Stream(file, encoding, name), name)
        text, label = repaired(sample)
        found = sniff(text.decode(), encoding.label, name)
        super().__init__(name, numbered(found.cells), repeated(found.cells), found.dialect, size)
        self._start = _length(sample, found.lines)
        self._own = own_headers(len(self.headers), self.dialect)
        if not sample.isascii():
            self._see(label)

    def blocks(self) -> Iterator[TextTable]:
        """Yield the records, at most a block of bytes at a time; at least one table, maybe empty.

        Raises
        ------
        UnreadableFileError
            A record is longer than a block may be, or the text is not in the encoding it starts in.
        """
        row = self.dialect.header_row + 1
        with opened(self._source, self.name) as file:
            stream = Stream(file, self._encoding, self.name)
            rest = b""
            while len(rest) < self._start and not stream.ended:
                rest += stream.read(max(self._block, self._start - len(rest)))
            rest = rest[self._start :]
            room = self._block
            while True:
                if len(rest) < room and not stream.ended:
                    rest += stream.read(room - len(rest))
                found = self._first(rest, row, last=stream.ended)
                if found is None:
                    room += self._block
                    continue
                taken, part = found
                rest, row, room = rest[taken:], row + part.records, self._block
                self.done = min(self.size, stream.done - len(rest))
                yield part.table
                if stream.ended and not rest:
                    return

    def _first(self, rest: bytes, row: int, *, last: bool) -> tuple[int, Part] | None:
        """What can be read of these bytes, and how many they are; None if more are needed."""
        whole = len(rest) if last else 0
        end = whole if last and closed(rest, self.dialect) else safe_end(rest, self.dialect)
        full = len(rest) >= _LONGEST
        if not end and full and not last:
            end = last_end(rest) or last_end(rest, b"\r")
            if not end:
                raise self._long(row)
        for taken in (end, whole):  # a record may go on behind a cut
            if not taken and (rest or not last):
                continue
            text = b"".join((self._own, memoryview(rest)[:taken]))
            part = self._part(text, row, last=last and taken == whole, full=full)
            if part.lines is None:
                return taken, part
            if part.lines:
                return _length(rest[:taken], part.lines), part
        return None

    def _part(self, text: bytes, row: int, *, last: bool, full: bool) -> Part:
        """The records of a block, under headers of its own, read fast if that is right."""
        label = "" if text.isascii() else "utf-8"
        if label and "cp1252" in self.dialect.encoding:
            text, label = repaired(text)
        part = fast(text, self.name, self.headers, self.dialect, row)
        if part is None and label == "utf-8":
            text, label = repaired(text)
            if label != "utf-8":
                part = fast(text, self.name, self.headers, self.dialect, row)
        if part is None:
            block = text[len(self._own) :]
            part = careful(block, self.name, self.headers, self.dialect, row, last=last, full=full)
        self._see(label)
        return replace(part, table=replace(part.table, dialect=self.dialect))

    def _see(self, label: str) -> None:
        """Say of the file what a block showed: lines that are not UTF-8, or that surely are."""
        self._seen |= set(filter(None, label.split(" and ")))
        if "cp1252" in self._seen and not self._encoding.codec:
            both = "utf-8" in self._seen or self._encoding.mark
            label = "utf-8 and cp1252" if both else "cp1252"
            self.dialect = replace(self.dialect, encoding=label)

    def _long(self, row: int) -> UnreadableFileError:
        size = _LONGEST // 1024**2
        return UnreadableFileError(
            f"this record is longer than {size} MB; a quote may be open, or the line ends may be "
            "missing.",
            file=self.name,
            row=row,
        )


def _sample(stream: Stream, name: str) -> bytes:
    """Whole lines from the start, one at least."""
    text = stream.read(HEAD)
    while not stream.ended:
        end = max(last_end(text), last_end(text, b"\r"))
        if end:
            return text[:end]
        if len(text) > _LONGEST_HEADER:
            raise UnreadableFileError(
                "the first line is longer than 1 MB; this is no table with a header.",
                file=name,
                row=1,
            )
        text += stream.read(HEAD)
    return text


def _length(text: bytes, lines: int) -> int:
    """Bytes of the first lines."""
    return sum(map(len, text.splitlines(keepends=True)[:lines]))
