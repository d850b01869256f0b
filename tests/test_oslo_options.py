"""oslo.db's words for a pool: given to its functions, and as options of oslo.config by name."""

from __future__ import annotations

from in_memory import look, values

CONFIGURATION = "from oslo_config import cfg\nCONF = cfg.CONF\n"


def test_a_transaction_context_is_configured() -> None:
    """``transaction_context()`` makes the object whose ``configure`` takes the pool's words."""
    found = look(
        """
        from oslo_db.sqlalchemy import enginefacade
        context = enginefacade.transaction_context()
        context.configure(connection="mysql://", max_pool_size=4, max_overflow=38)
        enginefacade.configure(max_pool_size=9)
        """
    )
    assert values(found, "max_pool_size") == [4, 9]
    assert values(found, "max_overflow") == [38]
    assert [pool.max_connections for pool in found.pools] == [42, 59]


def test_defaults_of_the_options() -> None:
    """``set_defaults`` opens no pool; what it is given reaches the one that is opened later."""
    found = look(
        "from oslo_db import options\n" + CONFIGURATION + "options.set_defaults(CONF, None, 3)\n"
    )
    assert values(found, "max_pool_size") == [3]
    assert found.pools == ()


def test_an_option_that_is_set_by_name() -> None:
    """Group and name decide: the same name in another group is another option."""
    found = look(
        CONFIGURATION
        + """
CONF.set_override("connection_recycle_time", -1, group="database")
CONF.set_default("max_pool_size", 7, "database")
CONF.set_override("max_pool_size", 70, group="ldap")
CONF.set_override("max_retries", 71, group="database")
CONF.set_override("pool_timeout", override=8, group="database")
"""
    )
    assert values(found, "connection_recycle_time") == [-1]
    assert values(found, "max_pool_size") == [7]
    assert values(found, "pool_timeout") == [8]


def test_options_of_a_mapping_set_in_a_loop() -> None:
    """The loop's key is the option's name, so its value is the entry under that name."""
    found = look(
        CONFIGURATION
        + """
overrides = {"connection": "mysql://", "max_overflow": 10}
for name, value in overrides.items():
    CONF.set_override(name, value, group="database")
"""
    )
    assert values(found, "max_overflow") == [10]
    assert values(found, "max_pool_size") == []
    assert found.unresolved == ()
