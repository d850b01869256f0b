"""Import the changed modules for real and compare the arguments that reach their pools."""

from __future__ import annotations

from poolenv.prove_runtime.execution import prove_runtime

__all__ = ["prove_runtime"]
