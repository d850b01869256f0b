"""A name in the new text has to be bound, and to what it is meant to be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from proved_change import (
    OVERFLOW,
    decision_on,
    edit_at,
    failed,
    proved,
)


def unimported(text: str, new: str = OVERFLOW) -> dict[str, str]:
    """The failed checks where 10 becomes an environment read without any import added."""
    edit = edit_at(text, "10", "10", new)
    bare = replace(edit, imports=frozenset())
    return failed(proved(text, decision_on(bare, "DB_MAX_OVERFLOW", 5)))


UNBOUND = {
    "no import": "e = f(10)\n",
    "imported below": "e = f(10)\nimport os\n",
    "imported for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\ne = f(10)\n"
    ),
    "perhaps imported": "try:\n    import os\nexcept E:\n    pass\ne = f(10)\n",
    "renamed": "import os as o\ne = f(10)\n",
    "a function before the import": "def f():\n    return g(10)\n\nf()\nimport os\n",
    "imported in another function": "def g():\n    import os\n\ndef f():\n    return h(10)\n",
    "imported later in the function": "def f():\n    x = g(10)\n    import os\n    return x\n",
}
SHADOWED = {
    "a parameter": "import os\ndef f(os):\n    return g(10)\n",
    "a local": "import os\ndef f():\n    os = 1\n    return g(10)\n",
    "a closure": "import os\ndef f(os):\n    def g():\n        return h(10)\n    return g\n",
    "a module variable": "import os\nos = 3\ne = f(10)\n",
    "another import": "from compat import os\ne = f(10)\n",
    "a submodule by that name": "import os.path as os\ne = f(10)\n",
    "a class attribute": "import os\nclass C:\n    os = 1\n    e = f(10)\n",
    "a comprehension": "import os\ne = [f(10) for os in x]\n",
    "a loop": "import os\nfor os in x:\n    f(10)\n",
    "a global statement": "import os\ndef f():\n    global os\n    os = 1\ne = f(10)\n",
    "int": "import os\nint = str\ne = f(10)\n",
}
BOUND = {
    "import": "import os\ne = f(10)\n",
    "a submodule": "import os.path\ne = f(10)\n",
    "either branch": "if x:\n    import os\nelse:\n    import os\ne = f(10)\n",
    "a function": "import os\n\nasync def f():\n    return [g(10) for x in y]\n",
    "its own import": "def f():\n    import os\n    return g(10)\n",
    "a closure's import": (
        "def f():\n    import os\n    def g():\n        return h(10)\n    return g\n"
    ),
    "a method, beside an attribute": (
        "import os\nclass C:\n    os = 1\n    def m(self):\n        return f(10)\n"
    ),
    "a default, beside a parameter": "import os\ndef f(os, size=10):\n    pass\n",
}


@pytest.mark.parametrize("what", UNBOUND)
def test_a_name_that_is_not_bound_yet_is_caught(what: str) -> None:
    assert "os may not be imported yet" in unimported(UNBOUND[what])["names"]


@pytest.mark.parametrize("what", SHADOWED)
def test_a_name_that_means_something_else_is_caught(what: str) -> None:
    assert "is bound to something else" in unimported(SHADOWED[what])["names"]


@pytest.mark.parametrize("what", BOUND)
def test_a_name_that_is_bound_passes(what: str) -> None:
    assert unimported(BOUND[what]) == {}


def test_names_imported_from_os_are_followed_too() -> None:
    read = 'int(getenv("DB_MAX_OVERFLOW", "5"))'
    assert unimported("from os import environ, getenv\ne = f(10)\n", read) == {}
    assert unimported("from os import path, getenv, sep\ne = f(10)\n", read) == {}
    for other in ("from os import path as getenv", "from decouple import getenv", "getenv = f"):
        assert "bound to something else" in unimported(f"{other}\ne = f(10)\n", read)["names"]


def test_code_that_is_never_compiled_cannot_go_wrong() -> None:
    assert unimported("if 0:\n    e = f(10)\n") == {}
    dead = "import os\ndef f(os):\n    raise E\n    return g(10)\n"
    assert "never evaluated" in unimported(dead)["names"]
