"""Compare the cost of detection and tracing with the parse of the candidate files.

Run it as ``python benchmarks/trace_cost.py FOLDER…``. For each folder, both are measured in turns
in one process: (a) ``ast.parse`` of the candidate files, decoded beforehand; (b) detection and
tracing as a whole, which parses them too, without the parse of files that only an import leads
to. The goal is that (b) costs at most 1.5 times (a).
"""

from __future__ import annotations

import argparse
import ast
import gc
import os
import statistics
import sys
import time
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from poolenv.catalogue import load
from poolenv.catalogue.entry import Catalogue
from poolenv.detect import detect
from poolenv.discover import discover
from poolenv.model import Options, PoolenvError, Snapshot
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace import trace

GOAL = 1.5


@dataclass(slots=True, eq=False)
class TimedProgram(Program):
    """A program that notes how long the parse of each file took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)

    def _parse(self, path: str) -> Module | None:
        started = time.process_time()
        # The base class by name: super() without arguments fails in a dataclass with slots.
        module = Program._parse(self, path)
        self.seconds[path] = time.process_time() - started
        return module


@dataclass(frozen=True, slots=True)
class Cost:
    """One run over one folder, in seconds."""

    parse: float
    traced: float
    """Without the parse of files that only an import leads to."""
    imports: float
    """That parse."""
    imported: int
    """How many files it was."""
    sites: int


def main() -> None:
    """Print one line per folder, the ratio over all of them, and where the goal is reached."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=5, help="runs of each; the fastest counts")
    arguments = parser.parse_args()
    catalogue = load()
    gc.disable()  # As the command does; trees hold no cycles.
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {arguments.runs} runs each")
    costs: list[Cost] = []
    for folder in arguments.folders:
        try:
            snapshot = discover(folder, catalogue, Options())
        except PoolenvError as error:
            sys.exit(str(error))
        runs = [measure(snapshot, catalogue) for _ in range(arguments.runs)]
        if not snapshot.candidates:
            print(f"{folder.name}: no candidate files")
            continue
        costs.append(fastest(runs))
        print(f"{folder.name}: {described(snapshot, costs[-1])}, {spread(runs)}")
    if costs:
        ratios = [cost.traced / cost.parse for cost in costs]
        every = sum(cost.traced for cost in costs) / sum(cost.parse for cost in costs)
        within = sum(ratio <= GOAL for ratio in ratios)
        print(
            f"all: {every:.2f} times the parse of the candidate files, most {max(ratios):.2f}; "
            f"goal {GOAL}: reached in {within} of {len(ratios)} folders"
        )


def measure(snapshot: Snapshot, catalogue: Catalogue) -> Cost:
    """One run: the parse of the candidates, then detection and tracing from nothing."""
    texts = [snapshot.python[path].text for path in sorted(snapshot.candidates)]
    gc.collect()
    started = time.process_time()
    parse_all(texts)
    parsed = time.process_time() - started
    gc.collect()
    started = time.process_time()
    program = TimedProgram(snapshot)
    resolver = Resolver(program)
    callers = Callers(program, resolver)
    detected = detect(program, resolver, callers, catalogue)
    found = trace(program, resolver, callers, detected.uses, detected.urls)
    total = time.process_time() - started
    imported = [path for path in program.seconds if path not in snapshot.candidates]
    imports = sum(program.seconds[path] for path in imported)
    return Cost(parsed, total - imports, imports, len(imported), len(found.sites))


def parse_all(texts: Iterable[str]) -> None:
    """Parse as Python does; a file it refuses costs what it took to refuse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in texts:
            try:
                ast.parse(text)
            except (SyntaxError, ValueError, RecursionError):
                continue


def fastest(runs: list[Cost]) -> Cost:
    """The fastest time of each part: what is slower comes from other work of the machine."""
    return Cost(
        min(run.parse for run in runs),
        min(run.traced for run in runs),
        min(run.imports for run in runs),
        runs[0].imported,
        runs[0].sites,
    )


def described(snapshot: Snapshot, cost: Cost) -> str:
    """The figures of one folder."""
    return (
        f"{len(snapshot.python)} files, {len(snapshot.candidates)} candidates parsed in "
        f"{cost.parse:.3f} s, {cost.sites} sites traced in {cost.traced:.3f} s = "
        f"{cost.traced / cost.parse:.2f} times, {cost.imported} files of imports parsed in "
        f"{cost.imports:.3f} s"
    )


def spread(runs: list[Cost]) -> str:
    """The median ratio of the runs, each with its own parse."""
    return f"median {statistics.median(run.traced / run.parse for run in runs):.2f}"


if __name__ == "__main__":
    main()
