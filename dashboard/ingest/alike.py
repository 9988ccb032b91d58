"""Columns in which few words stand: each word is read once, not row by row."""

from __future__ import annotations

import polars as pl


class Alike:
    """The words of a column that were read as they are written, where they are few."""

    _MOST, _TRIES = 2_000, 4

    def __init__(self) -> None:
        self._words: pl.Series | None = None
        self._kind = pl.Enum([])
        self._tries, self._all = 0, False

    def numbers(self, written: pl.Series) -> pl.Series | None:
        """Each word of a column as its number, where all of it is nothing or such words."""
        self._all = False
        if self._words is None:
            return None
        numbers = written.cast(self._kind, strict=False)
        self._all = numbers.null_count() == written.null_count()
        return numbers if self._all else None

    def none_of(self, words: frozenset[str]) -> bool:
        """Whether the column that was looked at last has none of some words."""
        return self._all and self._words is not None and words.isdisjoint(self._words)

    def add(self, written: pl.Series, value: pl.Series) -> None:
        """Learn from a column; one of many words, or of new ones again and again, is given up."""
        self._tries += 1
        if self._tries > self._TRIES or written.dtype != pl.String:
            self._words = None
            return
        words = written.filter(written == value).unique()
        if self._words is not None:
            words = pl.concat([self._words, words.alias(self._words.name)]).unique()
        if len(words) > self._MOST:
            self._words, self._tries = None, self._TRIES
            return
        self._words, self._kind = words, pl.Enum(words)
