"""New expressions are evaluated, unset and set, and nothing of the repository is run for it."""

from __future__ import annotations

import pytest
from proved_change import (
    BEFORE,
    decision_on,
    edit_at,
    failed,
    proved,
)

from poolenv.model import (
    Check,
    Scalar,
)


def test_a_conversion_around_a_plain_value_is_not_part_of_it() -> None:
    text = "LIMIT = str(bool(10))\n"
    assert failed(proved(text, decision_on(edit_at(text, "10", "10", "5"), None, 5))) == {}


READS = {
    'int(os.getenv("X", "10"))': ('"10"', '"5"', "5 (int)"),
    'int(os.environ.get("X", 10))': ("10", "5", "5 (int)"),
    'int(os.getenv("X") or 10)': ("10", "5", "5 (int)"),
    'int(os.environ["X"]) if "X" in os.environ else 10': ("10", "5", "5 (int)"),
    'os.getenv("X") or 10': ("10", "5", "5 (int)"),
    'os.getenv("X", "10")': ('"10"', '"5"', "'5' (str)"),
}


@pytest.mark.parametrize("read", READS)
def test_a_changed_default_is_evaluated_within_the_whole_read(read: str) -> None:
    old, new, seen = READS[read]
    text = f"import os\n\nLIMIT = {read}\n"
    edit = edit_at(text, read[read.rindex(old) :], old, new)
    checks = proved(text, decision_on(edit, "X", 5))
    assert failed(checks) == {}
    assert [c.name for c in checks if read.replace(old, new) in c.detail] == [
        "unset",
        "set",
        "empty",
        "junk",
    ]
    assert f"X unset gives {seen}" in next(c.detail for c in checks if c.name == "unset")


def test_foreign_code_around_a_default_is_never_run() -> None:
    text = "LIMIT = launch_missiles('X', default=10)\n"
    checks = proved(text, decision_on(edit_at(text, "=10", "10", "5"), "X", 5))
    assert [(c.name, c.passed) for c in checks if c.name in ("unset", "set")] == [("unset", True)]
    edit = edit_at(text, "=10", "10", "__import__('sys').exit(7)")
    checks = proved(text, decision_on(edit, "X", 5))
    assert [(c.name, c.passed) for c in checks if c.name in ("unset", "set")] == [("unset", None)]


FLAG = 'os.getenv("DB_POOL_PRE_PING", "true").strip().lower() in ("1", "true", "yes", "on")'


@pytest.mark.parametrize("word", ["1", "true", "yes", "on"])
def test_every_spelling_of_a_flag_is_tried(word: str) -> None:
    edit = edit_at(BEFORE, "max_overflow=10", "10", FLAG.replace(f'"{word}"', '"x"', 2))
    problems = failed(proved(BEFORE, decision_on(edit, "DB_POOL_PRE_PING", True)))
    assert "gives False (bool), not True" in " ".join(problems.values())


def test_the_authors_expression_is_stood_in_for_by_its_value() -> None:
    text = "CORES = 4\ne = create_engine(url, pool_size=CORES * 2)\n"

    def of(new: str) -> tuple[Check, ...]:
        edit = edit_at(text, "CORES * 2", "CORES * 2", new)
        return proved(text, decision_on(edit, "DB_POOL_SIZE", 8))

    new = 'int(os.getenv("DB_POOL_SIZE", CORES * 2))'
    checks = of(new)
    assert failed(checks) == {}
    assert f"{new} with 8 for CORES * 2: DB_POOL_SIZE unset gives 8 (int)" in str(checks)
    assert "gives '11' (str), not 11" in failed(of('os.getenv("DB_POOL_SIZE", CORES * 2)'))["set"]
    assert "set" in failed(of('int(os.getenv("DB_POOL", CORES * 2))'))
    assert "is not kept" in failed(of('int(os.getenv("DB_POOL_SIZE", CORES * 3))'))["unset"]


@pytest.mark.parametrize(
    ("new", "value"),
    [
        ('int(os.getenv("DB_POOL_RECYCLE", 60 * 60))', 3600),
        ('float(os.getenv("DB_POOL_TIMEOUT", "2.5"))', 2.5),
        ('int(os.getenv("DB_MAX_OVERFLOW", "-1"))', -1),
        (FLAG, True),
    ],
)
def test_values_of_every_type(new: str, value: Scalar) -> None:
    variable = new.split('"')[1]
    edit = edit_at(BEFORE, "max_overflow=10", "10", new)
    assert failed(proved(BEFORE, decision_on(edit, variable, value))) == {}
