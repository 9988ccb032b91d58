"""The door of several processes: each connection goes to the one that its session lives in.

A page and its websocket are two connections, and what the page shows lives in one process. So the
page's token says which; the websocket brings it along. A connection is looked at, not read, and
handed over as it is: nothing that a visitor sends or is sent passes through here.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Callable, Sequence
from itertools import count
from typing import Protocol

from bokeh.util.token import get_token_payload

NUMBER = "process"
"""What a token calls the process that a session lives in."""

SOCKET, REQUEST = b"s", b"r"
"""What a connection begins with: a websocket, or a plain request."""

MOST_BYTES = 65_536
"""Longer heads of requests are refused by the server as well."""
PATIENCE_S, LOOK_AGAIN_S = 10.0, 0.01

_SOCKET = re.compile(rb"\r\nupgrade:[ \t]*websocket", re.IGNORECASE)
_END = b"\r\n\r\n"
_TOKEN = re.compile(rb"\r\nsec-websocket-protocol:[ \t]*bokeh[ \t]*,[ \t]*([^\s,]+)", re.IGNORECASE)
_PAGE = re.compile(rb"GET /(\?\S*)? HTTP/")


class Process(Protocol):
    """What the door knows of a server process."""

    number: int

    def take(self, connection: socket.socket, kind: bytes) -> None:
        """Hand it a connection, which begins with a websocket or with a plain request."""


class Door:
    """Lets visitors in, and shows each to a process that serves.

    ``open_to`` names the processes that serve now. Pages, which make sessions, go to each in turn;
    so does whatever belongs to no session, in turns of its own.
    """

    def __init__(self, open_to: Callable[[], Sequence[Process]]) -> None:
        self._open_to = open_to
        self._pages, self._others = count(), count()
        self._guided: set[asyncio.Task[None]] = set()

    async def keep(self, listening: socket.socket) -> None:
        """Let visitors in until cancelled."""
        listening.setblocking(False)
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError:  # they left at once, or no more files may be open: others leave soon
                await asyncio.sleep(LOOK_AGAIN_S)
                continue
            task = asyncio.create_task(self._guide(connection))
            self._guided.add(task)
            task.add_done_callback(self._guided.discard)

    async def _guide(self, connection: socket.socket) -> None:
        with connection:
            head = await _head(connection)
            process = self.chosen(head) if head else None
            if process is not None:
                process.take(connection, SOCKET if _SOCKET.search(head) else REQUEST)

    def chosen(self, head: bytes) -> Process | None:
        """The process for a request that begins so.

        None where its session's process does not serve: no other can go on with it, and a browser
        that is told nothing asks again.
        """
        serving = self._open_to()
        number = number_of(head)
        if number is not None:
            return next((one for one in serving if one.number == number), None)
        if not serving:
            return None
        turn = self._pages if _PAGE.match(head) else self._others
        return serving[next(turn) % len(serving)]


def number_of(head: bytes) -> int | None:
    """The process that the token of a websocket names; None where there is no such token."""
    found = _TOKEN.search(head)
    if found is None:
        return None
    try:
        number = get_token_payload(found[1].decode("ascii")).get(NUMBER)
    except Exception:  # noqa: BLE001  # anybody can send anything; a server process refuses it in its words
        return None
    return number if isinstance(number, int) else None


async def _head(connection: socket.socket) -> bytes:
    """The beginning of a request, left where it is; empty where it never comes whole."""
    connection.setblocking(False)
    await _something_came(connection)
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    while loop.time() < end:
        try:
            head = connection.recv(MOST_BYTES, socket.MSG_PEEK)
        except BlockingIOError:
            head = b"\r"
        except OSError:
            return b""
        if not head or _END in head or len(head) == MOST_BYTES:
            return head
        await asyncio.sleep(LOOK_AGAIN_S)  # what is looked at stays there: it would come at once
    return b""


async def _something_came(connection: socket.socket) -> None:
    """Wait for a first byte: browsers open connections that they use much later, or never."""
    loop = asyncio.get_running_loop()
    came = loop.create_future()
    loop.add_reader(connection, lambda: came.done() or came.set_result(None))
    try:
        await came
    finally:
        loop.remove_reader(connection)
