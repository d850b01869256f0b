"""``poolenv verify`` on branches of poolenv's own and of people, in real repositories."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from branch_repository import commit_all, git
from shop_repository import BY_HAND, DATABASE, by_hand, failures, make_shop, write

from poolenv import pipeline
from poolenv.model import Action, Options, Policy, Role, Rule
from poolenv_cli.main import run

CAPPED = Options(policy=Policy(rules=(Rule(Action.CAP, Role.OVERFLOW.value, 5),)), branch="limits")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path)


def test_a_branch_of_poolenv_is_proved(shop: Path) -> None:
    made = pipeline.migrate(shop, CAPPED).result
    assert made is not None
    found = pipeline.verify(shop, "limits", Options())
    assert failures(found) == []
    assert found.proved
    assert (found.base, found.tip) == (made.base, made.tip)
    assert [(s.arguments, s.before, s.after, s.variables) for s in found.settings] == [
        (("pool_size",), (5,), (5,), ("DB_POOL_SIZE",)),
        (("max_overflow",), (10,), (5,), ("DB_MAX_OVERFLOW",)),
    ]
    assert [(p.before.max_connections, p.after.max_connections) for p in found.pools
            if p.before and p.after] == [(15, 10)]  # fmt: skip
    names = {check.name for check in found.checks}
    assert {"parses", "only settings", "names", "evaluation time"} <= names
    assert {"unset", "set", "empty", "junk"} <= names


def test_its_base_is_found_although_it_is_checked_out(shop: Path) -> None:
    made = pipeline.migrate(shop, CAPPED).result
    assert made is not None
    git(shop, "switch", "--quiet", "limits")
    assert pipeline.verify(shop, "limits", Options()).base == made.base


def test_the_example_with_all_additions_is_proved(tmp_path: Path) -> None:
    source = Path(__file__).parent.parent / "fixtures" / "seven_modules"
    for path in source.rglob("*"):
        if path.is_file():
            target = tmp_path / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    git(tmp_path, "config", "user.name", "Ada")
    git(tmp_path, "config", "user.email", "ada@example.org")
    commit_all(tmp_path)
    assert run(["migrate", str(tmp_path), "--preset", "hard-limits"]) == 0
    found = pipeline.verify(tmp_path, "poolenv/pool-limits", Options())
    assert failures(found) == []
    assert found.proved
    assert any(not setting.old_text for setting in found.settings), "no argument was added"


def test_a_change_on_top_of_it_is_named_with_its_place(shop: Path) -> None:
    pipeline.migrate(shop, CAPPED)
    git(shop, "switch", "--quiet", "limits")
    text = (shop / "db.py").read_text()
    write(shop, {"db.py": text.replace("amount * 2", "amount * 3")})
    commit_all(shop)
    git(shop, "switch", "--quiet", "main")
    line = text.splitlines().index("    return amount * 2") + 1
    found = pipeline.verify(shop, "limits", Options())
    assert failures(found) == [f"db.py:{line}: changes something else: `2` became `3`"]
    assert not found.proved
    assert len(found.settings) == 2


def test_edits_by_hand_are_proved(shop: Path) -> None:
    found = by_hand(shop, {"db.py": BY_HAND})
    assert failures(found) == []
    assert found.proved
    assert [(s.arguments, s.after, s.variables) for s in found.settings] == [
        (("pool_size",), (5,), ("POOL",)),
        (("max_overflow",), (5,), ("SPARE",)),
    ]


def test_a_constant_and_an_argument_may_be_added(shop: Path) -> None:
    text = DATABASE.replace("URL =", 'SPARE = int(os.getenv("SPARE", "5"))\nURL =')
    text = text.replace("max_overflow=10", "max_overflow=SPARE, pool_recycle=300")
    found = by_hand(shop, {"db.py": f"import os\n{text}"})
    assert failures(found) == []
    assert found.proved
    assert {s.arguments for s in found.settings} == {("max_overflow",), ("pool_recycle",)}


def test_a_constant_of_another_module_is_followed(shop: Path) -> None:
    write(shop, {"limits.py": 'import os\n\nSPARE = int(os.getenv("SPARE", "10"))\n'})
    commit_all(shop)
    text = f"from limits import SPARE\n{DATABASE.replace('=10', '=SPARE')}"
    found = by_hand(shop, {"db.py": text})
    assert failures(found) == []
    assert [(s.before, s.after, s.variables) for s in found.settings] == [
        ((10,), (10,), ("SPARE",))
    ]


def test_defaults_of_parameters_are_compared_in_order(shop: Path) -> None:
    before = (
        "import os\n\nfrom sqlalchemy import create_engine\n\n\n"
        "def connect(url, size=5, spare=7, wait=5.0):\n"
        "    return create_engine(url, pool_size=size, max_overflow=spare, pool_timeout=wait)\n\n\n"
        "engine = connect('sqlite:///shop.db')\n"
    )
    write(shop, {"db.py": before})
    commit_all(shop)
    text = before.replace("size=5,", 'size=int(os.getenv("POOL", "5")),')
    found = by_hand(shop, {"db.py": text.replace("spare=7", 'spare=int(os.getenv("SPARE", "3"))')})
    assert failures(found) == []
    assert [(s.arguments, s.before, s.after) for s in found.settings] == [
        (("pool_size",), (5,), (5,)),
        (("max_overflow",), (7,), (3,)),
    ]


def test_a_lower_default_is_a_setting(shop: Path) -> None:
    write(shop, {"db.py": BY_HAND})
    commit_all(shop)
    found = by_hand(shop, {"db.py": BY_HAND.replace('"SPARE", "5"', '"SPARE", "2"')})
    assert failures(found) == []
    assert [(s.old_text, s.new_text, s.before, s.after) for s in found.settings] == [
        ('"5"', '"2"', (5,), (2,))
    ]


def test_tests_and_imports_on_request(shop: Path) -> None:
    command = f"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 {sys.executable} -m pytest -q"
    expects = "def test_db():\n    assert 'max_overflow=10' in open('db.py').read()\n"
    write(shop, {"tests/test_db.py": expects})
    commit_all(shop)
    git(shop, "switch", "--quiet", "-c", "by-hand")
    write(shop, {"db.py": BY_HAND})
    commit_all(shop)
    git(shop, "switch", "--quiet", "main")
    found = pipeline.verify(shop, "by-hand", Options(), run_tests=command, prove_runtime=True)
    assert found.comparison is not None
    assert found.comparison.new_failures == ("tests.test_db::test_db",)
    assert not found.proved
    runtime = {c.name: c for c in found.checks if c.name.startswith("runtime")}
    assert runtime["runtime, variables unset"].passed is True
    assert "SPARE=" in runtime["runtime, variables set"].detail


def test_command_prints_tables_and_json(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_hand(shop, {"db.py": BY_HAND})
    assert run(["verify", "by-hand", str(shop)]) == 0
    printed = capsys.readouterr().out
    assert "9  max_overflow  10 -> 5  SPARE" in printed
    assert "6  engine  15 -> 10" in printed
    assert printed.endswith("by-hand changes pool settings only.\n")
    assert run(["verify", "by-hand", str(shop), "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["proved"] is True
    assert report["pools"][0]["after"] == {"limit": "computed", "max_connections": 10}


def test_command_ends_with_three_where_something_else_changed(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand(shop, {"db.py": BY_HAND.replace("amount * 2", "amount")})
    assert run(["verify", "by-hand", str(shop)]) == 3
    printed = capsys.readouterr().out
    assert "db.py:14: changes something else: `amount * 2` became `amount`" in printed
    assert printed.endswith("by-hand is not proved.\n")
