"""How a text is written, told from its first lines: delimiter, quote, escape and header."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from dashboard.errors import UnreadableFileError
from dashboard.ingest.reading.records import Record, blank, lines_of, records_of
from dashboard.ingest.reading.text import MEND_COLUMNS, Dialect
from dashboard.schema import TABLES, folded

MOST_COLUMNS = 4096
_DELIMITERS = (",", ";", "\t", "|")
_RARE = ("^", "~", ":", " ")
_LOOKED_AT = 1000
"""Records that say how wide the table is."""
_TYPED = 100
"""Records and cells that are looked at for what they hold."""
_SHOWN = 200
"""Characters of a line above the header that are kept."""
_KNOWN = (
    *(
        {header: column.name for column in table.columns for header in column.headers}
        for table in TABLES.values()
    ),
    {folded(name): name for name in MEND_COLUMNS},
)
"""Headers and the columns that they name, a table at a time; those of files to be mended last."""
_CLEAN = re.compile(r"\s*(?:[-+(]?[^\w\s]?\s?\d[\d.,:/ \-+%TZ]*\)?|[^,;|\t\"'^~]*)\s*")
"""A cell that holds one thing: a number, a date, or text without anything that may divide cells."""
_NUMBER = re.compile(r"\s*[-+]?[^\w\s]?\d[\d.,:/-]*\s*%?\s*")
"""A cell that no header holds."""
_INSTRUCTION = re.compile(r"\s*\"?sep=(?P<delimiter>[!#-&(-/:-@^_`{-~\t ])\"?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Sniffed:
    """A dialect, the cells of the header, and the lines down to it, itself included."""

    dialect: Dialect
    cells: tuple[str, ...]
    lines: int


@dataclass(frozen=True)
class _Try:
    """The first lines read in one dialect."""

    dialect: Dialect
    lines: Sequence[str]
    records: Sequence[Record]

    @cached_property
    def known(self) -> int:
        """Columns of ours that a header can name, in its best record."""
        return max(map(_known, self.records), default=0)

    @property
    def usual(self) -> tuple[int, float]:
        """The width that most records have, and the share of them that have it."""
        widths = Counter(len(record.cells) for record in self.records)
        width, number = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return width, number / max(1, len(self.records))

    @property
    def score(self) -> float:
        """How evenly the lines divide, and how much the cells look like cells; from 0 to 1."""
        width, share = self.usual
        cells = [
            cell
            for record in self.records[:_TYPED]
            if len(record.cells) == width
            for cell in record.cells[:_TYPED]
        ]
        clean = sum(_CLEAN.fullmatch(cell[:_SHOWN]) is not None for cell in cells)
        return share * (width - 1) / max(1, width) * clean / max(1, len(cells))


def find_header(records: Sequence[Record]) -> int:
    """The header's place: the first that names two columns of ours, else the first that is wide."""
    for place, record in enumerate(records):
        if _known(record) >= 2:
            return place
    widths = Counter(width for record in records if (width := _said(record)) > 1)
    width, number = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    first = records[0]
    if _said(first) > 1 and (len(first.cells) >= width or number < 3 or number * 2 <= len(records)):
        return 0  # wide enough, or too few are wider to say that it is none
    for place, record in enumerate(records):
        if (
            len(record.cells) >= width > 0
            and _said(record) > 1
            and not any(map(_NUMBER.fullmatch, record.cells))
        ):
            below = records[place:]
            return place if sum(_said(record) > 1 for record in below) * 2 > len(below) else 0
    return 0


def refuse_many(columns: int, name: str) -> None:
    """Refuse a header that is wider than any table of people."""
    if columns > MOST_COLUMNS:
        raise UnreadableFileError(
            f"the header has {columns:,} columns, more than {MOST_COLUMNS:,} are not read. "
            "Leave out those that are not needed.",
            file=name,
        )


def _known(record: Record) -> int:
    """How many columns of one of our tables the cells name."""
    names = {folded(cell) for cell in record.cells if 0 < len(cell) < 100}
    return max(len({known[name] for name in names if name in known}) for known in _KNOWN)


def _said(record: Record) -> int:
    """The width of a record without the empty cells at its end."""
    return max((at for at, cell in enumerate(record.cells, 1) if cell.strip()), default=0)


def sniff(text: str, encoding: str, name: str) -> Sniffed:
    """Tell the dialect of a text from whole lines at its start.

    Raises
    ------
    UnreadableFileError
        There is nothing that could be a header, or it has too many columns.
    """
    lines = lines_of(text)
    nothing = UnreadableFileError(
        "there is no header: the file is empty or starts with blank lines only.", file=name
    )
    if not any(line.strip(' \t,;|"') for line in map(str.strip, lines)):
        raise nothing
    told = _instruction(lines)
    found = _attempt(lines, told[1]) if told else _best(lines)
    after = told[0] + 1 if told else 0
    kept = [record for record in found.records if record.start >= after] or found.records
    if not kept:
        raise nothing
    header = kept[find_header(kept)]
    if any("\x00" in cell for cell in header.cells):
        raise UnreadableFileError(
            "a NUL byte stands in the header; take it out.", file=name, row=header.start + 1
        )
    refuse_many(len(header.cells), name)
    above = [line.rstrip("\r\n") for line in lines[: header.start] if line.strip(' \t\r\n,;|"')]
    before = sum(record.start < header.start for record in records_of(lines, found.dialect))
    dialect = replace(
        found.dialect,
        encoding=encoding,
        header_row=before + 1,
        preamble=tuple(line[:_SHOWN] for line in above),
    )
    return Sniffed(dialect, tuple(header.cells), header.end)


def _instruction(lines: Sequence[str]) -> tuple[int, Dialect] | None:
    """The line with which Excel is told the delimiter, if it is the first that is not blank."""
    place, line = next((place, line) for place, line in enumerate(lines) if line.strip())
    found = _INSTRUCTION.fullmatch(line)
    usable = (
        found is not None and found["delimiter"] not in "\"'\\\r\n" and found["delimiter"] < "\x7f"
    )
    return (place, Dialect(delimiter=found["delimiter"])) if found and usable else None


def _attempt(lines: Sequence[str], dialect: Dialect) -> _Try:
    told = (record for record in records_of(lines, dialect) if not blank(record.cells))
    return _Try(dialect, lines, list(islice(told, _LOOKED_AT)))


def _best(lines: Sequence[str]) -> _Try:
    """The dialect in which these lines are most like a table."""
    text = "".join(lines)
    tries = [_quoting(lines, text, delimiter) for delimiter in _DELIMITERS if delimiter in text]
    tables = [one for one in tries if one.known >= 2 or _is_table(one, 0.5, 2)]
    if not tables:
        rare = [_attempt(lines, Dialect(delimiter=one)) for one in _RARE if one in text]
        tables = [
            one
            for one in rare
            if one.known >= 2 or _is_table(one, 0.95, 3 if one.dialect.delimiter == " " else 2)
        ]
    if tables:
        return max(tables, key=lambda one: (one.known if one.known >= 2 else 0, one.score))
    first = next(line for line in lines if line.strip(' \t\r\n,;|"'))
    delimiter = max(_DELIMITERS, key=first.count)
    return _quoting(lines, text, delimiter)


def _is_table(one: _Try, least_share: float, least_width: int) -> bool:
    width, share = one.usual
    return width >= least_width and share >= least_share


def _quoting(lines: Sequence[str], text: str, delimiter: str) -> _Try:
    """A delimiter with the quotes and escapes that go with it."""
    plain = _attempt(lines, Dialect(delimiter=delimiter))
    if _single(text, delimiter):
        single = _attempt(lines, Dialect(delimiter=delimiter, quote="'"))
        # Cells of ours may begin and end with one too; a header does so only where all cells do.
        header = [cell for record in plain.records[:1] for cell in record.cells]
        if _torn(single) < _torn(plain) or any("'" in cell for cell in header):
            plain = single
    quote = plain.dialect.quote
    if "\\" + quote not in text:
        return plain
    escaped = _attempt(lines, Dialect(delimiter=delimiter, quote=quote, escape="\\"))
    return escaped if _torn(escaped) < _torn(plain) else plain


def _torn(one: _Try) -> float:
    """The share of records that a quote or a width of its own tears from the others."""
    broken = sum(record.torn for record in one.records)
    return broken / max(1, len(one.records)) + 1 - one.usual[1]


def _single(text: str, delimiter: str) -> bool:
    """Whether single quotes enclose cells: as many open as close, in half of the lines at least.

    One that only opens guards a cell that a spreadsheet would take for a formula, and one that
    stands alone in its cell is the cell.
    """
    if "'" not in text:
        return False
    border = re.escape(delimiter)
    opened = len(re.findall(rf"(?:^|{border}) *'", text, re.MULTILINE))
    closed = len(re.findall(rf"' *(?:$|\r|{border})", text, re.MULTILINE))
    double = len(re.findall(rf'(?:^|{border}) *"', text, re.MULTILINE))
    inside = len(re.findall(rf"(?:^|{border}) *'[^'\n]*' *(?=$|\r|{border})", text, re.MULTILINE))
    lines = sum(bool(line.strip()) for line in text.splitlines())
    return opened == closed > max(1, double) and opened * 2 >= lines and inside * 10 >= opened * 9
