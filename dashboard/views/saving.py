"""Saving: datasets that outlive a browser session, in the server's folder for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dashboard.dataset import Dataset, Shelf, Store, Version, open_version, save
from dashboard.errors import PlaceError
from dashboard.ledger import ledger_of
from dashboard.settings import Settings

LONGEST_TITLE = 120


@dataclass(frozen=True)
class SavedDataset:
    """One that is saved: what it is called in the address and by people, when, and how large."""

    id: str
    title: str
    saved: dt.datetime | None
    rows: int
    version: str


class Saving:
    """What one session may save and open; nothing where the settings name no folder.

    ``ids`` are what was saved and opened before, by version: all of a session share one.
    """

    def __init__(self, settings: Settings, ids: dict[str, str] | None = None) -> None:
        self.allowed = bool(settings.save_to)
        self.shelf = Shelf(Path(settings.save_to))
        self._ids = {} if ids is None else ids

    def id_of(self, dataset: Dataset) -> str:
        """What a dataset that was saved or opened here is called; empty for any other."""
        if not self.allowed:
            return ""
        place = Path(dataset.place)
        if dataset.version not in self._ids and place.parent == self.shelf.place:
            with suppress(PlaceError):  # opened by its link
                current = self.shelf.store(place.name).current()
                if current.manifest.get("version") == dataset.version:
                    self._ids[dataset.version] = place.name
        return self._ids.get(dataset.version, "")

    def saved(self) -> list[SavedDataset]:
        """All that open, the newest first."""
        if not self.allowed:
            return []
        return [_described(name, store.current()) for name, store in self.shelf.stores()]

    def save(self, dataset: Dataset, title: str) -> SavedDataset:
        """Save a dataset under a title.

        Raises
        ------
        PlaceError
            Nothing may be saved here, or the folder cannot be written.
        """
        if not self.allowed:
            raise PlaceError("Nothing can be saved here: no folder is set for it.")
        store = self.shelf.new(title[:LONGEST_TITLE])
        version = save(dataset, store)
        self._ids[dataset.version] = store.place.name
        return _described(store.place.name, version)

    def open(self, name: str) -> Dataset:
        """Open the current version of a dataset, its ledger built; shared with other sessions.

        Raises
        ------
        PlaceError
            There is none of that name, or it does not open.
        """
        if not self.allowed:
            raise PlaceError("No datasets are saved here.")
        store = self.shelf.store(name)
        dataset = _opened(str(store.place), store.current().name)
        ledger_of(dataset)
        self._ids[dataset.version] = name
        return dataset


@lru_cache(maxsize=4)
def _opened(place: str, version: str) -> Dataset:
    return open_version(Store(Path(place)).version(version), place)


def _described(name: str, version: Version) -> SavedDataset:
    manifest: Mapping[str, Any] = version.manifest
    rows = manifest.get("rows")
    try:
        saved = dt.datetime.fromisoformat(str(manifest.get("saved"))).astimezone()
    except ValueError:
        saved = None
    return SavedDataset(
        name,
        str(manifest.get("title") or name),
        saved,
        sum(rows.values()) if isinstance(rows, dict) else 0,
        str(manifest.get("version", "")),
    )
