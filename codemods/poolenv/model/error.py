"""The one exception that a person sees."""

from __future__ import annotations


class PoolenvError(Exception):
    """One line for the person: what is wrong, where, and what to do.

    ``exit_code`` is 2 for wrong usage and 4 for a refusal that changed nothing.
    """

    def __init__(self, message: str, *, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code
