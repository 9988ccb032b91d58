"""Hearing: what the browser says to a cell is heard in full, one thing after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import panel as pn
from bokeh.document import Document

from dashboard.views.session import alone


def hear_all(layout: pn.viewable.Viewable) -> None:
    """Have nothing lost of what the browser says to a layout that a cell has been given.

    While the kernel is busy, the browser gathers what is chosen and clicked, and sends it as one
    message. Panel loses some of it: what a click sends back takes along the choices before it that
    nobody has heard yet, and one word about what is no longer there has the whole message dropped.
    """
    for ref, (model, _) in layout._models.items():  # noqa: SLF001  # has no public name
        _, browser = layout._comms.get(ref, (None, None))  # noqa: SLF001
        if browser is not None:
            _choices_before_clicks(model.document)
            _hear(browser, model.document)


def _hear(browser: Any, document: Document) -> None:
    """Listen to what is still there; a kernel may hear in one thread and work in another."""
    listen = browser._on_msg  # noqa: SLF001  # where Panel has put its own ear

    def hear(message: dict[str, Any]) -> None:
        content = message.get("content", {})
        events = [one for one in content.get("events", []) if not _is_gone(one, document)]
        with alone():
            listen({**message, "content": {**content, "events": events}})

    browser._on_msg = hear  # noqa: SLF001


def _choices_before_clicks(document: Document) -> None:
    """Have what was chosen before a click dealt with first: it waits for the end of the message."""
    callbacks = document.callbacks

    def settle(_: object) -> None:
        policy = callbacks.hold_value
        callbacks.unhold()
        if policy:
            callbacks.hold(policy)

    callbacks._message_callbacks["bokeh_event"].insert(0, settle)  # noqa: SLF001  # before Bokeh's


def _is_gone(event: Mapping[str, Any], document: Document) -> bool:
    """Whether it speaks of what a page held that has been left since."""
    model = event.get("model")
    if model is None and isinstance(event.get("msg_data"), dict):
        entries = event["msg_data"].get("values", {}).get("entries", [])
        model = dict(entries).get("model")
    name = model.get("id") if isinstance(model, dict) else None
    if name is None:
        return False
    return document.models.seen(name) and document.get_model_by_id(name) is None
