"""A repository that holds one tree several times, and packages that import lazily."""

from __future__ import annotations

import pytest
from in_memory import places, traced, values

RUNTIME = """from sqlalchemy import create_engine
class Config:
    def __init__(self, size):
        self.size = size
class Runtime:
    def __init__(self, config):
        self.engine = create_engine("postgresql:///x", pool_size=config.size)
"""


def tree(root: str, callers: int, size: int) -> dict[str, str]:
    """A package below a root, and scripts that each make an object of it."""
    script = (
        "from shop.runtime import Config, Runtime\n"
        f"def start():\n    return Runtime(Config(size={size}))\n"
    )
    files = {f"{root}src/shop/__init__.py": "", f"{root}src/shop/runtime.py": RUNTIME}
    return files | {f"{root}scripts/run{n}.py": script for n in range(callers)}


def test_each_copy_has_the_callers_of_its_own_root() -> None:
    """Four copies with sixteen callers each: no more are looked at than one copy has."""
    roots = ["", "trees/a/", "trees/b/", "trees/c/"]
    files: dict[str, str] = {}
    for number, root in enumerate(roots):
        files |= tree(root, 16, 5 + number)
    found = traced(files)
    assert found.unresolved == ()
    written = {path: value for path, _, value in places(found.sites)}
    assert len(written) == 64
    for number, root in enumerate(roots):
        assert {written[f"{root}scripts/run{n}.py"] for n in range(16)} == {5 + number}


LAZY = """
from importlib import import_module
TABLE
def __getattr__(name):
    return getattr(import_module(_EXPORTS[name], __name__), name)
"""


@pytest.mark.parametrize(
    "table",
    [
        '_EXPORTS = {"Runtime": "shop.runtime", "Config": "shop.runtime"}',
        '_EXPORTS = {"Runtime": ".runtime", "Config": ".runtime"}',
        '_EXPORTS = {"Runtime": "runtime", "Config": "runtime"}',
        '_EXPORTS = {"Runtime": (".runtime", "Runtime"), "Config": (".runtime", "Config")}',
        '_EXPORTS = {"Runtime": "shop.runtime:Runtime", "Config": "shop.runtime.Config"}',
        '_EXPORTS = {".runtime": ["Runtime", "Config"]}',
    ],
)
def test_a_class_that_a_table_of_lazy_imports_names(table: str) -> None:
    """``__getattr__`` of the package looks the module up by the name that it is asked for."""
    files = {
        "shop/__init__.py": LAZY.replace("TABLE", table),
        "shop/runtime.py": RUNTIME,
        "run.py": "from shop import Config, Runtime\nRuntime(Config(size=7))\n",
    }
    assert values(traced(files)) == [7]


def test_a_table_that_getattr_does_not_read() -> None:
    """Another table with the same keys says nothing of where a name comes from."""
    files = {
        "shop/__init__.py": LAZY.replace("TABLE", '_DOCS = {"Runtime": "shop.runtime"}'),
        "shop/runtime.py": RUNTIME,
        "run.py": "from shop import Config, Runtime\nRuntime(Config(size=7))\n",
    }
    assert values(traced(files)) == []
