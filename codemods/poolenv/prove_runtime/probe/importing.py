"""One import of the target's, with the pools that it opens."""

from __future__ import annotations

import importlib
import importlib.util
import socket
import sys
import types
from typing import Any, Dict  # noqa: UP035 - Python 3.8 runs this

from .libraries import LIBRARIES
from .recorder import Recorder


class RecordOnImport:
    """Patches a library right after the target's code first imports it.

    Importing all of them ahead would be slow, and hide that one is missing.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.waiting = dict(LIBRARIES)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Answer for a library not seen yet, as the first finder on ``sys.meta_path``."""
        record = self.waiting.pop(name, None)
        if record is None:
            return None
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None or self.recorder.is_own(spec.origin):
            return spec
        real: Any = spec.loader
        run = real.exec_module

        def exec_module(module: types.ModuleType) -> None:
            del real.exec_module
            run(module)
            record(self.recorder)

        real.exec_module = exec_module
        return spec


def _refuse_connection(*args: Any, **kwargs: Any) -> Any:
    raise OSError("poolenv: connections are not made while pools are recorded")


def probe(spec: Dict[str, Any]) -> Dict[str, Any]:  # noqa: UP006
    """Import ``spec["module"]`` and return the report."""
    sys.path[:0] = spec["paths"]
    recorder = Recorder(spec["top"])
    sys.meta_path.insert(0, RecordOnImport(recorder))
    socket.socket.connect = _refuse_connection  # type: ignore[method-assign]
    socket.socket.connect_ex = _refuse_connection  # type: ignore[method-assign]
    error = None
    try:
        importlib.import_module(spec["module"])
    except BaseException as problem:
        first = (str(problem).splitlines() or [""])[0]
        error = type(problem).__name__ + (": " + first if first else "")
    pools = [] if error else recorder.report()
    return {"error": error, "pools": pools}
