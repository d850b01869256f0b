"""A script for the target's interpreter: import one module, write down the pools it opens.

``python FOLDER SPEC``, the folder being this one; SPEC is a file with a JSON object: ``module``
(dotted name), ``paths`` (put before sys.path), ``top`` (folder of the copy) and ``report`` (file
to write). The report is a JSON object: ``error`` (one line or null) and ``pools``, each with
``sink``, ``where`` and ``arguments``.

Standard library only, nothing of poolenv, and nothing that Python 3.8 lacks. No pool connects.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from typing import Any

NAME = "_poolenv_probe"
"""What the folder is imported as: the target may have a module of any plainer name."""


def package(folder: str) -> Any:
    """This folder as a package, though nothing that leads to it is on ``sys.path``."""
    spec = importlib.util.spec_from_file_location(
        NAME, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    return importlib.import_module(NAME + ".importing")


def main() -> None:
    """Read the specification, probe, and end without running the target's exit handlers."""
    sys.path.pop(0)  # This script's own folder.
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = json.load(file)
    sys.argv[1:] = []
    report = package(os.path.dirname(os.path.abspath(__file__))).probe(spec)
    with open(spec["report"], "w", encoding="utf-8") as file:
        json.dump(report, file)
    os._exit(0)


if __name__ == "__main__":
    main()
