"""What is said of a saved dataset that cannot be read."""

from __future__ import annotations

from pathlib import Path

from dashboard.errors import PlaceError


def damaged(file: Path, reason: Exception | str) -> PlaceError:
    """A file that is not there, is not whole or is not what was saved."""
    why = (getattr(reason, "strerror", None) or str(reason)).partition("\n")[0].rstrip(".")
    return PlaceError(
        f"{file} is damaged: {why}. Bring its folder back from a backup, open another version, or "
        "save the dataset again."
    )


def unreadable(path: Path, reason: OSError) -> PlaceError:
    """A file or folder that the system does not let us read."""
    return PlaceError(f"{path} cannot be read: {reason.strerror or reason}. Check who may read it.")
