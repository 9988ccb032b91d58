"""Shell: the page around the app when it is served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import panel as pn
from bokeh.document import Document
from panel.io.resources import LOCAL_DIST

from dashboard import theme
from dashboard.views.markup import asset


class Shell(pn.template.Template):
    """Our page: links, header and landmarks in HTML, with places for what Panel draws.

    ``words`` are what the HTML itself says, by name; ``roots`` what it embeds.
    """

    def __init__(self, words: Mapping[str, Any], roots: Mapping[str, pn.viewable.Viewable]) -> None:
        super().__init__(asset("page.html"), design=theme.Bare)
        own = {
            "variables": theme.font_faces() + theme.css_variables(),
            "swap": dict(theme.SWAP),
            "shell_css": asset("shell.css"),
            "shell_js": asset("shell.js"),
        }
        for name, value in {**own, **words}.items():
            self.add_variable(name, value)
        for name, root in roots.items():
            self.add_panel(name, root)

    def __repr__(self) -> str:
        """Its name alone: Panel asks with each root that is added, and would spell them all."""
        return type(self).__name__

    def _init_doc(self, doc: Document | None = None, *args: Any, **options: Any) -> Document:
        """Fill the document; Bokeh looks for its models once, not again with each root."""
        with (doc or pn.state.curdoc).models.freeze():
            return super()._init_doc(doc, *args, **options)


def asked_for() -> str:
    """What the address of this session asks for, without its ``?``."""
    asked = pn.state.session_args or {}
    return urlencode([(n, v) for n, given in asked.items() for v in given])


def serve_styles_from_here() -> None:
    """Have Panel name its own style sheets on this server.

    It does so when it writes the page. A session that is made for a page written before
    (``--warm``, ``--reuse-sessions``) is told nothing, and would send the browser to a network.
    """
    if pn.state.curdoc is not None:
        here = "/".join(part for part in (pn.state.rel_path, LOCAL_DIST) if part)
        pn.state.curdoc.template_variables.setdefault("dist_url", here)
