"""Serve the live dashboard: one process or several, every visitor a session of their own."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.settings import Settings


def serve(settings: Settings, *, show: bool = False) -> None:
    """Serve until interrupted.

    The data is read and its ledger built before the first visitor comes, so that a fault in it is
    a sentence in the terminal and not an error page.

    Raises
    ------
    PlaceError
        The port is taken, or the data cannot be read.
    SettingsError
        Several processes on a system that cannot share a port among them.
    """
    server(settings)(settings, show=show)


def server(settings: Settings) -> Callable[..., None]:
    """What serves, loaded: ``serve`` of the one process, or of those that it starts."""
    if settings.procs > 1:
        from dashboard.serving import processes

        return processes.serve
    from dashboard.serving import process

    return process.serve
