"""Visitors without a browser: real sessions over real websockets, many from one process.

Each says what a browser would say: that it has the page, which rows are in sight, and that it has
nothing to do. It decodes nothing that it is sent but the messages by which the app says that what
is in sight answers the question.
"""

from __future__ import annotations

import asyncio
import json
import re
import urllib.request
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

from tornado.websocket import WebSocketClientConnection, websocket_connect

HOST = "127.0.0.1"
PATIENCE = 120.0
SEEN = "0-1"
"""The rows of the Overview that a window of 1440 x 900 shows."""
FILTERS = ("Brand", "Platform", "Category", "Product")
QUIET_S = 0.7
FIRST_QUIET_S = 1.5
"""So long the browser waits before it says that it has nothing to do."""


async def at_rest(spent: Callable[[], float]) -> None:
    """Wait until a process has nothing to do: until it spends no CPU for three seconds."""
    before, quiet = spent(), 0
    while quiet < 3:
        await asyncio.sleep(1)
        now = spent()
        quiet = quiet + 1 if now - before < 0.1 else 0
        before = now


class Visitor:
    """One session, and how long each change of it took."""

    def __init__(self, port: int) -> None:
        self._port, self._numbers = port, count(1)
        self._socket: WebSocketClientConnection | None = None
        self._fresh = asyncio.Event()
        self._whole = asyncio.Event()
        self._models: dict[str, tuple[str, list[str]]] = {}
        self._chosen: dict[str, list[str]] = {}
        self._actions = ""
        self._listening: asyncio.Task[None] | None = None
        self._later: set[asyncio.Task[None]] = set()

    async def arrive(self) -> None:
        """Open the page, and wait until all of it is drawn."""
        page = await asyncio.to_thread(self._page)
        token = re.search(r'"token":"([^"]+)"', page)
        if token is None:
            raise RuntimeError("The page holds no session.")
        self._socket = await websocket_connect(
            f"ws://{HOST}:{self._port}/ws",
            subprotocols=["bokeh", token[1]],
            max_message_size=1 << 30,
            connect_timeout=PATIENCE,
        )
        await self._hear()
        await self._say("PULL-DOC-REQ", {})
        while (said := await self._hear())[0]["msgtype"] != "PULL-DOC-REPLY":
            pass
        self._know(said[1])
        self._listening = asyncio.create_task(self._listen())
        await self._event("document_ready", [])
        await asyncio.wait_for(self._whole.wait(), PATIENCE)
        await self._message("see", SEEN)

    async def change(self, label: str, values: list[str]) -> float:
        """Choose values in a filter; seconds until all that is in sight has been sent."""
        self._fresh.clear()
        self._chosen[label] = values
        loop = asyncio.get_running_loop()
        began = loop.time()
        model = self._models[label][0]
        await self._patch(
            {"kind": "ModelChanged", "model": {"id": model}, "attr": "value", "new": values}
        )
        await asyncio.wait_for(self._fresh.wait(), PATIENCE)
        return loop.time() - began

    def choice(self, chance: Random) -> tuple[str, list[str]]:
        """Any filter that is always open, and up to two of its values, other than now."""
        while True:
            label = chance.choice(FILTERS)
            options = self._models[label][1]
            values = chance.sample(options, chance.randint(0, min(2, len(options))))
            if set(values) != set(self._chosen.get(label, ())):
                return label, values

    async def leave(self) -> None:
        """Close the page."""
        for task in (self._listening, *self._later):
            if task is not None:
                task.cancel()
        if self._socket is not None:
            self._socket.close()

    def _page(self) -> str:
        with urllib.request.urlopen(f"http://{HOST}:{self._port}/", timeout=PATIENCE) as response:
            return str(response.read().decode())

    def _know(self, reply: str) -> None:
        """Find the filters and the ear for messages among the models of the page."""
        for model in _models(json.loads(reply)["doc"]["roots"]):
            data = model.get("attributes", {}).get("data")
            if not isinstance(data, dict) or "attributes" not in data:
                continue
            given = data["attributes"]
            if "options" in given and "label" in given:
                self._models[given["label"]] = (data["id"], given["options"])
            if "verbs" in given:
                self._actions = model["id"]

    async def _listen(self) -> None:
        while True:
            header, content = await self._hear()
            if header["msgtype"] != "PATCH-DOC":
                continue
            if '"ready"' not in content and '"esm_event"' not in content:
                continue  # a figure or a table: a browser would draw it
            for event in json.loads(content)["events"]:
                if event.get("attr") == "ready":
                    self._whole.set()
                    self._idle_in(FIRST_QUIET_S)
                if event.get("kind") == "MessageSent":
                    self._told(event["msg_data"])

    def _told(self, event: dict[str, Any]) -> None:
        said = dict(event["values"]["entries"]).get("data", {})
        entries = dict(said.get("entries", ()))
        if entries.get("rest"):
            self._idle_in(QUIET_S)
        if entries.get("changed"):
            self._fresh.set()

    def _idle_in(self, seconds: float) -> None:
        async def idle() -> None:
            await asyncio.sleep(seconds)
            await self._message("idle", "")

        task = asyncio.create_task(idle())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _message(self, verb: str, value: str) -> None:
        data = {"type": "map", "entries": [["verb", verb], ["value", value]]}
        await self._event("esm_event", [["model", {"id": self._actions}], ["data", data]])

    async def _event(self, name: str, values: list[Any]) -> None:
        event = {"type": "event", "name": name, "values": {"type": "map", "entries": values}}
        await self._patch({"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event})

    async def _patch(self, event: dict[str, Any]) -> None:
        await self._say("PATCH-DOC", {"events": [event]})

    async def _say(self, kind: str, content: dict[str, Any]) -> None:
        if self._socket is None:
            raise RuntimeError("There is no connection.")
        header = {"msgid": str(next(self._numbers)), "msgtype": kind}
        for one in (header, {}, content):
            await self._socket.write_message(json.dumps(one))

    async def _hear(self) -> tuple[dict[str, Any], str]:
        """One message: its header, and its content as text; what is sent as bytes is let go."""
        header = json.loads(await self._frame())
        await self._frame()
        content = await self._frame()
        for _ in range(2 * header.get("num_buffers", 0)):
            await self._frame()
        return header, str(content)

    async def _frame(self) -> str | bytes:
        frame = await self._socket.read_message()  # type: ignore[union-attr]  # it is there before anybody hears
        if frame is None:
            raise ConnectionError("The server has closed the connection.")
        return frame


def _models(found: Any) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        if found.get("type") == "object":
            yield found
        for one in found.values():
            yield from _models(one)
    elif isinstance(found, list):
        for one in found:
            yield from _models(one)
