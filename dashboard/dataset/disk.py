"""The disk under saved datasets: folders listed, locked, and waited for."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dashboard.dataset.damage import unreadable

if sys.platform == "win32":
    import msvcrt

    def lock(file: BinaryIO, *, wait: bool) -> None:
        """Hold an open file until it is closed; an OSError where it is held and ``wait`` is not."""
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def lock(file: BinaryIO, *, wait: bool) -> None:
        """Hold an open file until it is closed; an OSError where it is held and ``wait`` is not."""
        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK = ".lock"
"""Held in a dataset's folder while a save takes its number and becomes current."""


def folders_in(folder: Path) -> list[str]:
    """The folders in a folder that need not exist."""
    try:
        return [entry.name for entry in folder.iterdir() if entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as reason:
        raise unreadable(folder, reason) from reason


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """One process at a time: the others wait, for a few file operations at most."""
    place.mkdir(parents=True, exist_ok=True)
    with (place / LOCK).open("ab") as file:
        lock(file, wait=True)
        yield


def same_or_copy(file: Path, path: Path) -> None:
    """Have a file that never changes at another place too: itself, else a copy of it."""
    path.unlink(missing_ok=True)  # a copy would be written into what stands there, wherever else
    try:
        path.hardlink_to(file)
    except OSError:  # the disk knows no such links, or the file is gone
        try:
            shutil.copyfile(file, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    folder = path.is_dir()
    if folder and sys.platform == "win32":
        return  # a folder cannot be opened there
    handle = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_all(folder: Path) -> None:
    """Wait until all files below a folder, then the folders themselves, are on the disk."""
    for inside, _, names in os.walk(folder, topdown=False):
        for name in names:
            flush(Path(inside, name))
        flush(Path(inside))
