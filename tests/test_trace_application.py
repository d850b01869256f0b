"""Settings that go through an application of Pyramid to the engine."""

from __future__ import annotations

from in_memory import look, values

MODELS = """
from sqlalchemy import engine_from_config


def includeme(config):
    settings = config.get_settings()
    settings.setdefault("sqlalchemy.max_overflow", 11)
    config.registry["engine"] = engine_from_config(settings, "sqlalchemy.")
"""


def test_what_the_application_registers_reaches_what_is_included() -> None:
    found = look(
        MODELS,
        main="""
        from pyramid.config import Configurator


        def main(global_config, **settings):
            settings.setdefault("sqlalchemy.pool_timeout", 12)
            config = Configurator(settings=settings)
            config.add_settings({"sqlalchemy.pool_recycle": 13, "web.pool_size": 1})
            config.include("app")
        """,
    )

    assert values(found, "max_overflow") == [11]
    assert values(found, "pool_timeout") == [12]
    assert values(found, "pool_recycle") == [13]
    assert values(found) == []
    assert {lost.reason for lost in found.unresolved} == {
        "the settings of the application come from its configuration file, too"
    }


def test_a_configurator_that_is_handed_on_has_its_own_settings_alone() -> None:
    found = look(
        """
        from pyramid import testing
        from sqlalchemy import engine_from_config


        def make(config, prefix):
            return engine_from_config({**config.get_settings()}, prefix)


        def of_orders():
            config = testing.setUp(settings={"orders.pool_size": 17, "users.pool_size": 3})
            return make(config, "orders.")


        def of_users():
            config = testing.setUp()
            config.add_settings({"users.pool_size": 18})
            return make(config, "users.")
        """
    )

    assert values(found) == [17, 18]


def test_a_request_reads_the_settings_of_its_registry() -> None:
    found = look(
        """
        import psycopg_pool
        from pyramid.config import Configurator

        Configurator(settings={"db.max": 17})


        def view(request):
            size = request.registry.settings["db.max"]
            return psycopg_pool.ConnectionPool("", min_size=1, max_size=size)
        """
    )

    assert values(found, "max_size") == [17]


def test_get_settings_of_something_else_is_not_pyramids() -> None:
    found = look(
        """
        import psycopg_pool


        def open_pool(config):
            return psycopg_pool.ConnectionPool("", max_size=config.get_settings()["size"])
        """
    )

    assert found.sites == ()
    [lost] = found.unresolved
    assert lost.reason == "it is the result of get_settings(), which poolenv does not follow"
