"""One HTML file that opens from disk with the network cut: the Overview under the filters given."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

import panel as pn
from bokeh.embed import components
from bokeh.plotting import figure as Figure  # noqa: N812  # Bokeh's class with a function's name
from bokeh.resources import Resources
from jinja2 import Environment

from dashboard import theme
from dashboard.dataset import Dataset
from dashboard.errors import PlaceError
from dashboard.pages.overview import Overview
from dashboard.pages.page import Row
from dashboard.query import Where
from dashboard.settings import Settings
from dashboard.state import Explorer
from dashboard.views.chart import Chart
from dashboard.views.header import Header
from dashboard.views.markup import Markup, asset, joined

_SHADOW = Markup(
    '<div class="pane"><template shadowrootmode="open">'
    "<style>{style}</style>{markup}</template></div>"
)
_ROW = Markup('<div class="row of-{count}" style="--columns: {columns}">{items}</div>')
_CARD = Markup('<section class="card">{}</section>')
_FIGURE = Markup('<div class="figure" style="{style}">{place}</div>')
_STILL = (
    ".tools button, .steps, .chips button, .chips .all, a[data-visit] { display: none !important; }"
    ".chips li { padding-right: 12px !important; }"
)
"""Buttons and links that ask a server have nothing to ask here."""

_ENVIRONMENT = Environment(autoescape=True)
_BOKEH = Resources(mode="inline", components=["bokeh"])
"""Bokeh itself; its own rendering of the tags would let extensions add what only a server has."""


def write_snapshot(
    dataset: Dataset,
    where: Where,
    output: Path,
    *,
    force: bool = False,
    settings: Settings | None = None,
) -> int:
    """Write the Overview as one file; return its size in bytes.

    The file is written under another name and then renamed: there is never half of one.

    Raises
    ------
    PlaceError
        The file exists and ``force`` is not set, or it cannot be written there.
    """
    if output.exists() and not force:
        raise PlaceError(f"{output} exists. Give another name, or --force to replace it.")
    page = snapshot(dataset, where, settings=settings).encode()
    try:
        with NamedTemporaryFile(dir=output.parent, prefix=".snapshot-", delete=False) as part:
            part.write(page)
        os.replace(part.name, output)  # noqa: PTH105  # one step, whatever stood there
        output.chmod(0o644)
    except OSError as error:
        raise PlaceError(f"{output} cannot be written: {error.strerror or error}.") from error
    return len(page)


def snapshot(dataset: Dataset, where: Where, *, settings: Settings | None = None) -> str:
    """The Overview under a question, as the text of one page that asks nothing of a network."""
    explorer = Explorer(dataset, settings)
    explorer.filters.keep(where)
    page = Overview(explorer, strict=True)
    layout = page.rows()
    for view in (view for row in layout for view in row.views):
        view.update(strict=True)
        if isinstance(view, Chart):
            view.quieten()
    header = Header()
    header.tell_of(dataset)
    header.narrow(explorer.where, explorer.coverage().sentences)
    script, places = components(_figures(layout))
    return _ENVIRONMENT.from_string(asset("snapshot.html")).render(
        page=page,
        title=f"{page.title} · {explorer.settings.title}",
        app_title=explorer.settings.title,
        variables=Markup(theme.css_variables()),
        swap=dict(theme.SWAP),
        shell_css=Markup(asset("shell.css")),
        shell_js=Markup(asset("shell.js")),
        snapshot_css=Markup(asset("snapshot.css")),
        scripts=[Markup(text) for text in _BOKEH.js_raw],
        stamp=_pane(header.stamp),
        chips=_pane(header.chips),
        rows=joined([_row(row, places) for row in layout]),
        plot_script=Markup(script),
    )


def _figures(rows: Sequence[Row]) -> dict[str, Figure]:
    """Every figure of the page by its id."""
    panels = [view.panel for row in rows for view in row.views]
    panes = [pane for panel in panels for pane in panel.select(pn.pane.Bokeh)]
    return {pane.object.id: pane.object for pane in panes}


def _row(row: Row, places: Mapping[str, str]) -> Markup:
    columns = " ".join(f"minmax(0, {width})" for width in row.widths.split())
    items = joined([_item(view.panel, places) for view in row.views])
    return _ROW.format(count=len(row.items), columns=columns, items=items)


def _item(panel: pn.viewable.Viewable, places: Mapping[str, str]) -> Markup:
    """A pane as it stands, a figure's place, or a card of these; controls are left out."""
    if isinstance(panel, pn.pane.HTML):
        return _pane(panel)
    if isinstance(panel, pn.pane.Bokeh):
        height = f"min-height: {panel.object.height}px"
        return _FIGURE.format(style=height, place=Markup(places[panel.object.id]))
    if isinstance(panel, pn.Column):
        return _CARD.format(joined([_item(child, places) for child in panel]))
    return Markup("")


def _pane(pane: pn.pane.HTML) -> Markup:
    """Our own markup with its styles, shut in as on the screen."""
    style = Markup("\n").join(Markup(sheet) for sheet in (*pane.stylesheets, _STILL))
    return _SHADOW.format(style=style, markup=Markup(pane.object))
