"""Which words a text holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

_QUERY_NAME = re.compile(r"(\w+)=")
_APART = bytes(
    code if code >= 128 or chr(code).isalnum() or code == ord("_") else ord(" ")
    for code in range(256)
)


def words_of(data: bytes) -> list[bytes]:
    """The words of a source file's bytes: identifiers, keywords and numbers, in order.

    One pass over all of the text is cheaper than a look for each of thirty names. What is not
    ASCII counts as part of the word beside it.
    """
    return data.translate(_APART).split()


def query_names(text: str) -> Iterator[tuple[int, str]]:
    """The parameters of queries of URLs in a text, each with the offset of its ``?`` or ``&``."""
    for mark in ("?", "&"):
        at = text.find(mark)
        while at >= 0:
            named = _QUERY_NAME.match(text, at + 1)
            if named:
                yield at, named[1]
            at = text.find(mark, at + 1)


def continues_word(character: str) -> bool:
    """Whether a character (or none, at the end of a text) belongs to the word beside it."""
    return character == "_" or character.isalnum()
