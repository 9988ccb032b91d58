"""Serve the live dashboard: one process, every visitor a session of their own over shared data."""

from __future__ import annotations

import logging
import socket
from dataclasses import replace

import panel as pn
from tornado.websocket import WebSocketClosedError

from dashboard.app import App
from dashboard.dataset import shared
from dashboard.errors import PlaceError
from dashboard.incrementality import Kept, work_on
from dashboard.settings import Settings
from dashboard.state import ledger_of


def serve(settings: Settings, *, show: bool = False) -> None:
    """Serve until interrupted.

    The data is read and its ledger built before the first visitor comes, so that a fault in it is
    a sentence in the terminal and not an error page.
    """
    let_leave()
    settings = replace(settings, port=_free(settings.address, settings.port))
    ledger = ledger_of(shared(settings.data, settings.mapping))
    work = work_on(ledger, settings.excluded_donors, Kept(settings.cache))
    pn.extension("tabulator")

    def visitor() -> pn.template.Template:
        return App(shared(settings.data, settings.mapping), settings=settings).template()

    pn.serve(
        {"/": visitor},
        port=settings.port,
        address=settings.address,
        title=settings.title,
        show=show,
        websocket_origin=_origins(settings),
        compress_response=True,
    )
    del ledger, work  # held until here, so that both are made once and kept between visitors


def let_leave() -> None:
    """Let visitors leave while a message to them is under way: that is no fault to log."""
    logger = logging.getLogger("asyncio")
    if not any(isinstance(one, _Departed) for one in logger.filters):
        logger.addFilter(_Departed())


class _Departed(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        return not isinstance(error, WebSocketClosedError)


def _free(address: str, port: int) -> int:
    """The port, or any free one for 0; a sentence where it is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise PlaceError(
                f"Port {port} of {address} cannot be listened on: {error.strerror}. "
                "Choose another with --port, or 0 for a free one."
            ) from error
        return int(probe.getsockname()[1])


def _origins(settings: Settings) -> list[str]:
    """Pages that may open a websocket: those that came from the address served."""
    if settings.is_local:
        return [f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1")]
    everywhere = {"0.0.0.0", "::"}  # noqa: S104  # compared with, not bound to
    return ["*"] if settings.address in everywhere else [f"{settings.address}:{settings.port}"]
