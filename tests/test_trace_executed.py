"""Programs that are run: what reaches the library is what the trace finds, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases
from programs_of_classes import CALLS, PROTOCOLS, SELF_CALLS
from programs_of_statements import KEYS, ORDER
from run_files import arriving

HEAD = "from sqlalchemy import create_engine\nurl = 'postgresql://'\n"
EVERY = {**SELF_CALLS, **CALLS, **ORDER, **KEYS, **PROTOCOLS}


@pytest.mark.parametrize("what", cases("executed", EVERY))
def test_what_arrives_is_what_is_found(what: str) -> None:
    """No value that arrives is left out, and none that does not is a site."""
    text = HEAD + dedent(EVERY[what])
    found = look(text)
    for argument in ("pool_size", "max_overflow"):
        shown = dict.fromkeys(values(found, argument))
        assert list(shown) == arriving({"app.py": text}, argument)


def test_a_default_that_nobody_leaves_is_listed() -> None:
    """It stays to be seen, with what would make it count."""
    found = look(HEAD + dedent(ORDER["a default of a base that every subclass gives"]))
    (entry,) = found.unresolved
    assert entry.reason == (
        "each subclass passes its own size, and nothing in the repository makes an object of Base"
        " itself"
    )
