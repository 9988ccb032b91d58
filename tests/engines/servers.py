"""Real engines for the rollup's tests: PostgreSQL and Spark, found or installed, started, stopped.

`python -m tests.engines.servers [--install]` prints where Java and PostgreSQL are.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from tests.ui.browser import install_package

START_SECONDS = 60
OLDEST_JAVA = 17
OLDEST_POSTGRES = 15
"""The first whose databases may sort by ICU, as a database of a company does: not by bytes."""

JAVA = (
    {
        "apt-get": "openjdk-17-jre-headless",
        "dnf": "java-17-openjdk-headless",
        "pacman": "jre17-openjdk-headless",
        "zypper": "java-17-openjdk-headless",
    },
    # Newer systems have given up 17.
    {
        "apt-get": "openjdk-21-jre-headless",
        "dnf": "java-21-openjdk-headless",
        "pacman": "jre21-openjdk-headless",
        "zypper": "java-21-openjdk-headless",
    },
)
POSTGRES = (
    {
        "apt-get": "postgresql",
        "dnf": "postgresql-server",
        "pacman": "postgresql",
        "zypper": "postgresql-server",
    },
)
# Where packages put what they do not put on the path, the newest last.
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)

CLUSTER = "local-cluster[2,1,1024]"
"""Two workers of one core and 1024 MB each: processes of their own, with a network between."""
CONNECT_PORT = "spark.connect.grpc.binding.port"
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""What Java saves at the start is worth more here than speed after minutes."""
LOOPBACK = "127.0.0.1"
LOGGING = """
appender.file.type = File
appender.file.name = file
appender.file.fileName = {folder}/driver.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %c: %m%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


class EngineMissingError(RuntimeError):
    """Java or PostgreSQL is not on this machine."""

    def __init__(self, name: str, oldest: int, chosen: str, detail: str = "") -> None:
        super().__init__(
            f"No {name} {oldest} or newer was found. Run `make test` as root, which installs it, "
            f"or name one: {chosen}." + (f" {detail}" if detail else "")
        )


def find_java() -> Path:
    """The folder that JAVA_HOME should name."""
    chosen = os.environ.get("JAVA_HOME")
    candidate = f"{chosen}/bin/java" if chosen else shutil.which("java")
    version = _version([candidate, "-version"], r'version "(\d+)') if candidate else 0
    if not candidate or version < OLDEST_JAVA:
        raise EngineMissingError("Java", OLDEST_JAVA, "JAVA_HOME=/path/to/java")
    return Path(candidate).resolve().parents[1]


def find_postgres() -> Path:
    """The folder of initdb, pg_ctl and postgres."""
    for folder in _postgres_folders():
        programs = [folder / name for name in ("initdb", "pg_ctl", "postgres")]
        version = r"\(PostgreSQL\) (\d+)"
        if all(map(os.access, programs, [os.X_OK] * 3)) and (
            _version([str(programs[2]), "--version"], version) >= OLDEST_POSTGRES
        ):
            return folder
    raise EngineMissingError("PostgreSQL", OLDEST_POSTGRES, "POSTGRES_BIN=/path/to/postgresql/bin")


def install() -> None:
    """Install Java and PostgreSQL where that may be; else say that their tests are skipped."""
    _install(find_java, JAVA, "Spark")
    _install(find_postgres, POSTGRES, "PostgreSQL")


@contextmanager
def postgres_running() -> Iterator[str]:
    """Address of a PostgreSQL of its own, empty, that only this machine reaches.

    It sorts text as people do (ICU, en-US), keeps Indian time, and forgets everything at the end.
    """
    from tests.ui.servers import free_port

    programs, port = find_postgres(), free_port()
    # Not a folder of pytest: those are closed to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="roi-pg-"))
    user = _postgres_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    settings = {
        "listen_addresses": LOOPBACK,
        "port": port,
        "unix_socket_directories": folder,
        "timezone": "Asia/Kolkata",
        "statement_timeout": f"{START_SECONDS}s",
        "shared_buffers": "32MB",
        # What is thrown away need not survive a power cut.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    data = ["-D", str(folder / "data")]
    wait = ["-w", "-t", str(START_SECONDS)]

    def run(program: str, *arguments: str) -> None:
        _run_as(user, [str(programs / program), *arguments], folder)

    try:
        run(
            "initdb",
            *data,
            *("--auth=trust", "--username=dashboard", "--encoding=UTF8", "--no-sync"),
            *("--locale=C", "--locale-provider=icu", "--icu-locale=en-US"),
        )
        run("pg_ctl", "start", *data, *wait, "-l", str(folder / "log"), "-o", options)
        try:
            yield f"postgresql://dashboard@{LOOPBACK}:{port}/postgres"
        finally:
            run("pg_ctl", "stop", *data, *wait, "-m", "immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spark_running(folder: Path) -> Iterator[Any]:
    """A SparkSession on a cluster of two executors, each a process of its own.

    Everything it writes, its logs among it, goes to the folder. Spark Connect reaches the same
    cluster at the port in the session's setting CONNECT_PORT.
    """
    import pyspark
    from pyspark.sql import SparkSession

    from tests.ui.servers import free_port

    environment = {
        "JAVA_HOME": find_java(),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_HOME": Path(pyspark.__file__).parent,
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_LOCAL_DIRS": folder / "local",
        "SPARK_WORKER_DIR": folder / "workers",
    }
    logging = folder / "log4j2.properties"
    logging.write_text(LOGGING.format(folder=folder), encoding="utf-8")
    settings = {
        CONNECT_PORT: str(free_port()),
        "spark.connect.grpc.binding.address": LOOPBACK,
        "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
        "spark.driver.bindAddress": LOOPBACK,
        "spark.driver.host": LOOPBACK,
        "spark.driver.extraJavaOptions": f"{SHORT_LIVED} -Dlog4j2.configurationFile={logging}",
        "spark.executor.extraJavaOptions": SHORT_LIVED,
        "spark.driver.memory": "1g",
        "spark.executor.memory": "1g",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.session.timeZone": "Asia/Kolkata",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    with mock.patch.dict(os.environ, {name: str(value) for name, value in environment.items()}):
        session = SparkSession.builder.master(CLUSTER).config(map=settings).getOrCreate()
        try:
            yield session
        finally:
            session.stop()
            _end_java()


def _install(find: Callable[[], Path], choices: tuple[dict[str, str], ...], tests: str) -> None:
    reasons: list[str] = []
    for names in choices:
        try:
            find()
        except EngineMissingError:
            reasons.append(install_package(names))
    try:
        find()
    except EngineMissingError as error:
        sys.stderr.write(f"Tests of {tests} are skipped. {error} {reasons[0]}\n")


def _end_java() -> None:
    """End the process behind a Spark that is stopped: it would wait for us to end."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is None:
        return
    SparkContext._gateway = SparkContext._jvm = None
    gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(START_SECONDS)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _postgres_folders() -> Iterator[Path]:
    chosen = os.environ.get("POSTGRES_BIN")
    if chosen:
        yield Path(chosen)
        return
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent
    for pattern in POSTGRES_FOLDERS:
        folders = Path("/").glob(pattern.removeprefix("/"))
        yield from sorted(folders, key=lambda folder: _number(str(folder)), reverse=True)


def _postgres_user() -> pwd.struct_passwd | None:
    """Whom the server runs as, where that is not us: it refuses to be root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _version(command: list[str], pattern: str) -> int:
    """The main version that a program tells; 0 where it does not."""
    try:
        told = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    found = re.search(pattern, told.stdout)
    return int(found[1]) if found and told.returncode == 0 else 0


def _number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def _run_as(user: pwd.struct_passwd | None, command: list[str], folder: Path) -> None:
    """Run a program in a folder; what it says is told only if it fails."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "LC_ALL": "C"},
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=user and [],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=2 * START_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}.\n{done.stdout}")


if __name__ == "__main__":
    if "--install" in sys.argv:
        install()
    else:
        try:
            sys.stdout.write(f"Java: {find_java()}\nPostgreSQL: {find_postgres()}\n")
        except EngineMissingError as error:
            sys.exit(str(error))
