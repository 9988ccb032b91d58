"""Pieces: each tracking file rolled up by itself and kept, so that it is only once."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from dashboard.dataset.disk import flush
from dashboard.dataset.draft import Draft
from dashboard.dataset.entries import TABLE, piece_at
from dashboard.dataset.parts import packed, parts_of, pieces
from dashboard.dataset.release import code_of
from dashboard.engines import Rolled
from dashboard.engines.joining import joined, together
from dashboard.engines.piece import COLUMNS, Piece, rolled_piece
from dashboard.ingest import FileMapping, brands

_FRAMES = ("cells", "words", "customers", "bought")
_COUNTS = "counts.json"


def rolled_from(draft: Draft, mapping: FileMapping) -> Rolled:
    """The tracking rows of a draft as cells, each with its brand.

    A file whose piece was taken over with it is not rolled up again.
    """
    return joined(_every(draft), lambda lines: brands(lines, mapping).brand)


def _every(draft: Draft) -> Iterator[Piece]:
    """The piece of each file, then that of the rows that belong to none."""
    rest = set(parts_of(draft.path / "tables" / TABLE)) if draft.parts(TABLE) else set[Path]()
    for number, entry in draft.entries.items():
        own = entry.rows_of(draft.path)
        rest.difference_update(own)
        place = piece_at(draft.path, number)
        piece = _read(place)
        if piece is None:
            piece = together(map(_rolled, pieces(own)))
            _write(place, piece)
        yield piece
    yield from map(_rolled, pieces(sorted(rest)))


def _rolled(rows: pl.LazyFrame) -> Piece:
    held = set(rows.collect_schema())
    nothing = {name: pl.lit(None, pl.String) for name in COLUMNS if name not in held}
    return rolled_piece(rows.with_columns(**nothing))


def _write(place: Path, piece: Piece) -> None:
    """Write a piece as one file; it is there whole or not at all."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(_COUNTS, json.dumps({**piece.counts, "by": code_of("engines")}))
        for name, frame in piece.frames.items():
            archive.writestr(name, bytes(packed(frame)))
    new = place.with_suffix(".new")
    new.write_bytes(whole.getbuffer())
    flush(new)
    new.replace(place)


def _read(place: Path) -> Piece | None:
    """A piece that was kept; None where there is none, it is damaged, or of another release."""
    try:
        with zipfile.ZipFile(place) as archive:
            counts = json.loads(archive.read(_COUNTS))
            if counts["by"] != code_of("engines"):
                return None
            frames = {name: pl.read_parquet(archive.read(name)) for name in _FRAMES}
            return Piece.kept(frames, counts)
    except (
        OSError,
        KeyError,
        ValueError,
        TypeError,
        zipfile.BadZipFile,
        zlib.error,
        pl.exceptions.PolarsError,
    ):
        return None
