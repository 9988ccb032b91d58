"""Panes of our own markup, in which text from data can only ever be text."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import panel as pn
from markupsafe import Markup

ASSETS = Path(__file__).parents[1] / "assets"

__all__ = ["ASSETS", "Markup", "asset", "joined", "pane", "show", "visit"]


@cache
def asset(name: str) -> str:
    """The text of one of our style sheets or scripts."""
    return (ASSETS / name).read_text(encoding="utf-8")


def joined(parts: list[Markup]) -> Markup:
    """Several pieces of markup as one."""
    return Markup("").join(parts)


_VISIT = Markup('<a href="?{link}" data-visit="{link}">{words}</a>')


def visit(link: str, words: str) -> Markup:
    """A link to another view of the dashboard; ``link`` is the query of its address."""
    return _VISIT.format(link=link, words=words)


def pane(markup: Markup, *stylesheets: str) -> pn.pane.HTML:
    """A pane of markup, as wide as its place, styled by assets of these names."""
    return pn.pane.HTML(
        _checked(markup),
        stylesheets=[asset("base.css"), *(asset(name) for name in stylesheets)],
        sizing_mode="stretch_width",
        margin=0,
    )


def show(where: pn.pane.HTML, markup: Markup) -> None:
    """Put other markup into a pane; nothing is sent where it is the same."""
    where.object = _checked(markup)


def _checked(markup: Markup) -> str:
    """Refuse a plain string, which nobody has escaped; Markup's ``format`` and ``join`` do."""
    if not isinstance(markup, Markup):
        raise TypeError(
            f"Markup is expected, not {type(markup).__name__}: use Markup('…').format(…)"
        )
    return str(markup)
