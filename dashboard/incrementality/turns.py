"""One process at a time works the same estimates out; others wait, and see how far it is."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOOK_AGAIN_S = 0.5

if sys.platform == "win32":

    @contextmanager
    def turn(
        at: Path,  # noqa: ARG001  # as elsewhere
        tell: Callable[[int, int], None],
    ) -> Iterator[Callable[[int, int], None]]:
        """No waiting: one process serves here."""
        yield tell

else:
    import fcntl

    @contextmanager
    def turn(at: Path, tell: Callable[[int, int], None]) -> Iterator[Callable[[int, int], None]]:
        """Wait for our turn; what is yielded tells, and others who wait here are told as well.

        The lock lies beside the file it is about, and is let go with the process that holds it,
        however that ends. Where none can be made, nobody waits.
        """
        try:
            at.parent.mkdir(parents=True, exist_ok=True)
            held = os.open(at.with_suffix(".turn"), os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            yield tell
            return

        def say(done: int, of: int) -> None:
            tell(done, of)
            told = json.dumps([done, of]).encode()
            with suppress(OSError):  # who waits hears less
                os.pwrite(held, told.ljust(_LENGTH), 0)

        try:
            _wait(held, tell)
            yield say
        finally:
            os.close(held)

    def _wait(held: int, tell: Callable[[int, int], None]) -> None:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                _pass_on(os.pread(held, _LENGTH, 0), tell)
                time.sleep(LOOK_AGAIN_S)
            except OSError:  # a file system without locks
                return
            else:
                os.ftruncate(held, 0)  # what was told in another turn
                return

    def _pass_on(told: bytes, tell: Callable[[int, int], None]) -> None:
        try:
            done, of = json.loads(told)
        except ValueError:  # nothing has been told yet
            return
        tell(done, of)

    _LENGTH = 64
