"""Bytes to a table of text: encoding, delimiter and header found, every cell kept as written.

A plain, well-formed file takes the fast path through Polars; anything else is read with the ``csv``
module, which forgives ragged rows and odd line ends, and says which rows it could not place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from dashboard.errors import DataError, UnreadableFileError
from dashboard.ingest.reading.text import Dialect, Problem, TextTable, numbered

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "a gzip archive"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
)
_DELIMITERS = (",", ";", "\t", "|")
_HEADER_SEARCH = 50
"""Blank or comment-like lines may stand above the header; further down than this is no header."""


class TextFile:
    """One table of text that can be read block by block, and again from the start."""

    def __init__(self, table: TextTable, size: int) -> None:
        self._table = table
        self.name, self.dialect, self.size, self.done = table.name, table.dialect, size, 0
        self.headers = tuple(table.frame.columns)
        self.repeated: tuple[str, ...] = ()

    def blocks(self) -> Iterator[TextTable]:
        """The records, a block at a time; at least one block, which may have no rows."""
        self.done = self.size
        yield self._table


def open_file(source: Path | bytes, name: str) -> list[TextFile]:
    """Open one file: its table, or those of its sheets."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    return [TextFile(read_text(source, name), size)]


def read_text(source: Path | bytes, name: str) -> TextTable:
    """Read one file of a table.

    Parameters
    ----------
    source
        A path, or the bytes themselves.
    name
        What the file is called in sentences.

    Raises
    ------
    UnreadableFileError
        The bytes are an archive, a picture or another thing that is not a table of text, or there
        is no header.
    """
    content = source if isinstance(source, bytes) else _content(source)
    if content[:4] == b"PAR1":
        return _parquet(content, name)
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            raise UnreadableFileError(
                f"this is {what}. Save it as CSV (UTF-8) or parquet and give that.", file=name
            )
    text_bytes, encoding = _utf8(content, name)
    start, header_row, header_line = _find_header(text_bytes, name)
    delimiter = _delimiter(header_line)
    dialect = Dialect(encoding, delimiter, header_row=header_row)
    body = text_bytes[start:]
    return _fast(body, name, dialect) or _careful(body, name, dialect)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            f"cannot be opened: {error.strerror or error}.", file=path.name
        ) from error


def _parquet(content: bytes, name: str) -> TextTable:
    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFileError(
            "this says it is parquet, but cannot be read as it; it may be cut short.", file=name
        ) from error
    return TextTable(
        name,
        pl.DataFrame([_plain(column) for column in frame]),
        pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True),
        Dialect("parquet", ""),
    )


def _plain(column: pl.Series) -> pl.Series:
    """A parquet column that can be read as text: NaN is nothing, lists and the like as printed."""
    if column.dtype.is_float():
        return column.fill_nan(None)
    if column.dtype.is_nested() or isinstance(column.dtype, pl.Binary | pl.Duration | pl.Object):
        printed = [None if value is None else str(value) for value in column.to_list()]
        return pl.Series(column.name, printed, dtype=pl.String)
    return column


def _utf8(content: bytes, name: str) -> tuple[bytes, str]:
    """The same text as UTF-8 without a byte order mark, and the encoding it came in."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16").encode(), "utf-16"
        except UnicodeDecodeError as error:
            raise UnreadableFileError(
                "this starts like UTF-16 but is not. Save it as CSV (UTF-8).", file=name
            ) from error
    if content.startswith(b"\xef\xbb\xbf"):
        content, encoding = content[3:], "utf-8 with BOM"
    else:
        encoding = "utf-8"
    if b"\x00" in content:
        row = content[: content.index(b"\x00")].count(b"\n") + 1
        raise UnreadableFileError(
            "a NUL byte stands in the text; this is no table of text.", file=name, row=row
        )
    if not content.isascii():
        try:
            content.decode()
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace").encode(), "cp1252"
    return content, encoding


def _find_header(text: bytes, name: str) -> tuple[int, int, str]:
    """Where the header starts, its spreadsheet row and its line: the first that is not blank."""
    position = 0
    for row in range(1, _HEADER_SEARCH + 1):
        end = min(
            (i for i in (text.find(b"\n", position), text.find(b"\r", position)) if i >= 0),
            default=len(text),
        )
        line = text[position:end].decode()
        if line.strip(' \t,;|"'):
            return position, row, line
        if end >= len(text):
            break
        position = end + (2 if text[end : end + 2] == b"\r\n" else 1)
    raise UnreadableFileError(
        "there is no header: the file is empty or starts with blank lines only.", file=name
    )


def _delimiter(header: str) -> str:
    """The delimiter that occurs most in the header, a comma where none does."""
    return max(_DELIMITERS, key=header.count)


def _fast(body: bytes, name: str, dialect: Dialect) -> TextTable | None:
    """All-String Polars; None where the file is not plain enough for it to be right."""
    line_end = body.find(b"\n")
    header = body[: line_end if line_end >= 0 else len(body)].decode()
    lone_cr = b"\r" in body and body.count(b"\r") != body.count(b"\r\n")
    if lone_cr or header.count('"') % 2:
        return None
    cells = next(csv.reader([header.rstrip("\r")], delimiter=dialect.delimiter))
    headers = list(numbered(cells))
    try:
        frame = pl.read_csv(
            body,
            has_header=False,
            skip_rows=1,
            new_columns=headers,
            separator=dialect.delimiter,
            infer_schema=False,
            raise_if_empty=False,
        )
    except pl.exceptions.PolarsError:
        return None
    if frame.width != len(headers):
        return (
            None
            if frame.height
            else _table(name, pl.DataFrame(schema=dict.fromkeys(headers, pl.String)), dialect)
        )
    return _table(name, frame, dialect)


def _careful(body: bytes, name: str, dialect: Dialect) -> TextTable:
    """The csv module: longer rows than the header are set aside, shorter ones filled up."""
    found = _records(body.decode(), name, dialect)
    cells, line = next(found)
    headers = list(numbered(cells or [line]))
    width = len(headers)
    parts = [_text_frame(headers, [])]
    records: list[list[str]] = []
    numbers: list[int] = []
    problems: list[Problem] = []
    for row, (cells, line) in enumerate(found, dialect.header_row + 1):
        if cells is None:
            problems.append(Problem(row, "open_quote", _OPEN_QUOTE, line))
        elif "".join(cells[width:]).strip():
            reason = _too_many(len(cells), width, dialect)
            problems.append(Problem(row, "ragged", reason, line, tuple(cells)))
        elif "".join(cells).strip():
            records.append(cells if len(cells) == width else _filled(cells, width))
            numbers.append(row)
        if len(records) == _CHUNK:
            parts.append(_text_frame(headers, records))
            records = []
    parts.append(_text_frame(headers, records))
    rows = pl.Series("row", numbers, dtype=pl.UInt32)
    return TextTable(name, pl.concat(parts), rows, dialect, tuple(problems))


def _filled(cells: list[str], width: int) -> list[str]:
    """A record cut or filled up to the width of the header."""
    return [*cells[:width], *[""] * (width - len(cells))]


def _too_many(cells: int, width: int, dialect: Dialect) -> str:
    return f"{cells} cells under {width} headers; quote a cell that holds a {dialect.delimiter!r}."


def _text_frame(headers: Sequence[str], records: Sequence[Sequence[str]]) -> pl.DataFrame:
    """Records as columns of text, nothing for an empty cell."""
    columns = zip(*records, strict=True) if records else [[]] * len(headers)
    named = zip(headers, columns, strict=True)
    frame = pl.DataFrame([pl.Series(name, column, dtype=pl.String) for name, column in named])
    return frame.with_columns(pl.all().replace("", None))


_CHUNK = 10_000
"""Records held as lists at a time: many more and Python's memory keeper would walk them again."""
_OPEN_QUOTE = "a quote is opened in this line and not closed; the lines below were read without it."


def _records(text: str, name: str, dialect: Dialect) -> Iterator[tuple[list[str] | None, str]]:
    """Records by the csv module; a quote left open costs its own line and not those below.

    Such a line comes without cells and with its text.
    """
    csv.field_size_limit(64 * 1024 * 1024)
    lines = io.StringIO(text, newline="").readlines()
    at = 0
    while at < len(lines):
        rest = map(lines.__getitem__, range(at, len(lines)))
        reader = csv.reader(rest, delimiter=dialect.delimiter, strict=True)
        start = at
        try:
            for cells in reader:
                yield cells, dialect.delimiter.join(cells)
                start = at + reader.line_num
        except csv.Error as error:
            if "field larger" in str(error):
                raise DataError(
                    f"the table cannot be read here: {error}.", file=name, row=start + 1
                ) from error
            line = lines[start]
            alone = at + reader.line_num == start + 1
            loose = next(csv.reader([line], delimiter=dialect.delimiter)) if alone else None
            yield loose, line.rstrip("\r\n")
            at = start + 1
        else:
            return


def _table(name: str, frame: pl.DataFrame, dialect: Dialect) -> TextTable:
    """Number the records and take blank ones out."""
    first = dialect.header_row + 1
    rows = pl.int_range(first, first + frame.height, dtype=pl.UInt32, eager=True).alias("row")
    blank = pl.repeat(value=True, n=frame.height, eager=True)
    for column in frame:
        blank = blank & (column.is_null() | (column.str.strip_chars() == ""))
        if not blank.any():
            return TextTable(name, frame, rows, dialect)
    return TextTable(name, frame.filter(~blank), rows.filter(~blank), dialect)
