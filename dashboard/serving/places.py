"""Where a server listens, and which pages may talk to it."""

from __future__ import annotations

import socket

from dashboard.errors import PlaceError
from dashboard.settings import Settings


def bound(address: str, port: int) -> socket.socket:
    """A socket at that port, or at any free one for 0; a sentence where it is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((address, port))
    except OSError as error:
        found.close()
        raise PlaceError(
            f"Port {port} of {address} cannot be listened on: {error.strerror}. "
            "Choose another with --port, or 0 for a free one."
        ) from error
    return found


def free(address: str, port: int) -> int:
    """The port, or any free one for 0."""
    with bound(address, port) as probe:
        return int(probe.getsockname()[1])


def origins(settings: Settings) -> list[str]:
    """Pages that may open a websocket: those that came from the address served."""
    if settings.is_local:
        return [f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1")]
    everywhere = {"0.0.0.0", "::"}  # noqa: S104  # compared with, not bound to
    return ["*"] if settings.address in everywhere else [f"{settings.address}:{settings.port}"]
