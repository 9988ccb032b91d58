"""Mending: rows that were set aside come back, each into its own place and none twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.errors import DataError
from dashboard.formats import listing
from dashboard.ingest.cleaning import Cleaned, Cleaner, Told
from dashboard.ingest.headers import Headers
from dashboard.ingest.mapping import DAY_FIRST, MONTH_FIRST
from dashboard.ingest.reading import Problem, TextFile, TextTable
from dashboard.ingest.reading.text import MEND_COLUMNS, MEND_FILE, MEND_ID
from dashboard.ingest.report import FileReport, headers_to_mend
from dashboard.ingest.values import Evidence
from dashboard.schema import TABLES

_USED = "no row that is set aside bears this mark: it has come back before, or its file has changed"
_MIXED = Evidence(day_first=True, month_first=True)
"""What a column has shown in which a day that reads both ways is not read at all."""


@dataclass(frozen=True)
class Mended:
    """What came of the rows of one file that came back into one other."""

    cleaner: Cleaner
    cleaned: Cleaned
    headers: tuple[str, ...]
    original: str
    ids: pl.Series
    """Of the records that came back: accepted, or set aside here and no longer there."""


def homes(files: Sequence[TextFile], tables: Mapping[str, str]) -> dict[str, list[TextFile]]:
    """The files that hold mended rows, by the table that they go back into.

    Parameters
    ----------
    tables
        The table of every file that rows may have been set aside in.

    Raises
    ------
    DataError
        The file that the rows come from is not here.
    """
    known, answer = dict(tables), dict[str, list[TextFile]]()
    waiting = list(files)
    while waiting:
        found = [file for file in waiting if any(one in known for one in _sources(file))]
        if not found:
            raise DataError(
                f"its rows were set aside in {listing(_sources(waiting[0])) or 'no file it names'},"
                " which is not here. Give it together with the file that it came from.",
                file=waiting[0].name,
            )
        for file in found:  # what was set aside in a mended file may come back a second time
            known[file.name] = next(known[one] for one in _sources(file) if one in known)
            answer.setdefault(known[file.name], []).append(file)
        waiting = [file for file in waiting if file not in found]
    return answer


def _sources(file: TextFile) -> list[str]:
    text = _whole(file)
    named = text.frame[MEND_FILE].drop_nulls().unique(maintain_order=True).to_list()
    place = text.frame.columns.index(MEND_FILE)
    wide = [_cell(one, place).strip() for one in text.problems]
    return list(dict.fromkeys([*named, *filter(None, wide)]))


def _cell(problem: Problem, place: int | None) -> str:
    """What stands at a place, from 0, in a row with too many cells."""
    return "" if place is None or place >= len(problem.cells) else problem.cells[place]


def mend(
    file: TextFile,
    originals: Sequence[FileReport],
    waiting: Callable[[], pl.DataFrame],
    told: Told,
) -> Iterator[Mended]:
    """Clean the rows that come back into a table.

    Parameters
    ----------
    file
        One that was downloaded to be mended.
    originals
        The reports of the table's files: a row that comes back has the columns of its own.
    waiting
        ``(W, ≥ 2)``: id and file of the records that are set aside now.
    """
    text = _whole(file)
    sources = text.frame[MEND_FILE]
    named = _sources(file)
    reports = [one for one in originals if one.file in named]
    place_of_source = text.frame.columns.index(MEND_FILE)
    for place, original in enumerate(reports):
        if place == 0:  # what belongs nowhere is counted with the first
            own = ~sources.is_in([one.file for one in reports[1:]])
        else:
            own = sources == original.file
        own = own.fill_null(value=place == 0)
        others = {one.file for one in reports if one is not original}
        problems = [
            one
            for one in text.problems
            if (source := _cell(one, place_of_source).strip()) == original.file
            or (place == 0 and source not in others)
        ]
        part = replace(
            text,
            frame=text.frame.filter(own),
            rows=text.rows.filter(own),
            problems=tuple(problems),
        )
        yield _mended(part, original, waiting(), told)


def _whole(file: TextFile) -> TextTable:
    """All blocks of a file as one."""
    blocks = list(file.blocks())
    return replace(
        blocks[0],
        frame=pl.concat([block.frame for block in blocks]),
        rows=pl.concat([block.rows for block in blocks]),
        problems=tuple(problem for block in blocks for problem in block.problems),
        apostrophes=True,
    )


def _mended(text: TextTable, original: FileReport, waiting: pl.DataFrame, told: Told) -> Mended:
    """Rows of one original file: those that mend a record are cleaned, the others set aside."""
    marks = text.frame[MEND_ID].str.strip_chars()
    wanted = waiting["id"]
    mends = (marks.is_in(wanted.implode()) & marks.is_first_distinct()).fill_null(value=False)
    names = _own_names(text.frame.columns, original.headers)
    frame = _in_own_columns(text.frame, names)
    strangers = [
        Problem(row, "not_set_aside", _USED, ",".join(cells), cells)
        for row, cells in zip(
            text.rows.filter(~mends), frame.filter(~mends).fill_null("").iter_rows(), strict=True
        )
    ]
    places = {header: place for place, header in enumerate(text.frame.columns)}
    own = [places.get(name or "") for name in names.values()]
    wide = [replace(one, cells=_own_cells(one, own, len(places))) for one in text.problems]
    part = replace(
        text,
        frame=frame.filter(mends),
        rows=text.rows.filter(mends),
        problems=(*wide, *strangers),
    )
    cleaner = Cleaner(
        TABLES[original.table],
        text.name,
        Headers(original.columns, original.extra),
        replace(told, mapping=told.mapping.answered(_as_written(text.name, original))),
        {column: _MIXED for column, order in original.dates.items() if order == "mixed"},
    )
    cleaned = cleaner.clean(part)
    came = dict(zip(part.rows, marks.filter(mends), strict=True))
    held = set(wanted.to_list())
    came |= {one.row: _cell(one, places[MEND_ID]).strip() for one in text.problems}
    came = {row: mark for row, mark in came.items() if mark in held}
    # What is still wrong keeps its mark, so that the same file, mended further, is taken again.
    again = pl.col("row").replace_strict(came, default=pl.col("id"), return_dtype=pl.String)
    cleaned = replace(cleaned, quarantine=cleaned.quarantine.with_columns(id=again))
    ids = wanted.filter(wanted.is_in(sorted(came.values())))
    return Mended(cleaner, cleaned, original.headers, original.file, ids)


def _own_names(columns: Sequence[str], headers: Sequence[str]) -> dict[str, str | None]:
    """What each header of the original file is called here; None where somebody took it out."""
    written = dict(zip(headers, headers_to_mend(headers), strict=True))
    there = set(columns)
    # A spreadsheet may take the apostrophe off a header; what has another's name is never it.
    bare = there.difference(MEND_COLUMNS, written.values())
    return {
        header: name if name in there else header if header in bare else None
        for header, name in written.items()
    }


def _in_own_columns(frame: pl.DataFrame, names: Mapping[str, str | None]) -> pl.DataFrame:
    """The columns of the original file."""
    return frame.select(
        (pl.lit(None, pl.String) if name is None else pl.col(name)).alias(header)
        for header, name in names.items()
    )


def _own_cells(problem: Problem, own: Sequence[int | None], width: int) -> tuple[str, ...]:
    """A row with too many cells as the original file has it, those behind all headers last."""
    cells = (*(_cell(problem, place) for place in own), *problem.cells[width:])
    return cells if any(cells) else ()


def _as_written(file: str, original: FileReport) -> Mapping[tuple[str, ...], str]:
    """Days in a mended row are written as in the file that it came from."""
    orders = {"month first": MONTH_FIRST, "day first": DAY_FIRST, "day first (assumed)": DAY_FIRST}
    return {
        ("dates", file, column): orders[order]
        for column, order in original.dates.items()
        if order in orders
    }
