"""A change that does anything but what the plan says is caught by some check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from poolenv.model import (
    Action,
    Addition,
    Check,
    Decision,
    Edit,
    FileChange,
    Holder,
    Origin,
    Plan,
    PoolKey,
    Role,
    Rule,
    Scalar,
    Site,
    Snapshot,
    SourceFile,
    Variable,
    Verdict,
)
from poolenv.prove import failing_paths, prove
from poolenv.rewrite import rewrite

PATH = "app/db.py"
BEFORE = '''\
"""Engines."""

import logging

from sqlalchemy import create_engine

LIMIT = 10  # at most 10


class Database:
    size = 5  # per process

    def connect(self, url, timeout=30):
        # one engine
        return create_engine(url, pool_size=self.size, max_overflow=10, pool_timeout=timeout)
'''
SIZE = 'int(os.getenv("DB_POOL_SIZE", "5"))'
OVERFLOW = 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'


def edit_at(text: str, anchor: str, old: str, new: str, path: str = PATH) -> Edit:
    """An edit of ``old``, which stands in ``anchor``."""
    start = text.index(anchor) + anchor.index(old)
    line = text.count("\n", 0, start) + 1
    imports = frozenset({"os"}) if "os." in new else frozenset[str]()
    return Edit(path, start, start + len(old), old, new, "pool", line, imports)


def decision_on(edit: Edit, variable: str | None, value: Scalar, old: Scalar = 10) -> Decision:
    """A decision to make this edit."""
    site = Site(
        path=edit.path,
        line=edit.line,
        column=1,
        sink="sqlalchemy.create_engine",
        argument="max_overflow",
        role=Role.OVERFLOW,
        value=old,
        source_text=edit.old,
        origin=Origin.LITERAL,
        source=None,
        env=None,
        chain=(),
        in_test=False,
        pool=PoolKey(edit.path, edit.line, 1),
        holder=Holder.EXPRESSION,
    )
    return Decision(site, Verdict.REWRITE, "test", variable, value, edit)


def snapshot_of(text: str, **other: bytes) -> Snapshot:
    """A repository of one Python file and some others."""
    source = SourceFile(PATH, text.encode(), text, "utf-8", bom=False, is_test=False)
    return Snapshot("/repo", None, {PATH: source}, frozenset({PATH}), other)


def plan_of(*decisions: Decision) -> Plan:
    """A plan that makes the decisions' edits."""
    return Plan(decisions, tuple(d.edit for d in decisions if d.edit), ())


def failed(checks: tuple[Check, ...]) -> dict[str, str]:
    """The failed checks with their details."""
    return {check.name: check.detail for check in checks if check.passed is False}


def proved(text: str, *decisions: Decision) -> tuple[Check, ...]:
    """The checks of a plan that is rewritten as it should be."""
    plan = plan_of(*decisions)
    snapshot = snapshot_of(text)
    changes, skipped = rewrite(snapshot, plan.edits)
    assert skipped == ()
    return prove(snapshot, plan, changes)


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


def unimported(text: str, new: str = OVERFLOW) -> dict[str, str]:
    """The failed checks where 10 becomes an environment read without any import added."""
    edit = edit_at(text, "10", "10", new)
    bare = replace(edit, imports=frozenset())
    return failed(proved(text, decision_on(bare, "DB_MAX_OVERFLOW", 5)))


UNBOUND = {
    "no import": "e = f(10)\n",
    "imported below": "e = f(10)\nimport os\n",
    "imported for type checkers": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\ne = f(10)\n"
    ),
    "perhaps imported": "try:\n    import os\nexcept E:\n    pass\ne = f(10)\n",
    "renamed": "import os as o\ne = f(10)\n",
    "a function before the import": "def f():\n    return g(10)\n\nf()\nimport os\n",
    "imported in another function": "def g():\n    import os\n\ndef f():\n    return h(10)\n",
    "imported later in the function": "def f():\n    x = g(10)\n    import os\n    return x\n",
}
SHADOWED = {
    "a parameter": "import os\ndef f(os):\n    return g(10)\n",
    "a local": "import os\ndef f():\n    os = 1\n    return g(10)\n",
    "a closure": "import os\ndef f(os):\n    def g():\n        return h(10)\n    return g\n",
    "a module variable": "import os\nos = 3\ne = f(10)\n",
    "another import": "from compat import os\ne = f(10)\n",
    "a submodule by that name": "import os.path as os\ne = f(10)\n",
    "a class attribute": "import os\nclass C:\n    os = 1\n    e = f(10)\n",
    "a comprehension": "import os\ne = [f(10) for os in x]\n",
    "a loop": "import os\nfor os in x:\n    f(10)\n",
    "a global statement": "import os\ndef f():\n    global os\n    os = 1\ne = f(10)\n",
    "int": "import os\nint = str\ne = f(10)\n",
}
BOUND = {
    "import": "import os\ne = f(10)\n",
    "a submodule": "import os.path\ne = f(10)\n",
    "either branch": "if x:\n    import os\nelse:\n    import os\ne = f(10)\n",
    "a function": "import os\n\nasync def f():\n    return [g(10) for x in y]\n",
    "its own import": "def f():\n    import os\n    return g(10)\n",
    "a closure's import": (
        "def f():\n    import os\n    def g():\n        return h(10)\n    return g\n"
    ),
    "a method, beside an attribute": (
        "import os\nclass C:\n    os = 1\n    def m(self):\n        return f(10)\n"
    ),
    "a default, beside a parameter": "import os\ndef f(os, size=10):\n    pass\n",
}


@pytest.mark.parametrize("what", UNBOUND)
def test_a_name_that_is_not_bound_yet_is_caught(what: str) -> None:
    assert "os may not be imported yet" in unimported(UNBOUND[what])["names"]


@pytest.mark.parametrize("what", SHADOWED)
def test_a_name_that_means_something_else_is_caught(what: str) -> None:
    assert "is bound to something else" in unimported(SHADOWED[what])["names"]


@pytest.mark.parametrize("what", BOUND)
def test_a_name_that_is_bound_passes(what: str) -> None:
    assert unimported(BOUND[what]) == {}


def test_names_imported_from_os_are_followed_too() -> None:
    read = 'int(getenv("DB_MAX_OVERFLOW", "5"))'
    assert unimported("from os import environ, getenv\ne = f(10)\n", read) == {}
    assert unimported("from os import path, getenv, sep\ne = f(10)\n", read) == {}
    for other in ("from os import path as getenv", "from decouple import getenv", "getenv = f"):
        assert "bound to something else" in unimported(f"{other}\ne = f(10)\n", read)["names"]


def test_code_that_is_never_compiled_cannot_go_wrong() -> None:
    assert unimported("if 0:\n    e = f(10)\n") == {}
    dead = "import os\ndef f(os):\n    raise E\n    return g(10)\n"
    assert "never evaluated" in unimported(dead)["names"]


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
