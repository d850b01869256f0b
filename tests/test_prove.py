"""A change that does anything but what the plan says is caught by some check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from proved_change import (
    BEFORE,
    OVERFLOW,
    PATH,
    SIZE,
    decision_on,
    edit_at,
    failed,
    plan_of,
    proved,
    snapshot_of,
)

from poolenv.model import (
    Action,
    Addition,
    Edit,
    FileChange,
    Plan,
    PoolKey,
    Role,
    Rule,
    Scalar,
    Snapshot,
    SourceFile,
    Variable,
)
from poolenv.prove import failing_paths, prove
from poolenv.rewrite import rewrite

GOOD = (
    decision_on(edit_at(BEFORE, "size = 5", "5", SIZE), "DB_POOL_SIZE", 5),
    decision_on(edit_at(BEFORE, "max_overflow=10", "10", OVERFLOW), "DB_MAX_OVERFLOW", 5),
    decision_on(
        edit_at(BEFORE, "timeout=30", "30", 'int(os.getenv("DB_POOL_TIMEOUT", 30))'),
        "DB_POOL_TIMEOUT",
        30,
    ),
)


def test_a_right_change_passes_every_check_and_says_what_was_seen() -> None:
    checks = proved(BEFORE, *GOOD)
    assert failed(checks) == {}
    assert failing_paths(checks) == frozenset()
    assert {check.name for check in checks if check.passed} == {
        "parses",
        "structure",
        "layout",
        "names",
        "evaluation time",
        "undone",
        "between",
        "complete",
        "unset",
        "set",
        "empty",
        "junk",
    }
    details = [check.detail for check in checks if "DB_POOL_SIZE" in check.detail]
    assert details == [
        f"line 12: {SIZE}: DB_POOL_SIZE unset gives 5 (int)",
        f"line 12: {SIZE}: DB_POOL_SIZE '8' gives 8 (int)",
        f"line 12: {SIZE}: DB_POOL_SIZE empty gives "
        "ValueError: invalid literal for int() with base 10: ''",
        f"line 12: {SIZE}: DB_POOL_SIZE 'junk' gives "
        "ValueError: invalid literal for int() with base 10: 'junk'",
    ]


def tampered(replaced: Callable[[FileChange], FileChange]) -> dict[str, str]:
    """The failed checks where the right change of GOOD is spoilt before it is proved."""
    plan = plan_of(*GOOD)
    snapshot = snapshot_of(BEFORE)
    (change,), _ = rewrite(snapshot, plan.edits)
    checks = prove(snapshot, plan, (replaced(change),))
    assert failing_paths(checks) == frozenset({PATH})
    return failed(checks)


SPOILT_BYTES = {
    "an extra byte at the end": (b"timeout)\n", b"timeout)\n\n"),
    "a lost space": (b"10  # at most", b"10 # at most"),
    "a moved comment": (b"  # at most 10\n", b"\n# at most 10\n"),
    "another comment": (b"# one engine", b"# two engine"),
    "a changed literal elsewhere": (b"LIMIT = 10", b"LIMIT = 11"),
    "tabs for spaces": (b"        # one", b"\t# one"),
    "other newlines": (b"\n", b"\r\n"),
    "a byte-order mark": (b'"""Engines', b'\xef\xbb\xbf"""Engines'),
}


@pytest.mark.parametrize("what", SPOILT_BYTES)
def test_bytes_outside_the_edits_are_held(what: str) -> None:
    old, new = SPOILT_BYTES[what]
    problems = tampered(lambda change: replace(change, after=change.after.replace(old, new)))
    assert {"undone", "between"} & problems.keys()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('"5"', '"50"'), ("DB_MAX_OVERFLOW", "DB_OVERFLOW"), (OVERFLOW, OVERFLOW[4:-1])],
    ids=["value", "variable", "no conversion"],
)
def test_an_edit_that_no_decision_made_is_no_proof(right: str, wrong: str) -> None:
    decided = plan_of(*GOOD)
    edits = [replace(e, new=e.new.replace(right, wrong)) for e in decided.edits if e.line == 15]
    other = replace(decided, edits=tuple(edits))
    snapshot = snapshot_of(BEFORE)
    changes, _ = rewrite(snapshot, other.edits)
    assert "another edit than decided" in failed(prove(snapshot, other, changes))["complete"]


def test_an_edit_that_is_missing_is_noticed() -> None:
    problems = tampered(lambda change: replace(change, edits=change.edits[:-1]))
    assert "a planned edit is missing" in problems["complete"]


def test_a_file_that_does_not_parse_is_noticed() -> None:
    problems = tampered(lambda change: replace(change, after=change.after + b")"))
    assert "parses" in problems


def wrong(anchor: str, old: str, new: str, variable: str | None, value: Scalar) -> dict[str, str]:
    """The failed checks of one consistently made, but wrong, edit of BEFORE."""
    return failed(proved(BEFORE, decision_on(edit_at(BEFORE, anchor, old, new), variable, value)))


SPOILT_EDITS = {
    "wrong value": ('int(os.getenv("DB_MAX_OVERFLOW", "6"))', "unset", "gives 6 (int), not 5"),
    "wrong variable": (
        'int(os.getenv("DB_POOL_OVERFLOW", "5"))',
        "set",
        "DB_MAX_OVERFLOW '8' gives 5 (int), not 8",
    ),
    "float for int": ('float(os.getenv("DB_MAX_OVERFLOW", "5"))', "unset", "5.0 (float), not 5"),
    "text for int": ('str(int(os.getenv("DB_MAX_OVERFLOW", "5")))', "unset", "'5' (str), not 5"),
    "text once set": ('os.getenv("DB_MAX_OVERFLOW", 5)', "set", "gives '8' (str), not 8"),
    "bool for int": ('bool(os.getenv("DB_MAX_OVERFLOW", "5"))', "unset", "True (bool), not 5"),
    "a literal, no variable": ("6", "unset", "gives 6 (int), not 5"),
    "an error": ('int(os.environ["DB_MAX_OVERFLOW"])', "unset", "KeyError"),
    "a name from nowhere": ('cast(os.getenv("DB_MAX_OVERFLOW", "5"))', "names", "cast may not"),
    "delayed": ('(lambda: int(os.getenv("DB_MAX_OVERFLOW", "5")))()', "evaluation time", "Lambda"),
    "one argument more": (f"{OVERFLOW}, pool_pre_ping=True", "structure", "changed"),
    "a closed bracket": (f"{OVERFLOW}), print(1", "structure", "changed"),
    "a statement more": (f"{OVERFLOW})\n        print(1", "structure", "changed"),
}


@pytest.mark.parametrize("what", SPOILT_EDITS)
def test_a_wrong_edit_is_caught_though_it_is_made_as_written(what: str) -> None:
    new, name, detail = SPOILT_EDITS[what]
    problems = wrong("max_overflow=10", "10", new, "DB_MAX_OVERFLOW", 5)
    assert name in problems, problems
    assert detail in problems[name]


def test_an_expression_that_joins_with_its_neighbours_is_caught() -> None:
    text = "from sqlalchemy import create_engine\n\ne = create_engine(u, pool_recycle=5 * 60)\n"
    edit = edit_at(text, "5 * 60", "5", "2 + 3")
    assert "structure" in failed(proved(text, decision_on(edit, None, 5)))


def test_an_edit_may_not_swallow_a_comment() -> None:
    old = "max_overflow=10, pool_timeout=timeout)\n"
    text = BEFORE.replace("max_overflow=10,", "max_overflow=10,  # most\n           ")
    start = text.index("10,  # most\n")
    edit = Edit(PATH, start, start + 11, "10,  # most", "5,", "pool", 16)
    assert old not in text
    assert "a comment inside the edit" in failed(proved(text, decision_on(edit, None, 5)))["layout"]


def test_an_edit_of_the_comment_itself_may_change_it() -> None:
    edit = edit_at(BEFORE, "# at most 10", "10", "5")
    plan = Plan((), (edit,), ())
    snapshot = snapshot_of(BEFORE)
    changes, _ = rewrite(snapshot, (edit,))
    checks = prove(snapshot, plan, changes)
    assert failed(checks) == {}
    assert next(c for c in checks if c.name == "layout").passed


def test_added_arguments_are_proved_too() -> None:
    text = "from sqlalchemy import create_engine\n\ne = create_engine(url)\n"
    end = text.index(")\n")
    size, recycle = (
        Edit(PATH, end, end, "", new, "ensure", 3, frozenset({"os"}))
        for new in (
            f", pool_size={SIZE}",
            ', pool_recycle=int(os.getenv("DB_POOL_RECYCLE", "300"))',
        )
    )
    key = PoolKey(PATH, 3, 5)
    additions = (
        Addition(key, "pool_size", 5, size, "ensure"),
        Addition(key, "pool_recycle", 300, recycle, "ensure"),
    )
    variables = (
        Variable("DB_POOL_SIZE", 5, Role.SIZE, ("pool_size",), (PATH,), True),
        Variable("DB_POOL_RECYCLE", 300, Role.RECYCLE, ("pool_recycle",), (PATH,), True),
    )
    plan = Plan((), (size, recycle), variables, additions)
    snapshot = snapshot_of(text)
    changes, _ = rewrite(snapshot, plan.edits)
    checks = prove(snapshot, plan, changes)
    assert failed(checks) == {}
    assert sum(c.name == "set" for c in checks) == 2
    wrong = replace(plan, additions=(replace(additions[0], value=6), additions[1]))
    assert "gives 5 (int), not 6" in failed(prove(snapshot, wrong, changes))["unset"]


def test_other_files_keep_every_byte_outside_the_edits() -> None:
    data = b"A=\xff\r\nDB_MAX_OVERFLOW=10\r\n"
    text = data.decode("utf-8", "surrogateescape")
    edit = edit_at(text, "=10", "10", "5", ".env")
    snapshot = Snapshot("/repo", None, {}, frozenset(), {".env": data})
    changes, _ = rewrite(snapshot, (edit,))
    plan = Plan((), (edit,), ())
    assert failed(prove(snapshot, plan, changes)) == {}
    bad = replace(changes[0], after=changes[0].after.replace(b"\xff", b"?"))
    assert {"undone", "between"} <= failed(prove(snapshot, plan, (bad,))).keys()


def test_new_files_have_to_parse() -> None:
    snapshot, plan = snapshot_of(BEFORE), plan_of()
    good, bad = FileChange("t.py", None, b"x = 1\n"), FileChange("t.py", None, b"x = (\n")
    assert failing_paths(prove(snapshot, plan, (good,))) == frozenset()
    assert failing_paths(prove(snapshot, plan, (bad,))) == frozenset({"t.py"})


def test_encodings_and_marks_are_read_as_they_were() -> None:
    text = "# coding: latin-1\nNAME = 'Jos\xe9'\ne = create_engine(url, pool_size=5)\n"
    source = SourceFile(PATH, text.encode("latin-1"), text, "latin-1", bom=False, is_test=False)
    marked = "import os\ne = create_engine(url, pool_size=5)\n"
    other = SourceFile("b.py", b"\xef\xbb\xbf" + marked.encode(), marked, "utf-8", True, False)
    snapshot = Snapshot("/repo", None, {PATH: source, "b.py": other}, frozenset(), {})
    plan = plan_of(
        decision_on(edit_at(text, "=5", "5", SIZE), "DB_POOL_SIZE", 5),
        decision_on(edit_at(marked, "=5", "5", SIZE, "b.py"), "DB_POOL_SIZE", 5),
    )
    changes, skipped = rewrite(snapshot, plan.edits)
    assert skipped == ()
    assert failed(prove(snapshot, plan, changes)) == {}


def test_policies_do_not_change_how_a_plan_is_proved() -> None:
    plan = plan_of(*GOOD)
    rules = (Rule(Action.CAP, "max_overflow", 5),)
    lowered = replace(plan, policy=replace(plan.policy, rules=rules))
    snapshot = snapshot_of(BEFORE)
    changes, _ = rewrite(snapshot, plan.edits)
    assert prove(snapshot, lowered, changes) == prove(snapshot, plan, changes)
