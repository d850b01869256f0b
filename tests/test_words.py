"""Words of a text, and the names that a file is parsed for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.catalogue import load
from poolenv.detect.names import SinkNames
from poolenv.model import SourceFile
from poolenv.syntax.source.words import query_names, words_of

TEXT = st.text(alphabet="pool_P é(.\n", max_size=30)


@given(TEXT)
def test_words_are_those_that_a_regular_expression_finds(text: str) -> None:
    assert [word.decode() for word in words_of(text.encode())] == re.findall(r"\w+", text)


def test_parameters_of_queries() -> None:
    text = 'URL = "postgresql://h/d?pool_size=20&max_overflow=5"\nok = a & b if c else "?"'
    assert dict(query_names(text)) == {
        text.index("?"): "pool_size",
        text.index("&"): "max_overflow",
    }


@pytest.mark.parametrize(
    ("text", "callables", "settings"),
    [
        pytest.param("e = create_engine(url)", {"create_engine"}, set(), id="says pool by itself"),
        pytest.param("recreate_engines()", set(), set(), id="part of another word"),
        pytest.param("from redis import Redis", {"Redis"}, set(), id="ordinary, with its package"),
        pytest.param("class Redis: ...", set(), set(), id="ordinary, without it"),
        pytest.param("import redis  # RedisError", set(), set(), id="package alone"),
        pytest.param("DATABASES = {}", set(), {"DATABASES"}, id="a setting"),
    ],
)
def test_names_that_a_file_is_parsed_for(
    text: str, callables: set[str], settings: set[str]
) -> None:
    file = SourceFile("db.py", text.encode(), text, "utf-8", bom=False, is_test=False)
    assert SinkNames(load()).present(file) == (frozenset(callables), frozenset(settings))
