"""Versions: saved states of a dataset, each whole or damaged; one of them is current."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from dashboard.dataset.damage import damaged, unreadable
from dashboard.dataset.disk import folders_in
from dashboard.dataset.parts import parts_of, pieces, scan
from dashboard.engines import Rolled
from dashboard.errors import PlaceError, listed

FORMAT = 2
"""The layout of a version folder; raised when an older release could not read a newer one.

From 2 on products may be added up, what was sold of each standing beside. Others say 1.
"""

CURRENT, VERSIONS, MANIFEST, MAPPING = "current", "versions", "manifest.json", "mapping.toml"
ROLLED = "rolled"
_VERSION_NAME = re.compile(r"(\d{4,})-([0-9a-f]{8})")


@dataclass(frozen=True)
class Version:
    """One saved state of a dataset; its files never change.

    ``manifest`` is what was said at saving, and beside it the ``bytes`` of every file.
    """

    name: str
    path: Path
    manifest: Mapping[str, Any] = field(compare=False)

    def table(self, name: str) -> pl.LazyFrame:
        """All parts of a table, in their order; a column that a part lacks is null there.

        Raises
        ------
        PlaceError
            The version has no such table, or one of its parts is damaged.
        """
        tables = self.path / "tables"
        held = sorted(folders_in(tables))
        parts = parts_of(tables / name) if name in held else []
        if not parts:
            raise PlaceError(
                f"{tables} holds no parts of a table {name!r}. It holds: {listed(held) or 'none'}. "
                "Bring the folder back from a backup, or save the dataset again."
            )
        return scan(parts)

    def pieces(self, table: str) -> list[pl.LazyFrame]:
        """A table in pieces that fit into memory."""
        return pieces(parts_of(self.path / "tables" / table))

    def quarantine(self) -> pl.LazyFrame | None:
        """The records of all tables that were set aside; None when nothing was written there."""
        folder = self.path / "quarantine"
        parts = [part for table in sorted(folders_in(folder)) for part in parts_of(folder / table)]
        return scan(parts) if parts else None

    def rolled(self) -> Rolled | None:
        """The tracking rows as cells; None in a version of a release that did not keep them.

        Raises
        ------
        PlaceError
            They are damaged.
        """
        counts = self.manifest.get("rolled")
        if counts is None:
            return None
        folder = self.path / ROLLED
        try:
            frames = {
                name: pl.read_parquet((folder / f"{name}.parquet").read_bytes())
                for name in ("cells", "bought", "lines")
            }
            sold = folder / "sold.parquet"
            return Rolled.kept(frames, counts, scan([sold]) if sold.exists() else None)
        except (OSError, TypeError, pl.exceptions.PolarsError) as reason:
            raise damaged(folder, reason) from reason

    def mapping(self) -> str:
        """The text of ``mapping.toml``; empty without one."""
        try:
            return (self.path / MAPPING).read_bytes().decode()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as reason:
            raise damaged(self.path / MAPPING, reason) from reason


def number_of(name: str) -> int:
    """How many saves there were when the version was made, itself among them."""
    return int(name.partition("-")[0])


def version_names(place: Path) -> list[str]:
    """The names of all versions, oldest first."""
    names = [name for name in folders_in(place / VERSIONS) if _VERSION_NAME.fullmatch(name)]
    return sorted(names, key=lambda name: (number_of(name), name))


def current(place: Path) -> Version:
    """The version that is named as the one to show."""
    pointer, names = place / CURRENT, version_names(place)
    way_out = (
        f"Write one of these names into {pointer}: {listed(names)}."
        if names
        else "Save a dataset there, or give the folder of one that was saved."
    )
    try:
        name = pointer.read_bytes()[:200].decode("ascii", "replace").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise PlaceError(f"{place} has no current version. {way_out}") from None
    except OSError as reason:
        raise unreadable(pointer, reason) from reason
    if name not in names:
        raise PlaceError(f"{pointer} names {name!r}, which is not a version there. {way_out}")
    return opened(place / VERSIONS / name)


def opened(path: Path) -> Version:
    """A version whose files are all there, with as many bytes as were written."""
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as reason:
        raise damaged(file, reason) from reason
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise damaged(file, "it does not say its format")
    if manifest["format"] > FORMAT:
        raise PlaceError(
            f"{path} was saved by a newer release (format {manifest['format']}; this release reads "
            f"up to {FORMAT}). Update the dashboard to open it."
        )
    sizes = manifest.get("bytes", {})
    if not isinstance(sizes, dict):
        raise damaged(file, "its bytes are not listed by file")
    for name, size in sizes.items():
        try:
            held = (path / name).stat().st_size
        except (OSError, ValueError) as reason:
            raise damaged(path / name, reason) from reason
        if held != size:
            raise damaged(path / name, f"it has {held:,} bytes and {size} were saved")
    return Version(path.name, path, MappingProxyType(manifest))
