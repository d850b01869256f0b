"""Values that the environment already sets: the variable, its default, and whether it converts."""

from __future__ import annotations

from textwrap import dedent

import pytest
from in_memory import look, text_at
from open_defects import marks_of

from poolenv.model import Holder, Origin

READS = {
    "import os": [
        'int(os.getenv("SIZE", "5"))',
        'int(os.getenv("SIZE", 5))',
        'int(os.getenv("SIZE", default="5"))',
        'int(os.environ.get("SIZE", "5"))',
        'int(os.environ.get("SIZE") or 5)',
        'int(os.environ.get("SIZE") or "5")',
        'int(os.environ["SIZE"]) if "SIZE" in os.environ else 5',
        'int(os.environ["SIZE"] if "SIZE" in os.environ else "5")',
        'int(os.environ.setdefault("SIZE", "5"))',
    ],
    "import os as system": ['int(system.environ.get("SIZE", "5"))'],
    "from os import getenv": ['int(getenv("SIZE", "5"))'],
    "from os import environ as env": ['int(env.get("SIZE", "5"))'],
    "import os\nread = os.environ.get": ['int(read("SIZE", "5"))'],
    'import os\nPREFIX = "SI"': [
        'int(os.getenv(PREFIX + "ZE", "5"))',
        'int(os.getenv(f"{PREFIX}ZE", 5))',
    ],
    'import os\nSIZE = "SIZE"\nDEFAULT = "5"': ["int(os.getenv(SIZE, DEFAULT))"],
    "from decouple import config": ['config("SIZE", default=5, cast=int)'],
    "from environs import Env\nenv = Env()": ['env.int("SIZE", 5)', 'env.int("SIZE", default=5)'],
    "import environ\nenv = environ.Env()": ['env.int("SIZE", default=5)'],
    "import environ\nenv = environ.Env(SIZE=(int, 5))": ['env("SIZE")'],
    "from starlette.config import Config\nconfig = Config()": [
        'config("SIZE", cast=int, default=5)'
    ],
    # Functions of the repository
    "import os\ndef env_int(name, default):\n    return int(os.getenv(name, default))": [
        'env_int("SIZE", 5)',
        'env_int(name="SIZE", default=5)',
    ],
    """import os
def env_int(name, default):
    raw = os.environ.get(name)
    return int(raw) if raw else default""": ['env_int("SIZE", 5)'],
    """import os
def env_int(name, *, default):
    raw = os.environ.get(name, "").strip()
    if not raw:
        return default
    return int(raw)""": ['env_int("SIZE", default=5)'],
    """import os
def env_int(name, default=0):
    try:
        return int(os.environ[name])
    except (KeyError, ValueError):
        return default""": ['env_int("SIZE", 5)'],
    """import os
class Environment:
    @staticmethod
    def integer(name, default):
        return int(os.environ.get(name, default))""": ['Environment.integer("SIZE", 5)'],
    "import os\ndef number(text):\n    return int(text)": ['number(os.getenv("SIZE", "5"))'],
}


@pytest.mark.parametrize(
    ("imports", "read"),
    [
        pytest.param(imports, read, marks=marks_of("reads", read))
        for imports, reads in READS.items()
        for read in reads
    ],
)
def test_a_spelling_of_a_read(imports: str, read: str) -> None:
    """The site is the default, its value a number, and the variable is known."""
    text = (
        f"from sqlalchemy import create_engine\n{imports}\ncreate_engine(url, pool_size={read})\n"
    )
    found = look(text)
    (site,) = found.sites
    assert (site.value if isinstance(site.value, int) else site.source_text) in (5, '"5"')
    assert site.env == "SIZE"
    assert (site.origin, site.holder) == (Origin.ENV_DEFAULT, Holder.ENV_DEFAULT)
    assert not site.untyped_env
    assert text_at({"app.py": text}, site.source).strip('"') == "5"
    assert found.unresolved == ()


def test_a_read_that_converts_nothing() -> None:
    """Once the variable is set, the library gets a text: the whole read has to change."""
    text = (
        "import os\nfrom sqlalchemy import create_engine\n"
        'create_engine(url, pool_size=os.getenv("SIZE", 5))\n'
    )
    (site,) = look(text).sites
    assert site.untyped_env
    assert text_at({"app.py": text}, site.whole_source) == 'os.getenv("SIZE", 5)'


def test_a_required_variable_has_no_value() -> None:
    """``os.environ["SIZE"]`` has no default that could be written or lowered."""
    found = look("""
        import os
        from sqlalchemy import create_engine
        create_engine(url, pool_size=int(os.environ["SIZE"]))
    """)
    (site,) = found.sites
    assert (site.value, site.source, site.env) == (None, None, "SIZE")
    assert [pool.limit for pool in found.pools] == ["unknown"]


def test_an_unknown_variable() -> None:
    """Its default is shown, and why it stays."""
    found = look("""
        import os
        from sqlalchemy import create_engine
        create_engine(url, pool_size=int(os.getenv(name(), "5")))
    """)
    (site,) = found.sites
    assert site.holder is Holder.FIXED
    assert site.obstacle is not None
    assert "whose name the code does not show" in site.obstacle


def test_a_bound_beside_a_read_is_no_default() -> None:
    """``max(1, …)``: 1 is a bound, 5 the default of SIZE."""
    found = look("""
        import os
        from sqlalchemy import create_engine
        create_engine(url, pool_size=max(1, int(os.getenv("SIZE", "5"))))
    """)
    by_value = {site.value: site for site in found.sites}
    assert by_value[5].env == "SIZE"
    assert 1 not in by_value or by_value[1].holder is Holder.FIXED


CALCULATED = {
    "given where it is read": 'int(os.environ.get("SIZE", str(BASE + 50)))',
    "given by setdefault": 'int(os.environ["SIZE"])',
    "declared by name": 'env("SIZE")',
}


@pytest.mark.parametrize("how", CALCULATED)
def test_a_default_that_is_calculated(how: str) -> None:
    """The 50 in it is no default of SIZE: what the other variable says goes with it."""
    found = look(f"""
        import os
        import environ
        from sqlalchemy import create_engine
        BASE = int(os.environ["BASE"])
        os.environ.setdefault("SIZE", str(BASE + 50))
        env = environ.Env(SIZE=(int, BASE + 50))
        create_engine(url, pool_size={CALCULATED[how]})
    """)
    (fifty,) = (site for site in found.sites if site.value == 50)
    assert (fifty.env, fifty.holder) == ("SIZE", Holder.FIXED)
    assert "calculation" in str(fifty.obstacle)


PYDANTIC = {
    "prefix of model_config": (
        """
        from pydantic_settings import BaseSettings, SettingsConfigDict
        class Settings(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="DB_")
            size: int = 5
        """,
        "DB_SIZE",
    ),
    "prefix of Config": (
        """
        from pydantic import BaseSettings
        class Settings(BaseSettings):
            size: int = 5
            class Config:
                env_prefix = "db_"
        """,
        "DB_SIZE",
    ),
    "no prefix": (
        """
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            size: int = 5
        """,
        "SIZE",
    ),
    "alias": (
        """
        from pydantic import Field
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            size: int = Field(default=5, validation_alias="POOL_LIMIT")
        """,
        "POOL_LIMIT",
    ),
    "inherited prefix": (
        """
        from pydantic_settings import BaseSettings, SettingsConfigDict
        class Base(BaseSettings):
            model_config = SettingsConfigDict(env_prefix="APP_")
        class Settings(Base):
            size: int = Field(5)
        """,
        "APP_SIZE",
    ),
}


@pytest.mark.parametrize("how", PYDANTIC)
def test_a_settings_class(how: str) -> None:
    """The variable's name is derived as pydantic-settings does; the field stays a number."""
    body, variable = PYDANTIC[how]
    found = look(
        """
        from settings import Settings
        from sqlalchemy import create_engine
        settings = Settings()
        create_engine(url, pool_size=settings.size)
        """,
        settings=dedent(body),
    )
    (site,) = found.sites
    assert (site.value, site.env, site.holder) == (5, variable, Holder.SETTINGS_FIELD)
