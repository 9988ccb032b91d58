"""Opening: a saved version's tables, read when somebody asks, and its rows as cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import polars as pl

from dashboard.dataset.versions import Version
from dashboard.engines import Here, Rolled, roll
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.piece import COLUMNS
from dashboard.engines.rolled import LINE
from dashboard.ingest import FileMapping, brands
from dashboard.schema import TABLES


class Opened(Mapping[str, pl.DataFrame]):
    """The four tables of a version. Tracking rows are read anew each time: they may be many."""

    def __init__(self, version: Version, mapping: FileMapping) -> None:
        self._version, self._mapping = version, mapping
        self._small: dict[str, pl.DataFrame] = {}
        for table in TABLES:
            if table != "tracking_data":
                self._small[table] = version.table(table).collect()

    def __getitem__(self, table: str) -> pl.DataFrame:
        return self._small[table] if table in self._small else self.scan(table).collect()

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of which only what is asked for is read."""
        if table in self._small:
            return self._small[table].lazy()
        rows, lines = self._version.table(table), self.rolled.lines
        named = lines.with_columns(brands(lines, self._mapping).brand.alias(_NAMED))
        columns = rows.collect_schema().names()
        return (
            rows.join(named.lazy(), on=LINE, how="left", nulls_equal=True, maintain_order="left")
            .with_columns(brand=pl.coalesce(_NAMED, "brand"))  # one that was found before saving
            .select(columns)
        )

    @cached_property
    def rolled(self) -> Rolled:
        """The tracking rows as cells, as they were kept; else from the rows."""
        kept = self._version.rolled()
        return kept or rolled_of(self._version.pieces("tracking_data"), self._mapping)


_NAMED = "\0named"


def rolled_of(pieces: Sequence[pl.LazyFrame], mapping: FileMapping, budget: int = BUDGET) -> Rolled:
    """Tracking rows as cells, each with its brand."""
    names = dict.fromkeys(COLUMNS, pl.lit(None, pl.String))
    whole = [
        piece.with_columns(**{name: names[name] for name in names.keys() - held})
        for piece in pieces
        for held in [set(piece.collect_schema())]
    ]
    return roll(Here(whole), lambda lines: brands(lines, mapping).brand, budget)
