"""Words of a text, found by a part of them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.catalogue import load
from poolenv.detect.names import CallableNames
from poolenv.syntax.words import query_names, words_with

TEXT = st.text(alphabet="pool_P é(.\n", max_size=30)


@given(TEXT)
def test_words_are_those_that_a_look_at_every_word_finds(text: str) -> None:
    assert words_with(text, "pool") == {w for w in re.findall(r"\w+", text) if "pool" in w}


def test_parameters_of_queries() -> None:
    text = 'URL = "postgresql://h/d?pool_size=20&max_overflow=5"\nok = a & b if c else "?"'
    assert dict(query_names(text)) == {
        text.index("?"): "pool_size",
        text.index("&"): "max_overflow",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("engine = create_engine(url)", {"create_engine"}, id="says pool by itself"),
        pytest.param("recreate_engines()", set(), id="part of another word"),
        pytest.param("from redis import Redis", {"Redis"}, id="ordinary, with its package"),
        pytest.param("class Redis: ...", set(), id="ordinary, without it"),
        pytest.param("import redis  # RedisError", set(), id="package alone"),
    ],
)
def test_names_that_a_file_is_parsed_for(text: str, expected: set[str]) -> None:
    assert CallableNames(load()).present(text) == expected
