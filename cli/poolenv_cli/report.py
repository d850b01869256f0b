"""``scan --format json``: a contract, documented in docs/json.md, that other programs rely on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from poolenv.masking import mask
from poolenv.model import (
    SCHEMA_VERSION,
    Addition,
    Check,
    Decision,
    Migration,
    Override,
    PoolChange,
    Remark,
    Scalar,
    Site,
    Span,
    Step,
    Unresolved,
)
from poolenv_cli.figures import decisions_of, pools_of, skipped_of, total

Json = dict[str, Any]


def dump(migration: Migration) -> str:
    """The report as text: ASCII only, so no character of a repository can act on a terminal."""
    return json.dumps(build(migration), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def build(migration: Migration) -> Json:
    """The report as JSON values, secrets masked; keys and order as in docs/json.md."""
    trace, plan = migration.trace, migration.plan
    decisions = decisions_of(migration)
    return {
        "schema_version": SCHEMA_VERSION,
        "root": migration.snapshot.root,
        "revision": migration.snapshot.revision,
        "summary": _summary(migration),
        "sites": [_site(site, decisions.get(site)) for site in trace.sites],
        "pools": [_pool(change) for change in pools_of(migration)],
        "unresolved": [_unresolved(item) for item in trace.unresolved],
        "skipped": [
            {"path": item.path, "line": item.line, "reason": mask(item.reason)}
            for item in skipped_of(migration)
        ],
        "variables": [
            {
                "name": variable.name,
                "default": _value(variable.default),
                "role": variable.role.value,
                "arguments": list(variable.arguments),
                "paths": list(variable.paths),
                "is_new": variable.is_new,
            }
            for variable in plan.variables
        ],
        "additions": [_addition(item) for item in plan.additions],
        "overrides": [_override(item) for item in plan.overrides],
        "remarks": [_remark(item) for item in (*plan.remarks, *migration.test_remarks)],
        "checks": [_check(item) for item in migration.checks],
    }


def _summary(migration: Migration) -> Json:
    decisions = decisions_of(migration).values()
    verdicts = Counter(decision.verdict.value for decision in decisions)
    before, after = total(migration, after=False), total(migration, after=True)
    return {
        "python_files": len(migration.snapshot.python),
        "candidate_files": len(migration.snapshot.candidates),
        "sites": len(migration.trace.sites),
        "pools": len(migration.trace.pools),
        "unresolved": len(migration.trace.unresolved),
        "skipped": len(skipped_of(migration)),
        "verdicts": dict(sorted(verdicts.items())),
        "max_connections": {
            "before": before.connections,
            "after": after.connections,
            "no_limit": before.no_limit,
            "unknown": before.unknown,
        },
    }


def _site(site: Site, decision: Decision | None) -> Json:
    return {
        "path": site.path,
        "line": site.line,
        "column": site.column,
        "sink": site.sink,
        "argument": site.argument,
        "role": site.role.value,
        "value": _value(site.value),
        "source_text": mask(site.source_text),
        "origin": site.origin.value,
        "source": None if site.source is None else _span(site.source),
        "env": site.env,
        "chain": _chain(site.chain),
        "verdict": "unresolved" if decision is None else decision.verdict.value,
        "reason": mask(_reason(site, decision)),
        "in_test": site.in_test,
        "variable": None if decision is None else decision.variable,
        "new_value": _value(site.value if decision is None else decision.new_value),
    }


def _reason(site: Site, decision: Decision | None) -> str:
    if decision is not None:
        return decision.reason
    return site.obstacle or "nothing was decided about this argument"


def _pool(change: PoolChange) -> Json:
    pool = change.pool
    return {
        "path": pool.key.path,
        "line": pool.key.line,
        "column": pool.key.column,
        "sink": pool.sink,
        "name": None if pool.name is None else mask(pool.name),
        "max_connections": pool.max_connections,
        "max_connections_after": change.after,
        "limit": pool.limit,
        "arguments": {name: _values(values) for name, values in pool.arguments.items()},
        "pool_class": pool.pool_class,
        "in_test": pool.in_test,
    }


def _unresolved(item: Unresolved) -> Json:
    return {
        "path": item.path,
        "line": item.line,
        "column": item.column,
        "sink": item.sink,
        "argument": item.argument,
        "reason": mask(item.reason),
        "chain": _chain(item.chain),
        "in_test": item.in_test,
    }


def _addition(item: Addition) -> Json:
    return {
        "path": item.pool.path,
        "line": item.pool.line,
        "argument": item.argument,
        "value": _value(item.value),
        "added": item.edit is not None,
        "reason": mask(item.reason),
    }


def _override(item: Override) -> Json:
    return {
        "path": item.path,
        "line": item.line,
        "variable": item.variable,
        "value": mask(item.value),
        "note": mask(item.note),
    }


def _remark(item: Remark) -> Json:
    return {"path": item.path, "line": item.line, "text": mask(item.text)}


def _check(item: Check) -> Json:
    return {
        "path": item.path,
        "name": item.name,
        "passed": item.passed,
        "detail": mask(item.detail),
    }


def _span(span: Span) -> Json:
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _chain(steps: Iterable[Step]) -> list[Json]:
    return [{"path": step.path, "line": step.line, "text": mask(step.text)} for step in steps]


def _values(values: tuple[Scalar, ...]) -> Any:
    """The one value, or a list where several can reach the argument."""
    return _value(values[0]) if len(values) == 1 else [_value(value) for value in values]


def _value(value: Scalar) -> Scalar:
    """A literal as JSON has it: text masked, and infinity (which JSON lacks) as text."""
    match value:
        case str():
            return mask(value)
        case float() if value - value != 0:
            return str(value)
        case _:
            return value
