"""Hashes of rows, however many there are: beyond some millions they wait in a file."""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

HELD = 10_000_000
"""Hashes that are held in memory, 8 bytes each."""
_SHARES = 64
"""Shares in which they are compared, equal ones in the same; each fits in memory with ease."""

Numbers = npt.NDArray[np.uint64]


class Hashes:
    """A hash for each row, in no order."""

    def __init__(self, held: int = HELD) -> None:
        self._most, self._count = held, 0
        self._held: list[Numbers] = []
        self._file: IO[bytes] | None = None
        self._runs: list[npt.NDArray[np.int64]] = []

    def add(self, hashes: pl.Series) -> None:
        """Remember these too."""
        self._held.append(hashes.to_numpy())
        self._count += len(hashes)
        if self._count > self._most:
            self._put_away()

    def _put_away(self) -> None:
        """Write what is held, sorted, so that each share is one stretch of the file."""
        run = np.sort(np.concatenate(self._held))
        self._held, self._count = [], 0
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with this object
            weakref.finalize(self, self._file.close)
        start = self._file.seek(0, io.SEEK_END) // run.itemsize
        self._runs.append(start + _cuts(run))
        self._file.write(run.data.cast("B"))

    @property
    def in_memory(self) -> Numbers | None:
        """All of it, where nothing has been put away."""
        if self._file is not None:
            return None
        return np.concatenate([*self._held, np.array([], dtype=np.uint64)])

    def shares(self) -> Iterator[list[Numbers]]:
        """Yield all of it by share: the lowest first."""
        held = np.sort(np.concatenate([*self._held, np.array([], dtype=np.uint64)]))
        cuts = _cuts(held)
        for share in range(_SHARES):
            found = [held[cuts[share] : cuts[share + 1]]]
            if self._file is not None:
                found += [_stretch(self._file, *run[share : share + 2]) for run in self._runs]
            yield found


def _stretch(file: IO[bytes], start: np.int64, end: np.int64) -> Numbers:
    size = np.dtype(np.uint64).itemsize
    file.seek(int(start) * size)
    return np.frombuffer(file.read(int(end - start) * size), dtype=np.uint64)


def _cuts(numbers: Numbers) -> npt.NDArray[np.int64]:
    """Where each share starts in sorted numbers, and where the last one ends."""
    starts = np.arange(_SHARES, dtype=np.uint64) * np.uint64(2**64 // _SHARES)
    return np.append(np.searchsorted(numbers, starts), len(numbers))


def repeated(every: Sequence[Hashes]) -> int:
    """How many of these hashes stand behind an equal one."""
    held = [numbers for one in every if (numbers := one.in_memory) is not None]
    if len(held) == len(every):  # a table of hashes is quicker than sorting while both fit
        hashes = pl.Series(np.concatenate([*held, np.array([], dtype=np.uint64)]))
        return len(hashes) - hashes.n_unique()
    count = 0
    for shares in zip(*(one.shares() for one in every), strict=True):
        share = np.sort(np.concatenate([numbers for found in shares for numbers in found]))
        count += int((share[1:] == share[:-1]).sum())
    return count
