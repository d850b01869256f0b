"""One file, edits of it, and the checks of them."""

from __future__ import annotations

from poolenv.model import (
    Check,
    Decision,
    Edit,
    Holder,
    Origin,
    Plan,
    PoolKey,
    Role,
    Scalar,
    Site,
    Snapshot,
    SourceFile,
    Verdict,
)
from poolenv.prove import prove
from poolenv.rewrite import rewrite

PATH = "app/db.py"
BEFORE = '''\
"""Engines."""

import logging

from sqlalchemy import create_engine

LIMIT = 10  # at most 10


class Database:
    size = 5  # per process

    def connect(self, url, timeout=30):
        # one engine
        return create_engine(url, pool_size=self.size, max_overflow=10, pool_timeout=timeout)
'''
SIZE = 'int(os.getenv("DB_POOL_SIZE", "5"))'
OVERFLOW = 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'


def edit_at(text: str, anchor: str, old: str, new: str, path: str = PATH) -> Edit:
    """An edit of ``old``, which stands in ``anchor``."""
    start = text.index(anchor) + anchor.index(old)
    line = text.count("\n", 0, start) + 1
    imports = frozenset({"os"}) if "os." in new else frozenset[str]()
    return Edit(path, start, start + len(old), old, new, "pool", line, imports)


def decision_on(edit: Edit, variable: str | None, value: Scalar, old: Scalar = 10) -> Decision:
    """A decision to make this edit."""
    site = Site(
        path=edit.path,
        line=edit.line,
        column=1,
        sink="sqlalchemy.create_engine",
        argument="max_overflow",
        role=Role.OVERFLOW,
        value=old,
        source_text=edit.old,
        origin=Origin.LITERAL,
        source=None,
        env=None,
        chain=(),
        in_test=False,
        pool=PoolKey(edit.path, edit.line, 1),
        holder=Holder.EXPRESSION,
    )
    return Decision(site, Verdict.REWRITE, "test", variable, value, edit)


def snapshot_of(text: str, **other: bytes) -> Snapshot:
    """A repository of one Python file and some others."""
    source = SourceFile(PATH, text.encode(), text, "utf-8", bom=False, is_test=False)
    return Snapshot("/repo", None, {PATH: source}, frozenset({PATH}), other)


def plan_of(*decisions: Decision) -> Plan:
    """A plan that makes the decisions' edits."""
    return Plan(decisions, tuple(d.edit for d in decisions if d.edit), ())


def failed(checks: tuple[Check, ...]) -> dict[str, str]:
    """The failed checks with their details."""
    return {check.name: check.detail for check in checks if check.passed is False}


def proved(text: str, *decisions: Decision) -> tuple[Check, ...]:
    """The checks of a plan that is rewritten as it should be."""
    plan = plan_of(*decisions)
    snapshot = snapshot_of(text)
    changes, skipped = rewrite(snapshot, plan.edits)
    assert skipped == ()
    return prove(snapshot, plan, changes)
