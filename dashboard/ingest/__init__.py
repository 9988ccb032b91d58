"""Bytes of any kind to four clean tables and a report in which accepted + quarantined = read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard.errors import MissingTableError, PlaceError
from dashboard.formats import counted
from dashboard.ingest.brands import brand_of
from dashboard.ingest.cleaning import Cleaned, clean, empty
from dashboard.ingest.mapping import which_table
from dashboard.ingest.reading import TextTable, read_text
from dashboard.ingest.report import Report, no_quarantine
from dashboard.schema import TABLES

__all__ = ["Ingested", "Report", "TextTable", "read_files", "read_place", "read_text"]

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".parquet", ".pq"})
_REQUIRED_TABLES = ("influencers", "posts", "tracking_data", "payouts")


@dataclass(frozen=True)
class Ingested:
    """The four tables as values, and what reading them did."""

    tables: Mapping[str, pl.DataFrame]
    report: Report


def read_place(place: Path) -> Ingested:
    """Read a folder that holds the four tables as CSV or parquet files.

    Raises
    ------
    PlaceError
        The folder is not there.
    DataError
        A table is missing, or a file cannot be used; the sentence names file, row, column and
        value.
    """
    return read_files({path.name: path for path in table_files(place)}, str(place))


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
        if path.is_file() and path.suffix.casefold() in SUFFIXES and not path.name.startswith(".")
    )


def read_files(files: Mapping[str, Path | bytes], place: str = "the upload") -> Ingested:
    """Read the files of the four tables, several files of one table stacked.

    Parameters
    ----------
    files
        File name to path or bytes. The name, else the headers, say which table it is.
    place
        What to call the whole in sentences.
    """
    texts: dict[str, list[TextTable]] = {}
    ignored: list[str] = []
    for name, source in files.items():
        text = read_text(source, name)
        table = which_table(name, text.frame.columns)
        if table is None:
            ignored.append(name)
        else:
            texts.setdefault(table, []).append(text)
    for table in _REQUIRED_TABLES:
        if table not in texts:
            raise MissingTableError(table, place, list(files))
    cleaned = {table: _clean(table, parts) for table, parts in texts.items()}
    tables = {table: _stack(table, parts) for table, parts in cleaned.items()}
    quarantines = [part.quarantine for parts in cleaned.values() for part in parts]
    reports = tuple(part.report for parts in cleaned.values() for part in parts)
    tables, notes = _across(tables)
    return Ingested(
        tables,
        Report(
            reports,
            pl.concat(quarantines) if quarantines else no_quarantine(),
            notes,
            tuple(ignored),
        ),
    )


def _clean(table: str, texts: Iterable[TextTable]) -> list[Cleaned]:
    """The files of one table, each knowing the keys of those before it."""
    key = TABLES[table].key
    parts: list[Cleaned] = []
    for text in texts:
        before = [part.frame[key] for part in parts] if key else []
        parts.append(clean(table, text, pl.concat(before) if before else None))
    return parts


def _stack(table: str, parts: Iterable[Cleaned]) -> pl.DataFrame:
    """Several files of one table under one another; a column that one lacks is empty there."""
    stacked = pl.concat([part.frame for part in parts], how="diagonal")
    return stacked if stacked.width else empty(TABLES[table])


def _across(tables: dict[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], tuple[str, ...]]:
    """What only all tables together show: how ids are written, unknown creators, brands."""
    known = set(tables["influencers"]["influencer_id"].to_list())
    notes: list[str] = []
    for name in ("posts", "tracking_data", "payouts"):
        column = tables[name]["influencer_id"]
        written = column.unique().drop_nulls().to_list()
        changed = {
            value: whole
            for value in written
            if value not in known and (whole := _whole_id(value)) in known
        }
        if changed:
            tables[name] = tables[name].with_columns(pl.col("influencer_id").replace(changed))
            first, read_as = next(iter(changed.items()))
            notes.append(
                f"{name}: {counted(len(changed), 'id')} such as {first!r} read as {read_as!r}, "
                "as in influencers."
            )
        unknown = [value for value in written if changed.get(value, value) not in known]
        if unknown:
            rows = tables[name].filter(pl.col("influencer_id").is_in(unknown)).height
            notes.append(
                f"{name}: {counted(rows, 'row')} of {counted(len(unknown), 'creator')} not in "
                f"influencers ({', '.join(sorted(unknown)[:3])}); kept, shown as unknown."
            )
    notes += _equal_rows(tables)
    branded = brand_of(tables["tracking_data"])
    tables["tracking_data"] = tables["tracking_data"].with_columns(branded.brand)
    return tables, (*notes, *branded.notes)


def _equal_rows(tables: Mapping[str, pl.DataFrame]) -> list[str]:
    """Rows that say the same in a table without a key: flagged, never removed."""
    notes = []
    for name in (table.name for table in TABLES.values() if table.key is None):
        frame = tables[name]
        equal = frame.height - frame.hash_rows().n_unique() if frame.height else 0
        if equal:
            said = counted(equal, "row says", "rows say")
            notes.append(f"{name}: {said} the same as another in every column; kept.")
    return notes


def _whole_id(value: str) -> str:
    """``12.0`` as ``12``; anything else as it is."""
    head, dot, tail = value.partition(".")
    return head if dot and head.isdigit() and tail.strip("0") == "" else value
