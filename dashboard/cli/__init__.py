"""The command line: its commands stand in ``commands``; here is what must be said before."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

_LONG_WORK = ("import", "check")
_SPARING = {
    "POLARS_MAX_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "_RJEM_MALLOC_CONF": "dirty_decay_ms:-1,muzzy_decay_ms:-1",
}
"""How Polars and NumPy are told to spare the machine; they listen only while they are loaded.

Files are read block by block, each alike: threads that share a block and memory that is given back
after each make work and save no time; large pages of memory did not save any either. One block is
read while the one before it is judged, which does.
"""


def main() -> NoReturn:
    """Run the command line; what we can explain is a sentence and exit code 2."""
    if sys.argv[1:2] and sys.argv[1] in _LONG_WORK:
        for name, value in _SPARING.items():
            os.environ.setdefault(name, value)
    with loading():
        from dashboard.cli.commands import run

    run()


@contextmanager
def loading() -> Iterator[None]:
    """Look for no rubbish in what is loaded: it stays, and looking takes a tenth of a second."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
