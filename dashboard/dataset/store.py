"""A dataset folder: immutable versions, one of them current, switched atomically.

::

    DATASET/
      current                   one line: the name of the current version
      versions/
        0001-ab12cd34/          number of the save and version of the content; never changed again
          tables/<table>/part-00000.parquet …
          quarantine/<table>/part-00000.parquet …
          rolled/cells.parquet …    the tracking rows as cells: what questions are answered from
          mapping.toml
          manifest.json
        .draft-<random>/        being written; what a killed save leaves goes with the next save
      .lock                     held while a save takes its number and becomes current

Readers need no lock: a version is whole before it has its name, and is named in ``current`` last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dashboard.dataset.disk import LOCK, alone
from dashboard.dataset.draft import Draft, sweep
from dashboard.dataset.versions import CURRENT, VERSIONS, Version, current, opened, version_names
from dashboard.errors import DashboardError, PlaceError, did_you_mean


class Store:
    """A folder that holds one dataset; nothing in it is touched until a draft is asked for.

    ``title`` stands in the manifest of a version that is given none.
    """

    def __init__(self, place: Path, *, title: str = "") -> None:
        self.place, self._title = place, title

    @staticmethod
    def is_one(place: Path) -> bool:
        """Whether the folder looks like a saved dataset: it has ``current`` or ``versions``."""
        return (place / CURRENT).is_file() or (place / VERSIONS).is_dir()

    def versions(self) -> list[Version]:
        """Every version that opens, oldest first; ``version`` says why another one does not."""
        found = []
        for name in version_names(self.place):
            with suppress(PlaceError):
                found.append(opened(self.place / VERSIONS / name))
        return found

    def current(self) -> Version:
        """The version to show.

        Raises
        ------
        PlaceError
            There is none, it is damaged, or a newer release saved it; the sentence says what to do.
        """
        return current(self.place)

    def version(self, name: str) -> Version:
        """A version by the name of its folder, or the newest one with that content version.

        Raises
        ------
        PlaceError
            There is no such version (the sentence names those there are), or it is damaged.
        """
        names = version_names(self.place)
        found = [known for known in names if name in (known, known.partition("-")[2])]
        if not found:
            raise PlaceError(f"{self.place} has no version {name!r}. {did_you_mean(name, names)}")
        return opened(self.place / VERSIONS / found[-1])

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Begin a new version; left without ``finish``, it never was.

        Raises
        ------
        PlaceError
            The disk is full, the folder cannot be written: the versions saved before are untouched.
        """
        ours, draft = False, None
        try:
            ours = not self.place.exists()
            with alone(self.place):
                sweep(self.place)
                draft = Draft(self.place, self._title)
            yield draft
        except DashboardError:
            raise
        except OSError as reason:
            where = f" ({reason.filename})" if reason.filename else ""
            raise PlaceError(
                f"The dataset was not saved in {self.place}: {reason.strerror or reason}{where}. "
                "What was saved there before is untouched. Make room, or give a folder that can "
                "be written, and save again."
            ) from reason
        finally:
            if draft is not None:
                draft.discard()
            _tidy(self.place, ours)


def _tidy(place: Path, ours: bool) -> None:
    """Leave nothing where a first save came to nothing."""
    with suppress(OSError):
        (place / VERSIONS).rmdir()
        if ours:
            (place / LOCK).unlink()
            place.rmdir()
