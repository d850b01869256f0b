"""A condition that looks at what a variable gives: the other branch is no setting of its own."""

from __future__ import annotations

import pytest
from in_memory import look

IMPORT = "import os\nfrom sqlalchemy import create_engine\n"


@pytest.mark.parametrize(
    "code",
    [
        "size = int(os.getenv('SIZE', '5'))\nsize = size if size > 0 else 1\n",
        "size = int(os.getenv('SIZE', '5'))\nsize = 1 if size <= 0 else size\n",
    ],
)
def test_a_literal_for_some_values_of_a_variable(code: str) -> None:
    """The 1 is no setting of its own: SIZE decides whether it counts."""
    found = look(f"{IMPORT}{code}create_engine(url, pool_size=size)\n")
    assert {site.value: site.env for site in found.sites} == {5: "SIZE", 1: "SIZE"}


def test_a_call_that_reads_no_variable() -> None:
    """The 5 is what the second one gets, whatever SIZE says."""
    found = look(
        """
import os
from sqlalchemy import create_engine
def connect(size=None):
    return create_engine(url, pool_size=size if size is not None else 5)
connect(int(os.environ["SIZE"]))
connect()
"""
    )
    assert [site.env for site in found.sites if site.value == 5] == [None]
