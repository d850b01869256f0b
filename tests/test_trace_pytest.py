"""What pytest hands to a test is followed; what a test expects to raise reaches no pool."""

from __future__ import annotations

from textwrap import dedent

from in_memory import traced, values

POOL = """
    from dataclasses import dataclass
    from sqlalchemy import create_engine

    @dataclass
    class Limits:
        size: int = 5

        @classmethod
        def wide(cls):
            return cls(size=50)

    class Pool:
        def __init__(self, limits: Limits):
            self.limits = limits

        def open(self):
            return create_engine("postgresql:///app", pool_size=self.limits.size)
    """


def found(**files: str) -> list[object]:
    """The sizes that reach the pool of ``pool.py`` with test files beside it."""
    paths = {"pool.py": POOL} | {f"tests/{name}.py": body for name, body in files.items()}
    return values(traced({path: dedent(body) for path, body in paths.items()}))


def test_a_fixture_of_conftest_gives_the_parameter_its_value() -> None:
    """Only the fixture's own object reaches the pool, not every object of its class."""
    conftest = """
        import pytest
        from pool import Limits

        @pytest.fixture
        def limits():
            return Limits(size=2)
        """
    test_pool = """
        from pool import Limits, Pool

        def test_open(limits: Limits):
            Pool(limits).open()

        def test_of_the_class_alone():
            assert Limits(size=3).size == 3
        """
    assert found(conftest=conftest, test_pool=test_pool) == [2, 5, 50]


def test_a_fixture_may_be_the_pool_itself() -> None:
    """A method that a test calls on a fixture's object has the test for its caller."""
    test_pool = """
        import pytest
        from sqlalchemy import create_engine

        class Pools:
            def open(self, size):
                return create_engine("postgresql:///app", pool_size=size)

        @pytest.fixture(name="pools")
        def _pools():
            yield Pools()

        class TestPools:
            def test_open(self, pools):
                pools.open(4)
        """
    assert values(traced({"tests/test_pool.py": dedent(test_pool)})) == [4]


def test_rows_of_parametrize_and_of_a_fixture() -> None:
    """Each row is a value of its own."""
    test_pool = """
        import pytest
        from sqlalchemy import create_engine

        @pytest.fixture(params=[3, 4])
        def size(request):
            return request.param

        def test_fixture(size):
            create_engine("postgresql:///app", pool_size=size)

        @pytest.mark.parametrize("name, size", [("a", 6), pytest.param("b", 7, id="wide")])
        def test_rows(name, size):
            create_engine("postgresql:///app", pool_size=size)

        @pytest.mark.parametrize("limit", (8, 9))
        class TestClass:
            def test_rows(self, limit):
                create_engine("postgresql:///app", pool_size=limit)
        """
    assert values(traced({"tests/test_pool.py": dedent(test_pool)})) == [3, 4, 6, 7, 8, 9]


def test_a_value_that_is_refused_reaches_no_pool() -> None:
    """``pytest.raises`` around the construction, or an object that is dropped at once."""
    test_pool = """
        import pytest
        from pool import Limits

        def test_refused():
            with pytest.raises(ValueError):
                Limits(size=0)
            with pytest.raises(ValueError):
                limits = Limits(size=-1)
            Limits(size=1)
        """
    assert found(test_pool=test_pool) == [5, 50]


def test_a_call_that_is_refused_reaches_no_pool() -> None:
    """The error is the one of the function's own check, and the statement does nothing else."""
    opened = """
        import pytest
        from contextlib import contextmanager
        from sqlalchemy import create_engine

        @contextmanager
        def opened(size=5):
            if size <= 0:
                raise ValueError(size)
            yield create_engine("postgresql:///app", pool_size=size)

        def made(size, url="postgresql:///app"):
            if size > 100:
                raise TypeError
            return create_engine(url, pool_size=size)

        def test_refused(self):
            with pytest.raises(TypeError, match="size"):
                made(101)
            with self.assertRaises(TypeError):
                engine = made(102)
            with pytest.raises(ValueError):
                with opened(size=-1):
                    pass

        def test_fails_later():
            with pytest.raises(ValueError):
                made(2, "no address")
            with pytest.raises(TypeError):
                made(3).connect(0)
            with pytest.raises(ValueError):
                with opened(4) as engine:
                    engine.connect(0)
        """
    assert values(traced({"tests/test_pool.py": dedent(opened)})) == [2, 3, 4, 5]


def test_settings_that_a_constructor_refuses_reach_no_pool() -> None:
    """The check is of something made of them, stands in a helper, or raises a derived error."""
    opened = """
        import pytest
        from dataclasses import dataclass
        from sqlalchemy import create_engine

        class SettingsError(ValueError):
            pass

        @dataclass
        class Settings:
            url: str
            size: int

        def dialect(url):
            return url.split(":")[0]

        def check(settings):
            if settings.size > 100:
                raise SettingsError

        class Shop:
            def __init__(self, settings: Settings):
                self.settings = settings
                kind = dialect(settings.url)
                if kind == "postgresql":
                    self.kind = kind
                else:
                    raise SettingsError(kind)

            def open(self):
                settings = self.settings
                return create_engine(settings.url, pool_size=settings.size)

        class Store:
            def __init__(self, settings: Settings):
                check(settings)
                self.engine = create_engine(settings.url, pool_size=settings.size)

        class Late:
            def __init__(self, settings: Settings):
                self.engine = create_engine(settings.url, pool_size=settings.size)
                alive = ping(self.engine, settings.url)
                if not alive:
                    raise SettingsError

        def test_refused():
            settings = Settings("sqlite://", size=1)
            with pytest.raises(SettingsError):
                Shop(settings)
            with pytest.raises((SettingsError, TypeError)):
                Store(Settings("postgresql:///shop", size=101))
            with pytest.raises(ValueError):
                Store(Settings("postgresql:///shop", size=102))

        def test_taken():
            Shop(Settings("postgresql:///shop", size=2))
            Store(Settings("postgresql:///shop", size=3))
            with pytest.raises(SettingsError):
                Late(Settings("postgresql:///shop", size=4))
            with pytest.raises(TypeError):
                Store(Settings("postgresql:///shop", size=5))
        """
    assert values(traced({"tests/test_pool.py": dedent(opened)})) == [2, 3, 4, 5]


def test_more_values_than_anybody_counts() -> None:
    """Each of a hundred tests opens a pool of its own size, and each is a site."""
    opened = """
        from sqlalchemy import create_engine

        def made(size):
            return create_engine("postgresql:///app", pool_size=size)
        """
    calls = "".join(f"def test_{size}():\n    made({size})\n" for size in range(1, 101))
    found = traced({"tests/test_pool.py": dedent(opened) + calls})
    assert values(found) == list(range(1, 101))
    assert found.unresolved == ()


def test_a_library_that_only_its_tests_call_keeps_its_own_values() -> None:
    """What the tests pass is one value; the users' is what the class says."""
    test_pool = """
        from pool import Limits, Pool

        def test_open():
            Pool(Limits(size=2)).open()
        """
    assert found(test_pool=test_pool) == [2, 5, 50]


def test_a_fixture_of_a_plugin_stands_outside_the_tests() -> None:
    plugin = """
        import pytest
        from sqlalchemy import create_engine

        @pytest.fixture
        def limits():
            return {"size": 5}

        @pytest.fixture
        def engine(limits):
            return create_engine("postgresql:///shop", pool_size=limits["size"])
        """
    assert values(traced({"shop/plugin.py": dedent(plugin)})) == [5]
