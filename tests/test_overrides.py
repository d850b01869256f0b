"""Deployment files that keep an old limit are found; files that document variables stay true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poolenv.model import (
    Decision,
    Edit,
    Origin,
    Override,
    PoolKey,
    Role,
    Scalar,
    Site,
    Variable,
    Verdict,
)
from poolenv.overrides import find_overrides, is_example, update_examples
from poolenv.syntax.source.positions import splice

OVERFLOW = Variable(
    "DB_MAX_OVERFLOW", 5, Role.OVERFLOW, ("max_overflow",), ("app/db.py",), is_new=False
)
SIZE = Variable("DB_POOL_SIZE", 5, Role.SIZE, ("pool_size",), ("app/db.py",), is_new=True)


def found(path: str, text: str, *variables: Variable) -> list[tuple[int, str, str]]:
    overrides = find_overrides({path: text.encode()}, variables or (OVERFLOW,))
    return [(o.line, o.variable, o.value) for o in overrides]


def decision(variable: str, old: Scalar, new: Scalar, env: str | None = None) -> Decision:
    site = Site(
        path="app/db.py",
        line=3,
        column=1,
        sink="sqlalchemy.create_engine",
        argument="max_overflow",
        role=Role.OVERFLOW,
        value=old,
        source_text=str(old),
        origin=Origin.LITERAL,
        source=None,
        env=env,
        chain=(),
        in_test=False,
        pool=PoolKey("app/db.py", 3, 1),
    )
    edit = Edit("app/db.py", 0, 2, str(old), str(new), "", 3)
    return Decision(site, Verdict.CHANGE_DEFAULT, "", variable, new, edit)


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        (".env", "A=1\nDB_MAX_OVERFLOW=10\n", 2),
        (".env.production", 'export DB_MAX_OVERFLOW="10"  # per worker\r\n', 1),
        ("render.yaml", 'envVars:\n  - key: DB_MAX_OVERFLOW\n    value: "10"\n', 3),
        ("render.yaml", "- value: '10'\n  key: DB_MAX_OVERFLOW\n- key: B\n  value: 3\n", 1),
        ("docker-compose.yml", "environment:\n  - A=1\n  - DB_MAX_OVERFLOW=10\n", 3),
        ("docker-compose.yml", 'environment:\n  - "DB_MAX_OVERFLOW=10"\n', 2),
        ("docker-compose.yml", "environment:\n  DB_MAX_OVERFLOW: 10\n", 2),
        ("docker-compose.yml", "  DB_MAX_OVERFLOW: ${DB_MAX_OVERFLOW:-10}\n", 1),
        ("Procfile", "web: DB_MAX_OVERFLOW=10 gunicorn app:app\n", 1),
        ("k8s/app.yaml", "env:\n- name: DB_MAX_OVERFLOW\n  value: '10'\n", 3),
        ("k8s/app.yaml", "env: [{name: A, value: 3}, {name: DB_MAX_OVERFLOW, value: '10'}]\n", 1),
        ("k8s/map.yaml", 'kind: ConfigMap\ndata:\n  DB_MAX_OVERFLOW: "10"\n', 3),
        ("chart/values.yaml", "env: {DB_MAX_OVERFLOW: 10}\n", 1),
        (".github/workflows/ci.yml", "    env:\n      DB_MAX_OVERFLOW: 10 # old\n", 2),
        ("Dockerfile", "FROM x\nENV A=1 \\\n    DB_MAX_OVERFLOW=10 \\\n    B=2\n", 3),
        ("Dockerfile", "ENV DB_MAX_OVERFLOW 10\n", 1),
        ("deploy/run.sh", "export DB_MAX_OVERFLOW=10; exec app\n", 1),
        ("deploy/run.sh", ': "${DB_MAX_OVERFLOW:=10}"\n', 1),
        ("deploy/run.sh", "kubectl set env deploy/app DB_MAX_OVERFLOW=10 A=2\n", 1),
        ("fly.toml", '[env]\n  DB_MAX_OVERFLOW = "10"\n', 2),
        ("pyproject.toml", '[tool.pytest.ini_options]\nenv = ["DB_MAX_OVERFLOW=10"]\n', 2),
        ("pytest.ini", "[pytest]\nenv =\n    D:DB_MAX_OVERFLOW=10\n", 3),
        ("tox.ini", "[testenv]\nsetenv =\n    DB_MAX_OVERFLOW = 10\n", 3),
        ("app.json", '{"env": {"DB_MAX_OVERFLOW": {\n  "required": true,\n  "value": "10"}}}', 3),
        ("app.json", '{"env":{"DB_MAX_OVERFLOW":"10"}}', 1),
        ("task.json", '[{\n  "name": "DB_MAX_OVERFLOW",\n  "value": "10"\n }]', 3),
        ("main.tf", 'env {\n  name  = "DB_MAX_OVERFLOW"\n  value = "10"\n}\n', 3),
        ("main.tf", 'variables = {\n  DB_MAX_OVERFLOW = "10"\n}\n', 2),
        ("app.service", '[Service]\nEnvironment="DB_MAX_OVERFLOW=10" "B=1"\n', 2),
        # Broken YAML and templates are read all the same.
        ("chart/x.yaml", "{{- if .Values.x }}\n\tDB_MAX_OVERFLOW: '10'\n  {{ end", 2),
    ],
)
def test_each_format_is_found_at_its_line(path: str, text: str, line: int) -> None:
    assert found(path, text) == [(line, "DB_MAX_OVERFLOW", "10")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".env", "# DB_MAX_OVERFLOW=10\nMY_DB_MAX_OVERFLOW=10\nDB_MAX_OVERFLOW_X=10\n"),
        ("run.sh", 'if [ "$DB_MAX_OVERFLOW" = 10 ]; then echo ${DB_MAX_OVERFLOW:-10}; fi\n'),
        ("run.sh", 'test x # DB_MAX_OVERFLOW=10\n[ "${DB_MAX_OVERFLOW}" == 10 ]\n'),
        (".env.example", "DB_MAX_OVERFLOW=10\n"),
        ("README.md", "DB_MAX_OVERFLOW=10\n"),
        ("k8s.yaml", "- name: OTHER\n  value: 3\n- name: DB_MAX_OVERFLOW\n- name: C\n  value: 4\n"),
        ("compose.yml", "description: raise DB_MAX_OVERFLOW to 10\n"),
    ],
)
def test_what_sets_nothing_is_no_override(path: str, text: str) -> None:
    assert found(path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "DB_MAX_OVERFLOW=${{ secrets.S }}\n",
        "DB_MAX_OVERFLOW: hunter2\n",
        "- name: DB_MAX_OVERFLOW\n  valueFrom:\n    secretKeyRef: {name: hunter2}\n",
        "- key: DB_MAX_OVERFLOW\n  sync: false\n",
        "DB_MAX_OVERFLOW=postgresql://u:hunter2@h\n",
    ],
)
def test_a_value_that_is_no_number_is_reported_but_never_shown(text: str) -> None:
    (override,) = find_overrides({"x.yaml": text.encode()}, (OVERFLOW,))
    assert override.value == "***"
    assert "hunter2" not in override.note
    assert "not shown" in override.note


def test_notes_tell_what_keeps_its_limit() -> None:
    other = {
        "render.yaml": b"- key: DB_MAX_OVERFLOW\n  value: 10\n",
        ".env": b"DB_MAX_OVERFLOW=5\nDB_POOL_SIZE=20\n",
        "docker-compose.yml": b"x:\n  DB_MAX_OVERFLOW: ${DB_MAX_OVERFLOW:-8}\n",
    }
    notes = [o.note for o in find_overrides(other, (OVERFLOW, SIZE))]
    assert notes == [
        ".env:1 sets DB_MAX_OVERFLOW=5, the same as the new default",
        ".env:2 sets DB_POOL_SIZE=20, which no code read before this change; "
        "from now on it applies there, not the new default 5",
        "docker-compose.yml:2 sets DB_MAX_OVERFLOW=8 (unless its own environment sets it), "
        "so the new default 5 has no effect there",
        "render.yaml:2 sets DB_MAX_OVERFLOW=10, so the new default 5 has no effect there",
    ]
    unchanged = find_overrides(other, (OVERFLOW,), (decision("OTHER", 1, 2),))
    assert unchanged[-1].note.endswith("so the default 5 has no effect there")


def test_no_variables_means_no_overrides() -> None:
    assert find_overrides({".env": b"A=1\n"}, ()) == ()


@given(st.binary(max_size=60), st.binary(max_size=60))
@example(b"\r", b"")
def test_any_bytes_around_a_setting_are_survived(before: bytes, after: bytes) -> None:
    data = before + b"\nDB_MAX_OVERFLOW=10\n" + after
    overrides = find_overrides({"odd.bin": data}, (OVERFLOW,))
    lines = [o.line for o in overrides if o.value == "10"]
    above = (before + b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert above.count(b"\n") + 1 in lines


def test_names_of_files_cannot_write_to_the_terminal() -> None:
    (override,) = find_overrides({"a\x1b[2J.env": b"DB_MAX_OVERFLOW=1"}, (OVERFLOW,))
    assert isinstance(override, Override)
    assert "\x1b" not in override.note


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (".env.example", True),
        ("deploy/.env.sample", True),
        ("env.template", True),
        (".env.dist", True),
        ("example.env", True),
        (".env.ce.example", True),
        (".env", False),
        (".env.production", False),
        ("render.yaml", False),
        ("example.yaml", False),
    ],
)
def test_only_files_that_document_variables_are_examples(path: str, expected: bool) -> None:
    assert is_example(path) is expected


def updated(text: str, *variables: Variable, path: str = ".env.example") -> str:
    edits = update_examples(
        {path: text.encode()}, variables, (decision("DB_MAX_OVERFLOW", 10, 5, "DB_MAX_OVERFLOW"),)
    )
    return splice(text, edits)


def test_a_documented_old_default_becomes_the_new_one() -> None:
    before = '# Pool\nDB_POOL_SIZE=10\nDB_MAX_OVERFLOW="10" # burst\n#DB_MAX_OVERFLOW=10\n'
    after = '# Pool\nDB_POOL_SIZE=10\nDB_MAX_OVERFLOW="5" # burst\n#DB_MAX_OVERFLOW=5\n'
    assert updated(before) == after
    assert updated(after) == after


@pytest.mark.parametrize(
    "text",
    [
        "DB_MAX_OVERFLOW=20\n",
        "DB_MAX_OVERFLOW=100\n",
        "DB_MAX_OVERFLOW=\n",
        "X_DB_MAX_OVERFLOW=10\n",
    ],
)
def test_any_other_value_stays(text: str) -> None:
    assert updated(text) == text


def test_a_real_env_file_is_never_edited() -> None:
    assert updated("DB_MAX_OVERFLOW=10\n", SIZE, path=".env.local") == "DB_MAX_OVERFLOW=10\n"


def test_new_variables_follow_the_last_pool_variable_in_the_style_of_the_file() -> None:
    before = (
        "# Database\r\nDATABASE_URL=postgresql://u:p@h/d\r\n"
        "# DB_MAX_OVERFLOW=10\r\n\r\n# Mail\r\nSMTP=x\r\n"
    )
    after = (
        "# Database\r\nDATABASE_URL=postgresql://u:p@h/d\r\n"
        "# DB_MAX_OVERFLOW=5\r\n"
        "# Connections kept open per pool and process (pool_size); default 5\r\n"
        "# DB_POOL_SIZE=5\r\n"
        "\r\n# Mail\r\nSMTP=x\r\n"
    )
    assert updated(before, SIZE) == after
    assert updated(after, SIZE) == after


def test_a_new_variable_of_several_defaults_tells_them_all() -> None:
    before = "# Database\nDB_HOST=h\n"
    both = tuple(decision("DB_POOL_SIZE", size, size, "DB_POOL_SIZE") for size in (5, 20))
    edits = update_examples({".env.example": before.encode()}, (SIZE,), both)
    assert splice(before, edits) == (
        "# Database\nDB_HOST=h\n"
        "# Connections kept open per pool and process (pool_size); default 5 or 20\n"
        "DB_POOL_SIZE=5\n"
    )


def test_new_variables_at_the_end_of_a_file_without_a_last_newline() -> None:
    assert updated("export DB_HOST='h'", SIZE) == "export DB_HOST='h'\nexport DB_POOL_SIZE='5'"


def test_new_variables_do_not_stand_below_the_heading_of_another_product() -> None:
    before = (
        "# Database\nAPP_SECRET=x\n\n"
        "# MongoDB Atlas\nMONGODB_URI=mongodb://h\nDATABASE_NAME=shop\n\n"
        "# Neo4j\nNEO4J_POOL_SIZE=50\n"
    )
    added = (
        "\n# Connection pools: limits per pool and process\n"
        "# Connections kept open per pool and process (pool_size); default 5\n"
        "DB_POOL_SIZE=5\n"
    )
    assert updated(before, SIZE) == before + added
    assert updated(before + added, SIZE) == before + added


def test_variables_of_several_servers_follow_their_own() -> None:
    mongo = replace(SIZE, name="MONGO_MAX_POOL_SIZE", arguments=("maxPoolSize",), default=100)
    before = "MONGO_URI=m\n\nDATABASE_URL=d\n\nSMTP=s\n"
    after = "MONGO_URI=m\nMONGO_MAX_POOL_SIZE=100\n\nDATABASE_URL=d\nDB_POOL_SIZE=5\n\nSMTP=s\n"
    assert updated(before, SIZE, mongo) == after


def test_the_example_of_the_tests_gets_no_new_variables() -> None:
    for path in ("tests/.env.example", "app/tests/integration/.env.example"):
        assert updated("DB_MAX_OVERFLOW=10\n", SIZE, path=path) == "DB_MAX_OVERFLOW=5\n"


@pytest.mark.parametrize(
    "comment",
    ["(default is {})", "Default: {}", "defaults to {}.", "burst, default value {}", "default={}"],
)
def test_a_default_that_is_told_behind_the_value_changes_too(comment: str) -> None:
    text = f"DB_MAX_OVERFLOW={{0}}  # {comment.replace('{}', '{0}')}, 10 at once\n"
    assert updated(text.format(10)) == text.format(5)


def test_a_file_that_documents_no_database_gets_no_new_variables() -> None:
    assert updated("# Mail\nSMTP_HOST=h\n", SIZE) == "# Mail\nSMTP_HOST=h\n"


def test_a_byte_order_mark_stays_first() -> None:
    before = "\ufeffDB_MAX_OVERFLOW=10\n"
    assert updated(before, SIZE) == "\ufeffDB_MAX_OVERFLOW=5\nDB_POOL_SIZE=5\n"
