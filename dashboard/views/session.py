"""Session: whether a server answers this visitor, and what is done when and alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from threading import RLock

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


def alone() -> AbstractContextManager[object]:
    """Do one thing after the other in a kernel, which may hear the browser in a thread of its own.

    A server keeps each session to one thing at a time itself.
    """
    return nullcontext() if is_served() else _KERNEL


_KERNEL = RLock()
"""Held while the browser is answered, or what is shown changes on its own."""
