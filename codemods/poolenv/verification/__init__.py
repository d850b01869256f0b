"""Proofs on request: the target's tests and imports, and a branch that is there already."""

from __future__ import annotations

from poolenv.verification.before_branch import TimeLimits, verified
from poolenv.verification.endpoints import endpoints
from poolenv.verification.of_branch import verify_branch
from poolenv.verification.result import PoolPair, Setting, Side, Verification

__all__ = [
    "PoolPair",
    "Setting",
    "Side",
    "TimeLimits",
    "Verification",
    "endpoints",
    "verified",
    "verify_branch",
]
