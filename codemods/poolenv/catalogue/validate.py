"""Turns one table of catalogue data into a ``Sink``, or says in one line what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final

from poolenv.catalogue.entry import Argument, Form, Sink
from poolenv.model import PoolenvError, Role, Scalar

_TYPES: Final = ("int", "float", "bool", "other")
_STRINGS: Final = ("converted", "error", "late-error", "ignored", "wrong")

_ROLE_DEFAULTS: Final[Mapping[Role, tuple[str, str, str]]] = MappingProxyType(
    {
        Role.SIZE: ("int", "POOL_SIZE", "connections"),
        Role.OVERFLOW: ("int", "MAX_OVERFLOW", "connections"),
        Role.MAX: ("int", "POOL_MAX_SIZE", "connections"),
        Role.MIN: ("int", "POOL_MIN_SIZE", "connections"),
        Role.ACQUIRE_TIMEOUT: ("float", "POOL_TIMEOUT", "seconds"),
        Role.RECYCLE: ("int", "POOL_RECYCLE", "seconds"),
        Role.IDLE_TIMEOUT: ("float", "POOL_MAX_IDLE", "seconds"),
        Role.HEALTH_CHECK: ("bool", "POOL_PRE_PING", "flag"),
        Role.OTHER: ("other", "", "value"),
    }
)
"""Per role: the type, the variable (empty: the argument's name) and the unit an entry may omit."""

_ARGUMENT_KEYS: Final = frozenset(field.name for field in fields(Argument)) - {"has_default"}
SINK_KEYS: Final = frozenset(field.name for field in fields(Sink)) | {
    "uses",
    "like",
    "only",
    "changes",
    "keyword_only",
}
FILE_KEYS: Final = frozenset({"library", "version", "prefix", "server", "arguments", "sinks"})
_LIMITS: Final = ("limit_sum", "limit_largest", "limit_first", "limit_fixed")
_INHERITED: Final = ("limit_per", "min_argument", "dict_argument", "dict_position", "dict_path")


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table with the words that name it in an error (``sqlalchemy.toml, sink x``)."""

    data: Mapping[str, object]
    where: str

    def fail(self, what: str) -> PoolenvError:
        """The error for something wrong in this table."""
        return PoolenvError(f"{self.where}: {what}")

    def check_keys(self, known: frozenset[str]) -> None:
        """Raise where the table has a key that the schema does not know."""
        for key in self.data:
            if key not in known:
                near = get_close_matches(key.lower(), sorted(known), n=1)
                every = f"known are {', '.join(sorted(known))}"
                hint = f"did you mean {near[0]!r}?" if near else every
                raise self.fail(f"unknown key {key!r}; {hint}")

    def text(self, key: str, default: str | None = None) -> str:
        """A string that is not empty; without a default it has to be there."""
        value = self.data.get(key, default)
        if not isinstance(value, str) or not value:
            raise self.fail(f"{key} has to be a text, not {value!r}")
        return value

    def choice(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """A string out of a fixed set."""
        value, known = self.text(key, default), tuple(allowed)
        if value not in known:
            raise self.fail(f"{key} is {value!r}; it has to be one of {', '.join(known)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings, or one string; empty where the key is missing."""
        value = self.data.get(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
            raise self.fail(f"{key} has to be a list of texts, not {value!r}")
        return tuple(value)

    def number(self, key: str) -> int | None:
        """A whole number of at least 0, or None where the key is missing."""
        value = self.data.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.fail(f"{key} has to be a whole number from 0, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """A boolean."""
        value = self.data.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(f"{key} has to be true or false, not {value!r}")
        return value

    def scalar(self, key: str, value: object) -> Scalar:
        """A number, text or boolean; the text ``None`` stands for Python's None."""
        if value == "None":
            return None
        if not isinstance(value, (int, float, bool, str)):
            raise self.fail(f"{key} has to be a number, a text or a boolean, not {value!r}")
        return value

    def scalars(self, key: str) -> tuple[Scalar, ...]:
        """A list of numbers, texts and booleans; empty where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise self.fail(f"{key} has to be a list, not {value!r}")
        return tuple(self.scalar(key, item) for item in value)

    def tables(self, key: str) -> tuple[Mapping[str, object], ...]:
        """A list of tables; empty where the key is missing."""
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
            raise self.fail(f"{key} has to be a list of tables ([[{key}]])")
        return tuple(value)

    def mapping(self, key: str) -> Mapping[str, object]:
        """A table; empty where the key is missing."""
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(f"{key} has to be a table, not {value!r}")
        return value


def argument(data: Mapping[str, object], where: str) -> Argument:
    """Read one argument's table; type, variable and unit follow from the role when omitted."""
    table = Table(data, where)
    name = table.text("name")
    table = Table(data, f"{where}, argument {name}")
    table.check_keys(_ARGUMENT_KEYS)
    role = Role(table.choice("role", (r.value for r in Role)))
    kind, variable, unit = _ROLE_DEFAULTS[role]
    kind = table.choice("type", _TYPES, kind)
    default = table.scalar("default", data.get("default", "None"))
    _check_default(table, kind, default)
    return Argument(
        name=name,
        role=role,
        type=kind,
        variable=table.text("variable", variable or name.upper()),
        default=default,
        has_default="default" in data,
        position=table.number("position"),
        unit=table.text("unit", unit),
        rewrite=table.flag("rewrite", True),
        no_limit=table.scalars("no_limit"),
        version_dependent=table.scalars("version_dependent"),
        strings=table.choice("strings", _STRINGS, "error"),
        versions=table.text("versions") if "versions" in data else "",
        pool_classes=table.texts("pool_classes"),
        opens_pool=table.flag("opens_pool", False),
    )


def _check_default(table: Table, kind: str, default: Scalar) -> None:
    fits = (
        default is None
        or kind == "other"
        or (kind == "bool" and isinstance(default, bool))
        or (kind == "int" and type(default) is int)
        or (kind == "float" and type(default) in (int, float))
    )
    if not fits:
        raise table.fail(f"default {default!r} is not of type {kind}")


def changed(arguments: tuple[Argument, ...], table: Table) -> tuple[Argument, ...]:
    """Apply ``only``, ``changes`` and ``keyword_only`` of a sink to the arguments it took over."""
    only, changes = table.texts("only"), table.mapping("changes")
    if table.flag("keyword_only", False):
        arguments = tuple(replace(arg, position=None) for arg in arguments)
    names = {arg.name for arg in arguments}
    for name in (*only, *changes):
        if name not in names:
            raise table.fail(f"only/changes name {name!r}, which is not among the arguments")
    return tuple(
        _change(arg, changes.get(arg.name, {}), table)
        for arg in arguments
        if not only or arg.name in only
    )


def _change(arg: Argument, change: object, table: Table) -> Argument:
    if not isinstance(change, dict):
        raise table.fail(f"changes.{arg.name} has to be a table")
    if not change:
        return arg
    whole = {"name": arg.name, "role": arg.role.value, "type": arg.type} | change
    new = argument(whole, table.where)
    given = {key: getattr(new, key) for key in change if key != "name"}
    if "default" in change:
        given["has_default"] = True
    return replace(arg, name=new.name, **given)


def sink(table: Table, arguments: tuple[Argument, ...], base: Sink | None) -> Sink:
    """Build a sink of a table whose arguments are known; ``base`` is what it is ``like``."""
    table.check_keys(SINK_KEYS)
    form = Form(table.choice("form", (f.value for f in Form), base.form.value if base else "call"))
    made = _as_written(table, form, arguments, base)
    if base is not None:
        made = _inherit(made, base, table)
    _check(made, table)
    return made


def _as_written(
    table: Table, form: Form, arguments: tuple[Argument, ...], base: Sink | None
) -> Sink:
    """A sink with what stands in its own table, and with the names and server of ``base``."""
    other = table.texts("other_callables")
    callables = (*table.texts("callables"), *other)
    evidence = table.mapping("setting_evidence")
    return Sink(
        id=table.text("id", callables[0] if callables else None),
        library=table.text("library", base.library if base else None),
        form=form,
        arguments=arguments,
        callables=callables,
        other_callables=other,
        server=table.text("server", base.server if base else "sql"),
        version=table.text("version", base.version if base else None),
        prefix=table.text("prefix", base.prefix if base else "DB"),
        limit_sum=table.texts("limit_sum"),
        limit_largest=table.texts("limit_largest"),
        limit_first=table.texts("limit_first"),
        limit_fixed=table.number("limit_fixed"),
        limit_per=table.text("limit_per", "process"),
        min_argument=table.text("min_argument") if "min_argument" in table.data else None,
        dict_argument=table.text("dict_argument") if "dict_argument" in table.data else None,
        dict_position=table.number("dict_position"),
        dict_path=table.texts("dict_path"),
        dict_methods=table.texts("dict_methods"),
        url_query=table.texts("url_query"),
        prefix_argument=table.text("prefix_argument", "prefix"),
        key_prefix=table.text("key_prefix", "sqlalchemy."),
        setting=table.texts("setting"),
        setting_evidence=MappingProxyType({k: str(v) for k, v in evidence.items()}) or None,
        option_group=table.text("option_group") if "option_group" in table.data else "",
        opens_pool=table.flag("opens_pool", form is not Form.OPTION),
        makes_setting=table.flag("makes_setting", False),
        notes=table.texts("notes"),
    )


def _inherit(made: Sink, base: Sink, table: Table) -> Sink:
    """Take the base's limits (those whose arguments are still there) where none are given."""
    names = {arg.name for arg in made.arguments}
    taken: dict[str, object] = {}
    if not any(key in table.data for key in _LIMITS):
        taken |= {key: getattr(base, key) for key in _LIMITS if _known(getattr(base, key), names)}
    for key in _INHERITED:
        if key not in table.data:
            taken[key] = getattr(base, key)
    if made.min_argument is None and base.min_argument not in names:
        taken["min_argument"] = None
    return replace(made, **taken)  # type: ignore[arg-type]


def _known(value: object, names: set[str]) -> bool:
    return not isinstance(value, tuple) or set(value) <= names


def _check(made: Sink, table: Table) -> None:
    names = [arg.name for arg in made.arguments]
    if not names:
        raise table.fail("a sink needs arguments (its own, or by uses or like)")
    for name in names:
        if names.count(name) > 1:
            raise table.fail(f"argument {name!r} is there twice")
    positions = [arg.position for arg in made.arguments if arg.position is not None]
    if len(positions) != len(set(positions)):
        raise table.fail("two arguments have the same position")
    if sum(getattr(made, key) not in ((), None) for key in _LIMITS) > 1:
        raise table.fail(f"give only one of {', '.join(_LIMITS)}")
    named = (*made.limit_sum, *made.limit_largest, *made.limit_first, *made.url_query)
    for name in (*named, *filter(None, (made.min_argument,))):
        if name not in names:
            raise table.fail(f"a limit names {name!r}, which is not among the arguments")
    if made.form is Form.SETTING:
        if made.callables:
            raise table.fail("a setting has no callables")
    elif not made.callables:
        raise table.fail("callables is empty: nothing could find this sink")
    for name in made.callables:
        if not all(part.isidentifier() for part in name.split(".")) or "." not in name:
            raise table.fail(f"callable {name!r} is not a qualified name like package.function")
    if (made.form is Form.DICT_ARGUMENT) != (made.dict_argument is not None):
        raise table.fail("dict_argument belongs to the form dict-argument, and only there")
    if made.dict_methods and made.form is not Form.DICT_ARGUMENT:
        raise table.fail("dict_methods belongs to the form dict-argument, and only there")
    if (made.form is Form.OPTION) != bool(made.option_group):
        raise table.fail("option_group belongs to the form option, and only there")
