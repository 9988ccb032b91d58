"""Page: views in rows, built when the page is first wanted, refreshed when it is seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import panel as pn

from dashboard import theme
from dashboard.state import Explorer
from dashboard.views import cell
from dashboard.views.markup import Markup, asset, joined, pane
from dashboard.views.view import View

SEEN = 3
"""Rows that a screen shows of a page that has just been opened, at most."""

_SKELETON = Markup(
    '<div class="skeleton" role="status" aria-busy="true" aria-label="The page is being built">{}'
    "</div>"
)
_BAR = Markup('<div class="bar of-{count}" style="--columns: {columns}; --high: {high}px">{}</div>')


@dataclass(frozen=True)
class Row:
    """Views (or plain Panel objects) beside each other; below each other where the page is narrow.

    ``widths`` are CSS grid columns, such as ``2fr 1fr``; equal by default.
    """

    items: tuple[View | pn.viewable.Viewable, ...]
    widths: str

    def __init__(self, *items: View | pn.viewable.Viewable, widths: str = "") -> None:
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "widths", widths or " ".join(["1fr"] * len(items)))

    @property
    def views(self) -> tuple[View, ...]:
        """Those of the items that ask and answer."""
        return tuple(item for item in self.items if isinstance(item, View))

    def panel(self) -> pn.Column:
        """The row as a grid."""
        columns = columns_of(self.widths)
        return pn.Column(
            *(item.panel if isinstance(item, View) else item for item in self.items),
            stylesheets=[asset("row.css"), f":host {{ --columns: {columns}; }}"],
            css_classes=["row", f"of-{len(self.items)}"],
            sizing_mode="stretch_width",
            margin=0,
        )


def columns_of(widths: str) -> str:
    """Widths as grid columns that never grow with what is in them."""
    return " ".join(f"minmax(0, {width})" for width in widths.split())


def skeleton(shape: Sequence[tuple[str, int]]) -> Markup:
    """Where the cards of a page will be."""
    bars = []
    for widths, high in shape:
        count = len(widths.split())
        cards = joined([Markup("<i></i>")] * count)
        bars.append(_BAR.format(cards, count=count, columns=columns_of(widths), high=high))
    return _SKELETON.format(joined(bars))


class Page(ABC):
    """One page: a question, and rows of views that answer it.

    A derived class says ``title``, ``question`` and ``rows``. The rows are built once, on first
    use; afterwards only the data in them change. ``slot`` is what the app lays out, from the
    start: it holds a skeleton until then. ``shape`` says of the first rows how wide their cards
    are and how high on a wide screen, so that what comes stands where its place was.
    """

    title: str = ""
    question: str = ""
    shape: Sequence[tuple[str, int]] = (("1fr", 320), ("1fr", 320))

    def __init__(self, explorer: Explorer, *, strict: bool = False) -> None:
        self.explorer, self.strict = explorer, strict
        self.views: dict[str, View] = {}
        self.slot = pn.Column(
            pane(skeleton(self.shape), "skeleton.css"),
            stylesheets=[asset("page.css")],
            sizing_mode="stretch_width",
            margin=0,
        )
        self._shown: dict[str, tuple[int, int]] = {}
        self._rows: Sequence[Row] = ()
        self._in_sight = (0, SEEN - 1)
        self._is_laid_out = False

    @property
    def name(self) -> str:
        """What the address calls it."""
        return self.title.lower().replace(" ", "-")

    @abstractmethod
    def rows(self) -> Sequence[Row]:
        """The rows from top to bottom; called once."""

    @property
    def is_built(self) -> bool:
        """Whether every view has been drawn."""
        return bool(self.views) and len(self._shown) == len(self.views)

    @property
    def is_fresh(self) -> bool:
        """Whether every view shows the question as it stands."""
        return bool(self.views) and all(map(self._is_shown, self.views.values()))

    def see(self, first: int, last: int) -> None:
        """Take note of the rows that are in sight, from 0."""
        self._in_sight = first, last

    def see_top(self) -> None:
        """Take note that the page has just been opened."""
        self.see(0, SEEN - 1)

    def refresh(self, *, only_seen: bool = False) -> None:
        """Show the question as it stands, where that is not shown; build the page at first.

        ``only_seen`` leaves what is out of sight, and what may be ``later``, to ``follow``.
        """
        with pn.io.hold():
            part = self._first() if only_seen and self.is_built else self._made()
            for view in part:
                self._update(view)
            self._lay_out()

    def follow(self) -> None:
        """Refresh one view more of those that ``refresh`` has left."""
        left = [view for view in self._made() if not self._is_shown(view)]
        left.sort(key=lambda view: view.later)
        with pn.io.hold():
            for view in left[:1]:
                self._update(view)

    def prepare(self) -> bool:
        """Draw one view more of a page that nobody has opened: a moment's work, to be repeated.

        Whether views are still waiting is what is returned; what is drawn comes into its place
        with ``refresh``.
        """
        waiting = [view for view in self._made() if view.name not in self._shown]
        for view in waiting[:1]:
            self._update(view)
        return len(waiting) > 1

    def _first(self) -> Sequence[View]:
        """What is answered at once: the views in sight that need not be later."""
        first, last = self._in_sight
        rows = self._rows[first : last + 1]
        return [view for row in rows for view in row.views if not view.later]

    def _is_shown(self, view: View) -> bool:
        return self._shown.get(view.name) == self._asked(view)

    def _asked(self, view: View) -> tuple[int, int]:
        """What tells whether a view must be refreshed."""
        return self.explorer.revision, self.explorer.estimated if view.estimated else 0

    def _update(self, view: View) -> None:
        """Refresh a view, unless it shows this question already."""
        if not self._is_shown(view):
            self._shown[view.name] = self._asked(view)
            view.update(strict=self.strict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Show it in a cell of a notebook: drawn anew each time, and live from then on."""
        with theme.bare():
            page = type(self)(self.explorer, strict=self.strict)
        layout = cell.shown(self.explorer, page.slot, lambda: page.views, page.refresh)
        return cell.bundle(layout, include, exclude)

    def _made(self) -> Sequence[View]:
        """The views, whether in their places or not yet."""
        if not self.views:
            self._rows = self.rows()
            views = [view for row in self._rows for view in row.views]
            self.views = {view.name: view for view in views}
            if len(self.views) != len(views):
                names = [view.name for view in views]
                raise ValueError(f"Two views of the page {self.title} have one name: {names}")
        return list(self.views.values())

    def _lay_out(self) -> None:
        """Put the views into their places once all are drawn.

        Bokeh walks all models of a document whenever some are added: once for a page instead of
        once for each view is a fifth of the work.
        """
        if not self._is_laid_out:
            self._is_laid_out = True
            self.slot.objects = [row.panel() for row in self._rows]
