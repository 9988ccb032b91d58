"""Serve the live dashboard: one process, every visitor a session of their own over shared data."""

from __future__ import annotations

import panel as pn

from dashboard.app import App
from dashboard.dataset import shared
from dashboard.settings import Settings
from dashboard.state import ledger_of


def serve(settings: Settings, *, show: bool = False) -> None:
    """Serve until interrupted.

    The data is read and its ledger built before the first visitor comes, so that a fault in it is a
    sentence in the terminal and not an error page.
    """
    ledger_of(shared(settings.data))

    def visitor() -> pn.viewable.Viewable:
        return App(shared(settings.data), settings=settings).template()

    pn.serve(
        {"/": visitor},
        port=settings.port,
        address=settings.address,
        title=settings.title,
        show=show,
        websocket_origin=_origins(settings),
        compress_response=True,
    )


def _origins(settings: Settings) -> list[str]:
    """Who may open a websocket: pages that came from the address served, and from no other site."""
    if settings.is_local:
        return [f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")]
    return [f"{settings.address}:{settings.port}"] if settings.address != "0.0.0.0" else ["*"]  # noqa: S104  # compared, not bound
