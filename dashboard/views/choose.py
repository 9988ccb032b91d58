"""Controls inside a card: choose one of several, or move a number."""

from __future__ import annotations

from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from dashboard.views.markup import ASSETS, asset


class Choice(JSComponent):
    """One of several, in a native select with its label. Text is never HTML."""

    label = param.String(default="", label="Label", doc="What is chosen.")
    options = param.List(default=[], label="Options", doc="Pairs of value and the words for it.")
    value = param.String(default="", label="Value", doc="The value chosen.")

    _esm: ClassVar[Any] = ASSETS / "choice.js"
    _stylesheets: ClassVar[list[str]] = [asset("controls.css"), asset("choose.css")]
    _debounce: ClassVar[int] = 2

    @classmethod
    def of(cls, label: str, options: list[tuple[str, str]], value: str) -> Choice:
        """Make a choice among pairs of value and words."""
        return cls(
            label=label,
            options=[list(pair) for pair in options],
            value=value,
            sizing_mode="stretch_width",
            margin=(0, 0, 8, 0),
        )

    def offer(self, values: tuple[str, ...], value: str | None) -> None:
        """Offer other values, each in its own words; nothing is sent where they are the same."""
        options = [[one, one] for one in values]
        if options != self.options or (value or "") != self.value:
            self.param.update(options=options, value=value or "")


class Amount(JSComponent):
    """A number in a native input with its label; every change has a keyboard path.

    ``unset`` are the words for no number; where there are none, there must be a number.
    """

    label = param.String(default="", label="Label", doc="What the number is.")
    value = param.Number(default=None, allow_None=True, label="Value", doc="The number.")
    lowest = param.Number(default=0.0, label="Lowest", doc="The smallest number allowed.")
    highest = param.Number(default=1e6, label="Highest", doc="The largest number allowed.")
    unset = param.String(default="", label="Unset", doc="What stands where no number is given.")
    step = param.Number(default=1.0, label="Step", doc="By how much the arrows move it.")

    _esm: ClassVar[Any] = ASSETS / "amount.js"
    _stylesheets: ClassVar[list[str]] = [asset("controls.css"), asset("choose.css")]
    _debounce: ClassVar[int] = 2
