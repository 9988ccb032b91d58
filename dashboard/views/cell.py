"""Cell: views in a notebook, live, with nothing asked of other machines."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import panel as pn
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet
from panel.io.resources import CDN_DIST, LOCAL_DIST

from dashboard import address, theme
from dashboard.state import Explorer
from dashboard.views.actions import Actions
from dashboard.views.awaiting import Awaiting
from dashboard.views.header import Header
from dashboard.views.hearing import hear_all
from dashboard.views.markup import asset
from dashboard.views.tools import Tools
from dashboard.views.top import OFFERED
from dashboard.views.view import View


def shown(
    explorer: Explorer,
    body: pn.viewable.Viewable,
    views: Callable[[], Mapping[str, View]],
    refresh: Callable[[], None],
) -> pn.viewable.Viewable:
    """A layout for a cell: filters in words, then ``body``, whose ``views`` follow the explorer.

    Whatever changes the explorer's question, in this cell or another, changes them. A link to
    another page asks its question here, where no other page is.
    """
    with theme.bare():
        header = Header()
        header.chips.margin = (0, 0, 12, 0)
        actions = Actions(sizing_mode="fixed", width=0, height=0, margin=0)
        layout = pn.Column(
            header.chips,
            body,
            actions,
            css_classes=["influencer-roi"],
            stylesheets=[theme.css_variables_of_a_root(), asset("notebook.css")],
            sizing_mode="stretch_width",
            margin=0,
        )

    def follow(*_: object) -> None:
        with theme.bare(), pn.io.hold():
            header.narrow(explorer.where, explorer.coverage().sentences)
            refresh()

    def visit(query: str) -> None:
        address.follow(explorer, address.read(query, explorer, {"top-influencers": OFFERED}))

    follow()
    actions.on("visit", visit)
    Tools(actions, explorer, views, views)
    explorer.param.watch(follow, ["revision", "estimated"])
    if any(view.estimated for view in views().values()):
        awaiting = Awaiting(explorer)
        explorer.estimate()
        awaiting.note()
        follow()
        awaiting.begin()
        explorer.param.watch(lambda _: awaiting.begin(), "donors_out")
    return layout


def beside(
    chosen: Iterable[pn.viewable.Viewable],
    header: Header,
    page: pn.viewable.Viewable,
    actions: Actions,
) -> pn.Row:
    """The whole dashboard in a cell: what is chosen, beside a page and what is said above it."""
    above = pn.Column(header.stamp, header.chips, sizing_mode="stretch_width", margin=(0, 0, 12, 0))
    return pn.Row(
        pn.Column(*chosen, width=240, margin=(0, 16, 0, 0)),
        pn.Column(above, page, actions, sizing_mode="stretch_width", margin=0),
        css_classes=["influencer-roi"],
        stylesheets=[theme.css_variables_of_a_root(), asset("notebook.css")],
        sizing_mode="stretch_width",
    )


def bundle(layout: pn.viewable.Viewable, include: Any = None, exclude: Any = None) -> Any:
    """What a notebook shows of a layout. What its browser needs comes first, from this machine."""
    pn.extension("tabulator", inline=True)
    data, metadata = layout._repr_mimebundle_(include, exclude)
    for model, _ in layout._models.values():  # noqa: SLF001  # has no public name
        write_styles_into(model.document)
    hear_all(layout)
    html = f"<style>{theme.font_faces(inline=True)}</style>{kept_in_script(data['text/html'])}"
    return {**data, "text/html": html}, metadata


def kept_in_script(html: str) -> str:
    """Panel's HTML for a cell, where no text from data ends the script that it stands in.

    Panel writes the document into the script as it is: a ``</script>`` in a name would end it, and
    what follows would be HTML. The code around it holds neither tag nor comment.
    """
    head, opening, script = html.partition("<script")
    body, closing, rest = script.rpartition("</script>")
    return head + opening + _TAG.sub(r"\\u003c", body) + closing + rest


_TAG = re.compile(r"<(?=/?script|!--)", re.IGNORECASE)


def write_styles_into(document: Document) -> None:
    """Have Panel write its own style sheets into a cell.

    It does so for what it shows at first. What is drawn later would fetch them from a network.
    """
    pn.state._stylesheets[document] = _Styles()  # noqa: SLF001  # where Panel looks them up


class _Styles(dict[str, ImportedStyleSheet]):
    """The style sheets of one cell; Panel's own are made anew whenever they are asked for.

    Panel asks the cell whose browser spoke, and may put the answer into another cell: a model
    belongs to one document.
    """

    def __contains__(self, address: object) -> bool:
        return address in _texts() or super().__contains__(address)

    def __getitem__(self, address: str) -> ImportedStyleSheet:
        text = _texts().get(address)
        return ImportedStyleSheet(url=text) if text else super().__getitem__(address)


@cache
def _texts() -> dict[str, str]:
    """Panel's style sheets by address, each as an address that holds its text."""
    dist = Path(pn.__file__).parent / "dist"
    answer = {}
    for path in chain.from_iterable(dist.glob(pattern) for pattern in STYLES):
        text = base64.b64encode(path.read_bytes()).decode()
        for base in (CDN_DIST, LOCAL_DIST):
            answer[base + path.relative_to(dist).as_posix()] = f"data:text/css;base64,{text}"
    return answer


STYLES = ("css/*.css", "bundled/datatabulator/**/*.css", "bundled/font-awesome/css/all.min.css")
"""Those of Panel's that our panes and tables ask for."""
