"""Buttons: a row of them inside a card, and files that the browser saves when one is pressed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.views.markup import ASSETS, asset


class Buttons(JSComponent):
    """Buttons whose words may come from data; ``pressed`` is called with the name of one."""

    buttons = param.List(default=[], label="Buttons", doc="Pairs of a button's name and words.")

    _esm: ClassVar[Any] = ASSETS / "buttons.js"
    _stylesheets: ClassVar[list[str]] = [asset("drop.css")]

    pressed: Callable[[str], None] | None = None

    def offer(self, buttons: dict[str, str]) -> None:
        """Show buttons, by name and words; none at all take no room."""
        self.param.update(buttons=[list(pair) for pair in buttons.items()], visible=bool(buttons))

    def save(self, name: str, text: str, kind: str = "text/csv;charset=utf-8") -> None:
        """Let the browser save a text as a file; spreadsheets read ₹ by the mark before it."""
        mark = "\N{BYTE ORDER MARK}" if kind.startswith("text/csv") else ""
        self._send_msg({"save": {"name": name, "text": mark + text, "type": kind}})

    def _handle_msg(self, data: Any) -> None:
        """Hear a button; what none of them sends is ignored."""
        name = data.get("press") if isinstance(data, dict) else None
        if self.pressed is not None and any(name == own for own, _ in self.buttons):
            self.pressed(str(name))
