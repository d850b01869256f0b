"""One hand-made migration, as JSON, as a table, as Markdown, and as explain's notes."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from shop_migration import SECRET, shop_migration

from poolenv.model import (
    Check,
    Migration,
    PoolenvError,
    Trace,
    Verdict,
)
from poolenv.verification import Verification
from poolenv_cli import explain, render_markdown, render_table, render_verification
from poolenv_cli.report import build, dump


def test_json_of_a_site() -> None:
    site = build(shop_migration())["sites"][0]
    assert site == {
        "path": "db/session.py",
        "line": 4,
        "column": 61,
        "sink": "sqlalchemy.create_engine",
        "argument": "pool_size",
        "role": "size",
        "value": 20,
        "source_text": "20",
        "origin": "constant",
        "source": {
            "path": "core/config.py",
            "line": 1,
            "column": 13,
            "end_line": 1,
            "end_column": 15,
        },
        "env": None,
        "chain": [
            {
                "path": "db/session.py",
                "line": 4,
                "text": 'engine = create_engine("postgresql://shop:***@db/shop", '
                "pool_size=POOL_SIZE, max_overflow=10)",
            },
            {"path": "core/config.py", "line": 1, "text": "POOL_SIZE = 20"},
        ],
        "verdict": "rewrite",
        "reason": "a constant",
        "in_test": False,
        "variable": "DB_POOL_SIZE",
        "new_value": 20,
    }


def test_json_of_everything_else() -> None:
    report = build(shop_migration())
    assert list(report)[:7] == [
        "schema_version",
        "root",
        "revision",
        "summary",
        "sites",
        "pools",
        "unresolved",
    ]
    assert (report["schema_version"], report["root"]) == (1, "/srv/shop")
    assert report["pools"][0]["arguments"] == {"pool_size": 20, "max_overflow": [10, 30]}
    assert report["pools"][0]["max_connections"] == 50
    assert report["pools"][0]["max_connections_after"] == 25
    assert report["pools"][1]["max_connections"] is None
    assert report["pools"][1]["limit"] == "no-limit"
    assert report["unresolved"][0]["argument"] == "**"
    assert report["skipped"] == [
        {"path": "old/py2.py", "line": 7, "reason": "Python 2: print statement"}
    ]
    assert report["summary"]["max_connections"] == {
        "before": 50,
        "after": 25,
        "no_limit": 1,
        "unknown": 0,
    }
    assert report["summary"]["verdicts"] == {"rewrite": 2}


@pytest.mark.parametrize(
    "value", ["\x1b]0;owned\x07", "postgresql://u:hunter2@h/d", float("inf"), "caf\xe9 \udcff"]
)
def test_json_is_ascii_without_secrets_whatever_a_value_is(value: str | float) -> None:
    migration = shop_migration()
    site = replace(migration.trace.sites[0], value=value, source_text=repr(value))
    decision = replace(migration.plan.decisions[0], site=site, new_value=value)
    text = dump(
        replace(
            migration,
            trace=replace(migration.trace, sites=(site,)),
            plan=replace(migration.plan, decisions=(decision,)),
        )
    )
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert SECRET not in text
    assert json.loads(text)["sites"][0]["verdict"] == "rewrite"


def _table(migration: Migration, width: int, *, colours: bool = False) -> str:
    stream = io.StringIO()
    out = Console(file=stream, width=width, markup=False, highlight=False, force_terminal=colours)
    render_table.render(migration, out)
    return stream.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_table_fits_and_tells_all(width: int) -> None:
    text = _table(shop_migration(), width)
    assert max(len(line) for line in text.splitlines()) <= width
    words = " ".join(text.split())
    assert "db/session.py 4:61 pool_size 20 rewrite DB_POOL_SIZE at core/config.py:1" in words
    assert "4:82 max_overflow 10 -> 5 rewrite DB_MAX_OVERFLOW" in words
    lost = "db/session.py 5:29 **mapping of sqlalchemy.create_engine options() reads a database"
    assert lost in words
    assert "db/session.py 4 engine sqlalchemy.create_engine 50 -> 25" in words
    assert "5 legacy sqlalchemy.create_engine no limit" in words
    assert "README.md:3 says 15 connections" in words
    assert "2 pool arguments in 1 file: 2 rewrite." in words
    assert "2 pools: 50 -> 25, plus 1 pool without a limit" in words


def _reached(paths: tuple[str, ...]) -> Migration:
    """The shop, where the constant reaches a call in each of these files."""
    migration = shop_migration()
    decision = migration.plan.decisions[0]
    sites = tuple(
        replace(decision.site, path=path, in_test=path.startswith("tests/")) for path in paths
    )
    decided = tuple(replace(decision, site=site) for site in sites)
    return replace(
        migration,
        trace=replace(migration.trace, sites=sites),
        plan=replace(migration.plan, decisions=decided),
    )


def test_a_value_that_reaches_many_calls_is_one_row() -> None:
    migration = _reached(("jobs/a.py", "jobs/b.py", "a_tests.py", "tests/test_a.py"))
    text = _table(migration, 80)
    assert text.count("pool_size") == 1
    row = "4:61 pool_size 20 rewrite DB_POOL_SIZE at core/config.py:1 (from 4 calls in 4 files)"
    assert row in " ".join(text.split())
    assert "4 pool arguments in 4 files: 4 rewrite." in text
    assert "`a_tests.py:4` and others, 4 calls in 4 files" in render_markdown.render(migration)


def test_code_stands_for_the_tests_that_reach_the_same_value() -> None:
    assert _table(_reached(("tests/test_a.py", "web/a.py")), 80).startswith("web/a.py\n")


def test_values_of_pools_that_tests_open_are_counted() -> None:
    migration = _reached(("tests/test_a.py",))
    kept = tuple(replace(each, verdict=Verdict.KEEP) for each in migration.plan.decisions)
    text = _table(replace(migration, plan=replace(migration.plan, decisions=kept)), 80)
    expected = "tests/test_a.py  (test code)\n    1 argument of pools that test code opens"
    assert text.startswith(expected)


def test_names_and_paths_are_never_broken() -> None:
    path = "a/very/long/path/in/a/repository/of/many/packages/core/config.py"
    [site] = _reached(("jobs/a.py",)).trace.sites
    assert site.source is not None
    migration = _reached(("jobs/a.py",))
    moved = replace(site, source=replace(site.source, path=path))
    decided = replace(migration.plan.decisions[0], site=moved, variable="SHOP_" * 8 + "POOL_SIZE")
    found = replace(
        migration,
        trace=replace(migration.trace, sites=(moved,)),
        plan=replace(migration.plan, decisions=(decided,)),
    )
    for width in (40, 60, 80, 120):
        text = _table(found, width)
        assert f"at {path}:1" in " ".join(text.split())
        assert f" {decided.variable}" in text


def test_table_has_colours_on_a_terminal_only() -> None:
    assert "\x1b[32mrewrite" in _table(shop_migration(), 100, colours=True)
    assert "\x1b" not in _table(shop_migration(), 100)


def test_names_of_files_cannot_act_on_the_terminal() -> None:
    migration = shop_migration()
    site = replace(migration.trace.sites[0], path="evil\x1b[2J\n.py")
    trace = replace(migration.trace, sites=(site,), unresolved=(), pools=())
    decided = replace(migration.plan, decisions=(), pools=(), remarks=())
    text = _table(replace(migration, trace=trace, plan=decided), 100)
    assert "evil\\x1b[2J\\n.py" in text
    assert "\x1b" not in text


def test_nothing_found_is_said_in_one_line() -> None:
    empty = replace(shop_migration(), trace=Trace((), (), (), ()))
    assert _table(empty, 80) == "No pool arguments found in 2 Python files.\n"


def test_markdown() -> None:
    text = render_markdown.render(shop_migration())
    assert (
        "| `db/session.py:4` | `sqlalchemy.create_engine` | `max_overflow` | `10` | `5` | rewrite "
        "| `db/session.py:4` | capped at 5 |"
    ) in text
    assert "| `db/session.py:5` | `legacy` | `sqlalchemy.create_engine` | no limit |" in text
    assert "- `old/py2.py:7`: Python 2: print statement" in text
    assert SECRET not in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a`b", "``a`b``"), ("`a", "`` `a ``"), ("a|b", "`a\\|b`"), ("", ""), ("a\nb", "`a\\nb`")],
)
def test_markdown_code_is_always_code(text: str, shown: str) -> None:
    assert render_markdown.code(text) == shown


def _explained(line: int, path: str = "db/session.py", column: int | None = None) -> str:
    return explain.render(shop_migration(), explain.Place(Path("/srv/shop"), path, line, column))


def test_explain_goes_from_the_pool_to_the_constant() -> None:
    assert _explained(4, column=61) == (
        "db/session.py:4:61: pool_size of sqlalchemy.create_engine is 20\n"
        '    4 | engine = create_engine("postgresql://shop:***@db/shop", '
        "pool_size=POOL_SIZE, max_overflow=10)\n"
        "      |                                                         ^\n"
        "core/config.py:1: note: the value is this constant\n"
        "    1 | POOL_SIZE = 20\n"
        "      |             ^\n"
        "  rewrite: a constant\n"
    )


def test_explain_says_where_the_way_ends() -> None:
    text = _explained(5)
    assert text.startswith("db/session.py:5:29: the whole mapping of sqlalchemy.create_engine is")
    assert "    5 |     legacy = create_engine(url, **options())\n" in text
    assert text.endswith("  unresolved: options() reads a database; look there\n")


def test_explain_of_a_line_with_several_arguments_and_of_a_constant() -> None:
    both = _explained(4)
    assert "pool_size of" in both
    assert "max_overflow of" in both
    assert _explained(1, "core/config.py") == _explained(4, column=61)


def test_explain_of_a_value_lists_every_argument_that_gets_it() -> None:
    migration = _reached(("jobs/a.py", "web/a.py"))
    text = explain.render(migration, explain.Place(Path("/srv/shop"), "core/config.py", 1))
    assert text.startswith("core/config.py:1: 2 pool arguments have the value written here\n\n")
    assert "\njobs/a.py:4:61: pool_size" in text
    assert "\nweb/a.py:4:61: pool_size" in text


def test_explain_names_the_nearest_arguments() -> None:
    with pytest.raises(PoolenvError) as caught:
        _explained(2)
    assert str(caught.value) == (
        "db/session.py:2: no pool argument here; the nearest in this file: "
        "line 4 (max_overflow, pool_size); line 5 (**)"
    )
    with pytest.raises(PoolenvError, match="nor anywhere else in this file"):
        _explained(2, "core/config.py")


def test_verification_names_what_failed_and_what_did_not_run() -> None:
    stream = io.StringIO()
    checks = (
        Check("app.py", "parses", True, "parses"),
        Check("app.py", "set", False, "line 3 gives '8' (str), not 8"),
        Check("db.py", "unset", None, "more than literals"),
    )
    out = Console(file=stream, width=80, markup=False, highlight=False)
    paths = ("app.py", "db.py")
    found = Verification("limits", "b" * 40, "c" * 40, paths, (), (), (), checks)
    render_verification.render(found, out)
    assert stream.getvalue() == (
        "limits: 2 changed files since bbbbbbbbbb\n"
        "\n"
        "1 proof passed, 1 failed, 1 not run.\n"
        "  app.py: set: failed: line 3 gives '8' (str), not 8\n"
        "  db.py: unset: not run: more than literals\n"
        "limits is not proved.\n"
    )
