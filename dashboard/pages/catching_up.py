"""Catching up: what nobody looks at yet is drawn bit by bit, behind what is looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection

import panel as pn

from dashboard.pages.page import Page
from dashboard.theme import bare
from dashboard.views.actions import Actions
from dashboard.views.session import soon


class CatchingUp:
    """Draws one view after the other, so that the next change of the visitor waits for one only.

    First what is out of sight on the page that is ``shown``, then, while the visitor does nothing,
    the ``pages`` that were never opened.
    """

    def __init__(
        self, actions: Actions, pages: Collection[Page], shown: Callable[[], Page]
    ) -> None:
        self.actions, self.pages = actions, pages
        self._shown = shown
        self._is_under_way = False
        actions.on("see", self._see)
        actions.on("idle", self._prepare)

    def tell(self, *, changed: bool = False) -> None:
        """Say that what is seen of the page answers the question; the rest of it follows."""
        page = self._shown()
        self.actions.fresh(page.name, whole=page.is_fresh, changed=changed)
        if not page.is_fresh and not self._is_under_way:
            self._is_under_way = True
            soon(self._follow)

    def _follow(self) -> None:
        """Refresh one view more of those out of sight: whoever scrolls finds them done."""
        page = self._shown()
        with bare(), pn.io.hold():
            page.follow()
        self._is_under_way = not page.is_fresh
        if self._is_under_way:
            soon(self._follow)
        else:
            self.actions.fresh(page.name, whole=True)

    def _see(self, rows: str) -> None:
        """Hear which rows of the page are in sight: what is seen is answered first."""
        first, _, last = rows.partition("-")
        if first.isdecimal() and last.isdecimal():
            self._shown().see(int(first), int(last))

    def _prepare(self, _: str) -> None:
        """Draw one view more of the pages nobody has opened yet, while the visitor reads."""
        waiting = [page for page in self.pages if not page.is_built]
        if not waiting:
            return
        page = waiting[0]
        with bare():
            if not page.prepare():
                page.refresh()
                self.actions.fresh(page.name, whole=True)
        self.actions.rest()
