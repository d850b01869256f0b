"""Spoil one literal of each result and count how many of these mutants a proof notices.

    python benchmarks/mutants.py [FIXTURE ...]     # sqlalchemy/keyword_literal, seven_modules

A mutant is an edit of the plan with another number, variable or conversion. It is made as
consistently as a bug in poolenv would make it (plan, edit and file agree), so undoing it gives the
old file; only what the new text means can tell. Mutants that the proofs let live have to fail
the generated limits test, run in the repository that they spoil. Exit code 1 with survivors.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from case_folders import all_cases
from seven_modules import CAP, EXAMPLE

from poolenv.model import Edit, FileChange, Migration, Options, Plan
from poolenv.pipeline import run
from poolenv.prove import failing_paths, prove
from poolenv.rewrite import rewrite

TIME_LIMIT = 60.0


@dataclass(frozen=True, slots=True)
class Mutant:
    """One spoilt edit."""

    original: Edit
    edit: Edit
    what: str


@dataclass(frozen=True, slots=True)
class Result:
    """The mutants of one fixture."""

    fixture: str
    by_proof: int
    by_test: int
    survivors: tuple[Mutant, ...]


def fixtures(names: list[str]) -> Iterator[tuple[str, Path, Options]]:
    """Name, folder and options of the fixtures asked for, or of all that change something."""
    for case in all_cases():
        if (case.folder / "after").is_dir() and (not names or case.name in names):
            yield case.name, case.folder / "before", case.options
    if not names or "seven_modules" in names:
        yield "seven_modules", EXAMPLE, replace(CAP, base="")


def mutants_of(edit: Edit) -> Iterator[Mutant]:
    """Other numbers, other variables, other conversions in the new text of one edit."""
    new = edit.new
    for match in re.finditer(r"(?<![\w.])\d+(?:\.\d+)?", new):
        number = str(int(match[0]) + 1) if match[0].isdigit() else str(float(match[0]) + 1)
        yield _mutant(edit, new[: match.start()] + number + new[match.end() :], "value")
    for match in re.finditer(r"""(["'])([A-Z][A-Z0-9_]+)\1""", new):
        other = f"{match[1]}{match[2]}_X{match[1]}"
        yield _mutant(edit, new[: match.start()] + other + new[match.end() :], "variable")
    for old, others in (("int", ("float", "str", "")), ("float", ("int", "str", ""))):
        for match in re.finditer(rf"\b{old}\(", new):
            for other in others:
                spoilt = new[: match.start()] + f"{other}(" + new[match.end() :]
                yield _mutant(edit, spoilt, f"{other or 'no'} conversion")
    if edit.imports:
        bare = replace(edit, imports=frozenset())
        yield Mutant(edit, bare, "no import")


def _mutant(edit: Edit, new: str, what: str) -> Mutant:
    return Mutant(edit, replace(edit, new=new), what)


def spoilt_plan(plan: Plan, mutant: Mutant) -> Plan:
    """The plan as if poolenv had made the mutant's edit itself."""

    def swapped(edit: Edit | None) -> Edit | None:
        return mutant.edit if edit == mutant.original else edit

    return replace(
        plan,
        edits=tuple(mutant.edit if e == mutant.original else e for e in plan.edits),
        decisions=tuple(replace(d, edit=swapped(d.edit)) for d in plan.decisions),
        additions=tuple(replace(a, edit=swapped(a.edit)) for a in plan.additions),
    )


def judge(name: str, folder: Path, options: Options) -> Result:
    """Make all mutants of one fixture and see what kills each."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "repository"
        shutil.copytree(folder, root)
        migration = run(root, options)
        proof = test = 0
        survivors: list[Mutant] = []
        for mutant in _mutants(migration.plan):
            spoilt = _spoil(migration, mutant)
            if spoilt is None:
                proof += 1
            elif spoilt and not _limits_test_passes(folder, migration, spoilt, Path(place)):
                test += 1
            elif spoilt:
                survivors.append(mutant)
    return Result(name, proof, test, tuple(survivors))


def _mutants(plan: Plan) -> Iterator[Mutant]:
    made = {d.edit for d in plan.decisions if d.edit} | {a.edit for a in plan.additions if a.edit}
    for edit in sorted(made & set(plan.edits), key=lambda e: (e.path, e.start)):
        yield from mutants_of(edit)


def _spoil(migration: Migration, mutant: Mutant) -> tuple[FileChange, ...] | None:
    """The spoilt file; None where a proof or ``rewrite`` refuses it; empty where it is the same."""
    plan = spoilt_plan(migration.plan, mutant)
    path = mutant.edit.path
    own = tuple(edit for edit in plan.edits if edit.path == path)
    changes, _ = rewrite(migration.snapshot, own)
    if not changes:
        return None
    if any(c.path == path and c.after == changes[0].after for c in migration.code):
        return ()
    checks = prove(migration.snapshot, plan, changes)
    return None if failing_paths(checks) else changes


def _limits_test_passes(
    folder: Path, migration: Migration, spoilt: tuple[FileChange, ...], place: Path
) -> bool:
    """Whether the generated test lets the spoilt repository pass; True where there is none."""
    pinned = [change for change in migration.tests if change.before is None]
    if not pinned:
        return True
    with tempfile.TemporaryDirectory(dir=place) as copy:
        root = Path(copy) / "repository"
        shutil.copytree(folder, root)
        for change in (*migration.code, *migration.tests, *spoilt):
            path = root / change.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change.after)
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
        test = subprocess.run(
            [*command, *(change.path for change in pinned)],
            cwd=root,
            capture_output=True,
            timeout=TIME_LIMIT,
        )
    return test.returncode == 0


def main(names: list[str]) -> int:
    """Judge the fixtures and print a line for each, then the survivors by name."""
    results = [judge(*fixture) for fixture in fixtures(names)]
    print(f"{'fixture':60} {'mutants':>7} {'proof':>6} {'test':>6} {'alive':>6}")
    for r in results:
        alive = len(r.survivors)
        total = r.by_proof + r.by_test + alive
        print(f"{r.fixture:60} {total:7} {r.by_proof:6} {r.by_test:6} {alive:6}")
    proof, test = sum(r.by_proof for r in results), sum(r.by_test for r in results)
    survivors = [(r.fixture, mutant) for r in results for mutant in r.survivors]
    total = proof + test + len(survivors)
    print(f"{total} mutants: {proof} died by a proof, {test} by the limits test")
    for fixture, mutant in survivors:
        old, new = mutant.original, mutant.edit
        print(f"alive: {fixture}/{new.path}:{new.line}: {mutant.what}: {old.new} -> {new.new}")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
