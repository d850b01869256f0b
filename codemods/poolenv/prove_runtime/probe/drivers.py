"""Database drivers that are not installed, stood in for, since nothing connects."""

from __future__ import annotations

import functools
import importlib.machinery
import sys
import types
from typing import Any, List  # noqa: UP035 - Python 3.8 runs this


class _AnyName(type):
    """A class for whatever a dialect asks of its driver: an error class, a flag, a function."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyName(name, (Exception,), {})

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


class _Driver(types.ModuleType):
    __version__ = version = "9.9.9"
    VERSION = version_info = (9, 9, 9)
    paramstyle = "pyformat"
    __path__: List[str] = []  # noqa: RUF012, UP006 - a package, so that submodules are looked for

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyName(name, (Exception,), {})


class StandInDrivers:
    """Finds the drivers in ``names`` that are not installed."""

    def __init__(self) -> None:
        self.names: List[str] = []  # noqa: UP006

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """Answer for a driver and its submodules, as a finder on ``sys.meta_path``."""
        if name.partition(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: Any) -> types.ModuleType:
        """An empty driver."""
        return _Driver(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        """There is nothing to run."""


def with_stand_in_driver(real: Any) -> Any:
    """``create_engine`` that makes up the drivers it misses."""

    @functools.wraps(real)
    def create_engine(*args: Any, **kwargs: Any) -> Any:
        drivers = StandInDrivers()
        while True:
            sys.meta_path.append(drivers)
            try:
                return real(*args, **kwargs)
            except ImportError as error:
                missing = (error.name or "").partition(".")[0]
                if not missing or missing in drivers.names:
                    raise
                drivers.names.append(missing)
            finally:
                sys.meta_path.remove(drivers)

    return create_engine
