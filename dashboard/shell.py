"""Shell: the page around the app when it is served, and what a notebook needs in its place."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import panel as pn
from bokeh.document import Document
from bokeh.models import ImportedStyleSheet
from panel.io.resources import CDN_DIST, LOCAL_DIST

from dashboard import theme
from dashboard.views.markup import asset


class Bare(pn.theme.Design):
    """No theme of Panel's: our colours reach into every pane, and nothing overrides them."""

    modifiers: dict[type, dict[str, Any]] = {}  # noqa: RUF012  # Panel reads it from the class


class Shell(pn.template.Template):
    """Our page: links, header and landmarks in HTML, with places for what Panel draws.

    ``words`` are what the HTML itself says, by name; ``roots`` what it embeds.
    """

    def __init__(self, words: Mapping[str, Any], roots: Mapping[str, pn.viewable.Viewable]) -> None:
        super().__init__(asset("page.html"), design=Bare)
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


def is_served() -> bool:
    """Whether there is a session of a server, which does one thing after the other."""
    document = pn.state.curdoc
    return document is not None and document.session_context is not None


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
    own = {address: ImportedStyleSheet(url=text) for address, text in _styles().items()}
    pn.state._stylesheets[document] = own  # noqa: SLF001  # where Panel looks them up


@cache
def _styles() -> dict[str, str]:
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
