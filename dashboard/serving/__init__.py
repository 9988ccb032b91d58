"""Serve the live dashboard: one process or several, every visitor a session of their own."""

from __future__ import annotations

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
    if settings.procs > 1:
        from dashboard.serving.processes import serve as several

        several(settings, show=show)
    else:
        from dashboard.serving.process import serve as one

        one(settings, show=show)
