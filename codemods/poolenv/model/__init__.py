"""The frozen values that flow from stage to stage; imports nothing else of poolenv."""

from __future__ import annotations

from typing import Final

from poolenv.model.error import PoolenvError
from poolenv.model.migration import Check, FileChange, Migration, OwnTests
from poolenv.model.options import Action, Options, Policy, Rule
from poolenv.model.plan import (
    LAYOUT,
    Addition,
    Decision,
    Edit,
    Override,
    Plan,
    PoolChange,
    Remark,
    Variable,
    Verdict,
)
from poolenv.model.site import Holder, Origin, Pool, PoolKey, Role, Scalar, Site, Trace, Unresolved
from poolenv.model.source import Skipped, Snapshot, SourceFile, Span, Step

__all__ = [
    "LAYOUT",
    "SCHEMA_VERSION",
    "Action",
    "Addition",
    "Check",
    "Decision",
    "Edit",
    "FileChange",
    "Holder",
    "Migration",
    "Options",
    "Origin",
    "Override",
    "OwnTests",
    "Plan",
    "Policy",
    "Pool",
    "PoolChange",
    "PoolKey",
    "PoolenvError",
    "Remark",
    "Role",
    "Rule",
    "Scalar",
    "Site",
    "Skipped",
    "Snapshot",
    "SourceFile",
    "Span",
    "Step",
    "Trace",
    "Unresolved",
    "Variable",
    "Verdict",
]

SCHEMA_VERSION: Final = 1
