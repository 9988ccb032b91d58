"""Keys: creators' ids as the influencers table writes them, however other tables do."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl


class Known:
    """The creators there are, and which of them another way of writing an id means."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = frozenset(ids)
        self._series = pl.Series(sorted(self.ids), dtype=pl.String)
        self._loosely: dict[str, str | None] = {}
        for one in self.ids:
            loose = _loose(one)
            self._loosely[loose] = None if loose in self._loosely else one

    def canonical(self, column: pl.Series) -> tuple[pl.Series, dict[str, str]]:
        """The column in the table's own writing, and what was changed for it.

        ``12.0`` is ``12``, and ``inf_001`` is ``INF001``, where the table has the one, no other
        id that reads like it, and not the id as it is written.
        """
        strange = column.filter(~column.is_in(self._series.implode())).unique().drop_nulls()
        changed = {one: meant for one in strange.sort().to_list() if (meant := self._meant(one))}
        return (column.replace(changed) if changed else column), changed

    def _meant(self, written: str) -> str | None:
        whole = whole_id(written)
        return whole if whole in self.ids else self._loosely.get(_loose(written))


def whole_id(value: str) -> str:
    """``12.0`` as ``12``; anything else as it is."""
    head, dot, tail = value.partition(".")
    return head if dot and head.isdigit() and tail.strip("0") == "" else value


def _loose(value: str) -> str:
    """An id without case, blanks and marks, where it has a letter; a number is only itself."""
    return re.sub(r"[\s_-]+", "", value.casefold()) if re.search(r"[^\W\d_]", value) else value
