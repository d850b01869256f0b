"""Words that a changed default makes false are rewritten when they name it, else pointed out."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.model import (
    Decision,
    Edit,
    Origin,
    PoolKey,
    Role,
    Scalar,
    Site,
    Snapshot,
    SourceFile,
    Verdict,
)
from poolenv.stale_words import stale_words
from poolenv.syntax.source.positions import Lines, splice

PATH = "app/db.py"
ROLES = {"max_overflow": Role.OVERFLOW, "pool_size": Role.SIZE, "pool_recycle": Role.RECYCLE}


def snapshot(text: str, other: dict[str, bytes] | None = None, **more: str) -> Snapshot:
    texts = {PATH: text} | {path.replace("__", "/") + ".py": t for path, t in more.items()}
    python = {
        path: SourceFile(path, t.encode(), t, "utf-8", False, path.startswith("tests/"))
        for path, t in texts.items()
    }
    return Snapshot(".", None, python, frozenset(python), other or {})


def decision(
    text: str, argument: str, old: Scalar, new: Scalar, at: str, env: str | None = None
) -> Decision:
    """A decision about the literal directly behind ``at``."""
    start = text.index(at) + len(at)
    end = start + len(str(old))
    assert text[start:end] == str(old)
    line, column = Lines(PATH, text).position(start)
    site = Site(
        path=PATH,
        line=line,
        column=column,
        sink="sqlalchemy.create_engine",
        argument=argument,
        role=ROLES[argument],
        value=old,
        source_text=str(old),
        origin=Origin.LITERAL,
        source=None,
        env=env,
        chain=(),
        in_test=False,
        pool=PoolKey(PATH, 1, 1),
    )
    edit = Edit(PATH, start, end, str(old), str(new), "", line) if old != new else None
    return Decision(site, Verdict.REWRITE, "", env or f"DB_{argument.upper()}", new, edit)


def overflow(text: str, at: str = "max_overflow=", size: int | None = None) -> tuple[Decision, ...]:
    found = [decision(text, "max_overflow", 10, 5, at, "DB_MAX_OVERFLOW")]
    if size is not None:
        found.append(decision(text, "pool_size", size, size, "pool_size="))
    return tuple(found)


def rewritten(before: str) -> tuple[str, list[int]]:
    """The text with the words edited and the value too, and the lines of the remarks."""
    text = dedent(before)
    size = 5 if "pool_size=5" in text else None
    decisions = overflow(
        text, "(u, pool_size=5, max_overflow=" if size else "(u, max_overflow=", size
    )
    edits, remarks = stale_words(snapshot(text), decisions)
    values = tuple(d.edit for d in decisions if d.edit is not None)
    return splice(text, (*edits, *values)), [remark.line for remark in remarks]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "e = create_engine(u, max_overflow=10)  # max_overflow=10 is plenty\n",
            "e = create_engine(u, max_overflow=5)  # max_overflow=5 is plenty\n",
        ),
        (
            "# DB_MAX_OVERFLOW: 10\ne = create_engine(u, max_overflow=10)\n",
            "# DB_MAX_OVERFLOW: 5\ne = create_engine(u, max_overflow=5)\n",
        ),
        (
            "# Max overflow 10, not 100.\ne = create_engine(u, max_overflow=10)\n",
            "# Max overflow 5, not 100.\ne = create_engine(u, max_overflow=5)\n",
        ),
        (
            "# `max_overflow` (default: 10)\ne = create_engine(u, max_overflow=10)\n",
            "# `max_overflow` (default: 5)\ne = create_engine(u, max_overflow=5)\n",
        ),
        (
            '"""Here max_overflow is 10."""\n\ne = create_engine(u, max_overflow=10)\n',
            '"""Here max_overflow is 5."""\n\ne = create_engine(u, max_overflow=5)\n',
        ),
        (
            'def f(u):\n    """Open.\n\n    max_overflow: int = 10\n    """\n\n'
            "    return create_engine(u, max_overflow=10)\n",
            'def f(u):\n    """Open.\n\n    max_overflow: int = 5\n    """\n\n'
            "    return create_engine(u, max_overflow=5)\n",
        ),
        # The sum stands beside the name, so it is of the same pool.
        (
            "# 15 connections: pool_size (5) and max_overflow (10)\n"
            "e = create_engine(u, pool_size=5, max_overflow=10)\n",
            "# 10 connections: pool_size (5) and max_overflow (5)\n"
            "e = create_engine(u, pool_size=5, max_overflow=5)\n",
        ),
        (
            "# größer als max_overflow=10 geht nicht\ne = create_engine(u, max_overflow=10)\n",
            "# größer als max_overflow=5 geht nicht\ne = create_engine(u, max_overflow=5)\n",
        ),
    ],
)
def test_words_that_name_the_argument_get_the_new_value(before: str, after: str) -> None:
    assert rewritten(before) == (after, [])


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("e = create_engine(u, max_overflow=10)  # reduced to 10\n", 1),
        ("# 15 connections at most\ne = create_engine(u, pool_size=5, max_overflow=10)\n", 1),
        ("# max_overflow was 10 before March\ne = create_engine(u, max_overflow=10)\n", 1),
        ("e = create_engine(u, max_overflow=10)\n\n\n# the jobs have max_overflow=10\n", 4),
        ('"""Ten means 10 connections."""\n\ne = create_engine(u, max_overflow=10)\n', 1),
    ],
)
def test_other_words_with_the_old_number_are_only_pointed_out(before: str, line: int) -> None:
    after, remarks = rewritten(before)
    assert after == before.replace("(u, max_overflow=10", "(u, max_overflow=5").replace(
        "pool_size=5, max_overflow=10", "pool_size=5, max_overflow=5"
    )
    assert remarks == [line]


@pytest.mark.parametrize(
    "before",
    [
        "# max_overflow=100\ne = create_engine(u, max_overflow=10)\n",
        "# max_overflow=10.5, my_max_overflow_x=10\n\n\ne = create_engine(u, max_overflow=10)\n",
        'TEXT = "max_overflow=10"\ne = create_engine(u, max_overflow=10)\n',
        "# 10 pages\n\n\ne = create_engine(u, max_overflow=10)\n",
        "e = create_engine(u, max_overflow=10)\nCACHE = 10 * KB  # 10 MB at most\n",
        '"""Print 10 lines."""\n\ne = create_engine(u, max_overflow=10)\n',
        '"""Do.\n\n>>> engine(max_overflow=10)\n"""\n\ne = create_engine(u, max_overflow=10)\n',
    ],
)
def test_words_about_something_else_stay_unmentioned(before: str) -> None:
    after, remarks = rewritten(before)
    assert after == before.replace("(u, max_overflow=10", "(u, max_overflow=5")
    assert remarks == []


def test_the_paragraph_of_a_settings_field() -> None:
    text = dedent("""\
        class Settings(BaseSettings):
            # Pool: 5 stay, max_overflow=10 come and go.
            POOL_SIZE: int = 5
            MAX_OVERFLOW: int = 10  # MAX_OVERFLOW: 10

            # PAGE: 10
            PAGE: int = 10
        """)
    edits, remarks = stale_words(snapshot(text), overflow(text, "MAX_OVERFLOW: int = "))
    assert [(edit.line, edit.old, edit.new) for edit in edits] == [(2, "10", "5"), (4, "10", "5")]
    assert remarks == ()


def test_words_near_a_value_that_stays_may_be_about_that() -> None:
    text = dedent("""\
        # both have max_overflow=10
        a = create_engine(u, max_overflow=10)
        b = create_engine(u, max_overflow= 10)
        """)
    kept = decision(text, "max_overflow", 10, 10, "max_overflow= ")
    edits, remarks = stale_words(snapshot(text), (*overflow(text, "(u, max_overflow="), kept))
    assert edits == ()
    assert [remark.line for remark in remarks] == [1]


def test_two_new_values_for_one_place_are_pointed_out() -> None:
    text = dedent("""\
        # max_overflow=10
        a = create_engine(u, max_overflow=10)
        b = create_engine(u, max_overflow= 10)
        """)
    other = decision(text, "max_overflow", 10, 7, "max_overflow= ")
    edits, remarks = stale_words(snapshot(text), (*overflow(text, "(u, max_overflow="), other))
    assert edits == ()
    assert [remark.line for remark in remarks] == [1]


def test_a_line_that_is_partly_mended_is_pointed_out_still() -> None:
    text = "# max_overflow=10, so 15 in all\ne = create_engine(u, pool_size=5, max_overflow= 10)\n"
    edits, remarks = stale_words(snapshot(text), overflow(text, "max_overflow= ", size=5))
    assert [(edit.old, edit.new) for edit in edits] == [("10", "5")]
    assert [remark.line for remark in remarks] == [1]


def test_words_mended_for_one_file_need_no_remark_on_account_of_another() -> None:
    text = "e = create_engine(u, max_overflow=10)  # max_overflow=10\n"
    first = overflow(text, "(u, max_overflow=")
    at_b = replace(first[0].site, path="app/b.py")
    assert first[0].edit is not None
    second = replace(first[0], site=at_b, edit=replace(first[0].edit, path="app/b.py"))
    edits, remarks = stale_words(snapshot(text, app__b=text), (*first, second))
    assert [edit.path for edit in edits] == ["app/b.py", "app/db.py"]
    assert remarks == ()


def test_readmes_and_comments_of_other_files_are_only_pointed_out() -> None:
    text = "e = create_engine(u, pool_size=5, max_overflow=10)\n"
    other = {
        "README.md": b"# Pools\n\nSet `DB_MAX_OVERFLOW=10` for up to 15 connections.\nPage 10.\n",
        ".env.example": b"# 5 + 10 = 15 connections at most\nDB_MAX_OVERFLOW=10\n",
        "render.yaml": b'  value: "10"  # 15 connections per worker\n',
        "CHANGELOG.md": b"- max_overflow=10\n",
        "LIMITS.md": b"<!-- poolenv: generated -->\nmax_overflow=10\n",
    }
    elsewhere = "WARN = 12  # of 15 (max_overflow 10)\n"
    found = snapshot(text, other, app__health=elsewhere, tests__test_db=elsewhere)
    edits, remarks = stale_words(found, overflow(text, size=5))
    assert edits == ()
    assert [(remark.path, remark.line) for remark in remarks] == [
        (".env.example", 1),
        ("README.md", 3),
        ("app/health.py", 1),
        ("render.yaml", 1),
    ]


def test_remarks_hold_no_secret() -> None:
    text = "e = create_engine(u, max_overflow=10)  # 10, postgresql://u:hunter2@h/d\n"
    _, remarks = stale_words(snapshot(text), overflow(text))
    assert "hunter2" not in remarks[0].text
    assert "from 10 to 5" in remarks[0].text


def test_unchanged_defaults_make_no_words_stale() -> None:
    text = "# max_overflow=10\ne = create_engine(u, max_overflow=10)\n"
    same = decision(text, "max_overflow", 10, 10, "u, max_overflow=")
    assert stale_words(snapshot(text), (same,)) == ((), ())


_COMMENTS = st.sampled_from(
    ["# max_overflow=10", "# 15 connections", '"""', "'", "(", "\\", "#", "x = 1", "\f", "\r", "é"]
)


@given(st.lists(_COMMENTS, max_size=6), st.lists(_COMMENTS, max_size=6))
def test_any_surroundings_are_survived_and_only_words_change(
    above: list[str], below: list[str]
) -> None:
    call = "e = create_engine(u, max_overflow=10)"
    text = "\n".join([*above, call, *below])
    decisions = overflow(text, "(u, max_overflow=")
    edits, _ = stale_words(snapshot(text), decisions)
    after = splice(text, (*edits, *(d.edit for d in decisions if d.edit)))
    assert re.sub(r"\d+", "", after) == re.sub(r"\d+", "", text)
    assert "(u, max_overflow=5)" in after


def test_small_numbers_are_pointed_out_only_beside_the_name() -> None:
    text = dedent(
        """\
        # Probe with SELECT 1 first, and sleep 1 second.
        engine = create_engine(URL, pool_size=1)  # 1 per worker
        """
    )
    one = decision(text, "pool_size", 1, 3, "pool_size=", "DB_POOL_SIZE")
    other = {
        "README.md": b"Run `worker --interval 1`, then SELECT 1.\nThe pool_size of 1 is enough.\n",
    }
    _, remarks = stale_words(snapshot(text, other), (one,))
    assert [(r.path, r.line) for r in remarks] == [("README.md", 2), (PATH, 2)]


def test_a_comment_behind_a_documented_value_is_pointed_out() -> None:
    text = "engine = create_engine(URL, max_overflow=10)\n"
    example = b"DB_MAX_OVERFLOW=10  # 10 in a burst\nOTHER=10  # 10 in a burst\n"
    _, remarks = stale_words(snapshot(text, {".env.example": example}), overflow(text))
    assert [(r.path, r.line) for r in remarks] == [(".env.example", 1)]
