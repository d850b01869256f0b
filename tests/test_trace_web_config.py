"""Settings that go through the configuration of a web application to the pool."""

from __future__ import annotations

from in_memory import look, values

READS = """
from flask import current_app
from sqlalchemy import create_engine


def engine():
    return create_engine("x", pool_size=current_app.config["POOL_SIZE"])
"""


def test_an_extension_sets_the_default_that_the_current_application_reads() -> None:
    found = look(
        """
        from flask import current_app
        from sqlalchemy import create_engine


        class Extension:
            def __init__(self, app=None):
                if app is not None:
                    self.init_app(app)

            def init_app(self, app):
                app.config.setdefault("POOL_SIZE", 5)

            def connect(self):
                return create_engine("x", pool_size=current_app.config["POOL_SIZE"])
        """,
        web="""
        from flask import Flask

        app = Flask(__name__)
        app.config["POOL_SIZE"] = 6
        """,
    )

    assert values(found) == [5, 6]
    assert found.unresolved == ()


def test_classes_of_a_table_modules_and_files_fill_it() -> None:
    found = look(
        READS,
        web="""
        from flask import Flask

        from config import BY_NAME


        def create_app(name):
            app = Flask(__name__)
            app.config.from_object(BY_NAME[name])
            app.config.from_object("config.Staging")
            app.config.from_object("defaults")
            app.config.from_pyfile("local.py", silent=True)
            app.config.from_mapping(POOL_SIZE=9)
            app.config.update(**{"POOL_SIZE": 10})
            return app
        """,
        config="""
        class Production:
            POOL_SIZE = 5


        class Development(Production):
            POOL_SIZE = 6


        class Staging:
            POOL_SIZE = 7


        class Unused:
            POOL_SIZE = 9001


        BY_NAME = {"production": Production, "development": Development}
        """,
        defaults="POOL_SIZE = 8",
        local="POOL_SIZE = 4",
    )

    assert values(found) == [4, 5, 6, 7, 8, 9, 10]
    assert found.unresolved == ()


def test_a_default_beside_the_look_up_counts_besides() -> None:
    found = look(
        """
        from sqlalchemy import create_engine


        class Extension:
            def init_app(self, app):
                self.engine = create_engine("x", pool_size=app.config.get("POOL_SIZE", 5))
        """,
        web="""
        from flask import Flask

        import config

        app = Flask(__name__)
        app.config.from_object(config)
        """,
        config="POOL_SIZE = 6",
    )

    assert values(found) == [5, 6]


def test_sanic_has_attributes() -> None:
    found = look(
        """
        from sanic import Sanic
        from sqlalchemy import create_engine

        app = Sanic("shop")
        app.config.POOL_SIZE = 5


        @app.before_server_start
        async def start(app, loop):
            app.ctx.engine = create_engine("x", pool_size=app.config.POOL_SIZE)
        """
    )

    assert values(found) == [5]


def test_what_no_application_holds_is_no_setting_of_one() -> None:
    found = look(
        READS,
        other="""
        class Tool:
            config = {}


        app = Tool()
        app.config["POOL_SIZE"] = 5


        def configure(parser):
            parser.config["POOL_SIZE"] = 6
        """,
    )

    assert values(found) == []
    assert [lost.reason for lost in found.unresolved] == [
        "it comes from flask.current_app, outside this repository"
    ]
