"""All proofs of a branch that is there already, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from poolenv.model import Addition, Check, Edit, Pool, PoolKey, Remark, Site, Trace, Variable
from poolenv.plumbing import Git
from poolenv.prove.evaluate import evaluate
from poolenv.syntax.source.parse import parse
from poolenv.verification.before_branch import LIMITS, TimeLimits, tests_check
from poolenv.verification.changed_files import ChangedFile, changed_files, foreign_lines
from poolenv.verification.known_settings import Numbered
from poolenv.verification.python_file import ONLY_SETTINGS, Judged, judge_file
from poolenv.verification.result import PoolPair, Setting, Side, Verification

if TYPE_CHECKING:
    from poolenv.run_tests import TestComparison


def verify_branch(
    root: Path,
    branch: str,
    sides: tuple[Side, Side],
    *,
    command: str | None = None,
    runtime: bool = False,
    limits: TimeLimits = LIMITS,
) -> Verification:
    """Compare base and branch, evaluate what is new, and run what is asked for.

    ``command`` and ``runtime`` run the target's code. Raises PoolenvError for a command that
    can't be read; what does not pass is a check of the result.
    """
    before, after = sides
    changed = changed_files(Git(root), before.commit, after.commit)
    variables = _variables(after.trace.sites)
    names = frozenset(s.env for side in sides for s in side.trace.sites if s.env)
    judged = [_judged(Git(root), file, sides, names) for file in changed]
    checks = [check for one in judged for check in one.checks]
    checks += evaluate(trial for one in judged for trial in one.trials)
    settings = tuple(setting for one in judged for setting in one.settings)
    comparison: TestComparison | None = None
    if command is not None:
        from poolenv.run_tests import run_tests

        comparison = run_tests(
            root, before.commit, after.commit, command,
            timeout_s=limits.tests_s, variables=names,
        )  # fmt: skip
        checks.append(tests_check(comparison))
    if runtime:
        checks += _imported(root, sides, settings, variables, limits)
    order = {path: number for number, path in enumerate(file.path for file in changed)}
    return Verification(
        branch=branch,
        base=before.commit,
        tip=after.commit,
        paths=tuple(order),
        settings=settings,
        pools=tuple(_pool_pairs(before.trace, after.trace)),
        listed=tuple(remark for one in judged for remark in one.listed),
        checks=tuple(sorted(checks, key=lambda check: order.get(check.path, len(order)))),
        comparison=comparison,
    )


def _judged(
    git: Git, file: ChangedFile, sides: tuple[Side, Side], variables: frozenset[str]
) -> Judged:
    path = file.path
    if file.obstacle is not None:
        return Judged(checks=(_foreign(path, 1, file.obstacle),))
    old, new = (side.snapshot.python.get(path) for side in sides)
    if path.endswith((".py", ".pyw")):
        if new is None or (old is None and not file.is_new):
            return Judged(checks=(_foreign(path, 1, "can't be read as Python source"),))
        if old is None or new.is_test:
            what = "test code" if new.is_test else "a new file"
            return Judged(checks=(_parses(path, new.text),), listed=(Remark(path, 1, what),))
        numbered = Numbered.of(sides[0].trace), Numbered.of(sides[1].trace)
        return judge_file(path, old.text, new.text, numbered)
    if file.is_new or file.is_words or file.is_test_data:
        kinds = ((file.is_new, "a new file"), (file.is_words, "a document"), (True, "test data"))
        what = next(name for holds, name in kinds if holds)
        return Judged(listed=(Remark(path, 1, what),))
    foreign = tuple(foreign_lines(git, file, variables))
    if foreign:
        return Judged(checks=tuple(_foreign(path, line, text) for line, text in foreign))
    return Judged(
        checks=(Check(path, ONLY_SETTINGS, True, "only lines about the pools' variables differ"),),
        listed=(Remark(path, 1, "values of the pools' variables, or comments"),),
    )


def _foreign(path: str, line: int, what: str) -> Check:
    detail = f"{path}:{line}: changes something else: {what}"
    return Check(path, ONLY_SETTINGS, False, detail)


def _parses(path: str, text: str) -> Check:
    try:
        parse(text, path)
    except (SyntaxError, ValueError, RecursionError) as error:
        return Check(path, "parses", False, f"does not parse: {error}")
    return Check(path, "parses", True, "parses")


def _variables(sites: tuple[Site, ...]) -> tuple[Variable, ...]:
    """The variables that set arguments of the application's pools on the branch."""
    groups: dict[str, list[Site]] = {}
    for site in sites:
        if site.env is not None and not site.in_test:
            groups.setdefault(site.env, []).append(site)
    return tuple(
        Variable(
            name=name,
            default=members[0].value,
            role=members[0].role,
            arguments=tuple(sorted({site.argument for site in members})),
            paths=tuple(sorted({s.source.path if s.source else s.path for s in members})),
            is_new=False,
        )
        for name, members in sorted(groups.items())
    )


def _imported(
    root: Path,
    sides: tuple[Side, Side],
    settings: tuple[Setting, ...],
    variables: tuple[Variable, ...],
    limits: TimeLimits,
) -> tuple[Check, ...]:
    from poolenv.prove_runtime import prove_runtime

    before, after = sides
    pools = [pool for pool in after.trace.pools if not pool.in_test]
    opening = {key.path for pool in pools for key in (pool.key, pool.use) if key is not None}
    modules = tuple(sorted({setting.path for setting in settings} | opening))
    return prove_runtime(
        root,
        before.commit,
        after.commit,
        modules,
        variables,
        timeout_s=limits.import_s,
        additions=tuple(_wanted_values(settings)),
    )


def _wanted_values(settings: tuple[Setting, ...]) -> Iterator[Addition]:
    """Values that the branch gives arguments without a variable, which importing may show."""
    for setting in settings:
        key = PoolKey(setting.path, setting.line, 1)
        edit = Edit(setting.path, 0, 0, "", setting.new_text, "", setting.line)
        for argument in setting.arguments:
            for value in setting.after:
                yield Addition(key, argument, value, edit, "")


def _pool_pairs(before: Trace, after: Trace) -> Iterator[PoolPair]:
    """The application's pools of both sides, paired by file, library, name and order."""
    old, new = _numbered(before), _numbered(after)
    for key in sorted({*old, *new}):
        yield PoolPair(old.get(key), new.get(key))


def _numbered(trace: Trace) -> dict[tuple[str, str, str, int], Pool]:
    found: dict[tuple[str, str, str, int], Pool] = {}
    for pool in trace.pools:
        if not pool.in_test:
            kind = (pool.key.path, pool.sink, pool.name or "")
            number = sum(key[:3] == kind for key in found)
            found[(*kind, number)] = pool
    return found
