"""What is served is held; the door shows each visitor to the process of their session."""

from __future__ import annotations

import asyncio
import gc
import socket
from contextlib import suppress
from dataclasses import dataclass, field
from weakref import ref

import pytest
from bokeh.util.token import generate_jwt_token, generate_session_id

from dashboard.errors import PlaceError, SettingsError
from dashboard.ledger import ledger_of
from dashboard.serving import door, serve
from dashboard.serving.held import Held
from dashboard.serving.places import bound, free, origins
from dashboard.settings import Settings
from tests import small

# ------------------------------------------------------------------------------------ what is held


def test_the_ledger_of_the_files_as_they_are_now_is_held_between_visitors(tmp_path):
    """Nobody else holds them here: what is not held would be built anew for each visitor."""
    place = small.write(tmp_path)
    served = Held(Settings(data=str(place), cache=str(tmp_path / "cache")))
    first = ref(served.ledger)
    gc.collect()
    assert ledger_of(served.dataset()) is first()

    small.write(
        tmp_path, tracking_data=small.TRACKING_DATA + "organic,,,u4,Gritzo,2026-02-02,1,7\n"
    )
    changed = served.dataset()
    second = ref(ledger_of(changed))
    gc.collect()
    assert changed.rows("tracking_data") == 5
    assert second() is not None
    assert ledger_of(served.dataset()) is second()
    assert first() is None


def test_files_that_did_not_change_are_served_as_they_were_read(tmp_path):
    served = Held(Settings(data=str(small.write(tmp_path))))
    assert served.dataset() is served.dataset() is served.ledger.dataset


# ------------------------------------------------------------------------------------ the door


@dataclass
class Seat:
    """A process that notes what it is handed."""

    number: int
    taken: list[tuple[bytes, bytes]] = field(default_factory=list)

    def take(self, connection: socket.socket, kind: bytes) -> None:
        """Read what the server process would read, and answer."""
        self.taken.append((kind, connection.recv(1 << 16)))
        connection.send(b"%d" % self.number)


def page(query: str = "") -> bytes:
    return f"GET /{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


FILE = b"GET /static/js/bokeh.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


def websocket(number: object = None, **options) -> bytes:
    payload = {} if number is None else {door.NUMBER: number}
    token = generate_jwt_token(generate_session_id(), extra_payload=payload, **options)
    return with_token(token)


def with_token(token: str) -> bytes:
    return (
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Protocol: bokeh, {token}\r\n\r\n"
    ).encode()


def test_a_websocket_goes_to_the_process_that_its_token_names():
    seats = [Seat(0), Seat(1), Seat(2)]
    found = door.Door(lambda: seats)
    assert [found.chosen(websocket(n)).number for n in (2, 0, 2, 1)] == [2, 0, 2, 1]


def test_a_signed_token_names_its_process_too():
    head = websocket(1, secret_key=b"k", signed=True)
    assert door.number_of(head) == 1


def test_a_websocket_whose_process_has_ended_goes_to_no_other():
    """What its page shows is gone: another process would answer for a page it does not know."""
    assert door.Door(lambda: [Seat(0)]).chosen(websocket(1)) is None


@pytest.mark.parametrize("head", [with_token("!"), with_token("e30"), websocket(), websocket("x")])
def test_a_token_that_names_no_process_is_for_any_to_refuse(head):
    assert door.number_of(head) is None
    assert door.Door(lambda: [Seat(0)]).chosen(head).number == 0


def test_pages_go_to_each_process_in_turn_however_many_files_each_asks_for():
    """Turns taken by all requests alike would give one process every page of 2 or of 4 requests."""
    seats = [Seat(0), Seat(1)]
    found = door.Door(lambda: seats)
    pages = []
    for query in ("", "?page=campaigns", "", "?brand=Gritzo"):
        pages.append(found.chosen(page(query)).number)
        for _ in range(3):
            found.chosen(FILE)
    assert pages == [0, 1, 0, 1]


def test_nobody_is_shown_to_a_process_where_none_serves():
    assert door.Door(list).chosen(page()) is None


async def through(seats: list[Seat], pieces: list[bytes]) -> bytes:
    """What a visitor is answered who sends so, a piece after the other."""
    with bound("127.0.0.1", 0) as listening:
        listening.listen()
        keeping = asyncio.create_task(door.Door(lambda: seats).keep(listening))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.05)
        answered = b""
        with suppress(ConnectionResetError):  # let go with what came unread
            answered = await reader.read()
            writer.close()
            await writer.wait_closed()
        keeping.cancel()
        return answered


def test_a_connection_is_handed_over_unread_also_where_it_comes_in_pieces():
    seats, head = [Seat(0), Seat(1)], websocket(1)
    assert asyncio.run(through(seats, [head[:40], head[40:90], head[90:]])) == b"1"
    assert seats[1].taken == [(door.SOCKET, head)]
    assert seats[0].taken == []


def test_a_plain_request_is_said_to_be_one():
    seats = [Seat(0)]
    asyncio.run(through(seats, [page()]))
    assert seats[0].taken == [(door.REQUEST, page())]


def test_a_request_that_never_comes_whole_is_let_go(monkeypatch):
    monkeypatch.setattr(door, "PATIENCE_S", 0.05)
    seats = [Seat(0)]
    assert asyncio.run(through(seats, [b"GET / HTTP/1.1\r\n"])) == b""
    assert seats[0].taken == []


# ------------------------------------------------------------------------------------ where


def test_a_port_that_is_taken_is_refused_in_a_sentence():
    with bound("127.0.0.1", 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PlaceError, match=f"Port {port} of 127.0.0.1 cannot be listened on"):
            free("127.0.0.1", port)


def test_pages_of_the_address_served_may_open_a_websocket():
    assert origins(Settings(port=80)) == ["localhost:80", "127.0.0.1:80"]
    assert origins(Settings(address="192.168.1.5", port=80)) == ["192.168.1.5:80"]
    assert origins(Settings(address="0.0.0.0")) == ["*"]


def test_on_windows_several_processes_are_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr("sys.platform", "win32")
    with pytest.raises(SettingsError, match="On Windows one process serves"):
        serve(Settings(procs=2))
