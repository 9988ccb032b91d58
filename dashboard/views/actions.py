"""Actions: one ear for all small buttons, wherever they stand on the page."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.views.markup import asset


class Actions(JSComponent):
    """Hears clicks on ``<button data-VERB="VALUE">`` in any pane, and calls what the verb is for.

    Messages go the other way too: ``save`` lets the browser keep a file, ``draw`` has it keep a
    picture of a chart, ``say`` announces words
    to those who do not see the screen, ``go`` opens a page, ``stand`` puts what is looked at into
    the address of the page.
    """

    verbs = param.List(default=[], item_type=str, label="Verbs", doc="What buttons can ask for.")
    page = param.String(
        default="", label="Page", doc="The page that was open when the app was built."
    )

    asked = param.String(default="", label="Asked", doc="The query that the app was built for.")
    address = param.String(
        default="", label="Address", doc="The query of a link to what was shown then."
    )

    ready = param.String(default="", label="Ready", doc="The page that is shown at first.")

    _esm: ClassVar[Any] = asset("picture.js") + asset("actions.js")
    _debounce: ClassVar[int] = 2

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self._handlers: dict[str, Callable[[str], None]] = {}

    def on(self, verb: str, handler: Callable[[str], None]) -> None:
        """Call a function with the value of each button clicked that has this verb."""
        self._handlers[verb] = handler
        self.verbs = list(self._handlers)

    def save(self, name: str, text: str, kind: str = "text/csv;charset=utf-8") -> None:
        """Let the browser save a text as a file."""
        mark = (
            "\N{BYTE ORDER MARK}" if kind.startswith("text/csv") else ""
        )  # spreadsheets read ₹ with it
        self._send_msg({"save": {"name": name, "text": mark + text, "type": kind}})

    def save_bytes(self, name: str, content: bytes, kind: str) -> None:
        """Let the browser save a file."""
        data = base64.b64encode(content).decode()
        self._send_msg({"save": {"name": name, "data": data, "type": kind}})

    def draw(self, name: str, picture: dict[str, Any], lines: Sequence[str]) -> None:
        """Let the browser save a chart as a picture, with lines of words below it."""
        self._send_msg({"draw": {"name": name, "lines": list(lines), **picture}})

    def say(self, words: str) -> None:
        """Announce words to those who listen."""
        self._send_msg({"say": words})

    def rest(self) -> None:
        """Ask to be called again, with the verb ``idle``, when the browser has nothing to do."""
        self._send_msg({"rest": True})

    def fresh(self, page: str, *, whole: bool, changed: bool = False) -> None:
        """Say that a page shows the question as it stands; if not ``whole``, what is seen of it.

        ``changed``: it was another question before, which the other pages still show.
        """
        self._send_msg({"fresh": page, "whole": whole, "changed": changed})

    def go(self, page: str) -> None:
        """Open a page, as its link would."""
        self._send_msg({"page": page})

    def stand(self, query: str, *, corrected: bool = False) -> None:
        """Put a query into the address; ``corrected``: in place of the one that was asked for."""
        self._send_msg({"address": query, "corrected": corrected})

    def _handle_msg(self, data: Any) -> None:
        """Call the handler; a message that no button of ours can send is ignored."""
        if isinstance(data, dict) and isinstance(data.get("value"), str):
            handler = self._handlers.get(str(data.get("verb")))
            if handler is not None:
                handler(data["value"])
