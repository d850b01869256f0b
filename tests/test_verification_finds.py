"""What ``poolenv verify`` names: everything on a branch that is no pool setting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from branch_repository import commit_all, git
from shop_repository import BY_HAND, DATABASE, by_hand, failures, make_shop, write

from poolenv import pipeline
from poolenv.model import Options, PoolenvError
from poolenv.syntax.source.positions import Lines
from poolenv.verification.known_settings import Numbered
from poolenv.verification.python_file import judge_file


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return make_shop(tmp_path)


TEXT_BY_DEFAULT = BY_HAND.replace('int(os.environ.get("POOL", "5"))', 'os.environ.get("POOL", "5")')
FORGOTTEN_INT = BY_HAND.replace('int(os.environ.get("POOL", "5"))', 'os.environ.get("POOL", 5)')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(FORGOTTEN_INT, "POOL '8' gives '8' (str), not 8", id="int forgotten"),
        pytest.param(
            TEXT_BY_DEFAULT, "POOL unset gives '5' (str), not 5", id="a text for 5"
        ),
        pytest.param(BY_HAND.replace("import os\n\n", ""), "os", id="import forgotten"),
        pytest.param(
            BY_HAND.replace('environ.get("POOL", "5")', 'environ["POOL"]'),
            "POOL unset gives KeyError",
            id="default forgotten",
        ),
        pytest.param(
            BY_HAND.replace('"5")),\n    max', 'input())),\n    max'),
            "db.py:8: changes something else",
            id="anything may run",
        ),
        pytest.param(
            BY_HAND.replace("shop.db", "other.db"),
            "db.py:5: changes something else: `'sqlite:///shop.db'` became `'sqlite:///other.db'`",
            id="another database",
        ),
        pytest.param(
            BY_HAND + "\n\ndef more():\n    return 1\n",
            "db.py:17: changes something else: `def more(): return 1` is added",
            id="a new function",
        ),
        pytest.param(
            BY_HAND.replace("import os\n", "import os\nimport antigravity\n"),
            "db.py:2: changes something else: `import antigravity` is added",
            id="another import",
        ),
        pytest.param(
            BY_HAND.replace("    URL,\n", "    URL,\n    echo=True,\n"),
            "db.py:8: changes something else: `echo=True` is added",
            id="another argument",
        ),
        pytest.param(
            BY_HAND.partition("\n\ndef")[0] + "\n",
            "is removed",
            id="a function removed",
        ),
        pytest.param(BY_HAND.replace("URL,\n", "URL,,\n"), "does not parse", id="no Python"),
    ],
)  # fmt: skip
def test_mistakes_by_hand_are_found(shop: Path, text: str, said: str) -> None:
    found = by_hand(shop, {"db.py": text})
    assert not found.proved
    assert any(said in detail for detail in failures(found)), failures(found)


def test_syntax_newer_than_the_interpreter_hides_nothing(shop: Path) -> None:
    """A type statement (Python 3.12) is masked with blanks where the interpreter is older."""
    newer = f"type Money = int\n{DATABASE}"
    write(shop, {"db.py": newer})
    commit_all(shop)
    text = newer.replace("pool_size=5", "pool_size=4")
    assert by_hand(shop, {"db.py": text}).proved
    git(shop, "branch", "-D", "by-hand")
    found = by_hand(shop, {"db.py": text.replace("= int", "= str")})
    assert [detail[:31] for detail in failures(found)] == ["db.py:1: changes something else"]


def test_no_other_value_of_a_file_can_change_unseen(shop: Path) -> None:
    """Each number, text and name of the branch's file, changed in turn, is named."""
    git(shop, "switch", "--quiet", "-c", "by-hand")
    write(shop, {"db.py": BY_HAND})
    commit_all(shop)
    sides = [
        Numbered.of(pipeline.run(shop, Options(), revision=revision).trace)
        for revision in ("main", "by-hand")
    ]
    lines = Lines("db.py", BY_HAND)
    mutants = []
    for node in ast.walk(ast.parse(BY_HAND)):
        if isinstance(node, ast.Name | ast.Constant):
            start, end = lines.range_of(node)
            if 'int(os.environ.get("' not in lines.line_text(node.lineno):
                other = "other" if isinstance(node, ast.Name) else "99"
                mutants.append(BY_HAND[:start] + other + BY_HAND[end:])
    assert len(mutants) == 7
    for mutant in mutants:
        judged = judge_file("db.py", DATABASE, mutant, (sides[0], sides[1]))
        assert any(check.passed is False for check in judged.checks), mutant


def test_what_is_no_code_is_listed_or_named(shop: Path) -> None:
    found = by_hand(
        shop,
        {
            "db.py": BY_HAND.replace("import os\n", "import os  # for the limits\n"),
            "README.md": "A shop with limits.\n",
            "tests/test_db.py": "def test_it():\n    pass\n",
            "render.yaml": "envs:\n  - POOL: 5\n",
            "requirements.txt": "sqlalchemy\n",
        },
    )
    assert [(remark.path, remark.line, remark.text) for remark in found.listed] == [
        ("README.md", 1, "a document"),
        ("db.py", 1, "a comment changed"),
        ("requirements.txt", 1, "a new file"),
        ("tests/test_db.py", 1, "test code"),
    ]
    assert failures(found) == [
        "render.yaml:1: changes something else: envs: []",
        "render.yaml:1: changes something else: envs:",
    ]


def test_removed_and_executable_files_are_named(shop: Path) -> None:
    git(shop, "switch", "--quiet", "-c", "by-hand")
    (shop / "README.md").unlink()
    (shop / "db.py").chmod(0o755)
    commit_all(shop)
    git(shop, "switch", "--quiet", "main")
    assert failures(pipeline.verify(shop, "by-hand", Options())) == [
        "README.md:1: changes something else: is removed",
        "db.py:1: changes something else: its mode was 100644, is 100755",
    ]


@pytest.mark.parametrize(
    ("branch", "base", "said"),
    [
        ("nowhere", "HEAD", "no commit 'nowhere'"),
        ("main", "HEAD", "main holds no commit that HEAD does not"),
        ("main", "nowhere", "no commit 'nowhere'"),
    ],
)
def test_names_that_lead_nowhere(shop: Path, branch: str, base: str, said: str) -> None:
    with pytest.raises(PoolenvError, match=said) as caught:
        pipeline.verify(shop, branch, Options(base=base))
    assert caught.value.exit_code == 2
