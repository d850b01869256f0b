"""Runs a few files in this process with a library that notes what it is given."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from types import ModuleType
from unittest.mock import patch

from programs import Files


def arriving(files: Mapping[str, str], argument: str = "pool_size") -> list[object]:
    """The values that an argument of ``sqlalchemy.create_engine`` really gets, each once."""
    got: list[object] = []
    library = ModuleType("sqlalchemy")
    library.__dict__["create_engine"] = lambda *_, **given: got.append(given.get(argument))
    finders = [Files(files), *sys.meta_path]
    names = [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files]
    with patch.dict(sys.modules, {"sqlalchemy": library}), patch.object(sys, "meta_path", finders):
        for name in names:
            sys.modules.pop(name, None)
        for name in names:
            importlib.import_module(name)
    return sorted({value for value in got if value is not None}, key=str)
