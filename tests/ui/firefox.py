"""Firefox for the one-file page: its own remote control, spoken directly (Marionette)."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60.0
SETTINGS = {
    "marionette.port": 0,  # any free one; it is written into the profile
    "network.proxy.type": 1,  # to a place where nobody answers: there is no network
    **{f"network.proxy.{kind}": "127.0.0.1" for kind in ("http", "ssl")},
    **{f"network.proxy.{kind}_port": 9 for kind in ("http", "ssl")},
    "network.proxy.allow_hijacking_localhost": True,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.enabled": False,
}


class Firefox:
    """A tab, told what to do over a socket: a number of letters, a colon, then JSON."""

    def __init__(self, port: int) -> None:
        self.line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._heard()  # who it is
        self._asked = 0
        self.ask("WebDriver:NewSession")

    def ask(self, command: str, **arguments: Any) -> Any:
        """Let it do something; what it answers."""
        self._asked += 1
        told = json.dumps([0, self._asked, command, arguments]).encode()
        self.line.sendall(b"%d:%s" % (len(told), told))
        _, _, error, answer = self._heard()
        assert error is None, error
        return answer

    def run(self, script: str, *arguments: Any) -> Any:
        """What the body of a function returns in the page."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=list(arguments))["value"]

    def _heard(self) -> Any:
        length = b""
        while not length.endswith(b":"):
            length += self.line.recv(1)
        text = b""
        while len(text) < int(length[:-1]):
            text += self.line.recv(65536)
        return json.loads(text)


@contextmanager
def firefox(executable: str, folder: Path) -> Iterator[Firefox]:
    """A Firefox without a window, a history or a network."""
    profile = folder / "profile"
    profile.mkdir()
    lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in SETTINGS.items()]
    (profile / "user.js").write_text("".join(lines), "utf-8")
    command = [executable, "--headless", "--marionette", "--no-remote", "--profile", str(profile)]
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        tab = Firefox(_port(profile / "MarionetteActivePort", process))
        with tab.line:
            yield tab
    finally:
        process.terminate()
        process.wait(30)


def _port(file: Path, process: subprocess.Popen[bytes]) -> int:
    end = time.monotonic() + PATIENCE
    while not (file.is_file() and file.read_text()):
        assert process.poll() is None, "Firefox ended."
        assert time.monotonic() < end, "Firefox does not listen."
        time.sleep(0.1)
    return int(file.read_text())
