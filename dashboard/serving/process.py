"""One server process: its visitors share the data that it has read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import panel as pn
from tornado.websocket import WebSocketClosedError

from dashboard.app import App
from dashboard.serving.held import Held
from dashboard.serving.places import free, origins
from dashboard.settings import Settings


def serve(settings: Settings, *, show: bool = False) -> None:
    """Serve alone until interrupted."""
    settings = replace(settings, port=free(settings.address, settings.port))
    pn.serve(
        {"/": visitor(settings)},
        port=settings.port,
        address=settings.address,
        show=show,
        **options(settings),
    )


def visitor(settings: Settings) -> Callable[[], pn.template.Template]:
    """What a visitor is shown, once the data is read and its ledger built."""
    let_leave()
    served = Held(settings)
    pn.extension("tabulator")

    def page() -> pn.template.Template:
        return App(served.dataset(), settings=settings).template()

    return page


def options(settings: Settings) -> dict[str, Any]:
    """How a server is told to serve, wherever it listens."""
    return {
        "title": settings.title,
        "websocket_origin": origins(settings),
        "compress_response": True,
    }


def let_leave() -> None:
    """Let visitors leave while a message to them is under way: that is no fault to log."""
    logger = logging.getLogger("asyncio")
    if not any(isinstance(one, _Departed) for one in logger.filters):
        logger.addFilter(_Departed())


class _Departed(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, WebSocketClosedError)
