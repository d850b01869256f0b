"""Servers for the tests of real limits, each on a free port of 127.0.0.1 in its own folder."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A TCP port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _binary(*names: str, package: str) -> str:
    for name in names:
        found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
        if found:
            return found
    pytest.fail(f"{names[0]} is not installed: apt-get install {package}", pytrace=False)


@contextmanager
def _running(command: list[str], folder: Path, port: int) -> Iterator[int]:
    """Run a server until the block ends; fails with its output where it does not listen in 30 s."""
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
        try:
            _wait(process, port, log)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"{process.args!r} did not start: {log.read_text(errors='replace')[-800:]}")


@contextmanager
def redis_server(folder: Path) -> Iterator[int]:
    """A Redis without persistence; gives its port."""
    port = free_port()
    binary = _binary("redis-server", "valkey-server", package="redis-server")
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running([binary, *options], folder, port) as found:
        yield found


@contextmanager
def mariadb_server(folder: Path) -> Iterator[int]:
    """A MariaDB without grants (any user may do anything); gives its port."""
    data, port = folder / "data", free_port()
    install = _binary("mariadb-install-db", "mysql_install_db", package="mariadb-server")
    common = ["--no-defaults", f"--datadir={data}", "--user=root"]
    subprocess.run(
        [install, *common, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    binary = _binary("mariadbd", "mysqld", package="mariadb-server")
    options = [
        "--skip-grant-tables",
        "--skip-networking=0",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--socket={folder / 's'}",
        f"--pid-file={folder / 'pid'}",
    ]
    with _running([binary, *common, *options], folder, port) as found:
        yield found
