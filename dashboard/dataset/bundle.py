"""Bundle: frames and what is to be known of them as one file, there whole or not at all."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from io import BufferedReader
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.dataset.disk import flush
from dashboard.dataset.parts import packed

_SAID = "said.json"
_DIGEST = 32
"""Bytes at the beginning that follow from all others: a disk may have changed some."""
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
    with new.open("wb") as file:
        file.write(hashlib.blake2b(whole.getbuffer(), digest_size=_DIGEST).digest())
        file.write(whole.getbuffer())
    flush(new)
    new.replace(place)


def read_bundle(place: Path, by: str) -> Bundle | None:
    """Read what was written; None where there is none, it is damaged, or another has made it."""
    try:
        with place.open("rb") as file:
            if not _as_written(file):
                return None
            with zipfile.ZipFile(file) as archive:
                told = json.loads(archive.read(_SAID))
                if told["by"] != by:
                    return None
                frames = {name: pl.read_parquet(archive.read(name)) for name in told["frames"]}
                return frames, told["said"]
    except Exception:  # noqa: BLE001  # whatever is wrong with it, it is only kept to save work
        return None


def is_kept(place: Path, by: str) -> bool:
    """Whether ``read_bundle`` has something to read."""
    try:
        with place.open("rb") as file:
            if not _as_written(file):
                return False
            with zipfile.ZipFile(file) as archive:
                return bool(json.loads(archive.read(_SAID))["by"] == by)
    except Exception:  # noqa: BLE001  # as above
        return False


def _as_written(file: BufferedReader) -> bool:
    first = file.read(_DIGEST)
    rest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_DIGEST))
    return first == rest.digest()
