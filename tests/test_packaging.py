"""What ``pip install .`` puts where."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps"),
            *("--no-build-isolation", "--quiet", "--disable-pip-version-check"),
            *("--wheel-dir", str(folder)),
        ],
        check=True,
        timeout=120,
    )
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as opened:
        return frozenset(opened.namelist())


def test_only_two_packages_reach_site_packages(wheel: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"poolenv", "poolenv_cli"}


def test_every_module_and_data_file_is_in_it(wheel: frozenset[str]) -> None:
    for folder, package in (("codemods", "poolenv"), ("cli", "poolenv_cli")):
        tracked = subprocess.run(
            ["git", "ls-files", "-z", "--", f"{folder}/{package}"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        files = {name.removeprefix(f"{folder}/") for name in tracked.split("\0") if name}
        assert f"{package}/__init__.py" in files
        assert files - wheel == set()


def test_the_example_is_in_it_whole(wheel: frozenset[str]) -> None:
    example = ROOT / "fixtures" / "seven_modules"
    files = {
        path.relative_to(example).as_posix()
        for path in example.rglob("*")
        if path.is_file() and not {"__pycache__", ".pytest_cache"} & set(path.parts)
    }
    inside = {name.removeprefix("poolenv_cli/example/") for name in wheel if "/example/" in name}
    assert inside == files
    assert {".env.example", "render.yaml", "backend/app/database.py"} <= inside
