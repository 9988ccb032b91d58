"""A dataset folder: immutable versions, one of them current, switched atomically.

::

    DATASET/
      current                   one line: the name of the current version
      versions/
        0001-ab12cd34/          number of the save and version of the content; never changed again
          tables/<table>/part-00000.parquet …
          quarantine/<table>/part-00000.parquet …
          rolled/cells.parquet …    the tracking rows as cells: what questions are answered from
          files/part-00000.json …   tracking files as they were read; see ``earlier``
          files/part-00000.zip …    each of them rolled up; see ``pieces``
          days.zip                  what rows elsewhere came to, day by day; see ``days``
          mapping.toml
          manifest.json
        .draft-<random>/        being written; of one that was killed, files that are whole wait
                                for the next import, and the rest goes with the next save
      .lock                     held while a save takes its number and becomes current

Readers need no lock: a version is whole before it has its name, and is named in ``current`` last.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dashboard.dataset.disk import LOCK, alone
from dashboard.dataset.draft import Draft, left, sweep
from dashboard.dataset.entries import entries_of
from dashboard.dataset.versions import CURRENT, VERSIONS, Version, current, opened, version_names
from dashboard.errors import DashboardError, PlaceError, did_you_mean
from dashboard.formats import counted


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

    def left(self) -> list[Path]:
        """Folders in which whole files of an import that was stopped wait for the next one."""
        return left(self.place)

    def waiting(self) -> str:
        """How many files wait there, in words; empty where none does."""
        held = [entry for draft in self.left() for entry in entries_of(draft).values()]
        return waiting(len({(entry.name, entry.content) for entry in held}))

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
            left_there = waiting(draft.whole if draft else 0)
            raise PlaceError(
                f"The dataset was not saved in {self.place}: {reason.strerror or reason}{where}. "
                "What was saved there before is untouched. Make room, or give a folder that can "
                f"be written, and save again.{left_there}"
            ) from reason
        finally:
            if draft is not None:
                draft.leave()
                with suppress(OSError), alone(self.place):
                    sweep(self.place, saved=draft.finished)
            _tidy(self.place, ours)


def waiting(files: int) -> str:
    """That so many files were read whole, and what becomes of them; empty where none was."""
    if not files:
        return ""
    said = counted(files, "file that was read whole waits", "files that were read whole wait")
    return f" {said} there for the next import, a week at most."


def _tidy(place: Path, ours: bool) -> None:
    """Leave nothing where a first save came to nothing."""
    with suppress(OSError):
        (place / VERSIONS).rmdir()
        if ours:
            (place / LOCK).unlink()
            place.rmdir()
