"""What a file is, by its path: Python source, test code, or configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

_TEST_FILE: Final = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.pyw?\Z", re.DOTALL)
_ALWAYS_TEST: Final = frozenset({"test", "tests"})
_MAYBE_TEST: Final = frozenset({"testing", "t", "unittests", "functional_tests", "integration"})
_CONFIGURATION: Final = re.compile(
    r"""
      (?:.*\.)?(?:env|envrc|flaskenv)(?:\.(?!pyi?w?\Z|[jt]sx?\Z|go\Z|rb\Z|rs\Z|html?\Z).*)?
    | (?:Procfile|Dockerfile|Containerfile|Makefile|Justfile|justfile|makefile)(?:\..*)?
    | .*\.(?:ya?ml|toml|ini|cfg|conf|json|properties|sh|bash|tf|tfvars|service|mk|dockerfile
            |md|rst|txt|ambr|snap)
    """,
    re.VERBOSE | re.DOTALL,
)


def is_python(path: str) -> bool:
    """Whether it is Python source by its suffix; stubs (``.pyi``) run nowhere and are none."""
    return path.endswith((".py", ".pyw"))


def is_configuration(path: str) -> bool:
    """Whether it may set a variable (``.env``, YAML, Dockerfile …) or hold expected values."""
    return _CONFIGURATION.fullmatch(path.rpartition("/")[2]) is not None


def paths_of_tests(paths: Iterable[str]) -> frozenset[str]:
    """Which of the Python paths are test code.

    By name: ``test_*.py``, ``*_test.py``, ``*_tests.py``, ``test.py``, ``tests.py``,
    ``conftest.py``. By folder: everything below ``test`` or ``tests``; below ``testing``, ``t``
    and other names that production code uses too only where a file with a test's name lies in
    that folder or deeper. Folders above the root don't count.
    """
    listed = tuple(paths)
    named = {path for path in listed if _TEST_FILE.match(path.rpartition("/")[2])}
    proven = {
        str(folder)
        for holding in {path.rpartition("/")[0] for path in named}
        for folder in PurePosixPath(f"{holding}/_").parents
        if folder.name in _MAYBE_TEST
    }
    folders: dict[str, bool] = {"": False}

    def in_tests(folder: str) -> bool:
        if folder not in folders:
            parent, _, name = folder.rpartition("/")
            folders[folder] = name in _ALWAYS_TEST or folder in proven or in_tests(parent)
        return folders[folder]

    return frozenset(path for path in listed if path in named or in_tests(path.rpartition("/")[0]))
