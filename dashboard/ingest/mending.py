"""Mending: rows that were set aside come back, each into its own place and none twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard.errors import DataError
from dashboard.formats import harmless, listing
from dashboard.ingest.cleaning import Cleaned, Cleaner, Told
from dashboard.ingest.headers import Headers
from dashboard.ingest.mapping import DAY_FIRST, MONTH_FIRST
from dashboard.ingest.reading import Problem, TextFile, TextTable
from dashboard.ingest.report import MEND_FILE, MEND_ID, FileReport
from dashboard.schema import TABLES

_USED = "no row that is set aside bears this mark: it has come back before, or its file has changed"


@dataclass(frozen=True)
class Mended:
    """What came of the rows of one file that came back into one other."""

    cleaner: Cleaner
    cleaned: Cleaned
    headers: tuple[str, ...]
    original: str
    ids: pl.Series
    """Of the records that are set aside no more."""


def mend(
    files: Sequence[TextFile],
    table: str,
    originals: Sequence[FileReport],
    waiting: pl.DataFrame,
    told: Told,
) -> Iterator[Mended]:
    """Clean the rows that come back into a table.

    Parameters
    ----------
    files
        Those downloaded to be mended, whatever tables their rows are of.
    originals
        The reports of all files read: a row that comes back has the columns of its own.
    waiting
        ``(W, ≥ 2)``: id and file of the records that are set aside.
    """
    tables = {report.file: report.table for report in originals}
    for file in files:
        text = _whole(file)
        sources = [name for name in text.frame[MEND_FILE].unique(maintain_order=True) if name]
        home = next((tables[name] for name in sources if name in tables), None)
        if home is None:
            raise DataError(
                f"its rows were set aside in {listing(sources) or 'no file it names'}, which is "
                "not here. Give it together with the file it came from.",
                file=file.name,
            )
        if home != table:
            continue
        reports = [one for one in originals if one.table == table and one.file in sources]
        for place, original in enumerate(reports):
            own = text.frame[MEND_FILE] == original.file
            if place == 0:  # what belongs nowhere is counted with the first
                others = [one.file for one in reports[1:]]
                own = ~text.frame[MEND_FILE].is_in(others)
            own = own.fill_null(value=place == 0)
            problems = text.problems if place == 0 else ()
            part = replace(
                text, frame=text.frame.filter(own), rows=text.rows.filter(own), problems=problems
            )
            yield _mended(part, original, waiting, told)


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
    wanted = waiting.filter(pl.col("file") == original.file)["id"]
    mends = (marks.is_in(wanted.implode()) & marks.is_first_distinct()).fill_null(value=False)
    frame = _in_own_columns(text.frame, original.headers)
    problems = [
        Problem(row, "not_set_aside", _USED, ",".join(cells), cells)
        for row, cells in zip(
            text.rows.filter(~mends), frame.filter(~mends).fill_null("").iter_rows(), strict=True
        )
    ]
    part = replace(
        text,
        frame=frame.filter(mends),
        rows=text.rows.filter(mends),
        problems=(*text.problems, *problems),
    )
    cleaner = Cleaner(
        TABLES[original.table],
        text.name,
        Headers(original.columns, original.extra),
        replace(told, mapping=told.mapping.answered(_as_written(text.name, original))),
    )
    cleaned = cleaner.clean(part)
    aside = cleaned.quarantine["row"].implode()
    ids = marks.filter(mends & ~text.rows.is_in(aside)).alias("id")
    return Mended(cleaner, cleaned, original.headers, original.file, ids)


def _in_own_columns(frame: pl.DataFrame, headers: Sequence[str]) -> pl.DataFrame:
    """The columns of the original file, empty where somebody took one out."""
    there = set(frame.columns)
    names = {one: harmless(one) if harmless(one) in there else one for one in headers}
    return frame.select(
        (pl.col(name) if name in there else pl.lit(None, pl.String)).alias(header)
        for header, name in names.items()
    )


def _as_written(file: str, original: FileReport) -> Mapping[tuple[str, ...], str]:
    """Days in a mended row are written as in the file that it came from."""
    orders = {"month first": MONTH_FIRST, "day first": DAY_FIRST, "day first (assumed)": DAY_FIRST}
    return {
        ("dates", file, column): orders[order]
        for column, order in original.dates.items()
        if order in orders
    }
