"""Small programs of assignments and made-up keys, for ``test_trace_executed``."""

from __future__ import annotations

from typing import Final

ORDER: Final = {
    "a branch of a loop that breaks": """
        size = 11
        create_engine(url, pool_size=size)
        for name in ("a", "b"):
            if name == "b":
                size = 12
                break
        create_engine(url, pool_size=size)
        """,
    "a branch of a loop that goes on": """
        def connect(names):
            size = 11
            for name in names:
                if name == "b":
                    size = 12
                    continue
            create_engine(url, pool_size=size)
        connect("b")
        connect("a")
        """,
    "else after try replaces": """
        def connect(fails):
            try:
                size = 11
                assert not fails
            except AssertionError:
                pass
            else:
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "else after try, with a handler that replaces too": """
        def connect(fails):
            try:
                size = 11
                assert not fails
            except AssertionError:
                size = 13
            else:
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "an error that is suppressed": """
        from contextlib import suppress
        def connect(fails):
            size = 11
            with suppress(AssertionError):
                assert not fails
                size = 12
            create_engine(url, pool_size=size)
        connect(True)
        connect(False)
        """,
    "a comprehension's variable hides a global": """
        size = 11
        options = {"pool_size": 12}
        engines = [create_engine(url, pool_size=size) for size in (13, 14)]
        pairs = (("a", {"pool_size": 15}), ("b", {"pool_size": 16}))
        more = {name: create_engine(url, **options) for name, options in pairs}
        sizes = [19 for size in (17, 18)]
        """,
    "an attribute replaced after a dataclass is made": """
        from dataclasses import dataclass
        @dataclass
        class Pool:
            size: int = 11
            def __post_init__(self):
                self.size = 12
        create_engine(url, pool_size=Pool(13).size)
        """,
    "a default of a base that every subclass gives": """
        class Base:
            def __init__(self, size=11):
                self.size = size
                create_engine(url, pool_size=self.size)
        class Child(Base):
            def __init__(self):
                super().__init__(size=12)
        class Other(Base):
            def __init__(self, size=13):
                Base.__init__(self, size)
        Child()
        Other()
        """,
    "a default of a base that one subclass leaves": """
        class Base:
            def __init__(self, size=11):
                self.size = size
                create_engine(url, pool_size=self.size)
        class Child(Base):
            def __init__(self):
                super().__init__(size=12)
        class Other(Base):
            pass
        Child()
        Other()
        """,
}
KEYS: Final = {
    "a key of two parts that vary": """
        options = {}
        for section in ("db", "cache"):
            for name, size in (("pool_size", 11), ("max_overflow", 12)):
                options[f"{section}_{name}"] = size
        create_engine(url, pool_size=options["db_pool_size"])
        """,
    "a key whose first part is a parameter": """
        def options(prefix):
            made = {}
            for name, size in (("pool_size", 11), ("max_overflow", 12)):
                made[f"{prefix}{name}"] = size
            return made
        create_engine(url, **options(""))
        """,
    "a key whose first part varies": """
        options = {}
        for start, size in (("pool", 11), ("overflow", 12)):
            options[start + "_size"] = size
        create_engine(url, pool_size=options["pool_size"])
        """,
    "a key that is looked up by a template": """
        SIZES = {"reader_size": 11, "writer_size": 12}
        def connect(role):
            create_engine(url, pool_size=SIZES["%s_size" % role])
        def connect_other(role):
            create_engine(url, max_overflow=SIZES["{}_{}".format(role, "size")])
        connect("reader")
        connect_other("writer")
        """,
    "attributes set under the names of a mapping": """
        NAMES = {"size": "pool_size", "overflow": "max_overflow"}
        class Settings:
            size = 11
            overflow = 12
        class Options:
            pass
        options = Options()
        for key, name in NAMES.items():
            setattr(options, name, getattr(Settings, key))
        create_engine(url, pool_size=options.pool_size, max_overflow=options.max_overflow)
        """,
}
