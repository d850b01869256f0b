"""Print the most connections that PostgreSQL saw of the example, before and after.

    python benchmarks/connections.py [--all]

Starts its own PostgreSQL (``pip install -e '.[postgres]'`` brings one). Exit code 1 where none
can be started. Without ``--all`` one synchronous and one asynchronous engine are measured.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from pool_burst import CALLERS, measure
from postgres_server import NoPostgresError, Server, running_server
from seven_modules import APPLICATIONS, copy_of_example, migrated_copy

FEW = ("app.database", "reporting.db")


def main(arguments: list[str]) -> int:
    """Measure and print one line for each engine; 0, or 1 where there is no PostgreSQL."""
    modules = None if "--all" in arguments else FEW
    try:
        with running_server() as server, tempfile.TemporaryDirectory() as folder:
            print(f"PostgreSQL {server.version}, {CALLERS} callers at once for each engine")
            _print_bursts(server, Path(folder), modules)
    except NoPostgresError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _print_bursts(server: Server, folder: Path, modules: tuple[str, ...] | None) -> None:
    before, after = folder / "before", folder / "after"
    copy_of_example(before)
    migrated_copy(after)
    for application in APPLICATIONS:
        if modules is not None and application.module not in modules:
            continue
        numbers = [
            measure(server, root / application.folder, application.module).most
            for root in (before, after)
        ]
        place = Path(application.folder, *application.module.split("."))
        print(f"{place}.py: before: {numbers[0]}, after: {numbers[1]}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
