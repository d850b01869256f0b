"""Functions that are chosen among several, and values that many calls lead to."""

from __future__ import annotations

from textwrap import dedent

from in_memory import look

IMPORT = "from sqlalchemy import create_engine\n"


def test_a_function_that_is_chosen_in_another_file() -> None:
    """``opener = open_pool if shared else pool`` calls either."""
    found = look(
        IMPORT
        + dedent(
            """
            def open_pool(url, **options):
                return create_engine(url, pool_size=options.pop("pool_size", 1), **options)
            def pool(url, **options):
                return open_pool(url, **options)
            """
        ),
        jobs="""
            import app
            def connect(shared):
                opener = app.open_pool if shared else app.pool
                return opener("postgresql:///app", pool_size=7)
            """,
    )
    assert {site.value for site in found.sites} == {1, 7}


def test_a_value_that_very_many_calls_lead_to_is_one_value() -> None:
    """More calls than are told apart still pass the same literal."""
    calls = "\n".join(f"Client(Settings(), {n}).connect()" for n in range(70))
    found = look(
        IMPORT
        + dedent(
            """
            from dataclasses import dataclass
            @dataclass
            class Settings:
                size: int = 5
            def make(**options):
                return create_engine(url, pool_size=options.pop("pool_size", 1))
            class Client:
                def __init__(self, settings: Settings, number):
                    self.settings = settings
                def connect(self):
                    return make(pool_size=self.settings.size)
            """
        )
        + calls
    )
    assert {site.value for site in found.sites} == {1, 5}


def test_pairs_of_a_loop_stay_together() -> None:
    """The second of a pair is the value of the first alone."""
    found = look(
        IMPORT
        + dedent(
            """
            def connect(given):
                options = {}
                for key, default in (("pool_size", 5), ("max_overflow", 9)):
                    options[key] = given.get(key, default)
                return create_engine(url, **options)
            """
        )
    )
    assert {(site.argument, site.value) for site in found.sites} == {
        ("pool_size", 5),
        ("max_overflow", 9),
    }


def test_a_field_s_default_or_what_the_construction_passes() -> None:
    """The default may stand inside the annotation: ``Annotated[int, Field(default=5)]``."""
    found = look(
        IMPORT
        + dedent(
            """
            from typing import Annotated
            from pydantic import BaseModel, Field
            class Limits(BaseModel):
                size: Annotated[int, Field(default=5, ge=1)]
            create_engine(url, pool_size=Limits().size)
            create_engine(url, pool_size=Limits(size=9).size)
            """
        )
    )
    assert {site.value for site in found.sites} == {5, 9}
