"""How a page lies in a file: rows of cards, each shut in with its own styles."""

from __future__ import annotations

from collections.abc import Mapping

import panel as pn

from dashboard.pages.page import Page, Row
from dashboard.views.markup import Markup, joined
from dashboard.views.view import View

_SHADOW = Markup(
    '<div class="pane"{name}><template shadowrootmode="open">'
    "<style>{style}</style>{markup}</template></div>"
)
_ROW = Markup('<div class="row of-{count}" style="--columns: {columns}">{items}</div>')
_CARD = Markup('<section class="card" data-view="{name}">{body}</section>')
_NAME = Markup(' data-view="{}"')
_FIGURE = Markup('<div class="figure" style="{style}">{place}</div>')
_STILL = (
    ".tools [data-picture], a[data-visit] { display: none !important; }"
    "@media print { .tools { display: none; } }"
    ".state { inset: 44px 0 0 !important; }"
    ".change, .foot small { display: none; }"
)
"""Links that ask a server have nothing to ask here, nor has what draws a picture."""


def named(page: Page, view: View) -> str:
    """The place of a view in the file: several pages may show the same."""
    return f"{page.name}-{view.name}"


def row_of(page: Page, row: Row, places: Mapping[str, str]) -> Markup:
    """A row of a page; ``places`` are those of its figures."""
    columns = " ".join(f"minmax(0, {width})" for width in row.widths.split())
    items = joined([_item(view.panel, places, named(page, view)) for view in row.views])
    return _ROW.format(count=len(row.items), columns=columns, items=items)


def _item(panel: pn.viewable.Viewable, places: Mapping[str, str], name: str = "") -> Markup:
    """A pane as it stands, a figure's place, or a card of these; controls are left out."""
    if isinstance(panel, pn.pane.HTML):
        return shut_in(panel, name)
    if isinstance(panel, pn.pane.Bokeh):
        height = f"min-height: {panel.object.height}px"
        return _FIGURE.format(style=height, place=Markup(places[panel.object.id]))
    if isinstance(panel, pn.Column):
        return _CARD.format(name=name, body=joined([_item(child, places) for child in panel]))
    return Markup("")


def shut_in(pane: pn.pane.HTML, name: str = "") -> Markup:
    """Our own markup with its styles, shut in as on the screen."""
    style = Markup("\n").join(Markup(sheet) for sheet in (*pane.stylesheets, _STILL))
    named = _NAME.format(name) if name else Markup("")
    return _SHADOW.format(name=named, style=style, markup=Markup(pane.object))
