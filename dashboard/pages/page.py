"""Page: views in rows, built when the page is first wanted, refreshed when it is seen."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import panel as pn

from dashboard.state import Explorer
from dashboard.views.markup import Markup, asset, joined, pane
from dashboard.views.view import View

_SKELETON = Markup(
    '<div class="skeleton" aria-busy="true" aria-label="The page is being built">{}</div>'
)


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
        columns = " ".join(f"minmax(0, {width})" for width in self.widths.split())
        return pn.Column(
            *(item.panel if isinstance(item, View) else item for item in self.items),
            stylesheets=[asset("row.css"), f":host {{ --columns: {columns}; }}"],
            css_classes=[f"of-{len(self.items)}"],
            sizing_mode="stretch_width",
            margin=0,
        )


class Page(ABC):
    """One page: a question, and rows of views that answer it.

    A derived class says ``title``, ``question`` and ``rows``. The rows are built once, on first
    use; afterwards only the data in them change. ``slot`` is what the app lays out, from the
    start: it holds a skeleton until then.
    """

    title: str = ""
    question: str = ""

    def __init__(self, explorer: Explorer, *, strict: bool = False) -> None:
        self.explorer, self.strict = explorer, strict
        self.views: dict[str, View] = {}
        self.slot = pn.Column(
            pane(_SKELETON.format(joined([Markup("<i></i>")] * 8)), "skeleton.css"),
            stylesheets=[asset("page.css")],
            sizing_mode="stretch_width",
            margin=0,
        )
        self._shown: dict[str, int] = {}
        self._rows: Sequence[Row] = ()

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

    def refresh(self, *, put_off: bool = False) -> bool:
        """Show the question as it stands, if that is not shown; build the page at first.

        ``put_off`` leaves the views that may be later to the next call; whether there were any is
        what is returned.
        """
        with pn.io.hold():
            put_off = put_off and self.is_built
            left = [view for view in self._made() if put_off and view.later]
            for view in self._made():
                if view not in left:
                    self._update(view)
            self._lay_out()
        return bool(left)

    def prepare(self) -> None:
        """Draw one view more of a page that nobody has opened: a moment's work, to be repeated."""
        waiting = [view for view in self._made() if view.name not in self._shown]
        with pn.io.hold():
            if waiting:
                self._update(waiting[0])
            if self.is_built:
                self._lay_out()

    def _update(self, view: View) -> None:
        """Refresh a view, unless it shows this question already."""
        if self._shown.get(view.name) != self.explorer.revision:
            self._shown[view.name] = self.explorer.revision
            view.update(strict=self.strict)

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
        if self._rows:
            self.slot.objects = [row.panel() for row in self._rows]
            self._rows = ()
