"""Bytes of any kind to four clean tables and a report in which accepted + quarantined = read."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard.errors import PlaceError
from dashboard.ingest.brands import NOT_NAMED, Branded, brand_of
from dashboard.ingest.cleaning import Told
from dashboard.ingest.intake import Kept, Progress, must_be_possible, report_on, take_in
from dashboard.ingest.mapping import FileMapping, load_mapping
from dashboard.ingest.questions import Question
from dashboard.ingest.reading import TextTable, read_text
from dashboard.ingest.report import FileReport, Report
from dashboard.ingest.survey import survey
from dashboard.schema import TABLES

__all__ = [
    "SUFFIXES",
    "FileMapping",
    "FileReport",
    "Ingested",
    "Question",
    "Report",
    "TextTable",
    "as_read",
    "brands",
    "finished",
    "own_mapping",
    "read_files",
    "read_place",
    "read_text",
    "table_files",
    "with_brands",
]

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".parquet", ".pq", ".xlsx", ".xlsm"})


@dataclass(frozen=True)
class Ingested:
    """The four tables as values, what reading them did, and a version that follows from the rows.

    ``brand`` of tracking_data is the row's brand, found where the file does not say it;
    ``written`` are the tracking rows with what it says itself.
    """

    tables: Mapping[str, pl.DataFrame]
    report: Report
    version: str
    written: pl.DataFrame


def read_place(place: Path, mapping: FileMapping | None = None) -> Ingested:
    """Read a folder that holds the four tables as CSV, parquet or Excel files.

    Raises
    ------
    PlaceError
        The folder is not there.
    DataError
        A table is missing, or a file cannot be used; the sentence names file, row, column and
        value.
    """
    files = {path.name: path for path in table_files(place)}
    return read_files(files, str(place), mapping or own_mapping(place))


def own_mapping(place: Path) -> FileMapping:
    """The answers that lie in a folder beside its files, as ``mapping.toml``; none without it."""
    own = place / "mapping.toml"
    return load_mapping(own) if own.is_file() else FileMapping()


def table_files(place: Path) -> list[Path]:
    """Files of a folder that may hold a table, by name; folders inside it are not entered."""
    if not place.exists():
        raise PlaceError(
            f"There is no folder {str(place)!r}. Give a folder with the four tables, such as data."
        )
    if not place.is_dir():
        raise PlaceError(f"{str(place)!r} is a file. Give the folder that holds the four tables.")
    return sorted(
        path
        for path in place.iterdir()
        if path.is_file()
        and path.suffix.casefold() in SUFFIXES
        and not path.name.startswith((".", "~$"))
    )


def read_files(
    files: Mapping[str, Path | bytes],
    place: str = "the upload",
    mapping: FileMapping | None = None,
    *,
    today: dt.date | None = None,
    progress: Progress | None = None,
) -> Ingested:
    """Read the files of the four tables into memory, several files of one table stacked.

    Parameters
    ----------
    files
        File name to path or bytes. The name, else the headers, say which table it is.
    place
        What to call the whole in sentences.
    mapping
        What has been answered about the files.
    today
        Days after tomorrow are flagged; by default the machine's own.
    """
    mapping = mapping or FileMapping()
    plan = survey(files, mapping)
    must_be_possible(plan, files, place)
    sink = Kept()
    told = Told(mapping, today) if today else Told(mapping)
    taken = take_in(plan, told, sink, progress)
    tables = {table: sink.frame(table) for table in TABLES}
    version = taken.version({table: frame.columns for table, frame in tables.items()})
    return finished(tables, report_on(plan, taken, sink), version, mapping)


def finished(
    tables: Mapping[str, pl.DataFrame], report: Report, version: str, mapping: FileMapping
) -> Ingested:
    """The tables with each tracking row's brand, and what was assumed of it in the report.

    Where some rows have come back mended, the brands of all are found anew.
    """
    written = as_read(tables, report)["tracking_data"]
    branded = brands(written, mapping)
    tracking = written.with_columns(branded.brand)
    noted = with_brands(report, branded)
    return Ingested({**tables, "tracking_data": tracking}, noted, version, written)


def brands(lines: pl.DataFrame, mapping: FileMapping) -> Branded:
    """The brand of each line, whether lines are all tracking rows or only the different ones."""
    return brand_of(lines, assume=mapping.get("brands", "campaign_prefix"))


def with_brands(report: Report, branded: Branded) -> Report:
    """A report that says of brands what is assumed now, and nothing that was before."""
    notes = (note for note in report.notes if not note.startswith(NOT_NAMED))
    questions = (question for question in report.questions if question.where[0] != "brands")
    return dataclasses.replace(
        report, notes=(*notes, *branded.notes), questions=(*questions, *branded.questions)
    )


def as_read(tables: Mapping[str, pl.DataFrame], report: Report) -> dict[str, pl.DataFrame]:
    """The tables with no brands where no file says any; where they were assumed, none did."""
    files = (file for file in report.files if file.table == "tracking_data")
    assumed = any(note.startswith(NOT_NAMED) for note in report.notes)
    if assumed or not any("brand" in file.columns for file in files):
        nothing = tables["tracking_data"].with_columns(brand=pl.lit(None, pl.String))
        return {**tables, "tracking_data": nothing}
    return dict(tables)
