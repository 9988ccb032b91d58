"""Dataset: the four tables, their report, their version; load()."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import polars as pl

from dashboard.dataset.bookmarks import Bookmarks
from dashboard.dataset.importing import (
    MOST_SHOWN,
    Checked,
    check_files,
    import_files,
    mended_tables,
    with_note,
)
from dashboard.dataset.opening import Opened, rolled_of
from dashboard.dataset.shelf import Shelf
from dashboard.dataset.store import Store
from dashboard.dataset.versions import Version
from dashboard.engines import Here, Rolled, roll
from dashboard.engines.coarsening import BUDGET
from dashboard.errors import DataError
from dashboard.formats import counted, day
from dashboard.ingest import (
    FileMapping,
    Ingested,
    Report,
    TextTable,
    brands,
    finished,
    own_mapping,
    read_files,
    read_place,
    table_files,
    with_brands,
)
from dashboard.ingest.intake import Progress
from dashboard.ingest.mapping import load_mapping, read_mapping
from dashboard.ingest.report import no_quarantine
from dashboard.schema import TABLES

__all__ = [
    "Bookmarks",
    "Checked",
    "Dataset",
    "FileMapping",
    "Shelf",
    "Store",
    "TextTable",
    "Version",
    "check_files",
    "import_files",
    "load",
    "load_files",
    "mend",
    "open_version",
    "save",
    "shared",
]


@dataclass(frozen=True, eq=False)
class Dataset:
    """The four tables as they are after reading; shared by sessions, never changed.

    ``tables`` holds money in paise, days as Date, everything else as text or whole numbers; a
    column that the files lack is there and all null. ``version`` changes with the content and
    nothing else.
    """

    tables: Mapping[str, pl.DataFrame]
    report: Report
    version: str
    place: str
    loaded_at: dt.datetime
    currency: str = "INR"
    mapping: FileMapping = field(default_factory=FileMapping)
    rolling: Callable[[], Rolled] | None = field(default=None, repr=False)

    @cached_property
    def rolled(self) -> Rolled:
        """The tracking rows as cells: all that questions are answered from."""
        return self.rolling() if self.rolling else roll(Here.of(self.tables["tracking_data"]))

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        return self.rolled.rows if table == "tracking_data" else self.tables[table].height

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of which only what is asked for is read, where it is not in memory."""
        tables = self.tables
        return tables.scan(table) if isinstance(tables, Opened) else tables[table].lazy()

    @cached_property
    def elsewhere(self) -> bool:
        """Whether its tracking rows stayed where they were added up, so that none can be shown."""
        shown = self.scan("tracking_data").select(pl.len()).collect().item()
        return self.rolled.rows > 0 and not shown

    def has(self, table: str, column: str) -> bool:
        """Whether any row of the table says something in that column."""
        if table == "tracking_data" and (says := self.rolled.says(column)) is not None:
            return says
        if (table, column) not in self._said:
            said = self.scan(table).select(pl.col(column).is_not_null().any())
            self._said[table, column] = bool(said.collect().item())
        return self._said[table, column]

    @cached_property
    def _said(self) -> dict[tuple[str, str], bool]:
        return {}

    @cached_property
    def span(self) -> tuple[dt.date, dt.date] | None:
        """First and last day over tracking rows, posts and dated payouts; None without days."""
        days = [self.tables[table]["date"].drop_nulls() for table in ("posts", "payouts")]
        ends = [day for one in days if len(one) for day in (one.min(), one.max())]
        ends += self.rolled.days or ()
        return (min(ends), max(ends)) if ends else None  # type: ignore[type-var,return-value]  # polars types min() as any literal

    @property
    def data_until(self) -> dt.date | None:
        """The last day on which anything happened: "today" for every question about the past."""
        return self.span[1] if self.span else None

    @property
    def stamp(self) -> str:
        """How fresh it is: on every page, and on whatever is taken away.

        ``Data until 30 Nov 2026 · loaded 09:12 · version 1a2b3c4d · 12 rows set aside``.
        """
        until = f"Data until {day(self.data_until)}" if self.data_until else "Data without a date"
        aside = sum(self.report.quarantined.values()) - self.report.mended
        return " · ".join(
            (
                until,
                f"loaded {_moment(self.loaded_at)}",
                f"version {self.version}",
                f"{counted(aside, 'row') if aside else 'no rows'} set aside",
            )
        )


def _moment(loaded: dt.datetime) -> str:
    """The time, and the day too where it is not today."""
    today = dt.datetime.now(tz=loaded.tzinfo).date()
    return f"{loaded:%H:%M}" if loaded.date() == today else f"{day(loaded.date())} {loaded:%H:%M}"


def load(place: str | Path, mapping: FileMapping | None = None) -> Dataset:
    """Load the four tables from a folder of CSV, parquet or Excel files, or a saved dataset.

    Parameters
    ----------
    place
        The folder. Each table is found by its file's name (``influencers.csv`` or ``.parquet``),
        else by its headers. Of a saved dataset the current version is opened.
    mapping
        What has been answered about the files.

    Returns
    -------
    Dataset
        Rows that could not be used stand in ``report.quarantine``, each with its reason.

    Raises
    ------
    DataError, PlaceError
        A sentence that names the file, row, column and value, and what would be right.
    """
    if Store.is_one(Path(place)):
        return open_version(Store(Path(place)).current(), str(place))
    mapping = mapping or own_mapping(Path(place))
    return _dataset(read_place(Path(place), mapping), str(place), mapping)


def open_version(version: Version, place: str) -> Dataset:
    """A saved version of a dataset, as it was when it was saved."""
    manifest = version.manifest
    mapping = read_mapping(version.mapping(), str(version.path))
    tables = Opened(version, mapping)
    aside = version.quarantine()
    quarantine = no_quarantine() if aside is None else aside.head(MOST_SHOWN).collect()
    report = Report.from_json(manifest["report"], quarantine)
    rolled = tables.rolled
    if rolled.note not in report.notes:  # it is rolled up each time
        report = with_note(report, rolled.note)
    return Dataset(
        tables,
        with_brands(report, brands(rolled.lines, mapping)),
        manifest["version"],
        place,
        _now(),
        mapping=mapping,
        rolling=lambda: rolled,
    )


def mend(dataset: Dataset, files: Mapping[str, bytes]) -> Dataset:
    """A dataset with the rows that come back mended; what is still wrong stays set aside.

    Parameters
    ----------
    files
        Those that ``report.to_mend`` made, mended. A row given twice, or one that is not set aside
        here, is not taken again.

    Raises
    ------
    DataError
        A file is none of those, or tracking rows are not here.
    """
    if dataset.elsewhere:
        raise DataError(
            "the order lines of this dataset stayed where they were added up, so rows cannot be "
            "taken in beside them. Mend them there, and import again."
        )
    sink, report, version = mended_tables(dataset.tables, dataset.report, files, dataset.mapping)
    tables = {table: sink.frame(table) for table in TABLES}
    again = finished(tables, report, version, dataset.mapping)
    return _dataset(again, dataset.place, dataset.mapping)


def save(dataset: Dataset, store: Store) -> Version:
    """Save a dataset that is in memory as a new version, its report and quarantine with it."""
    report = dataset.report
    with store.draft() as draft:
        for table, frame in dataset.tables.items():
            draft.part(table, frame)
            aside = report.quarantine.filter(pl.col("table") == table)
            if aside.height:
                draft.aside(table, aside)
        draft.keep(dataset.rolled)
        draft.write("mapping.toml", dataset.mapping.to_toml())
        manifest = {"rows": report.accepted, "place": dataset.place, "report": report.as_json()}
        return draft.finish(dataset.version, manifest)


def shared(place: str | Path, mapping: str | Path = "") -> Dataset:
    """Load a folder once for all sessions, and again only when its files have changed.

    ``mapping`` is the place of a mapping file, where there is one.
    """
    folder = Path(place).resolve()
    saved = Store.is_one(folder)
    files = [folder / "current"] if saved else table_files(folder)
    files += [Path(mapping) if mapping else folder / "mapping.toml"]
    signature = tuple(
        (path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files if path.exists()
    )
    return _shared(str(place), str(mapping), signature)


@lru_cache(maxsize=2)
def _shared(place: str, mapping: str, signature: tuple[tuple[str, int, int], ...]) -> Dataset:  # noqa: ARG001  # the signature is the cache's key
    return load(place, load_mapping(Path(mapping)) if mapping else None)


def load_files(
    files: Mapping[str, bytes],
    place: str = "the upload",
    mapping: FileMapping | None = None,
    *,
    progress: Progress | None = None,
) -> Dataset:
    """Load the four tables from files held in memory, as ``load`` does from a folder."""
    return _dataset(read_files(files, place, mapping, progress=progress), place, mapping)


def _dataset(ingested: Ingested, place: str, mapping: FileMapping | None = None) -> Dataset:
    mapping, report = mapping or FileMapping(), ingested.report

    def rolling() -> Rolled:
        return rolled_of([ingested.written.lazy()], mapping, BUDGET)

    if ingested.written.height > BUDGET:  # the report says what became of so many
        rolled = rolling()
        report, rolling = with_note(report, rolled.note), lambda: rolled
    return Dataset(
        MappingProxyType({name: ingested.tables[name] for name in TABLES}),
        report,
        ingested.version,
        place,
        _now(),
        mapping=mapping,
        rolling=rolling,
    )


def _now() -> dt.datetime:
    return dt.datetime.now(tz=dt.UTC).astimezone()
