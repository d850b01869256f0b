"""Implementations that a table gives by name: their callers are those that look them up."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

STORES = """
    from sqlalchemy import create_engine
    class Postgres:
        kind = "pg"
        def __init__(self, size):
            self.engine = create_engine(url, pool_size=size)
    class Memory:
        kind = "memory"
        def __init__(self, size): ...
"""

TABLES = {
    "a mapping of classes": """
        STORES = {"pg": Postgres, "memory": Memory}
        def make(kind, size):
            return STORES[kind](size)
        make("pg", 5)
        make("memory", 6)
    """,
    "a key that stands in the code": """
        STORES = {"pg": Postgres, "memory": Memory}
        STORES["pg"](5)
        STORES["memory"](6)
    """,
    "a mapping that is asked by get": """
        STORES = {"pg": Postgres, "memory": Memory}
        def make(config):
            kind = config.get("kind", "pg")
            store = STORES.get(kind)
            if store is None:
                raise ValueError(kind)
            return store(config["size"])
        make({"kind": "pg", "size": 5})
        make({"kind": "memory", "size": 6})
    """,
    "entries that are set one by one": """
        class Store:
            kinds: dict[str, type] = {}
            @classmethod
            def make(cls, kind, size):
                return cls.kinds[kind.lower()](size)
        Store.kinds["pg"] = Postgres
        Store.kinds["memory"] = Memory
        Store.make("PG", size=5)
        Store.make("memory", size=6)
    """,
    "a function that registers": """
        class Registry:
            def __init__(self):
                self._known = {}
            def register(self, name, made):
                self._known[name] = made
            def get(self, name):
                return self._known[name]
        registry = Registry()
        registry.register("pg", Postgres)
        registry.register("memory", Memory)
        registry.get("pg")(5)
        registry.get("memory")(6)
    """,
    "a decorator that registers": """
        KINDS = {}
        def register(name):
            def wrap(cls):
                KINDS[name] = cls
                return cls
            return wrap
        @register("second")
        class Second(Postgres):
            def __init__(self, count):
                super().__init__(count)
        @register("third")
        class Third(Memory): ...
        def make(name, count):
            return KINDS[name](count)
        make("second", 5)
        make("third", 6)
    """,
    "__init_subclass__ that registers": """
        class Base:
            kinds = {}
            def __init_subclass__(cls, **keywords):
                super().__init_subclass__(**keywords)
                Base.kinds[cls.kind] = cls
        class Second(Postgres, Base):
            kind = "second"
            def __init__(self, count):
                super().__init__(count)
        def make(kind, **options):
            return Base.kinds[kind](**options)
        make("second", count=5)
        make("memory", count=6)
    """,
    "the scheme of a URL": """
        from yarl import URL
        STORES = {"postgresql": Postgres, "sqlite": Memory}
        def make(url, **options):
            url = URL(url)
            return STORES[url.scheme](**options)
        make("postgresql://localhost/shop", size=5)
        make("sqlite:///shop.db", size=6)
    """,
    "a loop over settings that name their kind": """
        STORES = {"pg": Postgres, "memory": Memory}
        CONFIG = {"stores": {"main": {"kind": "pg", "size": 5}, "c": {"kind": "memory", "size": 6}}}
        def start():
            for name, options in CONFIG["stores"].items():
                made = STORES[options["kind"]](options["size"])
    """,
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_the_call_that_looks_it_up_counts(text: str) -> None:
    found = look(dedent(STORES) + dedent(text))
    assert [site.value for site in found.sites] == [5]
    assert found.unresolved == ()


def test_an_unknown_key_may_be_any_of_the_table() -> None:
    text = """
        STORES = {"pg": Postgres, "memory": Memory}
        STORES[kind](5)
    """
    assert [site.value for site in look(dedent(STORES) + dedent(text)).sites] == [5]


LOADED = {
    "rpartition": """
        import importlib
        STORES = {"pg": "stores.Postgres", "memory": "stores.Memory"}
        def load(kind):
            module, _, name = STORES[kind].rpartition(".")
            return getattr(importlib.import_module(module), name)
        def make(config):
            return load(config["kind"])(config["size"])
        make({"kind": "pg", "size": 5})
        make({"kind": "memory", "size": 6})
    """,
    "a library's loader": """
        from werkzeug.utils import import_string
        STORES = {"pg": "stores:Postgres", "memory": "stores:Memory"}
        import_string(STORES["pg"])(5)
        import_string(STORES["memory"])(6)
    """,
    "a path that is registered": """
        import importlib
        class Registry:
            _paths: dict[str, str] = {}
            @classmethod
            def register(cls, name, path):
                cls._paths[name] = path
            @classmethod
            def get(cls, name):
                path = cls._paths[name]
                module_path, class_name = path.rsplit(".", maxsplit=1)
                module = importlib.import_module(module_path)
                return getattr(module, class_name)
        registry = Registry()
        def register():
            registry.register("pg", "stores.Postgres")
            registry.register("memory", "stores.Memory")
        def start(options):
            made = registry.get(options["kind"])
            return made(options["size"])
        start({"kind": "pg", "size": 5})
        start({"kind": "memory", "size": 6})
    """,
}


@pytest.mark.parametrize("text", LOADED.values(), ids=LOADED.keys())
def test_a_class_that_is_loaded_by_its_dotted_name(text: str) -> None:
    found = look(text, stores=STORES)
    assert [site.value for site in found.sites] == [5]


def test_functions_stand_in_tables_too() -> None:
    text = """
        from sqlalchemy import create_engine
        def postgres(size):
            return create_engine(url, pool_size=size)
        def memory(size): ...
        MAKERS = {"pg": postgres, "memory": memory}
        MAKERS["pg"](5)
        MAKERS["memory"](6)
    """
    assert [site.value for site in look(text).sites] == [5]


OUTSIDE = """
    from sqlalchemy import create_engine
    class Postgres:
        def __init__(self, name, options):
            self.engine = create_engine(url, **{k: v for k, v in options.items() if k != "kind"})
    class Memory:
        def __init__(self, name, options): ...
    STORES = {"pg": Postgres, "memory": Memory}
    class Shop:
        def __init__(self):
            self.config = {"stores": {}, "caches": {"main": {"kind": "memory"}}}
        def start(self):
            for name, options in self.config["stores"].items():
                STORES[options["kind"]](name, options)
"""


def test_what_other_modules_put_under_a_key_of_an_objects_mapping() -> None:
    text = """
        from shop import Shop
        def one():
            shop = Shop()
            shop.config["stores"]["main"] = {"kind": "pg", "pool_size": 5}
            shop.config["caches"]["main"] = {"kind": "pg", "pool_size": 6}
            shop.config["stores"]["other"] = {"kind": "memory", "pool_size": 7}
            shop.start()
        def two():
            shop = Shop()
            shop.config["stores"] = {"main": {"kind": "pg", "pool_size": 8}}
        def other(shop):
            shop.config["stores"]["main"] = {"kind": "pg", "pool_size": 9}
    """
    found = look(text, shop=OUTSIDE)
    assert values(found) == [5, 8]


MERGED = {
    "merged at every level": """
        def merge(base, top):
            result = base.copy()
            for key, value in top.items():
                if isinstance(value, dict) and isinstance(result.get(key), dict):
                    result[key] = merge(result[key], value)
                else:
                    result[key] = value
            return result
        DEFAULTS = {"pool": {"size": 4, "name": "main"}}
        OPTIONS = merge(DEFAULTS, {"pool": {"size": 5}})
    """,
    "merged into the first": """
        def merge(base, top):
            for key, value in top.items():
                if isinstance(value, dict):
                    base[key] = merge(base.get(key, {}), value)
                else:
                    base[key] = value
            return base
        OPTIONS = merge({"pool": {"size": 5}}, {"pool": {"name": "main"}})
    """,
    "gone through at every level": """
        import os
        def expand(value):
            if isinstance(value, dict):
                return {k: expand(v) for k, v in value.items()}
            if isinstance(value, str):
                return os.path.expandvars(value)
            return value
        OPTIONS = expand({"pool": {"size": 5, "name": "$NAME"}})
    """,
}


@pytest.mark.parametrize("text", MERGED.values(), ids=MERGED.keys())
def test_functions_that_call_themselves_for_each_level(text: str) -> None:
    use = """
        from sqlalchemy import create_engine
        engine = create_engine(url, pool_size=OPTIONS["pool"]["size"])
    """
    found = look(dedent(text) + dedent(use))
    assert [site.value for site in found.sites] == [5]


TAKEN_OUT = """
    from sqlalchemy import create_engine
    class Store:
        def __init__(self, options):
            self.options = options
            self.engine = create_engine(options["url"], **self.arguments())
        def arguments(self):
            found = {"max_overflow": 4}
            found.update({k: v for k, v in self.options.items() if k not in ("url", "kind")})
            url = self.options.get("url", "")
            if url.startswith("sqlite"):
                for key in ("pool_size", "max_overflow"):
                    found.pop(key, None)
            return found
"""


def test_what_is_taken_out_under_a_condition_that_holds_does_not_arrive() -> None:
    text = """
        Store({"url": "sqlite:///shop.db", "pool_size": 6, "pool_timeout": 7})
        Store({"url": "postgresql://localhost/shop", "pool_size": 5})
        Store({"url": URL, "pool_size": 8})
    """
    found = look(dedent(TAKEN_OUT) + dedent(text))
    sizes = [site.value for site in found.sites if site.argument == "pool_size"]
    assert sorted(map(str, sizes)) == ["5", "8"]
    others = [site.value for site in found.sites if site.argument != "pool_size"]
    assert sorted(map(str, others)) == ["4", "7"]
    (lost,) = found.unresolved
    assert lost.reason == (
        "it is taken out of the mapping again, as `url.startswith('sqlite')` holds here"
    )


def test_a_condition_on_a_name_that_is_made_of_itself() -> None:
    text = """
        from sqlalchemy import create_engine
        def connect(url, **options):
            url = str(url)
            if url.startswith("sqlite"):
                options.pop("pool_size")
            return create_engine(url, **options)
        connect("postgresql://localhost/shop", pool_size=5)
    """
    assert values(look(text)) == [5]
