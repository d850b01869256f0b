"""poolenv: hard-coded connection-pool settings of Python code become environment variables."""

from __future__ import annotations

__version__ = "0.1.0"
