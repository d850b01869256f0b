"""Which assignments reach a pool: both branches, never what was overwritten or has left."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values
from open_defects import cases

from poolenv.model import Holder

IMPORT = "from sqlalchemy import create_engine\n"

CASES = {
    "if and else": (
        """
        if production:
            size = 5
        else:
            size = 6
        create_engine(url, pool_size=size)
        """,
        [5, 6],
    ),
    "if without else": (
        """
        size = 5
        if production:
            size = 6
        create_engine(url, pool_size=size)
        """,
        [5, 6],
    ),
    "elif": (
        """
        if a:
            size = 4
        elif b:
            size = 5
        else:
            size = 6
        create_engine(url, pool_size=size)
        """,
        [4, 5, 6],
    ),
    "overwritten": (
        """
        size = 9
        size = 5
        create_engine(url, pool_size=size)
        size = 8
        """,
        [5],
    ),
    "a branch that returns": (
        """
        def connect(lite):
            size = 5
            if lite:
                size = 9
                return size
            return create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "a branch that raises": (
        """
        def connect(known):
            if known:
                size = 5
            else:
                size = 9
                raise LookupError
            return create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "the last assignment of a module counts inside functions": (
        """
        size = 9
        def connect():
            return create_engine(url, pool_size=size)
        size = 5
        """,
        [5],
    ),
    "try and except": (
        """
        try:
            size = 5
        except ValueError:
            size = 6
        create_engine(url, pool_size=size)
        """,
        [5, 6],
    ),
    "in the handler, before and after the failing line": (
        """
        size = 4
        try:
            size = 5
            check()
        except ValueError:
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "finally has the last word": (
        """
        try:
            size = 9
        finally:
            size = 5
        create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "a later line of the loop": (
        """
        size = 4
        for url in urls:
            create_engine(url, pool_size=size)
            size = 5
        """,
        [4, 5],
    ),
    "a loop that may not run": (
        """
        size = 4
        while waiting():
            size = 5
        create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "a loop over values": (
        """
        for size in (4, 5):
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "a loop over pairs": (
        """
        for url, size in [("a", 4), ("b", 5)]:
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "a loop over a mapping": (
        """
        sizes = {"a": 4, "b": 5}
        for url, size in sizes.items():
            create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "a comprehension over mappings": (
        """
        databases = {"a": {"pool_size": 4}, "b": {"pool_size": 5}}
        engines = {url: create_engine(url, **options) for url, options in databases.items()}
        """,
        [4, 5],
    ),
    "with": (
        """
        size = 9
        with lock:
            size = 5
        create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "match": (
        """
        match stage:
            case "production":
                size = 4
            case _:
                size = 5
        create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "match that may match nothing": (
        """
        size = 3
        match stage:
            case "production":
                size = 4
        create_engine(url, pool_size=size)
        """,
        [3, 4],
    ),
    "walrus": (
        """
        if (size := 5) and ready():
            create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "del": (
        """
        size = 9
        del size
        size = 5
        create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "global": (
        """
        size = 4
        def configure():
            global size
            size = 5
        def connect():
            return create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "nonlocal": (
        """
        def connect():
            size = 4
            def configure():
                nonlocal size
                size = 5
            configure()
            return create_engine(url, pool_size=size)
        """,
        [4, 5],
    ),
    "a parameter that is replaced where it is None": (
        """
        def connect(size=None):
            if size is None:
                size = 5
            return create_engine(url, pool_size=size)
        connect(6)
        """,
        [5, 6],
    ),
    "a parameter that is overwritten": (
        """
        def connect(size=9):
            size = 5
            return create_engine(url, pool_size=size)
        connect(8)
        """,
        [5],
    ),
    "a class body is no scope for its methods": (
        """
        size = 5
        class Database:
            size = 9
            def connect(self):
                return create_engine(url, pool_size=size)
        """,
        [5],
    ),
    "a key set on one branch": (
        """
        options = {"max_overflow": 1}
        if not sqlite:
            options["pool_size"] = 5
        create_engine(url, **options)
        """,
        [5],
    ),
    "a key that is deleted": (
        """
        options = {"pool_size": 9, "max_overflow": 1}
        del options["pool_size"]
        create_engine(url, **options)
        """,
        [],
    ),
    "a key that is popped": (
        """
        options = {"pool_size": 9, "max_overflow": 1}
        options.pop("pool_size")
        create_engine(url, **options)
        """,
        [],
    ),
}


@pytest.mark.parametrize("name", cases("reaching", CASES))
def test_what_reaches(name: str) -> None:
    """The numbers that reach ``pool_size``, and only they."""
    body, expected = CASES[name]
    found = look(IMPORT + dedent(body))
    assert [value for value in values(found) if value is not None] == expected


def test_an_augmented_assignment_is_not_rewritten() -> None:
    """The pool has 6, which stands nowhere: the 5 is shown with the reason, no limit is claimed."""
    found = look(IMPORT + "size = 5\nsize += 1\ncreate_engine(url, pool_size=size)\n")
    (site,) = found.sites
    assert site.holder is Holder.FIXED
    assert site.obstacle is not None
    assert "augmented" in site.obstacle
    assert found.pools[0].max_connections != 15


@pytest.mark.parametrize(
    "binding",
    [
        "with pool_of() as size:\n    ",
        "for size in rows():\n    ",
        "for number, size in enumerate(sizes):\n    ",
        "match row:\n  case {'size': size}:\n    ",
    ],
)
def test_bindings_that_are_not_followed_are_listed(binding: str) -> None:
    """A name bound by a loop, context or pattern that the code does not show."""
    found = look(f"{IMPORT}{binding}create_engine(url, pool_size=size)\n")
    assert found.sites == ()
    assert [entry.argument for entry in found.unresolved] == ["pool_size"]
