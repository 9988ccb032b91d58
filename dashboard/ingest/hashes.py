"""Hashes of rows, however many there are: beyond some millions they wait in a file."""

from __future__ import annotations

import io
import tempfile
import weakref
from collections.abc import Sequence
from typing import IO

import numpy as np
import numpy.typing as npt
import polars as pl

HELD = 10_000_000
"""Hashes that are held in memory, 8 bytes each."""
_SHARES = 64
"""Shares in which they are compared, equal ones in the same; each fits in memory with ease."""

Numbers = npt.NDArray[np.uint64]
Cuts = npt.NDArray[np.int64]
_NONE = np.array([], dtype=np.uint64)
_SIZE = _NONE.itemsize


class Hashes:
    """A hash for each row, in no order; ``total`` is their sum, as 64 bits hold it."""

    def __init__(self, held: int = HELD) -> None:
        self._most, self._count, self.total = held, 0, 0
        self._held: list[_Run] = []
        self._file: IO[bytes] | None = None
        self._away: list[Cuts] = []

    def add(self, hashes: pl.Series) -> None:
        """Remember these too."""
        numbers = hashes.to_numpy()
        self.total = added(self.total, int(numbers.sum()))
        self._held.append(_Run(np.sort(numbers)))  # now, while they are near
        self._count += len(numbers)
        if self._count > self._most:
            self._put_away()

    def join(self, other: Hashes) -> None:
        """Remember those of another file too; ``total`` stays that of what was added."""
        for cuts in other._away:
            start = self._end()
            self._away_in().write(_stretch(other._away_in(), cuts[0], cuts[-1]).data.cast("B"))
            self._away.append(start + cuts - cuts[0])
        self._held += other._held
        self._count += other._count
        if self._count > self._most:
            self._put_away()

    def _away_in(self) -> IO[bytes]:
        if self._file is None:
            self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed with this object
            weakref.finalize(self, self._file.close)
        return self._file

    def _end(self) -> int:
        return self._away_in().seek(0, io.SEEK_END)

    def _put_away(self) -> None:
        """Write what is held, share by share: each is then one stretch of the file."""
        start, cuts = self._end(), [0]
        for share in range(_SHARES):
            parts = [run.share(share) for run in self._held]
            self._away_in().writelines(part.data.cast("B") for part in parts)
            cuts.append(cuts[-1] + sum(map(len, parts)))
        self._away.append(start + _SIZE * np.array(cuts))
        self._held, self._count = [], 0

    def share(self, number: int) -> list[Numbers]:
        """Those that lie in one of the shares into which all numbers are cut."""
        found = [run.share(number) for run in self._held]
        if self._file is not None:
            found += [_stretch(self._file, *cuts[number : number + 2]) for cuts in self._away]
        return found


class _Run:
    """Sorted numbers, and where each share starts in them."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        starts = np.arange(_SHARES, dtype=np.uint64) * np.uint64(2**64 // _SHARES)
        self._cuts = np.append(np.searchsorted(numbers, starts), len(numbers))

    def share(self, number: int) -> Numbers:
        return self._numbers[self._cuts[number] : self._cuts[number + 1]]


def _stretch(file: IO[bytes], start: np.int64, end: np.int64) -> Numbers:
    file.seek(int(start))
    return np.frombuffer(file.read(int(end - start)), dtype=np.uint64)


def added(left: int, right: int) -> int:
    """The sum of two sums of hashes."""
    return (left + right) % 2**64


def repeated(every: Sequence[Hashes]) -> int:
    """How many of these hashes stand behind an equal one."""
    count = 0
    for number in range(_SHARES if every else 0):
        share = np.concatenate([part for one in every for part in one.share(number)] or [_NONE])
        share.sort()
        count += int(np.count_nonzero(share[1:] == share[:-1]))
    return count
