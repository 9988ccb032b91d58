"""Bookmarks: views saved by name, in a file beside a dataset, which itself never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from dashboard.dataset.disk import alone
from dashboard.dataset.store import Store
from dashboard.errors import PlaceError, did_you_mean

FILE = "views.json"
LONGEST_NAME = 80
_MOST = 200
_LONGEST_LINK = 8_000


@dataclass(frozen=True)
class Bookmark:
    """A view by name: ``link`` is the query of its address."""

    name: str
    link: str


class Bookmarks:
    """The views saved for one dataset.

    They stand in its folder where that is a saved dataset, else in the folder in which the server
    may save (``within``), under a name made from the place of the files.
    """

    def __init__(self, place: str, within: str = "") -> None:
        folder = Path(place)
        self._file: Path | None = None
        if Store.is_one(folder):
            self._file = folder / FILE
        elif within:
            name = hashlib.blake2b(str(folder.absolute()).encode(), digest_size=8).hexdigest()
            self._file = Path(within) / "views" / f"{name}.json"

    @property
    def allowed(self) -> bool:
        """Whether there is a place for them."""
        return self._file is not None

    def saved(self) -> list[Bookmark]:
        """All views, by name.

        Raises
        ------
        PlaceError
            The file cannot be read; the sentence says what to do.
        """
        if self._file is None:
            return []
        try:
            said = json.loads(self._file.read_bytes())
            return [Bookmark(str(one["name"]), str(one["link"])) for one in said["views"]]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as reason:
            raise PlaceError(
                f"The saved views in {self._file} cannot be read. Move that file away to begin "
                "anew, or bring it back from a backup."
            ) from reason

    def save(self, name: str, link: str) -> None:
        """Save a view; one of that name is replaced."""
        name = _named(name)
        if len(link) > _LONGEST_LINK:
            raise PlaceError("This view keeps too many single values to be saved. Clear a filter.")
        self._change(lambda views: [*_without(views, name), Bookmark(name, link)])

    def rename(self, name: str, to: str) -> None:
        """Give a view another name, which no other one may have."""
        to = _named(to)

        def renamed(views: list[Bookmark]) -> list[Bookmark]:
            view = _of(views, name)
            if to.casefold() != name.casefold() and any(_same(one, to) for one in views):
                raise PlaceError(f"There is a view {to!r} already. Choose another name.")
            return [Bookmark(to, one.link) if one is view else one for one in views]

        self._change(renamed)

    def delete(self, name: str) -> None:
        """Take a view away."""

        def deleted(views: list[Bookmark]) -> list[Bookmark]:
            _of(views, name)
            return _without(views, name)

        self._change(deleted)

    def _change(self, change: Callable[[list[Bookmark]], list[Bookmark]]) -> None:
        """Read, change and write, while nobody else does."""
        if self._file is None:
            raise PlaceError("Views cannot be saved here: no folder is set for it.")
        try:
            with alone(self._file.parent):
                views = change(self.saved())
                if len(views) > _MOST:
                    raise PlaceError(f"There are {_MOST} saved views. Delete one first.")
                views.sort(key=lambda one: one.name.casefold())
                text = json.dumps({"views": [asdict(one) for one in views]}, indent=1)
                written = self._file.with_suffix(".new")
                written.write_text(text, encoding="utf-8")
                written.replace(self._file)
        except OSError as reason:
            raise PlaceError(
                f"The view was not saved in {self._file.parent}: {reason.strerror or reason}. "
                "Check that there is room and that the folder can be written."
            ) from reason


def _named(name: str) -> str:
    words = "".join(letter if letter.isprintable() else " " for letter in name).split()
    tidy = " ".join(words)[:LONGEST_NAME]
    if not tidy:
        raise PlaceError("Give the view a name first.")
    return tidy


def _same(one: Bookmark, name: str) -> bool:
    return one.name.casefold() == name.casefold()


def _without(views: list[Bookmark], name: str) -> list[Bookmark]:
    return [one for one in views if not _same(one, name)]


def _of(views: list[Bookmark], name: str) -> Bookmark:
    for one in views:
        if one.name == name:
            return one
    raise PlaceError(
        f"There is no saved view {name!r}. {did_you_mean(name, [one.name for one in views])}"
    )
