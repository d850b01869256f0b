"""Globs, test code, configuration files and the search for names: by path or bytes alone."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.discover.globs import path_filter
from poolenv.discover.kinds import is_configuration, is_python, paths_of_tests
from poolenv.discover.token_search import TokenSearch
from poolenv.model import PoolenvError


@pytest.mark.parametrize(
    ("glob", "matches", "others"),
    [
        ("backend/**", ["backend/a.py", "backend/b/c.py"], ["backend", "x/backend/a.py"]),
        ("backend", ["backend/a.py", "x/backend/b/c.py", "backend"], ["backend2/a.py"]),
        ("backend/", ["backend/a.py", "x/backend/a.py"], ["backend"]),
        ("/backend", ["backend/a.py"], ["x/backend/a.py"]),
        ("./src/app", ["src/app/db.py", "src/app"], ["x/src/app/db.py"]),
        ("*_pb2.py", ["a_pb2.py", "x/y/a_pb2.py"], ["a_pb2.pyi"]),
        ("src/*.py", ["src/a.py"], ["src/b/a.py", "x/src/a.py"]),
        ("src/**/db.py", ["src/db.py", "src/a/b/db.py"], ["src/a/mydb.py", "db.py"]),
        ("**/migrations/**", ["migrations/a.py", "a/b/migrations/c/d.py"], ["migrations"]),
        ("db?.py", ["db1.py"], ["db.py", "db/.py"]),
        ("db[0-9].py", ["db1.py"], ["dbx.py"]),
        ("db[!0-9].py", ["dbx.py"], ["db1.py"]),
        ("a+(b).py", ["a+(b).py"], ["aab.py"]),
        ("[", ["[", "[/a.py"], ["a.py"]),
        (".", ["a.py", "b/c.py"], []),
    ],
)
def test_globs_read_as_in_a_gitignore(glob: str, matches: list[str], others: list[str]) -> None:
    included = path_filter((glob,), ())
    excluded = path_filter((), (glob,))

    assert [path for path in matches + others if included(path)] == matches
    assert [path for path in matches + others if excluded(path)] == others


def test_exclude_wins_over_include() -> None:
    looked_at = path_filter(("src", "lib"), ("src/vendor",))

    paths = ["src/a.py", "src/vendor/b.py", "lib/c.py", "d.py"]
    assert [path for path in paths if looked_at(path)] == ["src/a.py", "lib/c.py"]


@pytest.mark.parametrize("glob", ["", "/", "!src"])
def test_a_glob_that_can_not_mean_anything_is_wrong_usage(glob: str) -> None:
    with pytest.raises(PoolenvError) as caught:
        path_filter((glob,), ())

    assert caught.value.exit_code == 2
    assert repr(glob) in str(caught.value)


@pytest.mark.parametrize(
    ("listed", "tests"),
    [
        pytest.param(
            ["app/db.py", "app/test_db.py", "app/db_test.py", "conftest.py", "app/tests.py"],
            ["app/test_db.py", "app/db_test.py", "conftest.py", "app/tests.py"],
            id="by-name",
        ),
        pytest.param(
            ["tests/unit/factory.py", "app/test/engine.py", "app/contest.py", "latest/db.py"],
            ["tests/unit/factory.py", "app/test/engine.py"],
            id="by-folder",
        ),
        pytest.param(
            ["app/testing/engine.py", "app/testing/pool/db.py"], [], id="testing-in-production"
        ),
        pytest.param(
            ["app/testing/engine.py", "app/testing/unit/test_a.py", "app/db.py"],
            ["app/testing/engine.py", "app/testing/unit/test_a.py"],
            id="testing-that-holds-tests",
        ),
        pytest.param(["t/db.py", "x/t/db.py", "t/test_a.py"], ["t/db.py", "t/test_a.py"], id="t"),
        pytest.param(["tests.d/db.py", "test_data/db.py", "attest.py"], [], id="look-alikes"),
    ],
)
def test_which_files_are_test_code(listed: list[str], tests: list[str]) -> None:
    assert paths_of_tests(listed) == frozenset(tests)


def test_python_files_are_those_that_run() -> None:
    names = ["a.py", "a.pyw", "a.pyi", "a.pyc", "a.py.j2", "py"]
    assert [name for name in names if is_python(name)] == ["a.py", "a.pyw"]


@pytest.mark.parametrize(
    "path",
    [
        *(".env", "a/.env.production", "prod.env", ".flaskenv", "render.yaml", "a/Procfile"),
        *("docker-compose.override.yml", "Dockerfile", "Dockerfile.dev", "Makefile", "main.tf"),
        *(".github/workflows/ci.yml", "pyproject.toml", "setup.cfg", "alembic.ini", "run.sh"),
        *("tests/golden/pools.json", "README.md", "docs/pool.rst", "requirements.txt", "db.conf"),
    ],
)
def test_files_that_may_set_a_variable_or_hold_a_value(path: str) -> None:
    assert is_configuration(path)


@pytest.mark.parametrize(
    "path", ["a.py", "env.py", ".env.ts", "environment", "logo.png", "a.sql", "Dockerf"]
)
def test_other_files_are_not_read(path: str) -> None:
    assert not is_configuration(path)


TOKENS = st.frozensets(st.binary(min_size=1, max_size=6).filter(lambda t: b"\n" not in t))


@given(tokens=TOKENS, data=st.binary(max_size=30), piece=st.integers(1, 9))
def test_the_grouped_search_finds_what_a_plain_one_finds(
    tokens: frozenset[bytes], data: bytes, piece: int
) -> None:
    search = TokenSearch(tokens)
    expected = any(token in data for token in tokens)

    assert search.in_bytes(data) == expected
    assert search.in_stream(io.BytesIO(data), piece) == expected
    for token in tokens:
        assert search.in_bytes(data + token + data)
