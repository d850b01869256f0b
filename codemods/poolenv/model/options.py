"""What one run was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from poolenv.model.site import Scalar


class Action(Enum):
    """What a policy rule does to a role's default."""

    SET = "set"
    CAP = "cap"
    ENSURE = "ensure"


@dataclass(frozen=True, slots=True)
class Rule:
    """``--set/--cap/--ensure TARGET=VALUE``; the target is a role or a library's argument."""

    action: Action
    target: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class Policy:
    """What becomes of the defaults, and how variables are named. Empty rules keep every value."""

    rules: tuple[Rule, ...] = ()
    prefix: str = "DB"
    rewrite_tests: bool = False
    """Also rewrite pools that test code opens."""
    rewrite_flags: bool = False
    """Also make booleans (``pool_pre_ping=True``) read the environment."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run was asked for: the command line over ``[tool.poolenv]`` over the defaults."""

    policy: Policy = field(default_factory=Policy)
    include: tuple[str, ...] = ()
    """Globs of paths to look at; empty means all."""
    exclude: tuple[str, ...] = ()
    base: str = "HEAD"
    branch: str = "poolenv/pool-limits"
    document: str = "CONNECTION_POOL_HARD_LIMITS_IMPLEMENTATION.md"
    """Path of the implementation document, relative to the root."""
    security_document: str = "CONNECTION_POOL_SECURITY_SUMMARY.md"
    limits_test: str = "test_connection_pool_hard_limits.py"
    """File name of the new test; its folder is that of the repository's own tests."""
    sinks: tuple[Mapping[str, object], ...] = ()
    """``[[tool.poolenv.sinks]]``: the user's own catalogue entries, not yet validated."""
