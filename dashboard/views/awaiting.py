"""Awaiting: what came because of campaigns appears on its own once it is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import panel as pn

from dashboard.incrementality import Work
from dashboard.state import Explorer

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

    def begin(self) -> None:
        """Look from now on, where there is something to wait for."""
        work = self._explorer.work
        if work is None or work.is_over or self._stop is not None or not _can_look():
            return
        self._seen = (work, work.done, False)
        self._stop = pn.state.add_periodic_callback(self._look, LOOK_AGAIN_MS).stop

    def _look(self) -> None:
        work = self._explorer.work
        over = work is None or work.is_over
        seen = (work, work.done if work else 0, over)
        if seen != self._seen:
            self._seen = seen
            self._explorer.estimated += 1
        if over and self._stop is not None:
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
