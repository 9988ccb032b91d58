"""Coded: a ledger's facts and keys as whole numbers, which is what questions are answered from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from dashboard.schema import Home

Ints: TypeAlias = npt.NDArray[Any]
"""Whole numbers, of 32 or 64 bits."""
Bools: TypeAlias = npt.NDArray[np.bool_]


class Columns(Protocol):
    """Columns of whole numbers, by name."""

    def __getitem__(self, name: str, /) -> Ints: ...
    def __contains__(self, name: object, /) -> bool: ...


_EPOCH = dt.date(1970, 1, 1)
_STEPS = {"week": "1w", "month": "1mo"}


@dataclass(frozen=True, eq=False)
class Labels:
    """The different values that columns of a key have together, sorted, null first.

    ``places`` says which of them each row of the key has.
    """

    frame: pl.DataFrame
    places: npt.NDArray[np.int64]

    @classmethod
    def of(cls, key: pl.DataFrame, names: list[str]) -> Labels:
        """The labels of some columns."""
        frame = key.select(names).unique().sort(names)
        placed = key.select(names).join(
            frame.with_row_index("\0place"),
            on=names,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        return cls(frame, placed["\0place"].cast(pl.Int64).to_numpy())

    @cached_property
    def by_value(self) -> Mapping[str | None, int]:
        """The place of each value of an only column."""
        return {value: place for place, value in enumerate(self.frame.to_series())}

    def among(self, values: Iterable[str | None]) -> Bools:
        """The rows of the key that have one of these values of an only column."""
        wanted = np.zeros(self.frame.height, bool)
        wanted[[self.by_value[value] for value in values if value in self.by_value]] = True
        return wanted[self.places]


class Coded:
    """A ledger's facts and keys as whole numbers; made once, shared by all who ask.

    ``keys`` has a table for each part of the key (pair, item, basis, and time: a row for each day
    and a last one for none); ``columns`` are those of facts: their row in each of these tables, and
    their measures. Most are the memory of the ledger's own frames.
    """

    def __init__(
        self,
        facts: Mapping[Any, pl.DataFrame],
        accrued: pl.DataFrame,
        pairs: pl.DataFrame,
        items: pl.DataFrame,
    ) -> None:
        self._frames = {**facts, "accrued": accrued}
        dates = pl.concat([frame["date"] for frame in self._frames.values()])
        day = pl.DataFrame({"day": [*_days(dates), None]}, schema={"day": pl.Date})
        self.days = day.height - 1
        self._first = _number(day["day"][0] or _EPOCH)
        bases = pl.concat([facts["spend"]["basis"], accrued["basis"]]).drop_nulls().unique().sort()
        self._bases = pl.Enum(bases)
        self.keys: Mapping[Home, pl.DataFrame] = {
            "time": day.with_columns(
                pl.col("day").dt.truncate(step).alias(name) for name, step in _STEPS.items()
            ),
            "pair": pairs,
            "item": items,
            "basis": pl.DataFrame({"basis": [*bases, None]}, schema={"basis": pl.String}),
        }
        self._columns: dict[str, Columns] = {}
        self._labels: dict[tuple[str, ...], Labels] = {}

    def labels(self, home: Home, *names: str) -> Labels:
        """The labels of columns of one of the keys."""
        if names not in self._labels:
            self._labels[names] = Labels.of(self.keys[home], list(names))
        return self._labels[names]

    def columns(self, name: str) -> Columns:
        """The columns of one family of facts, or of ``accrued``; sorted by time."""
        if name not in self._columns:
            frame = self._frames[name]
            if name == "accrued":
                frame = frame.with_row_index("row").sort("date", nulls_last=True)
            self._columns[name] = self.coded(frame)
        return self._columns[name]

    def coded(self, frame: pl.DataFrame) -> Columns:
        """The columns of facts that are sorted by date, the undated last; texts are left out."""
        time = (frame["date"].to_physical() - self._first).fill_null(self.days).cast(pl.Int32)
        coded = {"time": time}
        if "basis" in frame.columns:
            places = frame["basis"].cast(self._bases).to_physical().cast(pl.UInt32)
            coded["basis"] = places.fill_null(len(self._bases.categories))
        numbers = {one.name: one for one in frame.get_columns() if one.dtype.is_integer()} | coded
        return {  # no item is item 0
            name: column.fill_null(0).rechunk().to_numpy() for name, column in numbers.items()
        }

    def period(self, time: Ints, first: dt.date | None, last: dt.date | None) -> slice:
        """Where the days of a period stand in a column of time, by binary search."""
        if first is None and last is None:
            return slice(0, len(time))
        start = 0 if first is None else _number(first) - self._first
        stop = self.days if last is None else _number(last) - self._first + 1
        begin, end = (
            int(np.searchsorted(time, time.dtype.type(min(max(0, day), self.days))))
            for day in (start, stop)
        )
        return slice(begin, max(begin, end))


def _number(day: dt.date) -> int:
    return (day - _EPOCH).days


def _days(dates: pl.Series) -> pl.Series:
    """Every day from the first to the last."""
    ends = dates.to_frame("date").select(
        pl.date_ranges(pl.col("date").min(), pl.col("date").max()).alias("day")
    )
    return ends.explode("day").to_series().drop_nulls()
