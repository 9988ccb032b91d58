"""Days: what rows elsewhere came to is kept, so that only later days are added up again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard.dataset.bundle import is_kept, read_bundle, write_bundle
from dashboard.dataset.release import code_of
from dashboard.dataset.store import Store
from dashboard.engines.tally import Tally
from dashboard.errors import DataError, PlaceError
from dashboard.formats import day, listing
from dashboard.ingest import FileMapping
from dashboard.ingest.keys import Known

_FILE = "days.zip"
_BY = (
    "dataset/days",
    "dataset/elsewhere",
    "engines",
    "formats",
    "ingest/headers",
    "ingest/keys",
    "ingest/rules",
    "ingest/values",
    "schema",
)
"""What tells which columns and rows are used, and what they come to."""
_ONCE = "Import everything once, without --since."


@dataclass(frozen=True)
class Before:
    """What rows of the days before one came to, their columns, and who was known then."""

    since: dt.date
    tally: Tally
    columns: Mapping[str, str]
    known: Known

    def must_be_of(self, columns: Mapping[str, str]) -> None:
        """Refuse where those days were read from other columns, ours to theirs, than there are.

        Raises
        ------
        DataError
            One came or went, or another one is read in its place.
        """
        changed = [
            f"{name!r} was {_header(self.columns, name)} then and is {_header(columns, name)} now"
            for name in sorted({*self.columns, *columns})
            if self.columns.get(name) != columns.get(name)
        ]
        if changed:
            raise DataError(
                f"days before {day(self.since)} were read from other columns: "
                f"{listing(changed)}. {_ONCE}"
            )

    def must_mean(self, known: Known) -> None:
        """Refuse where ids of those days mean others now than then.

        Cells say whom a row was taken for and not how it was written.

        Raises
        ------
        DataError
            Creators came or went so that they may.
        """
        held = self.tally.cells["influencer_id"].unique().drop_nulls()
        came = pl.Series(sorted(known.ids - self.known.ids), dtype=pl.String)
        changed = set(self.known.canonical(came)[1]) | set(known.canonical(held)[1])
        changed |= (self.known.ids - known.ids) & set(held)
        if changed:
            raise DataError(
                f"creators have changed so that ids of days before {day(self.since)} may mean "
                f"others now: {listing(sorted(changed))}. {_ONCE}"
            )


def _header(columns: Mapping[str, str], name: str) -> str:
    return repr(columns[name]) if name in columns else "not there"


def keep_tally(folder: Path, tally: Tally, columns: Mapping[str, str]) -> None:
    """Keep what rows elsewhere came to in the folder of a version, and their columns."""
    said = {"counts": tally.counts, "columns": dict(columns)}
    write_bundle(folder / _FILE, tally.frames, said, code_of(*_BY))


def keeps_tally(store: Store) -> bool:
    """Whether the current version has kept what ``kept_until`` wants."""
    try:
        return is_kept(store.current().path / _FILE, code_of(*_BY))
    except PlaceError:
        return False


def kept_until(since: dt.date, store: Store, source: str, mapping: FileMapping) -> Before:
    """What rows of the days before one came to at the last import.

    Raises
    ------
    PlaceError
        There was none, or it was of another source, of other answers or of another release.
    """
    place = store.place
    try:
        version = store.current()
    except PlaceError as reason:
        raise PlaceError(f"{reason} --since adds days to it. {_ONCE}") from reason
    held = str(version.manifest.get("place", ""))
    if held != source:
        raise PlaceError(f"{place} was imported from {held}, and this is {source}. {_ONCE}")
    if version.manifest.get("answers") != mapping.to_toml():
        raise PlaceError(f"{place} was imported with another mapping or other answers. {_ONCE}")
    kept = read_bundle(version.path / _FILE, code_of(*_BY))
    tally = Tally.kept(kept[0], kept[1]["counts"]) if kept else None
    if kept is None or tally is None:
        raise PlaceError(
            f"{place} does not hold its days as this release adds them up: another one imported "
            f"it, or a file is damaged. {_ONCE}"
        )
    ids = version.table("influencers").select("influencer_id").collect().to_series()
    return Before(since, tally.until(since), kept[1]["columns"], Known(ids.drop_nulls().to_list()))
