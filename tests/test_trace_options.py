"""Options that a library declares by name: the declaration gives what is read elsewhere."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

from poolenv.model import Holder

IMPORT = "from sqlalchemy import create_engine\n"

DECLARED = {
    "argparse": """
        import argparse
        def parsed():
            parser = argparse.ArgumentParser()
            parser.add_argument("--pool-size", type=int, default=5)
            return parser.parse_args()
        def main(args):
            create_engine(url, pool_size=args.pool_size)
        main(parsed())
    """,
    "argparse, by another name, as a mapping": """
        import argparse
        parser = argparse.ArgumentParser()
        group = parser.add_argument_group("database")
        group.add_argument("--pool-size", "-p", dest="size", type=int, default=5)
        args, rest = parser.parse_known_args()
        create_engine(url, pool_size=vars(args)["size"])
    """,
    "click": """
        import click
        @click.command()
        @click.option("--pool-size", "-p", default=5, type=int)
        def main(pool_size):
            create_engine(url, pool_size=pool_size)
    """,
    "click, by another name": """
        import click
        @click.command()
        @click.option("--pool-size", "size", default=5, type=int)
        def main(size):
            create_engine(url, pool_size=size)
    """,
    "click, an option in a variable": """
        import click
        size_option = click.option("--pool-size", default=5, type=int)
        @click.command()
        @size_option
        def main(pool_size):
            create_engine(url, pool_size=pool_size)
    """,
    "click, options that a function puts on": """
        import click
        def options(function):
            function = click.option("--pool-size", default=5, type=int)(function)
            return click.option("--name")(function)
        def more(function):
            return options(function)
        @click.command()
        @more
        def main(pool_size, name):
            create_engine(url, pool_size=pool_size)
    """,
    "click, options in a list": """
        import click
        OPTIONS = [click.option("--name"), click.option("--pool-size", default=5, type=int)]
        def with_options(several):
            def put_on(function):
                for option in reversed(several):
                    function = option(function)
                return function
            return put_on
        @click.command()
        @with_options(OPTIONS)
        def main(pool_size, name):
            create_engine(url, pool_size=pool_size)
    """,
    "click, options in a list that a function goes over": """
        import click
        OPTIONS = (click.option("--pool-size", default=5, type=int),)
        def options(function):
            for option in reversed(OPTIONS):
                function = option(function)
            return function
        @click.command()
        @options
        def main(pool_size):
            create_engine(url, pool_size=pool_size)
    """,
    "typer": """
        import typer
        def main(size: int = typer.Option(5, "--pool-size")):
            create_engine(url, pool_size=size)
    """,
    "absl": """
        from absl import flags
        FLAGS = flags.FLAGS
        flags.DEFINE_integer("pool_size", 5, "Connections.")
        def main(argv):
            create_engine(url, pool_size=FLAGS.pool_size)
    """,
    "absl, a flag that is held": """
        from absl import flags
        SIZE = flags.DEFINE_integer("pool_size", 5, "Connections.")
        def main(argv):
            create_engine(url, pool_size=SIZE.value)
    """,
    "tornado": """
        from tornado.options import define, options
        define("pool_size", default=5, type=int)
        create_engine(url, pool_size=options.pool_size)
    """,
    "oslo.config": """
        from oslo_config import cfg
        CONF = cfg.CONF
        CONF.register_opts([cfg.IntOpt("pool-size", default=5)], group="db")
        create_engine(url, pool_size=CONF.db.pool_size)
    """,
    "traitlets": """
        from traitlets import Int
        from traitlets.config import Configurable
        class Database(Configurable):
            size = Int(5).tag(config=True)
            def connect(self):
                return create_engine(url, pool_size=self.size)
    """,
}


@pytest.mark.parametrize("library", DECLARED)
def test_the_default_of_an_option(library: str) -> None:
    """The default is the value; it is listed, as the library sets the option otherwise."""
    found = look(IMPORT + dedent(DECLARED[library]))
    assert values(found) == [5]
    assert {site.holder for site in found.sites} == {Holder.FIXED}
    assert found.unresolved == ()


def test_the_variable_of_an_option() -> None:
    """click says which variable sets it."""
    found = look(
        IMPORT
        + dedent(
            """
            import click
            @click.option("--pool-size", default=5, envvar="POOL_SIZE")
            def main(pool_size):
                create_engine(url, pool_size=pool_size)
            """
        )
    )
    assert [(site.value, site.env) for site in found.sites] == [(5, "POOL_SIZE")]


READ = IMPORT + "from oslo_config import cfg\ncreate_engine(url, pool_size=cfg.CONF.db.pool_size)\n"
OPTION = 'from oslo_config import cfg\ncfg.CONF.register_opts([cfg.IntOpt("pool_size", default={})]'


def test_an_option_of_another_module() -> None:
    """The group decides between options of one name."""
    database = OPTION.format(5) + ', group="db")\n'
    directory = OPTION.format(9) + ', group="ldap")\n'
    assert values(look(READ, database=database)) == [5]
    assert values(look(READ, database=database, directory=directory)) == [5]


def test_an_option_that_is_declared_twice() -> None:
    """Which of two modules counts is not guessed."""
    first, second = OPTION.format(5) + ', group="db")\n', OPTION.format(9) + ', group="db")\n'
    found = look(READ, first=first, second=second)
    assert found.sites == ()
    assert ["declared in several modules" in entry.reason for entry in found.unresolved] == [True]


def test_an_option_without_a_default() -> None:
    """The person is told of the declaration, not of the library."""
    found = look(READ, database=OPTION.format("").replace(", default=", "") + ', group="db")\n')
    assert found.sites == ()
    assert ["without a default" in entry.reason for entry in found.unresolved] == [True]


SETTINGS = """
    from registry import namespace
    namespace.fill(globals())
    DATABASES = {
        "default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": DATABASE_AGE}
    }
"""


def test_a_setting_that_is_put_into_a_modules_globals() -> None:
    """A name that nothing binds, in a module that gives its globals away, by its registration."""
    registered = 'register(kwargs={"has_default": True, "default_value": 7}, name="DATABASE_AGE")'
    found = look(SETTINGS, registrations=registered)
    assert values(found, "CONN_MAX_AGE") == [7]
    assert {site.holder for site in found.sites} == {Holder.FIXED}


def test_a_name_that_nothing_binds() -> None:
    """Without ``globals()`` a registration of that name says nothing of this module."""
    text = SETTINGS.replace("globals()", "settings")
    found = look(text, registrations='register(default=7, name="DATABASE_AGE")')
    assert found.sites == ()
    assert [entry.argument for entry in found.unresolved] == ["CONN_MAX_AGE"]


def test_options_of_a_class_that_answers_by_name() -> None:
    """``__getattr__`` looks a handler up; the call that makes it declares the default."""
    found = look(
        IMPORT
        + """
class Environment:
    def __getattr__(self, name):
        return find(name).value()
def options(environment):
    return [IntOption("pool_age", environment, default=60), IntOption("other", default=1)]
class Database:
    @classmethod
    def connect(cls, environment: Environment):
        return cls.make(url, environment.pool_age)
    @staticmethod
    def make(url, age=30):
        return create_engine(url, pool_recycle=age)
"""
    )
    assert values(found, "pool_recycle") == [30, 60]
    assert {site.value: site.holder for site in found.sites}[60] is Holder.FIXED
