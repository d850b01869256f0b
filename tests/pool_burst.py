"""How many connections an engine opens when fifty callers want one at the same moment.

Run as a program it is the burst itself, in the process of the application; imported, it starts
that program and watches ``pg_stat_activity`` from outside.
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from postgres_server import Server

CALLERS = 50
PATIENCE = 0.7
"""Seconds that a caller waits for a connection, instead of the engine's own pool_timeout."""
TIME_LIMIT = 60.0

_roles = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Burst:
    """What one burst did."""

    most: int
    """Most connections that PostgreSQL itself saw at one moment."""
    served: int
    """Callers that got a connection; they hold it until the last one has given up."""
    timeouts: int
    """Callers that got ``sqlalchemy.exc.TimeoutError``."""


def measure(
    server: Server, folder: Path, module: str, variables: Mapping[str, str] | None = None
) -> Burst:
    """Burst the ``engine`` of a module that is started in a folder, with variables set.

    Logs in as a role of its own, so that several bursts can be measured at once.
    """
    role = f"burst_{os.getpid()}_{next(_roles)}"
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONDONTWRITEBYTECODE": "1"}
    environment |= {"DATABASE_URL": server.url(role), "PYTHONPATH": str(folder)}
    with server.connect() as watcher:
        watcher.execute(f"create role {role} login".encode())
        process = subprocess.Popen(
            [sys.executable, __file__, module],
            cwd=folder,
            env={**environment, **(variables or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        most = 0
        until = time.monotonic() + TIME_LIMIT
        while process.poll() is None:
            row = watcher.execute(
                "select count(*) from pg_stat_activity where usename = %s", (role,)
            ).fetchone()
            most = max(most, int(str(row[0])) if row else 0)
            if time.monotonic() > until:
                process.kill()
            time.sleep(0.01)
        out, err = process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"{module}: {err.decode(errors='replace')[-2000:]}")
    said = json.loads(out.splitlines()[-1])
    return Burst(most, said["served"], said["timeouts"])


def burst(engine: Any) -> dict[str, int]:
    """Fifty callers at once; each that gets a connection keeps it until nobody waits any more."""
    pool = engine.pool
    pool._timeout = PATIENCE
    if hasattr(engine, "sync_engine"):
        return asyncio.run(_burst_of_tasks(engine))
    return _burst_of_threads(engine)


def _burst_of_threads(engine: Any) -> dict[str, int]:
    from sqlalchemy import text
    from sqlalchemy.exc import TimeoutError as PoolTimeoutError

    everyone = threading.Barrier(CALLERS)

    def call(_: int) -> str:
        try:
            with engine.connect() as connection:
                connection.execute(text("select 1"))
                everyone.wait(TIME_LIMIT)
                return "served"
        except PoolTimeoutError:
            everyone.wait(TIME_LIMIT)
            return "timeouts"

    with ThreadPoolExecutor(CALLERS) as threads:
        outcomes = list(threads.map(call, range(CALLERS)))
    return {name: outcomes.count(name) for name in ("served", "timeouts")}


async def _burst_of_tasks(engine: Any) -> dict[str, int]:
    from sqlalchemy import text
    from sqlalchemy.exc import TimeoutError as PoolTimeoutError

    outcomes: list[str] = []
    everyone = asyncio.Event()

    async def arrived(outcome: str) -> None:
        outcomes.append(outcome)
        if len(outcomes) == CALLERS:
            everyone.set()
        await everyone.wait()

    async def call() -> None:
        try:
            async with engine.connect() as connection:
                await connection.execute(text("select 1"))
                await arrived("served")
        except PoolTimeoutError:
            await arrived("timeouts")

    await asyncio.wait_for(asyncio.gather(*(call() for _ in range(CALLERS))), TIME_LIMIT)
    await engine.dispose()
    return {name: outcomes.count(name) for name in ("served", "timeouts")}


if __name__ == "__main__":
    print(json.dumps(burst(importlib.import_module(sys.argv[1]).engine)))
