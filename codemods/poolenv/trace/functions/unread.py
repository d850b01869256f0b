"""What a person has to look at where a library's function gives the value."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from poolenv.syntax.bindings.expressions import dotted, last_name

_MODEL = "{written}() makes it from what is passed there; look at where that comes from"
_QUERY = "{named}() reads it from the query of a URL; look at the URLs that are passed"
_DATABASE = "{named}() reads it from a database; look at what the query gives"
_DATA = "{named}() reads it from data; look at that data"
_MACHINE = "{named}() is not known before it runs: it depends on the machine"
_SECTION = "{written}() reads it from a configuration file; look at that section"
_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "pydantic.BaseModel.model_validate": _MODEL,
        "pydantic.BaseModel.parse_obj": _MODEL,
        "urllib.parse.parse_qs": _QUERY,
        "urllib.parse.parse_qsl": _QUERY,
        "json.load": _DATA,
        "json.loads": _DATA,
        "yaml.safe_load": _DATA,
        "yaml.load": _DATA,
        "tomllib.load": _DATA,
        "tomllib.loads": _DATA,
        "os.cpu_count": _MACHINE,
        "multiprocessing.cpu_count": _MACHINE,
        "alembic.context.config.get_section": _SECTION,
    }
)
_FETCHING: Final = frozenset({"fetchone", "fetchall", "fetchval", "fetchrow"})


def unread(named: str, node: ast.Call) -> str:
    """The reason for the result of a call, by the full name of its function where it has one."""
    reason = _REASONS.get(named)
    if reason is None and "." in named and last_name(node.func) in _FETCHING:
        reason = _DATABASE
    if reason is None:
        reason = "it is the result of {named}(), which poolenv does not follow"
    return reason.format(named=named, written=dotted(node.func) or named)
