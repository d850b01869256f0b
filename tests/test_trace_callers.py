"""Wrappers: every caller of a function that opens a pool decides about a pool of its own."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look
from open_defects import cases

from poolenv.model import Origin

IMPORT = "from sqlalchemy import create_engine\n"

CALLERS = {
    "a method through self": (
        """
        class Database:
            def make(self, size):
                return create_engine(url, pool_size=size)
            def connect(self):
                return self.make(5)
        """,
        [(6, 5)],
    ),
    "a method through instances": (
        """
        class Database:
            def make(self, size):
                return create_engine(url, pool_size=size)
        database = Database()
        database.make(5)
        Database().make(size=6)
        """,
        [(6, 5), (7, 6)],
    ),
    "a method of an attribute": (
        """
        class Database:
            def make(self, size):
                return create_engine(url, pool_size=size)
        class Service:
            def __init__(self):
                self.database = Database()
            def connect(self):
                return self.database.make(5)
        """,
        [(9, 5)],
    ),
    "a method of an annotated parameter": (
        """
        class Database:
            def make(self, size):
                return create_engine(url, pool_size=size)
        def connect(database: Database):
            return database.make(5)
        """,
        [(6, 5)],
    ),
    "a method of the same name in another class is no caller": (
        """
        class Database:
            def make(self, size):
                return create_engine(url, pool_size=size)
        class Kitchen:
            def make(self, size): ...
        Kitchen().make(9)
        Database().make(5)
        """,
        [(8, 5)],
    ),
    "cls() in a classmethod": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
            @classmethod
            def small(cls):
                return cls(2)
        """,
        [(7, 2)],
    ),
    "a class under another name": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        kind = Database if url else None
        kind(5)
        """,
        [(6, 5)],
    ),
    "a class that another class holds": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Storage:
            database_class: type[Database] = Database
            def __init__(self, size=7):
                self.database = self.database_class(size=size)
        """,
        [(8, 7)],
    ),
    "a class that an instance holds": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Storage:
            def __init__(self, kind=None):
                self.kind = kind or Database
            def connect(self):
                return self.kind(6)
        """,
        [(9, 6)],
    ),
    "a class that is the default of a parameter": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        def connect(factory=Database):
            return factory(6)
        """,
        [(6, 6)],
    ),
    "another class under that name": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Kitchen:
            def __init__(self, size): ...
        class First:
            kind = Database
            def make(self):
                return self.kind(5)
        class Second:
            kind = Kitchen
            def make(self):
                return self.kind(9)
        """,
        [(10, 5)],
    ),
    "cls() with the classmethod's own argument": (
        """
        class Database:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
            @classmethod
            def sized(cls, size):
                return cls(size)
        Database.sized(5)
        """,
        [(8, 5)],
    ),
    "super().__init__ of subclasses": (
        """
        class Base:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        class One(Base):
            def __init__(self):
                super().__init__(5)
        class Other(Base):
            def __init__(self):
                Base.__init__(self, size=6)
        """,
        [(7, 5), (10, 6)],
    ),
    "an inherited constructor": (
        """
        class Base:
            def __init__(self, size):
                self.engine = create_engine(url, pool_size=size)
        class Database(Base):
            pass
        Database(5)
        """,
        [(7, 5)],
    ),
    "the attribute of a subclass": (
        """
        class Base:
            size = 5
            def connect(self):
                return create_engine(url, pool_size=self.size)
        class Big(Base):
            size = 6
        """,
        [(5, 5), (5, 6)],
    ),
    "partial of a wrapper": (
        """
        from functools import partial
        def make(url, size):
            return create_engine(url, pool_size=size)
        one = partial(make, size=5)
        other = partial(make, url, 6)
        """,
        [(5, 5), (6, 6)],
    ),
    "a wrapper under another name": (
        """
        def make(url, size):
            return create_engine(url, pool_size=size)
        build = make
        build(url, 5)
        """,
        [(5, 5)],
    ),
    "a decorated wrapper": (
        """
        import functools
        def logged(function):
            @functools.wraps(function)
            def inner(*args, **kwargs):
                return function(*args, **kwargs)
            return inner
        @logged
        def make(url, size):
            return create_engine(url, pool_size=size)
        make(url, 5)
        """,
        [(11, 5)],
    ),
    "a wrapper of a wrapper": (
        """
        def inner(url, size):
            return create_engine(url, pool_size=size)
        def outer(size):
            return inner(url, size)
        outer(5)
        outer(size=6)
        inner(url, 7)
        """,
        [(6, 5), (7, 6), (8, 7)],
    ),
    "a closure": (
        """
        def maker(size):
            def connect():
                return create_engine(url, pool_size=size)
            return connect
        maker(5)()
        """,
        [(6, 5)],
    ),
    "a lambda": (
        """
        make = lambda url, size: create_engine(url, pool_size=size)
        make(url, 5)
        """,
        [(3, 5)],
    ),
    "an options mapping": (
        """
        def make(url, options):
            return create_engine(url, **options)
        make(url, {"pool_size": 5})
        make(url, options=dict(pool_size=6))
        """,
        [(4, 5), (5, 6)],
    ),
    "recursion": (
        """
        def make(url, size, tries):
            if tries:
                return make(url, size, tries - 1)
            return create_engine(url, pool_size=size)
        make(url, 5, 3)
        """,
        [(6, 5)],
    ),
}


@pytest.mark.parametrize("how", cases("callers", CALLERS))
def test_callers(how: str) -> None:
    """Line (below the import) and value of each caller that decides; nothing is left open."""
    body, expected = CALLERS[how]
    found = look(IMPORT + dedent(body))
    sites = [site for site in found.sites if site.argument == "pool_size"]
    assert sorted((site.line - 1, site.value) for site in sites) == expected
    assert found.unresolved == ()


def test_callers_in_other_files() -> None:
    """However the wrapper is imported."""
    found = look(
        f"{IMPORT}def make(url, size):\n    return create_engine(url, pool_size=size)\n",
        one="from app import make\nmake(url, 1)\n",
        two="from app import make as build\nbuild(url, 2)\n",
        three="import app\napp.make(url, 3)\n",
        four="import app as application\napplication.make(url, size=4)\n",
        five="from one import make\nmake(url, 5)\n",
        other="def make(url, size): ...\nmake(url, 9)\n",
    )
    assert {(site.path, site.value) for site in found.sites} == {
        ("one.py", 1),
        ("two.py", 2),
        ("three.py", 3),
        ("four.py", 4),
        ("five.py", 5),
    }


def test_the_default_of_a_wrapper_is_a_site_beside_its_callers() -> None:
    """The default is at the wrapper, what callers pass at the calls."""
    found = look("""
        from sqlalchemy import create_engine
        def make(url, size=5):
            return create_engine(url, pool_size=size)
        one = make(url)
        other = make(url, 7)
    """)
    assert [(site.line, site.value, site.origin) for site in found.sites] == [
        (4, 5, Origin.FUNCTION_DEFAULT),
        (6, 7, Origin.LITERAL),
    ]


def test_the_chain_goes_from_the_library_to_the_literal() -> None:
    """Library call, parameter, call of the wrapper, constant: each with its source line."""
    found = look(
        """
        from settings import SIZE
        from sqlalchemy import create_engine
        def make(url, size):
            return create_engine(url, pool_size=size)
        engine = make(url, SIZE)
        """,
        settings="SIZE = 5",
    )
    (site,) = found.sites
    assert [(step.path, step.line, step.text) for step in site.chain] == [
        ("app.py", 5, "return create_engine(url, pool_size=size)"),
        ("app.py", 4, "def make(url, size):"),
        ("app.py", 6, "engine = make(url, SIZE)"),
        ("app.py", 2, "from settings import SIZE"),
        ("settings.py", 1, "SIZE = 5"),
    ]
