"""The stages in order: this file is the architecture diagram."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from poolenv.catalogue import Catalogue, load
from poolenv.detect import detect
from poolenv.discover import discover
from poolenv.model import (
    Check,
    Edit,
    Migration,
    Options,
    Plan,
    PoolenvError,
    Skipped,
    Snapshot,
    Trace,
)
from poolenv.overrides import find_overrides, update_examples
from poolenv.plan import plan, without_files
from poolenv.stale_words import stale_words
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace import trace

if TYPE_CHECKING:
    from poolenv.branch import BranchResult
    from poolenv.run_tests import TestComparison
    from poolenv.verification import Verification

CODE_COMMIT = "<code commit>"
"""Stands in a dry run's documents for the hash that only the branch has."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What ``migrate`` did."""

    migration: Migration
    result: BranchResult | None
    """None: edited in place."""
    comparison: TestComparison | None = None


def scan(root: Path, options: Options, *, proofs: bool) -> Migration:
    """What there is and what would become of it; writes nothing and brings no tests along.

    With ``proofs`` the changes are also made and proved in memory, so ``code`` and ``checks``
    are filled. Raises PoolenvError as ``run`` does.
    """
    catalogue = load(options.sinks)
    migration = _planned(root, options, catalogue, None)
    if not (proofs and migration.plan.edits):
        return migration
    return _proved(migration, catalogue)


def run(root: Path, options: Options, *, revision: str | None = None) -> Migration:
    """Everything up to the changes, of the working tree or of one commit; writes nothing.

    Raises PoolenvError for a root, revision or policy that can't be used; a file that can't be
    read, parsed or proved is in ``skipped`` and the rest is done.
    """
    catalogue = load(options.sinks)
    migration = _planned(root, options, catalogue, revision)
    if not migration.plan.edits:
        return migration
    return _with_tests(_proved(migration, catalogue), options)


def _planned(root: Path, options: Options, catalogue: Catalogue, revision: str | None) -> Migration:
    snapshot, found = _traced(root, catalogue, options, revision)
    return Migration(
        snapshot=snapshot,
        trace=found,
        plan=_with_words(snapshot, plan(snapshot, found, options.policy, catalogue)),
        code=(),
        tests=(),
        checks=(),
        test_remarks=(),
        skipped=(*snapshot.skipped, *found.skipped),
    )


def _traced(
    root: Path, catalogue: Catalogue, options: Options, revision: str | None
) -> tuple[Snapshot, Trace]:
    snapshot = discover(root, catalogue, options, revision=revision)
    program = Program(snapshot)
    resolver = Resolver(program)
    callers = Callers(program, resolver)
    detected = detect(program, resolver, callers, catalogue)
    return snapshot, trace(program, resolver, callers, detected.uses, detected.urls)


def _with_words(snapshot: Snapshot, decided: Plan) -> Plan:
    """The plan with what stands beside the code: deployment files, examples, stale comments."""
    overrides = find_overrides(snapshot.other, decided.variables, decided.decisions)
    if not decided.edits:
        return replace(decided, overrides=overrides)
    words, remarks = stale_words(snapshot, decided.decisions)
    examples = update_examples(snapshot.other, decided.variables, decided.decisions)
    return replace(
        decided,
        edits=_disjoint((*decided.edits, *words, *examples)),
        overrides=overrides,
        remarks=(*decided.remarks, *remarks),
    )


def _disjoint(edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The edits in order of place; one that overlaps an earlier decision is dropped."""
    kept: list[Edit] = []
    for edit in edits:
        if not any(k.path == edit.path and edit.start < k.end and k.start < edit.end for k in kept):
            kept.append(edit)
    return tuple(sorted(kept, key=lambda e: (e.path, e.start, e.end)))


def _proved(migration: Migration, catalogue: Catalogue) -> Migration:
    """Rewrite and prove the code; a file that fails is left out and reported.

    The pools that need such a file are left out of all files, so that round is done again.
    """
    from poolenv.prove import failing_paths, prove
    from poolenv.rewrite import rewrite

    snapshot, decided = migration.snapshot, migration.plan
    left_out: dict[str, str] = {}
    failed: list[Check] = []
    skipped: list[Skipped] = []
    while True:
        code, refused = rewrite(snapshot, decided.edits)
        checks = prove(snapshot, decided, code)
        failures = (*refused, *_failures(checks, failing_paths(checks)))
        new = {s.path: s.reason for s in failures if s.path not in left_out}
        if not new:
            break
        left_out |= new
        failed += [check for check in checks if check.path in new]
        skipped += [failure for failure in failures if failure.path in new]
        decided = _without(migration, left_out, catalogue)
    return replace(
        migration,
        plan=decided,
        code=tuple(change for change in code if change.path not in left_out),
        checks=(*failed, *checks),
        skipped=(*migration.skipped, *skipped),
    )


def _without(migration: Migration, left_out: Mapping[str, str], catalogue: Catalogue) -> Plan:
    """The plan without some files, and the words beside the code that then are true."""
    snapshot, policy = migration.snapshot, migration.plan.policy
    decided = without_files(plan(snapshot, migration.trace, policy, catalogue), left_out, catalogue)
    worded = _with_words(snapshot, decided)
    return replace(worded, edits=tuple(e for e in worded.edits if e.path not in left_out))


def _with_tests(migration: Migration, options: Options) -> Migration:
    """Bring the tests along, and pin the limits; a test that fails a proof stays as it is."""
    from poolenv.limits_test import limits_test
    from poolenv.prove import failing_paths, prove
    from poolenv.rewrite import rewrite
    from poolenv.update_tests import update_tests

    snapshot, applied = migration.snapshot, migration.plan
    edits, remarks = update_tests(snapshot, applied)
    tests, refused = rewrite(snapshot, edits)
    checks = prove(snapshot, replace(applied, edits=edits), tests)
    failed = failing_paths(checks)
    tests = tuple(change for change in tests if change.path not in failed)
    pinned = limits_test(snapshot, applied, options) if migration.code else None
    return replace(
        migration,
        tests=(*tests, pinned) if pinned is not None else tests,
        checks=(*migration.checks, *checks),
        test_remarks=remarks,
        skipped=(*migration.skipped, *refused, *_failures(checks, failed)),
    )


def _failures(checks: tuple[Check, ...], paths: frozenset[str]) -> tuple[Skipped, ...]:
    """One entry per file that failed a proof, with the first check that failed."""
    first = {c.path: c for c in reversed(checks) if c.path in paths and c.passed is False}
    return tuple(
        Skipped(path, None, f"a proof failed ({check.name}): {check.detail}")
        for path, check in sorted(first.items())
    )


def diff(root: Path, options: Options, *, in_place: bool = False) -> tuple[bytes, Migration]:
    """The patch that ``migrate`` would commit (or write in place), and the run behind it."""
    from poolenv.branch import diff_text
    from poolenv.document import document

    migration = run(root, options, revision=None if in_place else options.base)
    if not (migration.code or migration.tests):
        return b"", migration
    named = "" if in_place else CODE_COMMIT
    documents = document(migration, options, named)
    return diff_text(root, migration, (*migration.code, *migration.tests, *documents)), migration


def migrate(  # noqa: PLR0913 - the command's options are keywords
    root: Path,
    options: Options,
    *,
    force: bool = False,
    author: str | None = None,
    sign: bool = False,
    in_place: bool = False,
    run_tests: str | None = None,
    keep_going: bool = False,
    prove_runtime: bool = False,
) -> Outcome:
    """Make the branch, or edit the working tree with ``in_place``.

    Raises PoolenvError with exit code 4 where nothing may be changed: the branch exists, the
    tree changed meanwhile, the target's tests newly fail (without ``keep_going``).
    """
    from poolenv.branch import check_name, write_branch, write_in_place
    from poolenv.document import document

    if in_place and (run_tests or prove_runtime):
        asked = "--run-tests" if run_tests else "--prove-runtime"
        raise PoolenvError(f"{asked} compares commits, and --in-place makes none; give one of them")
    migration = run(root, options, revision=None if in_place else options.base)
    if in_place:
        documents = document(migration, options, "") if migration.code or migration.tests else ()
        write_in_place(root, (*migration.code, *migration.tests, *documents))
        return Outcome(migration, None)
    comparison: TestComparison | None = None
    if (run_tests or prove_runtime) and (migration.code or migration.tests):
        from poolenv.verification import verified

        # What would refuse the branch is told before the tests run for minutes.
        document(migration, options, CODE_COMMIT)
        check_name(root, migration, options, force=force)
        migration, comparison = verified(
            root, migration, command=run_tests, runtime=prove_runtime, keep_going=keep_going
        )
    result = write_branch(
        root,
        migration,
        options,
        documents=lambda commit: document(migration, options, commit),
        force=force,
        author=author,
        sign=sign,
    )
    return Outcome(migration, result, comparison)


def verify(
    root: Path,
    branch: str,
    options: Options,
    *,
    run_tests: str | None = None,
    prove_runtime: bool = False,
) -> Verification:
    """All proofs of a branch that is there already, poolenv's own or a person's; writes nothing.

    The base is where the branch left ``options.base``. Raises PoolenvError for a branch or base
    that can't be used; what is not proved is in the result.
    """
    from poolenv.verification import Side, endpoints, verify_branch

    catalogue = load(options.sinks)
    every = replace(options, include=(), exclude=())  # A branch may change any file.
    base, tip = (
        Side(*_traced(root, catalogue, every, revision))
        for revision in endpoints(root, branch, options.base)
    )
    return verify_branch(root, branch, (base, tip), command=run_tests, runtime=prove_runtime)
