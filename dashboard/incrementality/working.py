"""Work: the estimates of a dataset, on their way in one process of low priority."""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Collection
from threading import Event, Lock, Thread
from weakref import WeakValueDictionary, ref

from dashboard.errors import UnknownValueError
from dashboard.incrementality.estimating import Tell, prepare
from dashboard.incrementality.keeping import Kept, from_plain
from dashboard.incrementality.results import Estimate
from dashboard.incrementality.turns import turn
from dashboard.ledger import Ledger

log = logging.getLogger(__name__)

FAILED = (
    "What came because of campaigns could not be worked out; the reason is in the log. Nothing "
    "else is affected."
)


_turn = Lock()
_works: WeakValueDictionary[tuple[str, tuple[str, ...], Kept], Work] = WeakValueDictionary()


class Work:
    """The estimates of one dataset: on their way, there, or given up.

    They are worked out under no gross margins, by one process of low priority, and shared by all
    who look at the dataset. ``done`` of ``of`` campaigns are through; ``found`` is None until all
    are; ``failed`` says why there will be none.
    """

    def __init__(self) -> None:
        self.done, self.of = 0, 0
        self.found: tuple[Estimate, ...] | None = None
        self.failed = ""
        self.over = Event()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self.over.is_set()

    def tell(self, done: int, of: int) -> None:
        """Take note of how far it is."""
        self.done, self.of = done, of

    def end(self, found: tuple[Estimate, ...] | None = None, failed: str = "") -> None:
        """Take note of what came of it."""
        self.found, self.failed = found, failed
        self.over.set()


def work_on(ledger: Ledger, excluded: Collection[str] = (), kept: Kept | None = None) -> Work:
    """The estimates of a dataset, on their way in the background or there already.

    What is kept from before is there at once. One process works at a time, and of several servers
    one works the same out; what nobody waits for any more when its turn comes is not begun.
    Products or brands that are not sold are ``failed``.
    """
    kept, names = kept or Kept(), tuple(sorted(set(excluded)))
    key = (ledger.version, names, kept)
    work = _works.get(key)
    if work is not None:
        return work
    work = _works[key] = Work()
    found = kept.read(ledger.version, names)
    if found is not None:
        work.end(found)
        return work
    try:
        prepared = prepare(ledger, names)
    except UnknownValueError as error:
        work.end(failed=str(error))
        return work
    work.tell(0, len(prepared.runs))
    told = (ref(work), pickle.dumps(prepared), key)
    Thread(target=_work, args=told, name="estimates", daemon=True).start()
    return work


def _work(asked: ref[Work], prepared: bytes, key: tuple[str, tuple[str, ...], Kept]) -> None:
    with _turn:
        work = asked()
        if work is None:
            return
        version, excluded, kept = key
        try:
            with turn(kept.file(version, excluded), work.tell) as tell:
                found = kept.read(version, excluded)  # by another process, while we waited
                if found is None:
                    found = _solved(prepared, tell)
                    kept.write(found, version, excluded)
        except Exception:  # a bug of ours must not leave pages waiting
            log.exception("Estimates could not be worked out")
            work.end(failed=FAILED)
            return
        work.end(found)


def _solved(prepared: bytes, tell: Tell) -> tuple[Estimate, ...]:
    """What the process finds; without us to read what it says it ends."""
    with (
        tempfile.TemporaryFile() as faults,
        subprocess.Popen(
            [sys.executable, "-m", "dashboard.incrementality"],
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=faults,
        ) as process,
    ):
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The process has no pipes.")
        process.stdin.write(prepared)
        process.stdin.close()
        found: tuple[Estimate, ...] | None = None
        for line in process.stdout:
            told = json.loads(line)
            if "found" in told:
                found = tuple(map(from_plain, told["found"]))
            else:
                tell(told["done"], told["of"])
        if found is None:
            faults.seek(0)
            raise RuntimeError(faults.read().decode(errors="replace"))
        return found


def _environment() -> dict[str, str]:
    """Ours, and one thread for linear algebra: more cost ten times the work and save no time.

    It is read when numpy is first imported, so the process cannot set it for itself.
    """
    paths = os.pathsep.join(filter(None, sys.path))
    return {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
