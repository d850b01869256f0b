"""Documents say only what plan, files and checks say. POOLENV_REGEN=1 rewrites tests/golden/."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from example_migration import REVISION, ROOT, example

from poolenv.document import MARKER, document, pull_request_text
from poolenv.document.markdown import cell, code, path_code, prose
from poolenv.model import (
    Check,
    Edit,
    FileChange,
    Migration,
    Options,
    Plan,
    PoolChange,
    PoolenvError,
    Remark,
    Snapshot,
    Trace,
)

GOLDEN = Path(__file__).parent / "golden"
HASH = "89abcdef0123456789abcdef0123456789abcdef"
IMPLEMENTATION, SECURITY = Options().document, Options().security_document


def texts(migration: Migration, options: Options | None = None) -> dict[str, str]:
    changes = document(migration, options or Options(), HASH)
    return {change.path: change.after.decode() for change in changes}


def section(text: str, title: str) -> str:
    """The lines between a heading and the next of the same level."""
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("name", [IMPLEMENTATION, SECURITY, "PULL_REQUEST.md"])
def test_golden(name: str) -> None:
    migration = example().migration
    every = texts(migration) | {"PULL_REQUEST.md": pull_request_text(migration, Options())}
    if os.environ.get("POOLENV_REGEN") == "1":
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / name).write_text(every[name], encoding="utf-8", newline="\n")
    assert every[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_figures_are_those_of_the_plan() -> None:
    """Counted here a second time, from the plan itself."""
    migration = example().migration
    pools = [p for p in migration.plan.pools if p.before is not None and p.after is not None]
    before, after = sum(p.before or 0 for p in pools), sum(p.after or 0 for p in pools)
    text = texts(migration)[IMPLEMENTATION]
    assert (before, after) == (105, 80)
    assert f"| {before} | {after} |" in section(text, "Most connections")
    for pool in pools:
        row = f"| {pool.after} | {int(0.8 * (pool.after or 0))} |"
        assert row in section(text, "Monitoring")
    edited = [d for d in migration.plan.decisions if d.edit is not None]
    rows = re.findall(r"^\| `.*:\d+` \|", section(text, "Files"), re.MULTILINE)
    assert len(rows) == len(edited) == 10
    for decision in edited:
        assert decision.edit is not None
        assert code(decision.edit.new) in section(text, "Files")
    for variable in migration.plan.variables:
        row = f"| `{variable.name}` | `{variable.default}` |"
        assert row in section(text, "Environment variables")


def test_the_way_back_names_old_values_and_the_code_commit() -> None:
    back = section(texts(example().migration)[IMPLEMENTATION], "How to roll back")
    assert "DB_MAX_OVERFLOW=10\nGATEWAY_MAX_OVERFLOW=10\n" in back
    assert "DB_POOL_SIZE" not in back, "its default did not change"
    assert f"git revert {HASH}\n" in back
    assert "tests, which expect the new code" in back


def test_what_did_not_run_is_said_not_to_have_run() -> None:
    checks = section(texts(example().migration)[IMPLEMENTATION], "Checks")
    assert "| the repository's own tests |  |  | 1 |" in checks
    assert "- layout: not run: more than 200000 characters (`services/report/db.py`)" in checks
    security = texts(example().migration)[SECURITY]
    assert "What a value that is no number does was not checked." in security
    assert "Not run: the repository's own tests" in section(security, "Not checked")


def test_a_check_that_ran_replaces_not_run() -> None:
    migration = example().migration
    gives = "line 4: int(os.getenv('X', '5')): X 'junk' gives ValueError: no int: 'junk'"
    ran = Check("services/orders/database.py", "junk", True, gives)
    nothing = "line 4: int(os.getenv('X', '5')): X '' gives ValueError: no int: ''"
    unset = Check("services/orders/database.py", "empty", True, nothing)
    own = Check(".", "the repository's own tests", True, "12 passed before and after")
    every = texts(replace(migration, checks=(*migration.checks, unset, ran, own)))
    assert "| the repository's own tests | 1 |  |  |" in every[IMPLEMENTATION]
    assert (
        "- An empty text gives `ValueError: no int: ''`: "
        "1 edit in `services/orders/database.py`\n"
        "- The text `junk` gives `ValueError: no int: 'junk'`: "
        "1 edit in `services/orders/database.py`\n- "
    ) in every[SECURITY]
    edited = re.search(r"Of the (\d+) edited values", every[SECURITY])
    more = re.search(r"- (\d+) more edits were not tried: ", every[SECURITY])
    assert edited is not None
    assert more is not None
    added = sum(a.variable is not None for a in migration.plan.additions)
    assert int(more[1]) == int(edited[1]) + added - 1
    assert "no number does was not checked" not in every[SECURITY]


def test_a_failed_check_is_shown_with_its_file() -> None:
    migration = example().migration
    failed = Check("services/orders/database.py", "names", False, "line 4: os is not bound")
    text = texts(replace(migration, checks=(failed,)))[IMPLEMENTATION]
    assert "0 passed, 1 failed" in text
    assert "- names: line 4: os is not bound (`services/orders/database.py`)" in text


def test_a_file_that_was_left_out_keeps_its_figures() -> None:
    """The plan wanted to change it, a check refused: the documents must not say it changed."""
    migration = example().migration
    left_out = "services/orders/database.py"
    code_changes = tuple(c for c in migration.code if c.path != left_out)
    text = texts(replace(migration, code=code_changes))[IMPLEMENTATION]
    assert f"| `engine` | `{left_out}:4` | 15 | 15 |" in text
    assert "| 105 | 85 |" in text
    assert f"`{left_out}:4` | `pool_size` |" not in section(text, "Files")
    assert left_out not in section(text, "Environment variables")


def test_each_place_that_was_not_rewritten_is_named_with_its_reason() -> None:
    left = section(texts(example().migration)[IMPLEMENTATION], "What was not rewritten")
    assert "`scripts/export.py:3`: `maxconn` (`30`)" in left
    assert "which nothing here calls\n  - `services/report/db.py:5`: `max_overflow`" in left
    assert (
        "Asked for by the policy, and not added:\n\n"
        "- in-memory SQLite may be\n  - `services/orders/database.py:4`" in left
    )
    assert "`legacy/old.py:3`: Python 2: invalid syntax" in left


def test_no_secret_no_root_no_control_character() -> None:
    migration = example().migration
    hostile = Remark("a\x1b[2J|`b`\n.py", 1, "see postgresql://u:hunter2@h/d <img src=x> **b**")
    local = Remark("x.py", 1, f"cannot open {ROOT}/x.py")
    plan = replace(migration.plan, remarks=(hostile, local))
    every = texts(replace(migration, plan=plan))
    for text in (*every.values(), pull_request_text(migration, Options())):
        assert "hunter2" not in text
        assert ROOT not in text
        assert re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text) is None
    assert "``a\\x1b[2J|`b`\\n.py:1``" in every[IMPLEMENTATION]
    assert "u:\\*\\*\\*@h/d &lt;img src=x> \\*\\*b\\*\\*" in every[IMPLEMENTATION]


def test_a_secret_in_new_text_is_named() -> None:
    migration = example().migration
    test = FileChange("tests/test_new.py", None, b'URL = "postgresql://u:hunter2@h/d"\n')
    security = texts(replace(migration, tests=(test,)))[SECURITY]
    assert "token or key): `tests/test_new.py`." in security


def test_tables_have_the_same_number_of_cells_in_every_row() -> None:
    for text in (
        *texts(example().migration).values(),
        pull_request_text(example().migration, Options()),
    ):
        tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
        assert tables
        for table in tables:
            widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
            assert len(widths) == 1, table


def test_the_same_input_gives_the_same_bytes_whatever_its_order() -> None:
    migration = example().migration
    plan = migration.plan
    turned = replace(
        migration,
        plan=replace(
            plan,
            decisions=plan.decisions[::-1],
            pools=plan.pools[::-1],
            variables=plan.variables[::-1],
            remarks=plan.remarks[::-1],
        ),
        code=migration.code[::-1],
        checks=migration.checks[::-1],
    )
    assert texts(turned) == texts(migration)


def test_nothing_to_change_means_no_documents() -> None:
    empty = Migration(
        Snapshot(ROOT, REVISION, {}, frozenset(), {}), Trace((), (), (), ()), Plan((), (), ()),
        (), (), (), (), (),
    )  # fmt: skip
    assert document(empty, Options(), HASH) == ()


def test_singular_and_absent_sections() -> None:
    """One edit, nothing else: no plural, no empty table."""
    full = example().migration
    one = next(d for d in full.plan.decisions if d.variable == "DB_REPORT_POOL_SIZE")
    assert isinstance(one.edit, Edit)
    pool = next(p for p in full.plan.pools if p.pool.key == one.site.pool)
    plan = Plan((one,), (one.edit,), full.plan.variables[2:3], pools=(pool,))
    code_change = tuple(c for c in full.code if c.path == one.edit.path)
    migration = replace(
        full,
        plan=plan,
        trace=Trace((one.site,), (pool.pool,), (), ()),
        code=code_change,
        tests=(),
        test_remarks=(),
        skipped=(),
        checks=(),
    )
    text = texts(migration)[IMPLEMENTATION]
    assert "- 1 value written in code is now the default of an environment variable." in text
    assert "No default changes" in text
    assert "No policy was given." in text
    assert "1 pool is not in a total" in text
    assert "No pool has a known limit" in section(text, "Monitoring")
    assert section(text, "To look at").strip() == "Nothing."
    assert section(text, "What was not rewritten").startswith("\nNothing: every pool argument")
    assert "set the variable to the old value" not in text
    assert "hold the documents" in section(text, "How to roll back")
    assert pull_request_text(migration, Options()).startswith(
        "Read database connection-pool settings from environment variables\n\n"
    )


def test_pools_without_a_number_and_pools_of_tests() -> None:
    migration = example().migration
    first = migration.plan.pools[0]
    unlimited = PoolChange(replace(first.pool, limit="no-limit", max_connections=None), None, 10)
    in_test = PoolChange(replace(first.pool, in_test=True), 15, 15)
    plan = replace(migration.plan, pools=(unlimited, in_test))
    text = section(texts(replace(migration, plan=plan))[IMPLEMENTATION], "Most connections")
    assert "| no limit | 10 |" in text
    assert "1 pool that test code opens is not counted." in text
    assert "Total" not in text


def test_a_document_of_an_earlier_run_is_replaced() -> None:
    old = f"{MARKER}\n\nold\n".encode()
    changes = document(example({IMPLEMENTATION: old}).migration, Options(), HASH)
    assert [change.before for change in changes] == [old, None]


def test_a_document_that_somebody_wrote_is_refused() -> None:
    migration = example({"docs/pools.md": b"# Our pools\n"}).migration
    with pytest.raises(PoolenvError, match=r"docs/pools\.md: .* set document = ") as refused:
        document(migration, Options(document="docs/pools.md"), HASH)
    assert refused.value.exit_code == 4


def test_both_documents_at_one_path_are_refused() -> None:
    with pytest.raises(PoolenvError, match="another path"):
        document(example().migration, Options(document="A.md", security_document="A.md"), HASH)


def test_without_a_commit_there_is_nothing_to_revert() -> None:
    (text, _) = (c.after.decode() for c in document(example().migration, Options(), ""))
    assert "git revert" not in text
    assert "without a commit" in text


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (code("a`b"), "``a`b``"),
        (code("`a`"), "`` `a` ``"),
        (code("a\n    b"), "`a b`"),
        (cell(code("int | None")), "`int \\| None`"),
        (path_code("a\nb.py"), "`a\\nb.py`"),
        (prose("`a` of __b__"), "`a` of \\_\\_b\\_\\_"),
        (prose("one ` tick <b>"), "one ' tick &lt;b>"),
        (prose("[x](javascript:y)"), "\\[x\\](javascript:y)"),
    ],
)
def test_foreign_text_forms_no_markup(shown: str, expected: str) -> None:
    assert shown == expected
