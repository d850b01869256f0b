"""Proofs on request: the target's tests and imports, and a branch that is there already."""

from __future__ import annotations

from poolenv.verification.before_branch import TimeLimits, verified

__all__ = ["TimeLimits", "verified"]
