"""Release: what tells that another one may have done otherwise what was kept."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

import polars as pl

from dashboard import __version__


@lru_cache(maxsize=8)
def code_of(*rooms: str) -> str:
    """What changes when a release may do otherwise what these rooms do, or what they stand on."""
    digest = hashlib.blake2b(digest_size=16)
    root = Path(__file__).parents[1]
    for room in rooms:
        for path in [root / f"{room}.py", *sorted((root / room).rglob("*.py"))]:
            digest.update(path.read_bytes() if path.is_file() else b"")
    digest.update(repr((__version__, pl.__version__, sys.version_info[:3])).encode())
    return digest.hexdigest()
