"""Blocks of a file to tables of text: where to cut, the fast path and the careful one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from dashboard.errors import UnreadableFileError
from dashboard.ingest.reading.records import Record, blank, lines_of, records_of
from dashboard.ingest.reading.text import Dialect, Problem, Rule, TextTable

WHITE = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
"""What ``str.strip`` takes for blank."""
_HELD = 10_000
"""Records held as lists at a time: many more and Python's memory keeper would walk them again."""
MOST_PROBLEMS = 100_000
"""Rows of a block that may be set aside before the whole is taken for something else."""
_STEPS = 100_000
"""Lines to go back for a place to cut."""
_OPEN_QUOTE = "a quote is opened in this line and not closed; the lines below were read without it."
_NUL = "a NUL byte stands in this row; take it out."


@dataclass(frozen=True)
class Part:
    """What was read of a block: its table, the lines done with (None: all), and their records."""

    table: TextTable
    lines: int | None
    records: int


# ------------------------------------------------------------------------------------ where to cut


def safe_end(text: bytes, dialect: Dialect) -> int:
    """Where the last line ends that has an even number of quotes before it; 0 if there is none."""
    quoted = dialect.quote.encode() in text
    for line_end in (b"\n", b"\r"):
        end = last_end(text, line_end)
        odd = quoted and _quotes(text, 0, end, dialect) % 2
        for _ in range(_STEPS):
            if not (odd and end):
                break
            before = text.rfind(line_end, 0, end - 1) + 1
            odd ^= _quotes(text, before, end, dialect) % 2
            end = before
        if end and not odd and text[end : end + 1] != b"\n":
            return end
    return 0


def last_end(text: bytes, line_end: bytes = b"\n") -> int:
    """Where the last line ends, quotes or not; a CR at the very end may yet become a CRLF."""
    return text.rfind(line_end, 0, len(text) - (line_end == b"\r")) + 1


def closed(text: bytes, dialect: Dialect) -> bool:
    """Whether the quotes come in pairs."""
    return _quotes(text, 0, len(text), dialect) % 2 == 0


def _quotes(text: bytes, start: int, end: int, dialect: Dialect) -> int:
    """How many quotes stand there that open or close something."""
    quote = dialect.quote.encode()
    if not dialect.escape:
        return text.count(quote, start, end)
    escape = dialect.escape.encode()
    tidy = text[start:end].replace(escape * 2, b"")
    return tidy.count(quote) - tidy.count(escape + quote)


# ------------------------------------------------------------------------------------ the fast path


_UNSEEN = tuple(bytes([code]) for code in (0x09, 0x0B, 0x0C, *range(0x1C, 0x20)))
"""ASCII that nobody sees around a cell, beside the space and the ends of lines."""


def own_headers(columns: int, dialect: Dialect) -> bytes:
    """Make a line of headers of our own: else the first record would say how many there are."""
    return dialect.delimiter.join(map(str, range(columns))).encode() + b"\n"


def fast(text: bytes, name: str, headers: Sequence[str], dialect: Dialect, row: int) -> Part | None:
    """All-String Polars; None where the block is not plain enough for it to be right.

    ``text`` is the block below ``own_headers``.
    """
    quoted = dialect.quote.encode() in text
    if (
        dialect.escape
        or b"\x00" in text
        or (b"\r" in text and text.count(b"\r") != text.count(b"\r\n"))
        or (quoted and not _well_quoted(dialect.delimiter, dialect.quote).fullmatch(text))
    ):
        return None
    try:
        frame = pl.read_csv(
            text,
            schema={str(place): pl.String() for place in range(len(headers))},
            separator=dialect.delimiter,
            quote_char=dialect.quote if quoted else None,
        )
    except pl.exceptions.PolarsError:
        return None
    frame.columns = list(headers)
    rows = pl.int_range(row, row + frame.height, dtype=pl.UInt32, eager=True).alias("row")
    plain = text.isascii()
    tidy = plain and not quoted and not any(blank in text for blank in _UNSEEN)
    frame_rows = told(frame, rows, plain=plain)
    table = TextTable(name, *frame_rows, dialect, (), b"'" in text, tidy)
    return Part(table, None, frame.height)


@cache
def _well_quoted(delimiter: str, quote: str) -> re.Pattern[bytes]:
    """What a careful writer writes: quotes enclose whole cells, and are doubled in them."""
    border = f"{re.escape(delimiter)}\\r\\n"
    cell = "(?<![^D])Q[^Q]*+(?:QQ[^Q]*+)*+Q(?![^D])".replace("Q", quote).replace("D", border)
    return re.compile(f"(?:[^{quote}]*+{cell})*+[^{quote}]*+".encode())


def told(
    frame: pl.DataFrame, rows: pl.Series, *, plain: bool = False
) -> tuple[pl.DataFrame, pl.Series]:
    """Records that say something, and their rows; ``plain`` text is known to be ASCII."""
    if not frame.height:
        return frame, rows
    first = frame.to_series(0)
    # A cell in which nothing can be seen starts below "!" or beyond ASCII.
    if not first.null_count() and str(first.min()) >= "!" and (plain or str(first.max()) < "\x7f"):
        return frame, rows
    silent = pl.repeat(value=True, n=frame.height, eager=True)
    for column in frame:
        silent = silent & (column.is_null() | (column.str.strip_chars(WHITE) == ""))
        if not silent.any():
            return frame, rows
    return frame.filter(~silent), rows.filter(~silent)


# --------------------------------------------------------------------------------- the careful path


def careful(
    block: bytes,
    name: str,
    headers: Sequence[str],
    dialect: Dialect,
    row: int,
    *,
    last: bool = True,
    full: bool = True,
) -> Part:
    """The csv module: longer records than the header are set aside, shorter ones filled up.

    Parameters
    ----------
    block
        Whole lines in UTF-8.
    last
        Whether nothing follows: if something does, a quote left open may be closed there, and its
        record is left for the next block.
    full
        Whether the block is as long as one may be, so that such a record cannot be its first.
    """
    lines = lines_of(block.decode())
    placed = _Placed(name, headers, dialect, nul=b"\x00" in block)
    done, records = len(lines), 0
    for record in records_of(lines, dialect):
        if record.to_end and not last and (record.start or not full):
            done = record.start
            break
        placed.put(record, lines, row + records)
        records += 1
        if record.to_end and done - record.end > _HELD:
            done = record.end  # what follows may be plain again
            break
    frame, rows, problems = placed.done()
    table = TextTable(name, frame, rows, dialect, problems, b"'" in block)
    return Part(table, None if done == len(lines) else done, records)


class _Placed:
    """Records under their headers, and those that do not fit there."""

    def __init__(self, name: str, headers: Sequence[str], dialect: Dialect, *, nul: bool) -> None:
        self._name, self._headers, self._dialect, self._nul = name, headers, dialect, nul
        self._held: list[list[str]] = []
        self._frames = [self._frame()]
        self._rows: list[int] = []
        self._problems: list[Problem] = []

    def put(self, record: Record, lines: Sequence[str], row: int) -> None:
        """Fill up a short record, set aside one that is too long or broken, pass over a blank."""
        cells, width = record.cells, len(self._headers)
        if len(cells) == width and not record.open_quote and not self._nul:
            if not blank(cells):
                self._keep(cells, row)
        elif record.open_quote:
            self._aside(record, lines, row, "open_quote", _OPEN_QUOTE)
        elif any("\x00" in cell for cell in cells):
            self._aside(record, lines, row, "nul", _NUL)
        elif len(cells) > width and not blank(cells[width:]):
            reason = (
                f"{len(cells)} cells under {width} headers; "
                f"quote a cell that holds a {self._dialect.delimiter!r}."
            )
            self._aside(record, lines, row, "ragged", reason)
        elif not blank(cells):
            self._keep([*cells, *[""] * width][:width], row)

    def _keep(self, cells: list[str], row: int) -> None:
        self._held.append(cells)
        self._rows.append(row)
        if len(self._held) == _HELD:
            self._frames.append(self._frame())

    def _aside(
        self, record: Record, lines: Sequence[str], row: int, rule: Rule, reason: str
    ) -> None:
        if len(self._problems) == MOST_PROBLEMS:
            raise UnreadableFileError(
                f"{MOST_PROBLEMS:,} rows up to here do not fit under the {len(self._headers)} "
                "headers. Give every column a header, and close every quote.",
                file=self._name,
                row=row,
            )
        original = "".join(lines[record.start : record.end]).rstrip("\r\n")
        self._problems.append(Problem(row, rule, reason, original, tuple(record.cells)))

    def done(self) -> tuple[pl.DataFrame, pl.Series, tuple[Problem, ...]]:
        """All of it, an empty cell as nothing."""
        frame = pl.concat([*self._frames, self._frame()]).with_columns(pl.all().replace("", None))
        return frame, pl.Series("row", self._rows, dtype=pl.UInt32), tuple(self._problems)

    def _frame(self) -> pl.DataFrame:
        columns = zip(*self._held, strict=True) if self._held else [[]] * len(self._headers)
        named = zip(self._headers, columns, strict=True)
        self._held = []
        return pl.DataFrame([pl.Series(name, column, dtype=pl.String) for name, column in named])
