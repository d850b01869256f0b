"""``verify --format json``, for a CI job that decides about a branch (docs/verification.md)."""

from __future__ import annotations

import json
from typing import Any

from poolenv.masking import mask
from poolenv.model import SCHEMA_VERSION, Pool, Scalar
from poolenv.run_tests import TestComparison
from poolenv.verification import PoolPair, Setting, Verification

Json = dict[str, Any]


def dump(found: Verification) -> str:
    """The verification as text: ASCII only, secrets masked."""
    return json.dumps(build(found), indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def build(found: Verification) -> Json:
    """The verification as JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "branch": mask(found.branch),
        "base": found.base,
        "tip": found.tip,
        "proved": found.proved,
        "paths": list(found.paths),
        "settings": [_setting(setting) for setting in found.settings],
        "pools": [_pool(pair) for pair in found.pools],
        "not_judged": [
            {"path": remark.path, "line": remark.line, "text": mask(remark.text)}
            for remark in found.listed
        ],
        "checks": [
            {"path": c.path, "name": c.name, "passed": c.passed, "detail": mask(c.detail)}
            for c in found.checks
        ],
        "tests": None if found.comparison is None else _tests(found.comparison),
    }


def _setting(setting: Setting) -> Json:
    return {
        "path": setting.path,
        "line": setting.line,
        "arguments": list(setting.arguments),
        "old_text": mask(setting.old_text),
        "new_text": mask(setting.new_text),
        "before": [_value(value) for value in setting.before],
        "after": [_value(value) for value in setting.after],
        "variables": list(setting.variables),
    }


def _pool(pair: PoolPair) -> Json:
    pool = pair.after or pair.before
    assert pool is not None
    return {
        "path": pool.key.path,
        "line": pool.key.line,
        "sink": pool.sink,
        "name": None if pool.name is None else mask(pool.name),
        "before": _limit(pair.before),
        "after": _limit(pair.after),
    }


def _limit(pool: Pool | None) -> Json | None:
    if pool is None:
        return None
    return {"limit": pool.limit, "max_connections": pool.max_connections}


def _tests(comparison: TestComparison) -> Json:
    return {
        "command": comparison.command,
        "passed": comparison.passed,
        "summary": comparison.summary,
        "table": [
            {"label": label, "before": before, "after": after}
            for label, before, after in comparison.table
        ],
        "new_failures": list(comparison.new_failures),
    }


def _value(value: Scalar) -> Scalar:
    if isinstance(value, str):
        return mask(value)
    # JSON lacks infinity.
    return str(value) if isinstance(value, float) and value - value != 0 else value
