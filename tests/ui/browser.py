"""Finds the headless browser, or installs one.

`python -m tests.ui.browser [--install]` prints its path.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
# Where Playwright keeps its own download, under whatever number its release gave it.
CACHES = (
    "~/.cache/ms-playwright",
    "~/Library/Caches/ms-playwright",
)
DOWNLOADED = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
INSTALL = {
    "apt-get": ("apt-get update -qq", "apt-get install -y -qq {}"),
    "dnf": ("dnf install -y -q {}",),
    "pacman": ("pacman -Sy --noconfirm --quiet {}",),
    "zypper": ("zypper --non-interactive --quiet install {}",),
}
BROWSER = dict.fromkeys(INSTALL, "chromium")
FIREFOX_NAMES = ("firefox-esr", "firefox")
FIREFOX = {**dict.fromkeys(INSTALL, "firefox"), "apt-get": "firefox-esr"}
# What Playwright's driver needs and a bare Debian lacks.
DRIVER = {
    "apt-get": "libatomic1",
    "dnf": "libatomic",
    "pacman": "gcc-libs",
    "zypper": "libatomic1",
}
PLAYWRIGHT = (sys.executable, "-m", "playwright")
START_SECONDS = 60
DOWNLOAD_SECONDS = 300
INSTALL_SECONDS = 900

# Root needs --no-sandbox; the others keep Chromium from talking to its maker.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Names and addresses of other machines do not resolve, so that no test can depend on them.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class DriverError(RuntimeError):
    """Playwright's driver does not start, so it could not drive any browser."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"Playwright's driver does not start: {reason}\n{detail}")


class BrowserMissingError(RuntimeError):
    """There is no Chromium to run the browser tests in."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            "No Chromium or Chrome was found. Run `make test`, which installs one, "
            "or name one: CHROMIUM=/path/to/chromium." + (f"\n{detail}" if detail else "")
        )


def find() -> Path:
    """Path of a browser that starts: $CHROMIUM, else an installed one, else Playwright's own."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        if not _starts(chosen):
            raise BrowserMissingError(f"CHROMIUM={chosen} does not start.")
        return Path(chosen)
    for candidate in _candidates():
        if _starts(candidate):
            return Path(candidate)
    raise BrowserMissingError


def install() -> Path:
    """Path of a browser; where there is none, after installing Playwright's or the system's."""
    _install_driver()
    try:
        return find()
    except BrowserMissingError:
        if os.environ.get("CHROMIUM"):
            raise
    _say("No browser is installed: trying Playwright's own.")
    reason = _download()
    try:
        return find()
    except BrowserMissingError:
        _say(f"Playwright's own is no use here ({reason}): trying the system's package manager.")
    reason = install_package(BROWSER)
    try:
        return find()
    except BrowserMissingError:
        raise BrowserMissingError(reason) from None


def find_firefox() -> str | None:
    """Path of a Firefox, if there is one."""
    return next(filter(None, map(shutil.which, FIREFOX_NAMES)), None)


def install_firefox() -> None:
    """Install a Firefox where that may be; where it may not, say that its tests are skipped."""
    if find_firefox() is None and (reason := install_package(FIREFOX)):
        _say(f"There is no Firefox here, so its tests are skipped. {reason}")


def _install_driver() -> None:
    """Give Playwright's driver the library it needs, where it does not start without."""
    reason = _run([*PLAYWRIGHT, "--version"], START_SECONDS)
    if reason:
        detail = install_package(DRIVER)
        if _run([*PLAYWRIGHT, "--version"], START_SECONDS):
            raise DriverError(reason, detail)


def _candidates() -> Iterator[str]:
    yield from filter(None, map(shutil.which, NAMES))
    yield from MAC
    caches = [os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *CACHES]
    for cache in filter(None, caches):
        for pattern in DOWNLOADED:
            yield from map(str, sorted(Path(cache).expanduser().glob(pattern), reverse=True))


def _starts(executable: str) -> bool:
    """Whether it answers. A placeholder that tells how to install it does not."""
    try:
        answer = subprocess.run(
            [executable, "--version"],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0 and any(name in answer.stdout for name in ("Chrom", "Google"))


def _download() -> str:
    """Let Playwright fetch its Chromium. Return why it is no use, if it is not."""
    reason = _run(
        [*PLAYWRIGHT, "install", "--no-shell", "chromium"],
        DOWNLOAD_SECONDS,
        PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT="15000",
    )
    return reason or "some of its libraries are missing"


def install_package(names: dict[str, str]) -> str:
    """Let the first package manager that is here install it. Return what went wrong."""
    manager = next(filter(shutil.which, INSTALL), None)
    if manager is None:
        return f"None of these is here to install one: {', '.join(INSTALL)}."
    commands = [command.format(names[manager]) for command in INSTALL[manager]]
    if os.geteuid() != 0:
        return f"As root: {' && '.join(commands)}"
    for command in commands:
        reason = _run(command.split(), INSTALL_SECONDS, DEBIAN_FRONTEND="noninteractive")
        if reason:
            return f"{command}: {reason}"
    return f"{commands[-1]} was not enough."


def _run(command: list[str], seconds: float, **environment: str) -> str:
    """Run quietly, and end it in time, children too. Return the last line if it failed."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"no end after {seconds:g} seconds"
    if process.returncode == 0:
        return ""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else f"exit code {process.returncode}"


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")


if __name__ == "__main__":
    try:
        if "--install" in sys.argv:
            install_firefox()
        sys.stdout.write(f"{install() if '--install' in sys.argv else find()}\n")
    except (BrowserMissingError, DriverError) as error:
        sys.exit(str(error))
