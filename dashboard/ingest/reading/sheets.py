"""The sheets of a workbook as tables of text: every cell as it is held, none as it is shown."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar

import fastexcel
import polars as pl

from dashboard.errors import UnreadableFileError
from dashboard.ingest.reading.blocks import told
from dashboard.ingest.reading.encoding import opened
from dashboard.ingest.reading.records import Record
from dashboard.ingest.reading.sniffing import find_header, refuse_many
from dashboard.ingest.reading.text import Dialect, TextFile, TextTable, numbered, repeated

_MOST = 1024**3
"""Bytes that a workbook may unpack to."""
_MOST_TIMES = 200
"""How many times its size it may unpack to, where that is not little anyway."""
_SMALL = 50 * 1024**2
_MOST_CELLS = 100_000_000
_LOOKED_AT = 1000
"""Rows in which the header is looked for."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d{1,9})"')
_COLUMN = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,4})\d')
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"

Answer = TypeVar("Answer")


def open_workbook(source: Path | bytes, name: str, size: int) -> list[TextFile]:
    """Open the sheets that hold something, each as a table of its own.

    Raises
    ------
    UnreadableFileError
        It unpacks to more than we read, is broken, or no sheet holds anything.
    """
    with opened(source, name) as file:
        _refuse_bomb(file, size, name)
        file.seek(0)
        content = file.read()
    reader = _asked(lambda: fastexcel.read_excel(content), name)
    sheets = [
        (sheet, cells)
        for sheet in reader.sheet_names
        if (cells := _cells(reader, sheet, name)).height
    ]
    if not sheets:
        raise UnreadableFileError("no sheet of the workbook holds anything.", file=name)
    return [
        _SheetFile(f"{name} / {sheet}" if len(sheets) > 1 else name, cells, size)
        for sheet, cells in sheets
    ]


def _refuse_bomb(file: BinaryIO, size: int, name: str) -> None:
    """Refuse what would not fit in memory, by what the archive and the sheets say of their size."""
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > _MOST or unpacked > max(_SMALL, _MOST_TIMES * size):
                raise UnreadableFileError(
                    f"the workbook unpacks from {size // 1024:,} KB to "
                    f"{unpacked // 1024**2:,} MB, which is not read. Save it as CSV (UTF-8).",
                    file=name,
                )
            for part in parts:
                if _SHEET.fullmatch(part.filename):
                    _refuse_wide(archive, part, name)
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        if isinstance(error, UnreadableFileError):
            raise
        raise _broken(name) from error


def _refuse_wide(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    """Refuse a sheet of few cells far apart: it is held as a full rectangle."""
    rows, columns, tail = 1, 1, b""
    with archive.open(part) as file:
        while piece := file.read(1024**2):
            text = tail + piece
            rows = max(rows, *map(int, _ROW.findall(text)), 1)
            columns = max(columns, *map(_number, set(_COLUMN.findall(text))), 1)
            tail = text[-100:]
    if rows * columns > _MOST_CELLS:
        raise UnreadableFileError(
            f"a sheet of the workbook spans {rows:,} rows and {columns:,} columns, which is not "
            "read. Delete the cells far from the table, or save it as CSV (UTF-8).",
            file=name,
        )


def _number(letters: bytes) -> int:
    """A column's number by its letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _asked(question: Callable[[], Answer], name: str) -> Answer:
    """What the reader answers; where it breaks, a sentence."""
    try:
        return question()
    except fastexcel.FastExcelError as error:
        raise _broken(name) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's, which no module names
            raise
        raise _broken(name) from error


def _broken(name: str) -> UnreadableFileError:
    return UnreadableFileError(
        "this says it is an Excel workbook, but cannot be read as one; it may be cut short or "
        "locked. Save it as CSV (UTF-8) and give that.",
        file=name,
    )


def _cells(reader: fastexcel.ExcelReader, sheet: str, name: str) -> pl.DataFrame:
    """All cells of a sheet from its first row on, as text; a day without a time as a day."""
    loaded = _asked(
        lambda: reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars(),
        name,
    )
    if not loaded.width:
        return loaded
    return loaded.with_columns(pl.all().cast(pl.String).str.replace(_MIDNIGHT, "$1"))


class _SheetFile(TextFile):
    """One sheet, which is in memory as a whole."""

    def __init__(self, name: str, cells: pl.DataFrame, size: int) -> None:
        records = [
            Record(["" if cell is None else cell for cell in row], place, place + 1)
            for place, row in enumerate(cells.head(_LOOKED_AT).rows())
        ]
        told_records = [record for record in records if any(map(str.strip, record.cells))]
        if not told_records:
            raise UnreadableFileError("there is no header: the sheet starts blank.", file=name)
        header = told_records[find_header(told_records)]
        refuse_many(len(header.cells), name)
        above = tuple(
            ", ".join(filter(None, record.cells))[:200]
            for record in told_records
            if record.start < header.start
        )
        dialect = Dialect("xlsx", "", header_row=header.end, preamble=above)
        super().__init__(name, numbered(header.cells), repeated(header.cells), dialect, size)
        self._records = cells[header.end :]

    def blocks(self) -> Iterator[TextTable]:
        frame = self._records.clone()
        frame.columns = list(self.headers)
        first = self.dialect.header_row + 1
        rows = pl.int_range(first, first + frame.height, dtype=pl.UInt32, eager=True).alias("row")
        self.done = self.size
        yield TextTable(self.name, *told(frame, rows), self.dialect)
