"""Time ``discover``, and ``poolenv scan`` as a whole process, on a tree of 7,000 Python files.

Run it as ``python benchmarks/scan_speed.py`` from an environment with poolenv installed. Without
``--tree`` it copies modules of this Python and its site-packages into a temporary repository.
The goal is a whole scan in under 3 s on 2 cores, and ``discover`` in under 1.2 s of them.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from poolenv.catalogue import load
from poolenv.discover import discover
from poolenv.model import Options

LONGEST = 120
"""Seconds after which a scan is given up."""


def main() -> None:
    """Print the times of several runs, the fastest and the median, in seconds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--tree", type=Path, help="measure on this folder instead of a copy")
    parser.add_argument("--files", type=int, default=7000, help="Python files of the copy")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    if arguments.tree is not None:
        measure(arguments.tree, arguments.runs)
        return
    with tempfile.TemporaryDirectory() as folder:
        build_tree(Path(folder), arguments.files)
        measure(Path(folder), arguments.runs)


def build_tree(root: Path, files: int) -> None:
    """Copy installed modules into a new repository, over and over until there are enough."""
    paths = sysconfig.get_paths()
    modules = [
        path
        for name in ("stdlib", "purelib")
        for path in sorted(Path(paths[name]).rglob("*.py"))
        if path.is_file()
    ]
    for number, module in enumerate(itertools.islice(itertools.cycle(modules), files)):
        target = root / f"part{number // 100}" / f"m{number}_{module.name}"
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(module, target)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)


def measure(root: Path, runs: int) -> None:
    """Time the stage and the whole command on one tree."""
    catalogue = load()
    snapshot = discover(root, catalogue, Options())
    size = sum(file.stat().st_size for path in snapshot.python if (file := root / path).exists())
    print(
        f"{len(snapshot.python)} Python files, {size / 1e6:.0f} MB, "
        f"{len(snapshot.candidates)} candidates, {len(snapshot.other)} configuration files, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    report("discover", runs, lambda: discover(root, catalogue, Options()))
    if find_spec("poolenv_cli") is None:
        print("poolenv scan: not run, the command line is not installed")
        return
    start = "import sys; from poolenv_cli.main import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "scan", "--format", "json", str(root)]
    report("poolenv scan", runs, lambda: scan(command))


def scan(command: list[str]) -> None:
    """Run the command; 3 says that some file could not be read, which is as slow."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"poolenv scan: not finished after {LONGEST} s")
    if done.returncode not in (0, 3):
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        sys.exit(f"poolenv scan failed with exit code {done.returncode}: {last}")


def report(name: str, runs: int, run: Callable[[], object]) -> None:
    """Run it several times and print the times."""
    seconds: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - started)
    print(
        f"{name}: fastest {min(seconds):.2f} s, median {statistics.median(seconds):.2f} s "
        f"of {runs} runs"
    )


if __name__ == "__main__":
    main()
