"""Text to records by the csv module: odd line ends, ragged rows and stray quotes are forgiven."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from dashboard.ingest.reading.text import Dialect

csv.field_size_limit(256 * 1024 * 1024)  # no block is as long, so no cell is too long

_MARKS = [chr(place) for place in range(0xFDD0, 0xFDF0)]
"""Characters that Unicode promises never to use."""


class Record(NamedTuple):
    """Cells and the lines they stood in (from, up to).

    ``torn`` says that a quote stands where none may; ``open_quote`` that it was left open there,
    ``to_end`` that nothing below closed it.
    """

    cells: list[str]
    start: int
    end: int
    torn: bool = False
    open_quote: bool = False
    to_end: bool = False


def lines_of(text: str) -> list[str]:
    """Lines with their ends, which may be of any kind."""
    return io.StringIO(text, newline="").readlines()


def records_of(lines: Sequence[str], dialect: Dialect) -> Iterator[Record]:
    """Records of these lines; a quote left open costs its own line and not those below.

    A quote may also follow the blanks behind a delimiter. A blank line is a record without cells.
    """
    prepared, mark = _marked(_escaped(lines, dialect), dialect)
    reading = partial(
        csv.reader,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote,
        escapechar=dialect.escape or None,
        skipinitialspace=bool(mark),
    )
    at = 0
    while at < len(lines):
        reader = reading(map(prepared.__getitem__, range(at, len(lines))), strict=True)
        start = at
        try:
            for cells in reader:
                end = at + reader.line_num
                yield Record(_unmarked(cells, mark), start, end)
                start = end
        except csv.Error as error:
            to_end = "unexpected end" in str(error)
            alone = at + reader.line_num == start + 1
            at = start + 1
            loose = next(reading([prepared[start]]))
            yield Record(_unmarked(loose, mark), start, at, True, not alone, to_end)
        else:
            return


def _escaped(lines: Sequence[str], dialect: Dialect) -> Sequence[str]:
    r"""Lines in which a backslash escapes quotes and itself only: ``C:\new`` keeps its own."""
    if not dialect.escape:
        return lines
    escape = re.escape(dialect.escape)
    loose = re.compile(rf"{escape}([{escape}{re.escape(dialect.quote)}])|{escape}")
    return [
        loose.sub(lambda found: found[0] if found[1] else dialect.escape * 2, line)
        for line in lines
    ]


def _marked(lines: Sequence[str], dialect: Dialect) -> tuple[Sequence[str], str]:
    """Lines whose blanks behind a delimiter are skipped only where a quote follows.

    The csv module skips all such blanks or none. A mark that the text does not hold keeps those
    that are not followed by a quote, and is taken out of the cells again.
    """
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    text = "".join(lines)
    padded = f" {dialect.quote}" in text and dialect.delimiter != " "
    if not padded or re.search(rf"(?:\A|\r|\n|{delimiter}) +{quote}", text) is None:
        return lines, ""
    mark = next((mark for mark in _MARKS if mark not in text), "")
    if not mark:
        return lines, ""
    kept = re.compile(rf"(^|{delimiter})(?= +(?:[^ {quote}]|$))")
    return [kept.sub(rf"\g<1>{mark}", line) for line in lines], mark


def _unmarked(cells: list[str], mark: str) -> list[str]:
    return [cell.replace(mark, "") for cell in cells] if mark else cells


def blank(cells: Iterable[str]) -> bool:
    """Whether a record says nothing; such a one is none."""
    return not "".join(cells).strip()
