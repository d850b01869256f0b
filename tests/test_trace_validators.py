"""What pydantic's validators put into the fields of a record."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, values

RECORD = """
    from sqlalchemy import create_engine
    from pydantic import BaseModel, field_validator, model_validator, root_validator, validator
    class Base(BaseModel):
        pool_size: int | None = None
        options: dict = {}
"""

OF_RECORD = {
    "set where nothing was": """
        class Settings(Base):
            @model_validator(mode="before")
            @classmethod
            def fill(cls, given):
                given = dict(given)
                given.setdefault("options", {}).setdefault("pool_size", 5)
                return given
    """,
    "in the class itself": """
        class Settings(BaseModel):
            options: dict = {}
            @root_validator(pre=True)
            def fill(cls, values):
                values["options"]["pool_size"] = 5
                return values
    """,
    "a new mapping": """
        class Settings(Base):
            @model_validator(mode="before")
            def fill(cls, given):
                return {**given, "options": {"pool_size": 5}}
    """,
}


@pytest.mark.parametrize("text", OF_RECORD.values(), ids=OF_RECORD.keys())
def test_a_validator_of_the_record(text: str) -> None:
    use = """
        def connect(settings: Settings):
            return create_engine(url, **settings.options)
    """
    assert values(look(dedent(RECORD) + dedent(text) + dedent(use))) == [5]


OF_FIELD = {
    "a value where none is given": """
        class Settings(Base):
            @field_validator("pool_size", mode="before")
            @classmethod
            def fill(cls, value):
                return value or 5
    """,
    "under a condition": """
        class Settings(Base):
            @validator("pool_size", pre=True)
            def fill(cls, value):
                if value is None:
                    return 5
                return max(1, value)
    """,
}


@pytest.mark.parametrize("text", OF_FIELD.values(), ids=OF_FIELD.keys())
def test_a_validator_of_the_field(text: str) -> None:
    use = """
        def connect(settings: Settings):
            return create_engine(url, pool_size=settings.pool_size)
    """
    found = [v for v in values(look(dedent(RECORD) + dedent(text) + dedent(use))) if v is not None]
    assert found == [5]


def test_a_validator_of_another_field() -> None:
    found = look(
        dedent(RECORD)
        + dedent(
            """
            class Settings(Base):
                @field_validator("port")
                def fill(cls, value):
                    return value or 5
            def connect(settings: Settings):
                return create_engine(url, pool_size=settings.pool_size)
            """
        )
    )
    assert values(found) == [None]
