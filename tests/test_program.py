"""Which file an import means: the importing file's own root decides."""

from __future__ import annotations

import pytest
from in_memory import snapshot, traced

from poolenv.syntax.program import Program

TREE = dict.fromkeys(
    (
        "manage.py",
        "settings.py",
        "backend/app/__init__.py",
        "backend/app/main.py",
        "backend/app/settings.py",
        "backend/app/db/__init__.py",
        "backend/app/db/engine.py",
        "api/app/__init__.py",
        "api/app/main.py",
        "api/app/settings.py",
        "lib/src/acme/__init__.py",
        "lib/src/acme/core/engine.py",
        "lib/src/acme/core/settings.py",
        "lib/tests/test_engine.py",
        "plain/one.py",
        "plain/deep/two.py",
    ),
    "",
)


@pytest.fixture(scope="module")
def program() -> Program:
    return Program(snapshot(TREE))


@pytest.mark.parametrize(
    ("importer", "name", "means"),
    [
        ("manage.py", "settings", "settings.py"),
        ("backend/app/main.py", "app.settings", "backend/app/settings.py"),
        ("api/app/main.py", "app.settings", "api/app/settings.py"),
        ("backend/app/db/engine.py", "app.settings", "backend/app/settings.py"),
        ("backend/app/main.py", "app.db", "backend/app/db/__init__.py"),
        ("backend/app/main.py", "app", "backend/app/__init__.py"),
        # A package's own modules are no top-level modules: Python 3 has no implicit relative import
        ("backend/app/main.py", "db", None),
        ("backend/app/main.py", "db.engine", None),
        # src layout, from inside and from the tests beside it
        ("lib/src/acme/core/engine.py", "acme.core.settings", "lib/src/acme/core/settings.py"),
        ("lib/tests/test_engine.py", "acme.core.engine", "lib/src/acme/core/engine.py"),
        # folders without __init__.py
        ("plain/one.py", "plain.deep.two", "plain/deep/two.py"),
        ("manage.py", "plain.one", "plain/one.py"),
        # a script's own folder
        ("plain/one.py", "deep.two", "plain/deep/two.py"),
        # nothing of the repository
        ("manage.py", "sqlalchemy", None),
        ("manage.py", "engine", None),
        ("backend/app/main.py", "app.nowhere", None),
    ],
)
def test_absolute_imports(program: Program, importer: str, name: str, means: str | None) -> None:
    assert program.find_module(importer, name) == means


@pytest.mark.parametrize(
    ("importer", "statement", "means"),
    [
        ("backend/app/main.py", ".settings", "backend/app/settings.py"),
        ("backend/app/main.py", ".db.engine", "backend/app/db/engine.py"),
        ("backend/app/main.py", ".", "backend/app/__init__.py"),
        ("backend/app/db/engine.py", ".", "backend/app/db/__init__.py"),
        ("backend/app/db/engine.py", "..settings", "backend/app/settings.py"),
        ("backend/app/db/__init__.py", ".engine", "backend/app/db/engine.py"),
        ("backend/app/db/__init__.py", "..settings", "backend/app/settings.py"),
        ("backend/app/db/engine.py", "..db", "backend/app/db/__init__.py"),
        ("lib/src/acme/core/engine.py", ".settings", "lib/src/acme/core/settings.py"),
        ("backend/app/main.py", ".nowhere", None),
        ("manage.py", "..settings", None),
        ("manage.py", "....settings", None),
    ],
)
def test_relative_imports(
    program: Program, importer: str, statement: str, means: str | None
) -> None:
    name = statement.lstrip(".")
    assert program.find_module(importer, name, len(statement) - len(name)) == means


def test_a_module_of_the_repository_named_like_a_library() -> None:
    """``import redis`` in a repository with a ``redis`` package at its root is that package."""
    files = {
        "redis/__init__.py": "class ConnectionPool:\n    def __init__(self, **kw): ...\n",
        "app.py": "import redis\npool = redis.ConnectionPool(max_connections=5)\n",
    }
    assert traced(files).sites == ()


def test_a_submodule_named_like_a_library() -> None:
    """``app/redis.py`` imports the library under its own name, not itself."""
    files = {
        "app/__init__.py": "",
        "app/redis.py": "import redis\npool = redis.ConnectionPool(max_connections=5)\n",
        "app/main.py": "import redis\npool = redis.ConnectionPool(max_connections=6)\n",
    }
    assert [site.value for site in traced(files).sites] == [6, 5]


def test_a_script_named_like_the_library_it_uses() -> None:
    """``sqlalchemy.py`` in a folder of examples does not hide the library from other folders."""
    files = {
        "examples/sqlalchemy.py": "import sqlalchemy\nsqlalchemy.create_engine('', pool_size=5)\n",
        "service/db.py": "import sqlalchemy\nsqlalchemy.create_engine('', pool_size=6)\n",
    }
    assert [site.value for site in traced(files).sites] == [5, 6]


def test_two_roots_with_the_same_module_name() -> None:
    """Each service reads the constant of its own settings."""
    engine = (
        "from sqlalchemy import create_engine\n"
        "from app.settings import SIZE\n"
        "engine = create_engine('', pool_size=SIZE)\n"
    )
    files = {
        "backend/app/__init__.py": "",
        "backend/app/db.py": engine,
        "backend/app/settings.py": "SIZE = 5\n",
        "worker/app/__init__.py": "",
        "worker/app/db.py": engine,
        "worker/app/settings.py": "SIZE = 6\n",
    }
    found = traced(files)
    assert [(s.path, s.source.path, s.value) for s in found.sites if s.source is not None] == [
        ("backend/app/db.py", "backend/app/settings.py", 5),
        ("worker/app/db.py", "worker/app/settings.py", 6),
    ]


def test_a_file_that_cannot_be_parsed_is_skipped_with_its_line() -> None:
    """An import of it leads nowhere, and the file is named."""
    files = {
        "app.py": (
            "from sqlalchemy import create_engine\n"
            "from broken import SIZE\n"
            "create_engine('', pool_size=SIZE)\n"
        ),
        "broken.py": "SIZE = 5\nSIZE = = 6\n",
    }
    found = traced(files)
    assert found.sites == ()
    assert [(skipped.path, skipped.line) for skipped in found.skipped] == [("broken.py", 2)]
    assert [entry.argument for entry in found.unresolved] == ["pool_size"]


def test_only_files_on_the_way_are_parsed() -> None:
    """A file that no import leads to is not even read for syntax."""
    files = {
        "app.py": "from sqlalchemy import create_engine\ncreate_engine('', pool_size=5)\n",
        "unrelated.py": "def broken(:\n",
    }
    assert traced(files).skipped == ()


def test_a_name_put_together_in_a_file_that_is_parsed_later() -> None:
    """What was not seen in the files parsed so far is looked for in those that follow."""
    built = Program(snapshot({"a.py": "x = 1", "b.py": 'x = f"pool_{key}"'}))
    built.module("a.py")
    assert not built.may_build("pool_size")
    built.module("b.py")
    assert built.may_build("pool_size")
