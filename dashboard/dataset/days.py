"""Days: what rows elsewhere came to is kept, so that only later days are added up again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from dashboard.dataset.bundle import read_bundle, write_bundle
from dashboard.dataset.release import code_of
from dashboard.dataset.store import Store
from dashboard.engines.tally import Tally
from dashboard.errors import DataError, PlaceError
from dashboard.formats import day, listing
from dashboard.ingest import FileMapping
from dashboard.ingest.keys import Known

FAULTS = pl.Schema({"rule": pl.String(), "date": pl.Date(), "rows": pl.Int64()})
"""How many rows are set aside by each rule, by day as far as they have one."""
_FILE = "days.zip"
_BY = ("dataset/elsewhere", "engines", "ingest/keys", "ingest/values", "formats")
"""What tells which rows are used, and what they come to."""
_ONCE = "Import everything once, without --since."


@dataclass(frozen=True)
class Before:
    """What rows of the days before one came to, and which creators were known then."""

    since: dt.date
    tally: Tally
    faults: pl.DataFrame
    known: Known

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


def keep_tally(folder: Path, tally: Tally, faults: pl.DataFrame) -> None:
    """Keep what rows elsewhere came to in the folder of a version."""
    frames = {**tally.frames, "faults": faults}
    write_bundle(folder / _FILE, frames, tally.counts, code_of(*_BY))


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
    tally = Tally.kept(*kept) if kept else None
    if kept is None or tally is None:
        raise PlaceError(
            f"{place} does not hold its days as this release adds them up: another one imported "
            f"it, or a file is damaged. {_ONCE}"
        )
    faults = kept[0]["faults"].cast(FAULTS).filter(pl.col("date") < since)
    ids = version.table("influencers").select("influencer_id").collect().to_series()
    return Before(since, tally.until(since), faults, Known(ids.drop_nulls().to_list()))
