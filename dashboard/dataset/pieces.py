"""Pieces: each tracking file rolled up by itself and kept, so that it is only once."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from dashboard.dataset.draft import Draft
from dashboard.dataset.entries import TABLE, piece_at
from dashboard.dataset.parts import parts_of, pieces
from dashboard.dataset.release import code_of
from dashboard.dataset.stored import read_pieces, write_pieces
from dashboard.engines import Rolled
from dashboard.engines.coarsening import BUDGET
from dashboard.engines.joining import sliced
from dashboard.engines.piece import COLUMNS, Piece, rolled_piece
from dashboard.engines.rolling import Sliced
from dashboard.errors import PlaceError
from dashboard.ingest import FileMapping, brands

_ANEW = "Nothing was saved. Read all files again, with dashboard import --anew."


def rolled_from(draft: Draft, mapping: FileMapping, budget: int = BUDGET) -> Sliced | Rolled:
    """The tracking rows of a draft as cells, each with its brand.

    A file whose pieces were taken over with it is not rolled up again.
    """
    return sliced(_every(draft), lambda lines: brands(lines, mapping).brand, budget)


def _every(draft: Draft) -> list[Piece]:
    """The pieces of each file, on the disk, and those of the rows that belong to none."""
    rest = set(parts_of(draft.path / "tables" / TABLE)) if draft.parts(TABLE) else set[Path]()
    found, by = list[Piece](), code_of("engines")
    for number, entry in draft.entries.items():
        own = entry.rows_of(draft.path)
        if not rest.issuperset(own):
            raise PlaceError(f"{entry.name} would count twice. {_ANEW}")
        rest.difference_update(own)
        place = piece_at(draft.path, number)
        held = read_pieces(place, by)
        if held is None:
            draft.heals |= place.exists()  # else they would be rolled up again each time
            held = write_pieces(place, map(_rolled, pieces(own)), by)
        found += held
    return [*found, *map(_rolled, pieces(sorted(rest)))]


def _rolled(rows: pl.LazyFrame) -> Piece:
    held = set(rows.collect_schema())
    nothing = {name: pl.lit(None, pl.String) for name in COLUMNS if name not in held}
    return rolled_piece(rows.with_columns(**nothing))
