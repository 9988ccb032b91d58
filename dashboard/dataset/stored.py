"""Stored: pieces in one file, there whole or not at all, of which only stretches are read."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.dataset.damage import damaged
from dashboard.dataset.disk import flush
from dashboard.engines.numbering import Ints
from dashboard.engines.piece import Piece

_SAID, _NUMBERS = "said.json", "numbers"
_HEAD, _LENGTHS = 30, slice(26, 30)
"""What a file in an archive begins with, and where the lengths of its name and its extras stand."""

_DAMAGED = (
    OSError,
    EOFError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading an archive may raise that is not as it was."""


@dataclass(frozen=True)
class Stretch:
    """A column of a piece: so many numbers of a kind from a byte of a file on."""

    path: Path
    at: int
    kind: np.dtype[Any]
    many: int

    def __len__(self) -> int:
        """How many numbers there are."""
        return self.many

    def __getitem__(self, some: slice) -> Ints:
        """Read some of them."""
        start, stop, _ = some.indices(self.many)
        many = max(0, stop - start)
        numbers = np.fromfile(
            self.path, self.kind, many, offset=self.at + start * self.kind.itemsize
        )
        if len(numbers) < many:
            raise damaged(self.path, "it is shorter than it was")
        return numbers


def write_pieces(place: Path, pieces: Iterable[Piece], by: str) -> list[Piece]:
    """Write pieces, as whoever ``by`` tells has made them, and forget each once it is written.

    The detour through memory is not made: what a disk that is full says is an OSError.
    """
    new, said = place.with_suffix(".new"), []
    with zipfile.ZipFile(new, "w") as archive:
        with archive.open(_NUMBERS, "w", force_zip64=True) as file:
            at = 0
            for piece in pieces:
                columns = {}
                for name, column in piece.columns.items():
                    numbers = np.ascontiguousarray(column[:])
                    file.write(numbers.data.cast("B"))
                    columns[name] = (at, numbers.dtype.str, len(numbers))
                    at += numbers.nbytes
                said.append({"said": piece.said, "columns": columns})
        archive.writestr(_SAID, json.dumps({"by": by, "pieces": said}))
    flush(new)
    new.replace(place)
    return _pieces(place, by) or []


def read_pieces(place: Path, by: str) -> list[Piece] | None:
    """Pieces that were written; None where there are none, one is damaged, or of other making."""
    try:
        with zipfile.ZipFile(place) as archive:
            whole = archive.testzip() is None
        return _pieces(place, by) if whole else None
    except _DAMAGED:
        return None


def _pieces(place: Path, by: str) -> list[Piece] | None:
    with zipfile.ZipFile(place) as archive:
        told = json.loads(archive.read(_SAID))
        begin = archive.getinfo(_NUMBERS).header_offset
    if told["by"] != by:
        return None
    with place.open("rb") as file:
        file.seek(begin)
        begin += _HEAD + sum(struct.unpack("<HH", file.read(_HEAD)[_LENGTHS]))
    found = list[Piece]()
    for one in told["pieces"]:
        columns = {
            name: Stretch(place, begin + at, np.dtype(kind), many)
            for name, (at, kind, many) in one["columns"].items()
        }
        piece = Piece.kept(one["said"], columns)
        if piece is None:
            return None
        found.append(piece)
    return found
