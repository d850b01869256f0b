"""Cases of tracing that fail today, by test. A case that starts to pass fails until it is removed.

Remove a name here as soon as its defect is mended, and this file when it is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])

OPEN: Final[dict[str, frozenset[str]]] = {}
"""Names of the failing cases of each parametrized test."""

_MARK: Final = pytest.mark.xfail(strict=True, reason="an open defect of tracing")


def cases(test: str, names: Iterable[str]) -> list[object]:
    """The names as parameters, those with an open defect marked as failing."""
    open_names = OPEN.get(test, frozenset())
    return [pytest.param(name, marks=_MARK) if name in open_names else name for name in names]


def marks_of(test: str, name: str) -> tuple[pytest.MarkDecorator, ...]:
    """The marks of one case."""
    return (_MARK,) if name in OPEN.get(test, frozenset()) else ()


def without_open(test: str, names: Iterable[str]) -> list[str]:
    """The names that have no open defect, for tests that combine them."""
    return [name for name in names if name not in OPEN.get(test, frozenset())]
