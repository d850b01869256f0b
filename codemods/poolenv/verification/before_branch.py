"""Proofs on request, on an unreferenced tree: what fails them never gets a ref."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from poolenv.model import Check, Migration, OwnTests, PoolenvError

if TYPE_CHECKING:
    from poolenv.run_tests import TestComparison

OWN_TESTS: Final = "the repository's own tests"
_NAMES_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds that the target's code may run."""

    tests_s: float = 1800.0
    """One run of the test command."""
    import_s: float = 60.0
    """One import of one module."""


LIMITS: Final = TimeLimits()


def verified(
    root: Path,
    migration: Migration,
    *,
    command: str | None,
    runtime: bool,
    keep_going: bool,
    limits: TimeLimits = LIMITS,
) -> tuple[Migration, TestComparison | None]:
    """The migration with the checks that were asked for, and the comparison of the tests.

    ``command`` runs the target's tests, ``runtime`` imports its changed modules; both run its
    code. PoolenvError (exit code 4) where one of them fails or the tests can't be compared,
    unless ``keep_going``.
    """
    from poolenv.branch import write_trial

    base = migration.snapshot.revision
    assert base is not None, "only a commit has a base to compare with"
    tree = write_trial(root, migration)
    comparison: TestComparison | None = None
    if command is not None:
        from poolenv.run_tests import run_tests

        names = frozenset(variable.name for variable in migration.plan.variables)
        comparison = run_tests(root, base, tree, command, timeout_s=limits.tests_s, variables=names)
        migration = _with_tests(migration, comparison)
        if comparison.passed is not True and not keep_going:
            raise _refusal(_said_by_tests(comparison))
    if runtime:
        checks = _imported(root, base, tree, migration, limits)
        migration = replace(migration, checks=(*migration.checks, *checks))
        failed = [check for check in checks if check.passed is False]
        if failed and not keep_going:
            first = failed[0]
            raise _refusal(f"{first.path}: {first.name}: {first.detail}")
    return migration, comparison


def tests_check(comparison: TestComparison) -> Check:
    """The comparison as a check of the whole repository."""
    detail = f"{comparison.command}: {comparison.summary}"
    return Check(".", OWN_TESTS, comparison.passed, detail)


def _with_tests(migration: Migration, comparison: TestComparison) -> Migration:
    told = OwnTests(
        comparison.command, comparison.summary, comparison.table, comparison.new_failures
    )
    checks = (*migration.checks, tests_check(comparison))
    return replace(migration, checks=checks, own_tests=told)


def _imported(
    root: Path, base: str, tree: str, migration: Migration, limits: TimeLimits
) -> tuple[Check, ...]:
    from poolenv.prove_runtime import prove_runtime

    python = migration.snapshot.python
    changed = {change.path for change in migration.code}
    pools = [change.pool for change in migration.plan.pools if not change.pool.in_test]
    opening = {key.path for pool in pools for key in (pool.key, pool.use) if key is not None}
    modules = tuple(sorted(path for path in changed | opening if path in python))
    return prove_runtime(
        root,
        base,
        tree,
        modules,
        migration.plan.variables,
        timeout_s=limits.import_s,
        additions=migration.plan.additions,
    )


def _said_by_tests(comparison: TestComparison) -> str:
    failures = comparison.new_failures
    if not failures:
        return f"{OWN_TESTS}: {comparison.summary}"
    names = ", ".join(failures[:_NAMES_SHOWN])
    more = len(failures) - _NAMES_SHOWN
    rest = f" and {more} more" if more > 0 else ""
    count = "1 test newly fails" if len(failures) == 1 else f"{len(failures)} tests newly fail"
    return f"{OWN_TESTS}: {count}: {names}{rest}"


def _refusal(reason: str) -> PoolenvError:
    return PoolenvError(
        f"{reason}; nothing changed; --keep-going makes the branch all the same", exit_code=4
    )
