"""Several server processes behind one port, kept running until interrupted.

Each is a fresh process that opens the data for itself: a copy of one that has used Polars, made by
``fork``, waits forever for threads that were not copied. This process keeps the door, holds no data
and loads no screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import socket
import sys
import webbrowser
from dataclasses import replace

from dashboard.errors import SettingsError
from dashboard.serving.door import Door
from dashboard.serving.places import bound
from dashboard.settings import Settings

BACKLOG = 128
GRACE_S = 10.0
"""So long a process may take to say farewell."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Between a process that ended and the next in its place; longer each time it never served."""


def serve(settings: Settings, *, show: bool = False) -> None:
    """Serve with several processes until interrupted."""
    if sys.platform == "win32":
        raise SettingsError(
            "On Windows one process serves: several cannot share a port there. Leave --procs out, "
            "or run the dashboard in WSL."
        )
    with bound(settings.address, settings.port) as listening:
        port = int(listening.getsockname()[1])
        code = asyncio.run(Processes(replace(settings, port=port), listening).run(show=show))
    if code:
        sys.exit(code)


class Process:
    """A server process, and the socket through which it is handed its connections."""

    def __init__(
        self, number: int, system: asyncio.subprocess.Process, door: socket.socket
    ) -> None:
        self.number, self._system, self._door = number, system, door
        self.serves = False

    @classmethod
    async def started(cls, settings: Settings, number: int) -> Process:
        """A process on its way: it reads the data now."""
        ours, theirs = socket.socketpair()
        with theirs:
            system = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "dashboard.serving", str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.PIPE,
                start_new_session=True,  # Ctrl-C is for us; we tell them
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        ours.setblocking(False)
        if system.stdin is None:
            raise RuntimeError("The process has no pipe.")
        system.stdin.write(pickle.dumps((settings, number)))
        system.stdin.close()
        return cls(number, system, ours)

    async def ready(self) -> bool:
        """Whether it serves now; False when it has ended instead."""
        with contextlib.suppress(OSError):
            self.serves = bool(await asyncio.get_running_loop().sock_recv(self._door, 16))
        return self.serves

    def take(self, connection: socket.socket, kind: bytes) -> None:
        """Hand it a connection; one that is too busy to take it, or gone, lets it go."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._door, [kind], [connection.fileno()])

    async def ended(self) -> int:
        """Its exit code, when it has ended."""
        code = await self._system.wait()
        self.serves = False
        self._door.close()
        return code

    async def end(self) -> None:
        """Have it end: in its own time where it serves, else now."""
        if self._system.returncode is not None:
            return
        if self.serves:
            self._door.shutdown(socket.SHUT_WR)
        else:
            self._system.terminate()
        try:
            await asyncio.wait_for(self._system.wait(), GRACE_S)
        except TimeoutError:
            self._system.kill()
            await self._system.wait()


class Processes:
    """The server processes of one port. One that ends is replaced; its visitors load again."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._settings, self._listening = settings, listening
        self._all: dict[int, Process] = {}
        self._door = Door(self.serving)
        self._stop = asyncio.Event()

    def serving(self) -> list[Process]:
        """Those that serve now."""
        return [one for _, one in sorted(self._all.items()) if one.serves]

    async def run(self, *, show: bool) -> int:
        """Serve until interrupted; the exit code.

        The first reads the data before the others start, so that a fault in it is said once.
        """
        loop = asyncio.get_running_loop()
        for one in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(one, self._stop.set)
        stopped = asyncio.create_task(self._stop.wait())
        first = asyncio.create_task(self._begun(0))
        try:
            await asyncio.wait({stopped, first}, return_when=asyncio.FIRST_COMPLETED)
            if stopped.done():
                return 0
            if not await first:
                return await self._all[0].ended() or 1
            self._open(show=show)
            numbers = range(self._settings.procs)
            tasks = [asyncio.create_task(self._keep(number)) for number in numbers]
            tasks.append(asyncio.create_task(self._door.keep(self._listening)))
            await asyncio.wait({stopped, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            for fault in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(fault, Exception):
                    raise fault
            return 0
        finally:
            first.cancel()
            await asyncio.gather(*(one.end() for one in self._all.values()))

    def _open(self, *, show: bool) -> None:
        self._listening.listen(BACKLOG)
        host = "localhost" if self._settings.is_local else self._settings.address
        url = f"http://{host}:{self._settings.port}"
        sys.stdout.write(f"Launching server at {url} ({self._settings.procs} processes)\n")
        sys.stdout.flush()
        if show:
            webbrowser.open(url)

    async def _begun(self, number: int) -> bool:
        """Start a process and wait until it serves; False when it ended instead."""
        self._all[number] = process = await Process.started(self._settings, number)
        return await process.ready()

    async def _keep(self, number: int) -> None:
        """Keep one process running."""
        pause = FIRST_PAUSE_S
        while True:
            serves = number in self._all or await self._begun(number)
            code = await self._all[number].ended()
            pause = FIRST_PAUSE_S if serves else min(2 * pause, LONGEST_PAUSE_S)
            sys.stderr.write(
                f"Server process {number + 1} of {self._settings.procs} ended ({_how(code)}). "
                f"Another starts in {pause:.0f} s; who was served by it loads the page again.\n"
            )
            await asyncio.sleep(pause)
            del self._all[number]


def _how(code: int) -> str:
    """An exit code in words."""
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
