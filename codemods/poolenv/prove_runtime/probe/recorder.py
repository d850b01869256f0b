"""The pools that an import opens, as they are noted down."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Dict, List, Optional  # noqa: UP035 - Python 3.8 runs this

Arguments = Dict[str, Any]  # noqa: UP006
Reader = Callable[[], Arguments]


class Recorder:
    """The pools opened so far, in order."""

    def __init__(self, top: str) -> None:
        self.top = os.path.realpath(top) + os.sep
        self.opened: List[Any] = []  # noqa: UP006

    def add(self, sink: str, read: Reader) -> None:
        """Remember a pool; ``read`` gives its arguments once the import is over."""
        self.opened.append((sink, self._where(), read))

    def report(self) -> List[Any]:  # noqa: UP006
        """All pools as JSON values."""
        return [
            {"sink": sink, "where": where, "arguments": _scalars(read())}
            for sink, where, read in self.opened
        ]

    def is_own(self, path: Optional[str]) -> bool:  # noqa: UP045
        """Whether a file belongs to the copy."""
        # Generated code has a name such as "<string>", which is no file of the current folder.
        named = path is not None and not path.startswith("<")
        return named and os.path.realpath(path or "").startswith(self.top)

    def _where(self) -> str:
        frame: Any = sys._getframe(1)
        while frame is not None and not self.is_own(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None:
            return "?"
        path = os.path.realpath(frame.f_code.co_filename)[len(self.top) :]
        return f"{path}::{frame.f_code.co_name}"


def _scalars(arguments: Arguments) -> Arguments:
    return {
        name: value for name, value in arguments.items() if isinstance(value, (bool, int, float))
    }
