"""Where the generated test goes, what it is called, and what an earlier one becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from hand_made_plan import Change, plan_of, snapshot_of
from test_limits_test import FORMS, NAME, PYTEST, READ, UNITTEST, repository

from poolenv.limits_test import limits_test
from poolenv.limits_test.placement import MARKER
from poolenv.model import Options, Plan, Snapshot


def test_second_run_replaces_its_own_file_and_no_other() -> None:
    files, changes = repository(PYTEST, {"keyword": FORMS["keyword"]})
    first = limits_test(snapshot_of(files), plan_of(files, *changes), Options())
    assert first is not None
    assert first.before is None
    mine = {**files, first.path: first.after.decode()}
    assert limits_test(snapshot_of(mine), plan_of(mine, *changes), Options()) is None
    older = {**files, first.path: f'"""{MARKER}"""\n'}
    again = limits_test(snapshot_of(older), plan_of(older, *changes), Options())
    assert again is not None
    assert (again.path, again.after) == (first.path, first.after)
    assert again.before == older[first.path].encode()
    theirs = {**files, first.path: "def test_ours():\n    pass\n"}
    beside = limits_test(snapshot_of(theirs), plan_of(theirs, *changes), Options())
    assert beside is not None
    assert (beside.path, beside.before) == (f"tests/{NAME[:-3]}_2.py", None)


def place(files: Mapping[str, str], *, name: str = NAME) -> str:
    """Where the test of ``backend/app/db.py`` goes in a repository with these other files."""
    files = {"backend/app/db.py": "engine = create_engine(URL, max_overflow=10)\n", **files}
    change = Change("backend/app/db.py", "max_overflow=|10|", READ)
    options = Options(limits_test=name)
    made = limits_test(snapshot_of(files), plan_of(files, change), options)
    assert made is not None
    depth = re.search(rb"parents\[(\d)\]", made.after)
    assert depth is not None
    assert int(depth[1]) == made.path.count("/")
    return made.path


def test_folder() -> None:
    assert place({}) == f"tests/{NAME}"
    assert place({"tests/test_a.py": PYTEST}) == f"tests/{NAME}"
    assert place({"backend/tests/unit/test_a.py": PYTEST}) == f"backend/tests/unit/{NAME}"
    # Tests that stand over the changed module win over a larger folder of another application.
    both = {f"jobs/tests/test_{n}.py": PYTEST for n in range(5)}
    assert place({**both, "backend/tests/test_a.py": PYTEST}) == f"backend/tests/{NAME}"
    # What pytest does not collect is no place for it.
    config = {"pytest.ini": "[pytest]\ntestpaths = checks\n", "checks/test_b.py": PYTEST}
    assert place({**config, "backend/tests/test_a.py": PYTEST}) == f"checks/{NAME}"
    assert place({"test_app.py": PYTEST}) == NAME


def test_no_folder_of_a_shipped_package() -> None:
    package = {f"backend/app/{name}.py": "" for name in ("__init__", "orders", "users", "mail")}
    # One file with base classes for the tests of others makes no test folder.
    assert place({**package, "backend/app/tests.py": PYTEST}) == f"tests/{NAME}"
    assert place({**package, "backend/app/tests/test_a.py": PYTEST}) == f"backend/app/tests/{NAME}"
    both = {"backend/app/tests.py": PYTEST, "t/test_a.py": PYTEST}
    assert place({**package, **both}) == f"t/{NAME}"
    # Beside its tests.py is where Django looks, and nowhere else.
    django = {**package, "manage.py": "", "backend/app/tests.py": PYTEST}
    assert place(django) == f"backend/app/{NAME}"
    # A package whose tests live between its modules.
    between = {f"backend/app/test_{name}.py": PYTEST for name in ("orders", "users", "mail")}
    assert place({**package, **between}) == f"backend/app/{NAME}"


def test_no_folder_of_a_package_that_imports() -> None:
    """There a test needs all that the package needs, where no setting asks for that folder."""
    package = {"backend/app/__init__.py": "from sqlalchemy import URL\n"}
    inside = {**package, "backend/app/tests/test_a.py": PYTEST}
    assert place(inside) == f"tests/{NAME}"
    assert place({**inside, "t/test_a.py": PYTEST}) == f"t/{NAME}"
    assert place({**package, "backend/app/tests/test_a.py": UNITTEST}).startswith("backend/app/")
    config = {"pytest.ini": "[pytest]\ntestpaths = backend/app/tests\n"}
    assert place({**inside, **config}) == f"backend/app/tests/{NAME}"
    assert place({**inside, "manage.py": ""}) == f"backend/app/tests/{NAME}"
    tests = {"tests/__init__.py": "import os\n", "tests/unit/test_a.py": PYTEST}
    assert place(tests) == f"tests/unit/{NAME}"


def test_new_folder_is_the_project_s() -> None:
    assert place({"backend/pyproject.toml": "[project]\n"}) == f"backend/tests/{NAME}"
    assert place({"pyproject.toml": "[project]\n"}) == f"tests/{NAME}"
    package = {"backend/pyproject.toml": "[project]\n", "backend/__init__.py": ""}
    assert place(package) == f"tests/{NAME}"


def test_name() -> None:
    assert place({}, name="test_limits.py") == "tests/test_limits.py"
    clash = {"tests/test_a.py": PYTEST, f"jobs/tests/{NAME}": PYTEST}
    assert place(clash) == f"tests/{NAME[:-3]}_2.py"
    config = "[tool.pytest.ini_options]\npython_files = ['*_test.py']\n"
    only = {"pyproject.toml": config, "tests/a_test.py": PYTEST}
    assert place(only) == "tests/connection_pool_hard_limits_test.py"


def test_nothing_to_pin() -> None:
    files, changes = repository(PYTEST, {"keyword": FORMS["keyword"]})
    kept = replace(changes[0], new_text="10", new=10)
    assert limits_test(snapshot_of(files), plan_of(files, kept), Options()) is None
    snapshot: Snapshot = snapshot_of(files)
    assert limits_test(snapshot, Plan((), (), ()), Options()) is None
