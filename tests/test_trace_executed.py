"""Programs that are run: what reaches the library is what the trace finds, and nothing else."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, traced, values
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


def test_a_mapping_changed_after_a_star_import() -> None:
    """What the importing module changes counts for all who ask it."""
    files = {
        "settings_base.py": "OPTIONS = {'pool_size': 11, 'max_overflow': 12}\n",
        "settings_here.py": "from settings_base import *\nOPTIONS['pool_size'] = 13\n",
        "app.py": HEAD + "from settings_here import OPTIONS\ncreate_engine(url, **OPTIONS)\n",
    }
    found = traced(files)
    assert (values(found), values(found, "max_overflow")) == ([13], [12])
    assert (arriving(files), arriving(files, "max_overflow")) == ([13], [12])


def test_databases_changed_after_a_star_import() -> None:
    """A settings module that has ``DATABASES`` from another one and changes it is one too."""
    first = "{'ENGINE': 'django.db.backends.postgresql', 'CONN_MAX_AGE': 11, 'OPTIONS': {}}"
    files = {
        "base.py": f"DATABASES = {{'default': {first}}}\n",
        "here.py": (
            "from base import *\n"
            "DATABASES['default']['CONN_MAX_AGE'] = 12\n"
            "DATABASES['default']['OPTIONS'] = {'pool': {'max_size': 13}}\n"
        ),
    }
    found = traced(files)
    assert values(found, "CONN_MAX_AGE") == [11, 12]
    assert values(found, "max_size") == [13]
