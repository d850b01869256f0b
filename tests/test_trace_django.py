"""Which mappings called DATABASES are Django's: what ENGINE says, as far as the code shows it."""

from __future__ import annotations

import pytest
from in_memory import look, values

DJANGOS = {
    "written out": '"ENGINE": "django.db.backends.postgresql", ',
    "put together": '"ENGINE": "django.db.backends." + kind(), ',
    "formatted": '"ENGINE": f"django.db.backends.{kind()}", ',
    "read from elsewhere": '"ENGINE": kind(), ',
    "left to another file": "",
}


@pytest.mark.parametrize("engine", DJANGOS)
def test_a_setting_that_may_be_djangos(engine: str) -> None:
    """CONN_MAX_AGE is no other library's, so only an ENGINE of another one speaks against it."""
    found = look(
        f"""
        DATABASES = {{
            "default": {{{DJANGOS[engine]}"NAME": "shop", "CONN_MAX_AGE": 17}},
        }}
        """
    )

    assert values(found, "CONN_MAX_AGE") == [17]


def test_a_setting_of_something_else() -> None:
    found = look('DATABASES = {"default": {"ENGINE": "warehouse.files", "CONN_MAX_AGE": 17}}')

    assert found.sites == ()
