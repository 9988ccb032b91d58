"""A shelf: a server's datasets, each in a folder with a generated name."""

from __future__ import annotations

import re
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path

from dashboard.dataset.disk import folders_in
from dashboard.dataset.store import Store
from dashboard.errors import PlaceError

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{6}")


class Shelf:
    """A server's folder of datasets, each under a generated name: no user's text becomes a path."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def new(self, title: str) -> Store:
        """A place for a dataset of any title, which itself stands in the manifest only."""
        plain = unicodedata.normalize("NFKD", title[:200]).encode("ascii", "ignore").decode()
        slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "dataset"
        while True:
            place = self.place / f"{slug}-{secrets.token_hex(3)}"
            if not place.exists():
                return Store(place, title=title)

    def stores(self) -> list[tuple[str, Store]]:
        """Name and store of each dataset with a current version that opens, newest first."""
        found = []
        for name in self._ids():
            store = Store(self.place / name)
            with suppress(PlaceError):
                found.append((str(store.current().manifest.get("saved", "")), name, store))
        found.sort(key=lambda entry: entry[:2], reverse=True)
        return [(name, store) for _, name, store in found]

    def store(self, id: str) -> Store:  # noqa: A002  # what the address of a dataset is called
        """The dataset of that name.

        Raises
        ------
        PlaceError
            There is none of that name, or it does not open.
        """
        for name in self._ids():
            if name == id:
                store = Store(self.place / name)
                store.current()
                return store
        raise PlaceError(f"There is no saved dataset {id[:80]!r}. Choose one from the list.")

    def _ids(self) -> list[str]:
        return [name for name in folders_in(self.place) if _ID.fullmatch(name)]
