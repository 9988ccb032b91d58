"""Session: whether a server answers this visitor, and what it does a moment later."""

from __future__ import annotations

from collections.abc import Callable

import panel as pn

SENT_MS = 5
"""So much later a change is on its way: what is done in the next tick would be done before."""


def is_served() -> bool:
    """Whether there is a session of a server, which does one thing after the other."""
    document = pn.state.curdoc
    return document is not None and document.session_context is not None


def soon(call: Callable[[], None]) -> None:
    """Call once what is to be sent is on its way; at once where there is no server."""
    if is_served():
        pn.state.curdoc.add_timeout_callback(call, SENT_MS)
    else:
        call()
