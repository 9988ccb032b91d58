"""Awaiting: what came because of campaigns appears on its own once it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import panel as pn

from dashboard.incrementality import Work
from dashboard.state import Explorer
from dashboard.views.session import alone

LOOK_AGAIN_MS = 500
"""So often it is looked whether more is known."""


class Awaiting:
    """Looks whether more is known, as long as an explorer's estimates are being worked out.

    What is found makes ``explorer.estimated`` grow. It runs in the session of a served page, or in
    the loop of a notebook's kernel.
    """

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._stop: Callable[[], None] | None = None
        self._seen: tuple[Work | None, int, bool] = (None, 0, False)

    def note(self) -> None:
        """Take note of how much is known just before it is shown."""
        self._seen = self._now()

    def begin(self) -> None:
        """Look now and from now on, where there is something to wait for.

        What came between ``note`` and now is told at once: nobody would look again.
        """
        work = self._explorer.work
        if work is None or self._stop is not None:
            return
        self._tell()
        if not work.is_over and _can_look():
            self._stop = pn.state.add_periodic_callback(self._look, LOOK_AGAIN_MS).stop

    def _now(self) -> tuple[Work | None, int, bool]:
        work = self._explorer.work
        return (None, 0, True) if work is None else (work, work.done, work.is_over)

    def _tell(self) -> None:
        now = self._now()
        if now != self._seen:
            self._seen = now
            self._explorer.estimated += 1

    def _look(self) -> None:
        with alone():
            self._tell()
        if self._seen[2] and self._stop is not None:
            self._stop()
            self._stop = None


def _can_look() -> bool:
    """Whether there is a session, or a loop that runs: a script has neither."""
    if pn.state.curdoc is not None:
        return True
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
