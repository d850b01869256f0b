"""Reads the packaged TOML files and the user's own entries into one ``Catalogue``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from types import MappingProxyType

from poolenv.catalogue import validate
from poolenv.catalogue.entry import Argument, Catalogue, Form, Sink
from poolenv.catalogue.tokens import tokens_of
from poolenv.catalogue.validate import Table
from poolenv.model import PoolenvError

_USER = "[[tool.poolenv.sinks]] in pyproject.toml"
_FILE_DEFAULTS = ("library", "version", "prefix", "server")


def load(user: tuple[Mapping[str, object], ...] = ()) -> Catalogue:
    """The packaged catalogue with the user's own sinks, which win where a name is in both.

    ``user`` holds the tables of ``[[tool.poolenv.sinks]]`` as TOML gave them. Raises PoolenvError,
    one line that names file and entry, where an entry does not fit the schema.
    """
    texts = tuple(_packaged_files())
    tables = tuple(read_table(name, text) for name, text in texts)
    sets = {key: value for table in tables for key, value in argument_sets(table).items()}
    packaged = tuple(sink for table in tables for sink in read_sinks(table, sets))
    own_sinks: list[Sink] = []
    for number, data in enumerate(user, start=1):
        where = f"{_USER}, entry {number}"
        table = {"library": "this repository", "version": "any", **data}
        own_sinks.append(_sink(table, where, sets, (*packaged, *own_sinks)))
    return _catalogue(packaged, tuple(own_sinks))


def _packaged_files() -> Iterator[tuple[str, str]]:
    for entry in sorted(files("poolenv.catalogue").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def read_table(name: str, text: str) -> Table:
    """Parse one TOML file's text; ``name`` stands in errors."""
    try:
        table = Table(tomllib.loads(text), name)
    except tomllib.TOMLDecodeError as error:
        raise PoolenvError(f"{name}: not valid TOML: {error}") from None
    table.check_keys(validate.FILE_KEYS)
    return table


def argument_sets(table: Table) -> dict[str, tuple[Argument, ...]]:
    """The sets of arguments that one file defines, by their full name (``sqlalchemy.engine``)."""
    rows = Table(table.mapping("arguments"), f"{table.where}, arguments")
    family = table.where.removesuffix(".toml")
    return {
        f"{family}.{key}": tuple(
            validate.argument(row, f"{table.where}, arguments {key}") for row in rows.tables(key)
        )
        for key in rows.data
    }


def read_sinks(table: Table, sets: Mapping[str, tuple[Argument, ...]]) -> tuple[Sink, ...]:
    """The sinks of one file, given the argument sets of all files."""
    defaults = {key: table.text(key) for key in _FILE_DEFAULTS if key in table.data}
    family = table.where.removesuffix(".toml")
    local = {key.removeprefix(f"{family}."): value for key, value in sets.items()}
    sinks: list[Sink] = []
    for number, data in enumerate(table.tables("sinks"), start=1):
        where = f"{table.where}, sink {number}"
        sinks.append(_sink({**defaults, **data}, where, {**sets, **local}, tuple(sinks)))
    return tuple(sinks)


def _sink(
    data: Mapping[str, object],
    where: str,
    sets: Mapping[str, tuple[Argument, ...]],
    known: tuple[Sink, ...],
) -> Sink:
    """One sink, after what it ``uses`` and is ``like`` was looked up."""
    table = Table(data, where)
    callables = table.texts("callables")
    if not callables and not table.texts("other_callables") and "id" not in data:
        table.check_keys(validate.SINK_KEYS)
        raise table.fail("callables is empty: give the names it is imported by, or a setting's id")
    table = Table(data, f"{where} ({table.text('id', callables[0] if callables else None)})")
    base = None
    if "like" in data:
        base = next((sink for sink in known if sink.id == table.text("like")), None)
        if base is None:
            raise table.fail(f"like names {data['like']!r}, which is no sink of the catalogue")
    taken = base.arguments if base else ()
    for key in table.texts("uses"):
        if key not in sets:
            raise table.fail(f"uses names {key!r}, which is no set of arguments")
        taken += sets[key]
    own = tuple(validate.argument(row, table.where) for row in table.tables("arguments"))
    return validate.sink(table, (*validate.changed(taken, table), *own), base)


def _catalogue(packaged: tuple[Sink, ...], own: tuple[Sink, ...]) -> Catalogue:
    sinks = (*own, *packaged)
    by_callable: dict[str, Sink] = {}
    for sink in sinks:
        for name in sink.callables:
            by_callable.setdefault(name, sink)
    return Catalogue(
        sinks=sinks,
        by_callable=MappingProxyType(by_callable),
        settings=tuple(sink for sink in sinks if sink.form is Form.SETTING),
        tokens=tokens_of(sinks),
    )
