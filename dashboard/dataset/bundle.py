"""Bundle: frames and what is to be known of them as one file, there whole or not at all."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.dataset.disk import flush
from dashboard.dataset.parts import packed

_SAID = "said.json"
Bundle = tuple[Mapping[str, pl.DataFrame], Mapping[str, Any]]


def write_bundle(
    place: Path, frames: Mapping[str, pl.DataFrame], said: Mapping[str, Any], by: str
) -> None:
    """Write frames, as whoever ``by`` tells has made them."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr(_SAID, json.dumps({"said": dict(said), "by": by, "frames": [*frames]}))
        for name, frame in frames.items():
            archive.writestr(name, bytes(packed(frame)))
    new = place.with_suffix(".new")
    new.write_bytes(whole.getbuffer())
    flush(new)
    new.replace(place)


def read_bundle(place: Path, by: str) -> Bundle | None:
    """Read what was written; None where there is none, it is damaged, or another has made it."""
    try:
        with zipfile.ZipFile(place) as archive:
            told = json.loads(archive.read(_SAID))
            if told["by"] != by:
                return None
            frames = {name: pl.read_parquet(archive.read(name)) for name in told["frames"]}
            return frames, told["said"]
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
