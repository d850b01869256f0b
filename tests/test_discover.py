"""A folder becomes a snapshot: what is read, what is left out, and what is said about it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest

from poolenv.catalogue.entry import Argument, Catalogue, Form, Sink
from poolenv.discover import discover
from poolenv.model import Options, PoolenvError, Role, Skipped, Snapshot

ENGINE = Sink(
    "sqlalchemy.create_engine",
    "SQLAlchemy",
    Form.CALL,
    (Argument("pool_size", Role.SIZE, "int", "POOL_SIZE"),),
    callables=("sqlalchemy.create_engine",),
)
CATALOGUE = Catalogue(
    (ENGINE,),
    MappingProxyType({"sqlalchemy.create_engine": ENGINE}),
    (),
    frozenset({b"create_engine", b"create_pool", b"DATABASES"}),
)
POOL = b"engine = create_engine(url, pool_size=5)\n"


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=True)
    return done.stdout.decode().strip()


def write(root: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return root


def look(root: Path, *, include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Snapshot:
    return discover(root, CATALOGUE, Options(include=include, exclude=exclude))


@pytest.fixture(params=["git", "plain"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An empty folder, once a git repository and once not."""
    root = tmp_path / "project"
    root.mkdir()
    if request.param == "git":
        git(root, "init", "--quiet")
    return root


def test_sources_candidates_and_configuration(folder: Path) -> None:
    write(
        folder,
        {
            "app/db.py": POOL,
            "app/models.py": b"SIZE = 5\n",
            "tests/test_db.py": b"from app.db import create_engine\n",
            "render.yaml": b"DB_POOL_SIZE: 5\n",
            "logo.png": b"\x89PNG",
            "app/db.pyc": POOL,
        },
    )

    snapshot = look(folder)

    assert sorted(snapshot.python) == ["app/db.py", "app/models.py", "tests/test_db.py"]
    assert snapshot.candidates == {"app/db.py", "tests/test_db.py"}
    assert dict(snapshot.other) == {"render.yaml": b"DB_POOL_SIZE: 5\n"}
    assert [path for path, file in snapshot.python.items() if file.is_test] == ["tests/test_db.py"]
    assert (snapshot.root, snapshot.revision, snapshot.skipped) == (str(folder), None, ())


def test_a_source_file_is_written_back_as_it_was_read(folder: Path) -> None:
    files = {
        "bom.py": b"\xef\xbb\xbfx = '\xc3\xa9'\r\ny = 1\rz = 2\n",
        "latin.py": b"# coding: latin-1\nx = '\xe9'",
        "odd.py": b"\x0cif x:\n\ty = 1\n\x0c",
        "empty.py": b"",
    }
    write(folder, files)

    python = look(folder).python

    assert {path: file.encode(file.text) for path, file in python.items()} == files
    assert python["latin.py"].text == "# coding: latin-1\nx = 'é'"
    assert (python["latin.py"].encoding, python["bom.py"].bom) == ("iso-8859-1", True)
    assert python["bom.py"].text == "x = 'é'\r\ny = 1\rz = 2\n"


def test_the_mode_is_kept(folder: Path) -> None:
    write(folder, {"run.py": POOL, "db.py": POOL})
    (folder / "run.py").chmod(0o755)

    assert {path: oct(file.mode) for path, file in look(folder).python.items()} == {
        "db.py": "0o100644",
        "run.py": "0o100755",
    }


def test_the_sources_are_a_mapping(folder: Path) -> None:
    python = look(write(folder, {"b.py": b"", "a.py": POOL})).python

    assert list(python) == ["a.py", "b.py"]
    assert len(python) == 2
    assert "a.py" in python
    assert "c.py" not in python
    assert python.get("c.py") is None
    assert python["a.py"] is python["a.py"]


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        pytest.param(b"a = '\xe9'\n" + POOL, 1, "not UTF-8 (byte 0xe9)", id="not-utf-8"),
        pytest.param(b"# coding: x\n" + POOL, 1, "its coding cookie names 'x'", id="cookie"),
        pytest.param(POOL + b"\0", None, "holds NUL bytes", id="nul"),
        pytest.param(POOL.decode().encode("utf-16"), None, "UTF-16", id="utf-16"),
        pytest.param(b"assert pool_size == '\xe9'\n", 1, "not UTF-8", id="only-an-argument"),
        pytest.param(POOL * 200_000, None, "too large (8 MB): generated?", id="8-mb"),
    ],
)
def test_a_file_that_may_hold_a_pool_and_can_not_be_read_is_named(
    folder: Path, data: bytes, line: int | None, reason: str
) -> None:
    snapshot = look(write(folder, {"bad.py": data, "good.py": POOL}))

    [skipped] = snapshot.skipped
    assert (skipped.path, skipped.line) == ("bad.py", line)
    assert skipped.reason.startswith(reason)
    assert list(snapshot.python) == ["good.py"]
    assert snapshot.candidates == {"good.py"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"a = '\xe9'\n", id="not-utf-8"),
        pytest.param(b"\0\1\2", id="nul"),
        pytest.param(b"a = 5  # generated\n" * 600_000, id="10-mb"),
    ],
)
def test_a_file_that_can_not_matter_is_left_out_in_silence(folder: Path, data: bytes) -> None:
    snapshot = look(write(folder, {"bad.py": data, "good.py": POOL}))

    assert (list(snapshot.python), snapshot.skipped) == (["good.py"], ())


def test_large_configuration_is_not_read(folder: Path) -> None:
    write(folder, {"lock.json": b" " * 300_000, "app.json": b"{}"})

    assert list(look(folder).other) == ["app.json"]


def test_an_empty_folder_and_one_without_python(folder: Path) -> None:
    assert len(look(folder).python) == 0

    write(folder, {"main.go": b"create_engine", ".env": b"A=1"})

    assert (len(look(folder).python), list(look(folder).other)) == (0, [".env"])


def test_symlinks_are_never_followed(folder: Path, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": POOL, ".env": b"A=1"})
    write(folder, {"app/db.py": POOL})
    (folder / "loop").symlink_to(folder)
    (folder / "app/self.py").symlink_to("self.py")
    (folder / "dangling.py").symlink_to("nowhere.py")
    (folder / "again.py").symlink_to("app/db.py")
    (folder / "secret.py").symlink_to(outside / "secret.py")
    (folder / ".env").symlink_to(outside / ".env")
    (folder / "linked").symlink_to(outside)

    snapshot = look(folder)

    assert (list(snapshot.python), dict(snapshot.other)) == (["app/db.py"], {})
    assert snapshot.skipped == ()


def test_what_is_named_like_a_source_and_is_none(folder: Path) -> None:
    write(folder, {"package.py/db.py": POOL})
    os.mkfifo(folder / "pipe.py")

    assert list(look(folder).python) == ["package.py/db.py"]


def test_include_limits_the_sources_and_exclude_everything(folder: Path) -> None:
    write(
        folder,
        {
            "backend/db.py": POOL,
            "backend/vendor/db.py": POOL,
            "worker/db.py": POOL,
            ".env": b"A=1",
            "backend/vendor/.env": b"B=1",
        },
    )

    snapshot = look(folder, include=("backend/**",), exclude=("vendor",))

    assert list(snapshot.python) == ["backend/db.py"]
    assert list(snapshot.other) == [".env"]
    assert snapshot.candidates == {"backend/db.py"}


def test_a_single_file(folder: Path) -> None:
    write(folder, {"app/db.py": POOL, "app/other.py": POOL, "app/script": POOL})

    snapshot = look(folder / "app/db.py")

    assert (snapshot.root, list(snapshot.python)) == (str(folder / "app"), ["db.py"])
    assert snapshot.candidates == {"db.py"}
    assert look(folder / "app/script").candidates == {"script"}


def test_names_that_are_not_ascii(folder: Path) -> None:
    write(folder, {"añb c\n.py": POOL, "'\".py": POOL})

    assert look(folder).candidates == {"añb c\n.py", "'\".py"}


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let permissions count, also where the tests run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_what_permissions_forbid_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path("/tmp").resolve() / f"poolenv-permissions-{os.getpid()}"
    monkeypatch.setenv("HOME", "/nonexistent")
    write(root, {"db.py": POOL, "secret.py": POOL, ".env": b"A=1", "closed/db.py": POOL})
    try:
        root.chmod(0o755)
        for path in ("secret.py", ".env", "closed"):
            (root / path).chmod(0)
        with without_privileges():
            snapshot = look(root)
    finally:
        (root / "closed").chmod(0o700)
        shutil.rmtree(root)

    assert list(snapshot.python) == ["db.py"]
    assert snapshot.skipped == (
        Skipped(".env", None, "can't be read: Permission denied"),
        Skipped("closed", None, "folder can't be listed: Permission denied"),
        Skipped("secret.py", None, "can't be read: Permission denied"),
    )


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(PoolenvError, match="nowhere: no such file or folder") as caught:
        look(tmp_path / "nowhere")

    assert caught.value.exit_code == 2


def test_a_path_that_is_a_loop_of_symlinks(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    with pytest.raises(PoolenvError, match="loop: can't be read: a loop of symlinks"):
        look(tmp_path / "loop")


def test_a_path_that_is_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(PoolenvError, match="pipe: neither a file nor a folder"):
        look(tmp_path / "pipe")


def test_a_walk_leaves_out_what_is_nobody_s_own_code(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app/db.py": POOL,
            "build/app.py": POOL,
            "build/lib/app/db.py": POOL,
            "env/pyvenv.cfg": b"",
            "env/lib/db.py": POOL,
            ".venv/db.py": POOL,
            "conda/conda-meta/history": b"",
            "conda/db.py": POOL,
            "web/node_modules/x/db.py": POOL,
            ".tox/py311/db.py": POOL,
            "lib/site-packages/x/db.py": POOL,
            "app/__pycache__/db.py": POOL,
        },
    )

    assert list(look(tmp_path).python) == ["app/db.py", "build/app.py"]
    assert look(tmp_path).candidates == {"app/db.py", "build/app.py"}


def test_a_folder_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    write(tmp_path, {"node_modules/pyvenv.cfg": b"", "node_modules/db.py": POOL})

    assert look(tmp_path / "node_modules").candidates == {"db.py"}


def test_without_git_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert look(write(tmp_path, {"db.py": POOL, "a.py": b""})).candidates == {"db.py"}
