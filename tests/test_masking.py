"""Nothing that is shown holds a credential or acts on a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.masking import holds_secret, mask, printable


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("postgresql://app:hunter2@db/x", "postgresql://app:***@db/x"),
        ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
        # By hand, passwords hold what a URL should quote.
        ("mysql+aiomysql://u:hun@ter/2@h/db", "mysql+aiomysql://u:***@h/db"),
        ("https://ghp_hunter2hunter2@git.example/x", "https://***@git.example/x"),
        ("postgresql://u:${PW:-hunter2}@h/db", "postgresql://u:***@h/db"),
        (
            'create_engine("postgresql://u:hunter2@h/d", pool_size=5)',
            'create_engine("postgresql://u:***@h/d", pool_size=5)',
        ),
        ("host=db user=app password=hunter2 port=5432", "host=db user=app password=*** port=5432"),
        ("DB_PASSWORD=hunter2.with.dots", "DB_PASSWORD=***"),
        ('password: str = "hunter2"', 'password: str = "***"'),
        ("{'api_key': 'hunter2', 'n': 1}", "{'api_key': '***', 'n': 1}"),
        ('password = "hun\\"ter2"', 'password = "***"'),
        ('assert db.password == "hunter2"', 'assert db.password == "***"'),
        ('os.getenv("DB_PASSWORD", "hunter2")', 'os.getenv("DB_PASSWORD", "***")'),
        ('env("SECRET_KEY", default="hunter2")', 'env("SECRET_KEY", default="***")'),
        ('password=SecretStr("hunter2")', 'password=SecretStr("***")'),
        ("https://h/?password=hunter2&x=1", "https://h/?password=***&x=1"),
        ("Authorization: Bearer hunter2hunter2", "Authorization: Bearer ***"),
        ("AccountKey=hunter2==;Endpoint=x", "AccountKey=***;Endpoint=x"),
    ],
)
def test_credentials_are_hidden(shown: str, expected: str) -> None:
    assert mask(shown) == expected
    assert "hunter2" not in mask(shown)
    assert holds_secret(shown)


@pytest.mark.parametrize(
    "text",
    [
        "pool_size=int(os.getenv('DB_POOL_SIZE', '5'))",
        "DB_MAX_OVERFLOW=10",
        "f'postgresql://{user}:{password}@{host}/db'",
        "postgresql://app@db/x",
        "password=os.environ['DB_PASSWORD']",
        "password=settings.db.password",
        "create_pool(dsn=DSN, max_size=20)",
        "max_tokens=5, tokenize=3",
        "password=None",
        'password="${DB_PASSWORD}"',
        "mail to a@example.org about http://example.org/a:b",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(text: str) -> None:
    assert mask(text) == text
    assert not holds_secret(text)


def test_control_characters_become_visible() -> None:
    hostile = "app\x1b]0;owned\x07\u202e\udc80.py\nnext\tcell\x9b1m"
    assert printable(hostile) == "app\\x1b]0;owned\\x07\\u202e\\udc80.py\nnext\tcell\\x9b1m"
    assert printable("a\nb", one_line=True) == "a\\nb"
    assert mask("grüße, 数据库") == "grüße, 数据库"


_FRAGMENTS = st.sampled_from(
    ["postgresql://", "u", ":", "@", "password", "=", '"', "'", "hunter2", " ", "\x1b", "{x}", "/"]
)


@given(st.lists(_FRAGMENTS, max_size=14).map("".join))
def test_masking_again_changes_nothing_and_leaves_no_control_character(text: str) -> None:
    once = mask(text)
    assert mask(once) == once
    assert "\x1b" not in once


@given(st.from_regex(r"[A-Za-z0-9!#%+._~]{6,30}", fullmatch=True))
def test_no_password_of_a_url_survives(password: str) -> None:
    assert mask(f"engine = 'postgresql://app:{password}@db:5432/x'").count(password) == 0


def test_long_lines_take_no_long_time() -> None:
    import time

    start = time.perf_counter()
    mask("a://b:" * 3_000 + "x" * 20_000 + "password" * 3_000)
    assert time.perf_counter() - start < 5
