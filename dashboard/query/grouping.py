"""Group sums: rows put into groups by number, and added up in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from dashboard.ledger.coding import Coded, Columns, Ints
from dashboard.schema import DIMENSIONS, Home

Values: TypeAlias = npt.NDArray[Any]

SPARSE = 8
"""Groups that may be for each row before only those are numbered that have rows."""


class Table(Columns, Protocol):
    """Columns of whole numbers that know how many rows they have."""

    def __len__(self) -> int: ...


class Groups:
    """Rows of a table in groups; each column is added up when its sums are first wanted.

    ``codes`` are the groups that have rows, in order; they stand under ``key`` where the groups are
    a table themselves, to be put into larger groups.
    """

    def __init__(self, table: Columns, of_rows: Ints, size: int, key: str = "") -> None:
        self._table, self.key, self._sums = table, key, dict[str, Values]()
        if size > SPARSE * len(of_rows) + 1000:
            self.codes, self._of_rows = np.unique(of_rows, return_inverse=True)
            self._places: slice | Ints = slice(None)
            self._size = len(self.codes)
        else:
            self._of_rows, self._size = of_rows.astype(np.int64, copy=False), size
            self.codes = self._places = np.flatnonzero(np.bincount(of_rows, minlength=size))

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, name: object) -> bool:
        return name == self.key or name in self._table

    def __getitem__(self, name: str) -> Values:
        if name == self.key:
            return self.codes
        if name not in self._sums:
            values = self._table[name]
            sums = np.zeros(self._size, values.dtype)
            np.add.at(sums, self._of_rows, values)
            self._sums[name] = sums[self._places]
        return self._sums[name]

    def at(self, codes: Ints, name: str) -> Values:
        """The sums of other groups, these among them; 0 where there are no rows."""
        sums = np.zeros(len(codes), self[name].dtype)
        sums[np.searchsorted(codes, self.codes)] = self[name]
        return sums


class Split:
    """Dimensions to split by: which group a row belongs to, and what the groups are called."""

    def __init__(self, coded: Coded, by: Sequence[str]) -> None:
        self.homes: tuple[Home, ...] = tuple(dict.fromkeys(DIMENSIONS[name].home for name in by))
        self.names = [*by, "influencer_id"] if "influencer" in by else list(by)
        self.labels = []
        for home in self.homes:
            names = [name for name in by if DIMENSIONS[name].home == home]
            names += ["influencer_id"] if "influencer" in names else []
            self.labels.append(coded.labels(home, *names))
        self.size = prod(one.frame.height for one in self.labels)

    def codes(self, table: Table) -> Ints:
        """The group of each row of a table; without dimensions all are one."""
        code: Ints = np.zeros(len(table), np.int64)
        for home, labels in zip(self.homes, self.labels, strict=True):
            code = code * labels.frame.height + labels.places[table[home]]
        return code

    def groups(self, table: Table) -> Groups:
        """A table's rows in their groups."""
        return Groups(table, self.codes(table), self.size)

    def keys(self, codes: Ints) -> pl.DataFrame:
        """What groups are called, in the order of the dimensions."""
        if not self.labels:
            return pl.DataFrame()
        if len(codes) == self.size and len(self.labels) == 1:
            return self.labels[0].frame
        frames = []
        for labels in reversed(self.labels):
            codes, places = np.divmod(codes, labels.frame.height)
            frames.append(labels.frame[places])
        return pl.concat(frames, how="horizontal").select(self.names) if frames[1:] else frames[0]


def union(codes: Sequence[Ints]) -> Ints:
    """The groups that stand in any of several lists, in order."""
    if len(codes) == 1:
        return codes[0]
    return np.unique(np.concatenate([np.empty(0, np.int64), *codes]))
