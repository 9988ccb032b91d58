"""One of several server processes: it takes the connections that the door hands to it."""

from __future__ import annotations

import pickle
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from bokeh.application.handlers.handler import Handler
from bokeh.document import Document
from panel.io.application import build_applications
from panel.io.server import get_server
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.iostream import IOStream

from dashboard.serving.door import NUMBER, REQUEST, SOCKET
from dashboard.serving.process import options, visitor
from dashboard.settings import Settings

READY = b"ready"


def serve(settings: Settings, number: int, door: socket.socket) -> None:
    """Serve what comes through the door until it closes."""
    apps = build_applications({"/": visitor(settings)}, title=settings.title)
    apps["/"].add(_Numbered(number))
    with tempfile.TemporaryDirectory() as folder:  # it has to listen somewhere: nobody goes there
        server = get_server(
            apps,
            unix_socket=str(Path(folder) / "unused"),
            **options(settings),
        )
    application = server._tornado  # noqa: SLF001  # Bokeh's server takes sockets that listen; ours do not
    # Kept open after a page, a connection could bring a websocket of another process's session.
    heard = {
        SOCKET: HTTPServer(application),
        REQUEST: HTTPServer(application, no_keep_alive=True),
    }

    def take(*_: Any) -> None:
        try:
            kind, handed, *_ = socket.recv_fds(door, 1, 1)
        except BlockingIOError:
            return
        except OSError:
            kind, handed = b"", []
        if not kind:
            server.io_loop.stop()
        for descriptor in handed:
            _let_in(heard[kind], socket.socket(fileno=descriptor))

    door.setblocking(False)
    server.start()
    server.io_loop.add_handler(door, take, server.io_loop.READ)
    door.sendall(READY)
    server.io_loop.start()
    server.stop()


def _let_in(http: HTTPServer, connection: socket.socket) -> None:
    """Serve a connection as if it had come here."""
    try:
        address = connection.getpeername()
        connection.setblocking(False)
    except OSError:  # they have left
        connection.close()
        return
    http.handle_stream(IOStream(connection), address)


class _Numbered(Handler):
    """Writes into the token of each page which process its session lives in."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def modify_document(self, doc: Document) -> None:
        """Nothing is drawn here."""

    def process_request(self, request: HTTPServerRequest) -> dict[str, Any]:  # noqa: ARG002  # it is the same for all
        """What the token says beside what Bokeh puts there."""
        return {NUMBER: self._number}


def main() -> None:
    """Take a seat: the door's descriptor is an argument, the rest comes on standard input."""
    with socket.socket(fileno=int(sys.argv[1])) as door:
        settings, number = pickle.load(sys.stdin.buffer)  # noqa: S301  # by the process that started this one
        serve(settings, number, door)
