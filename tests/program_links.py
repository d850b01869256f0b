"""Links of the programs in ``programs``: each moves the value on in one way Python has."""

from __future__ import annotations

from typing import Final

from draft import Draft
from program_objects import OBJECT_LINKS, Link


def _dots(draft: Draft) -> str:
    """What leads from the current module to ``app``."""
    return ".." if draft.path.endswith("__init__.py") else "."


def _constant(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write(f"{name} = {d.value}")
    d.value = name


def _annotated(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write(f"{name}: int = {d.value}")
    d.value = name


def _unpacked(d: Draft) -> None:
    name = d.name("PAIR_")
    d.write(f"{name}, {name}_other = {d.value}, {d.decoy()}")
    d.value = name


def _import(d: Draft, form: str, *, package: bool = False) -> None:
    value = d.bind()
    old = d.move(package=package)
    alias = d.name("taken_")
    last = old.rpartition(".")[2]
    lines = {
        "from": (f"from {old} import {value}", value),
        "from as": (f"from {old} import {value} as {alias}", alias),
        "relative": (f"from {_dots(d)}{last} import {value}", value),
        "import": (f"import {old}", f"{old}.{value}"),
        "import as": (f"import {old} as {alias}", f"{alias}.{value}"),
        "from package": (f"from app import {last}", f"{last}.{value}"),
        "relative module": (f"from {_dots(d)} import {last} as {alias}", f"{alias}.{value}"),
        "star": (f"from {old} import *", value),
    }
    line, d.value = lines[form]
    d.write(line)


def _reexported(d: Draft) -> None:
    _import(d, "relative", package=True)
    _import(d, "from")


def _star_all(d: Draft) -> None:
    d.write(f"__all__ = [{d.bind()!r}]")
    _import(d, "star")


def _tried(d: Draft) -> None:
    value = d.bind()
    old = d.move()
    other = d.also(1000)
    d.write(
        "try:",
        f"    from {old} import {value}",
        "except ImportError:",
        f"    {value} = {other}",
    )


def _dict(d: Draft) -> None:
    name = d.name("OPTIONS_")
    d.write(f'{name} = {{"other": {d.decoy()}, "size": {d.value}}}')
    d.value = f'{name}["size"]'


def _nested(d: Draft) -> None:
    name = d.name("CONFIG_")
    d.write(
        f"{name} = {{",
        f'    "cache": {{"size": {d.decoy()}}},',
        f'    "db": {{"size": {d.value}}},',
        "}",
    )
    d.value = f'{name}["db"]["size"]'


def _dict_call(d: Draft) -> None:
    name = d.name("OPTIONS_")
    d.write(f"{name} = dict(size={d.value}, other={d.decoy()})")
    d.value = f'{name}.get("size")'


def _overlaid(d: Draft) -> None:
    base, name = d.name("BASE_"), d.name("OPTIONS_")
    d.write(f'{base} = {{"size": {d.decoy()}, "other": {d.decoy()}}}')
    d.write(f'{name} = {{**{base}, "size": {d.value}}}')
    d.value = f'{name}["size"]'


def _merged(d: Draft) -> None:
    base, over, name = d.name("BASE_"), d.name("OVER_"), d.name("OPTIONS_")
    d.write(f'{base} = {{"size": {d.value}}}', f'{over} = {{"other": {d.decoy()}}}')
    d.write(f"{name} = {base} | {over}")
    d.value = f'{name}["size"]'


def _filled(d: Draft, statement: str, *, empty: bool = False) -> None:
    name = d.name("OPTIONS_")
    start = "" if empty else f'"size": {d.decoy()}'
    d.write(f"{name} = {{{start}}}", statement.format(name=name, value=d.value))
    d.value = f'{name}["size"]'


def _list(d: Draft) -> None:
    name = d.name("LIST_")
    d.write(f"{name} = [{d.decoy()}, {d.value}, {d.decoy()}]")
    d.value = f"{name}[1]"


def _default(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"def {name}(size={d.value}):", "    return size")
    d.value = f"{name}()"


def _function(d: Draft, signature: str, call: str) -> None:
    name = d.name("read_")
    d.write(f"def {name}({signature.format(decoy=d.decoy())}):", "    return size")
    d.value = f"{name}({call.format(value=d.value, decoy=d.decoy())})"


def _forwarded(d: Draft, call: str) -> None:
    inner, outer = d.name("read_"), d.name("forward_")
    d.write(
        f"def {inner}(other, size={d.decoy()}):",
        "    return size",
        f"def {outer}(*args, **kwargs):",
        f"    return {inner}(*args, **kwargs)",
    )
    d.value = f"{outer}({call.format(value=d.value, decoy=d.decoy())})"


def _partial(d: Draft) -> None:
    inner, made = d.name("read_"), d.name("made_")
    d.write("from functools import partial", f"def {inner}(size, other):", "    return size")
    d.write(f"{made} = partial({inner}, {d.value})")
    d.value = f"{made}({d.decoy()})"


def _local(d: Draft) -> None:
    name = d.name("read_")
    d.write(
        f"def {name}():", f"    size = {d.value}", f"    other = {d.decoy()}", "    return size"
    )
    d.value = f"{name}()"


def _returned_dict(d: Draft) -> None:
    name = d.name("options_")
    d.write(f"def {name}():", f'    return {{"size": {d.value}, "other": {d.decoy()}}}')
    d.value = f'{name}()["size"]'


def _stepped_dict(d: Draft) -> None:
    name = d.name("options_")
    d.write(
        f"def {name}():",
        f'    found = {{"size": {d.decoy()}}}',
        f'    found["size"] = {d.value}',
        "    return found",
    )
    d.value = f'{name}()["size"]'


def _lambda(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"{name} = lambda: {d.value}")
    d.value = f"{name}()"


def _cached(d: Draft) -> None:
    name = d.name("read_")
    d.write("from functools import lru_cache", "@lru_cache(maxsize=None)")
    d.write(f"def {name}():", f"    return {d.value}")
    d.value = f"{name}()"


def _chained_maps(d: Draft) -> None:
    name = d.name("OPTIONS_")
    d.write("from collections import ChainMap")
    d.write(f'{name} = ChainMap({{"other": {d.decoy()}}}, {{"size": {d.value}}})')
    d.value = f'{name}["size"]'


def _comprehended(d: Draft) -> None:
    base, name = d.name("BASE_"), d.name("OPTIONS_")
    d.write(f'{base} = {{"size": {d.value}, "other": {d.decoy()}}}')
    d.write(f"{name} = {{key: item for key, item in {base}.items()}}")
    d.value = f'{name}["size"]'


def _closure(d: Draft) -> None:
    name = d.name("maker_")
    d.write(f"def {name}(size):", "    def made():", "        return size", "    return made")
    d.value = f"{name}({d.value})()"


def _passed_mapping(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"def {name}(options):", '    return options["size"]')
    d.value = f'{name}({{"other": {d.decoy()}, "size": {d.value}}})'


def _filled_in_a_function(d: Draft) -> None:
    name = d.name("options_")
    d.write(f"def {name}(**kwargs):", f'    kwargs.setdefault("size", {d.decoy()})')
    d.write("    return kwargs")
    d.value = f'{name}(size={d.value})["size"]'


def _returned_pair(d: Draft) -> None:
    name, kept = d.name("pair_"), d.name("SIZE_")
    d.write(f"def {name}():", f"    return {d.decoy()}, {d.value}")
    d.write(f"{kept}_other, {kept} = {name}()")
    d.value = kept


def _imported_inside(d: Draft) -> None:
    value = d.bind()
    old = d.move()
    name = d.name("read_")
    d.write(f"def {name}():", f"    from {old} import {value}", f"    return {value}")
    d.value = f"{name}()"


def _parameter_or(d: Draft) -> None:
    name = d.name("read_")
    d.write(f"def {name}(size=None):", "    if size is None:", f"        size = {d.decoy()}")
    d.write("        raise LookupError", "    return size")
    d.value = f"{name}({d.value})"


def _conditional(d: Draft) -> None:
    d.write("import sys")
    d.value = f"({d.value} if sys.flags.debug else {d.also(2000)})"


def _branches(d: Draft) -> None:
    name = d.name("SIZE_")
    d.write("import sys", "if sys.flags.debug:", f"    {name} = {d.value}", "else:")
    d.write(f"    {name} = {d.also(3000)}")
    d.value = name


def _or_default(d: Draft) -> None:
    d.value = f"({d.value} or {d.also(4000)})"


def _converted(d: Draft) -> None:
    d.value = f"int({d.value})"


def _walrus(d: Draft) -> None:
    d.value = f"({d.name('kept_')} := {d.value})"


LINKS: Final[dict[str, Link]] = {
    **OBJECT_LINKS,
    "constant": _constant,
    "annotated constant": _annotated,
    "tuple unpacking": _unpacked,
    "from import": lambda d: _import(d, "from"),
    "from import as": lambda d: _import(d, "from as"),
    "relative import": lambda d: _import(d, "relative"),
    "import": lambda d: _import(d, "import"),
    "import as": lambda d: _import(d, "import as"),
    "from package import module": lambda d: _import(d, "from package"),
    "from . import module as": lambda d: _import(d, "relative module"),
    "star import": lambda d: _import(d, "star"),
    "star import with __all__": _star_all,
    "re-export": _reexported,
    "dict": _dict,
    "nested dict": _nested,
    "dict() and get": _dict_call,
    "dict overlaid": _overlaid,
    "dicts merged": _merged,
    "update(key=)": lambda d: _filled(d, "{name}.update(size={value})"),
    "update({})": lambda d: _filled(d, '{name}.update({{"size": {value}}})'),
    "item set": lambda d: _filled(d, '{name}["size"] = {value}'),
    "setdefault": lambda d: _filled(d, '{name}.setdefault("size", {value})', empty=True),
    "list": _list,
    "function default": _default,
    "positional": lambda d: _function(d, "size, other={decoy}", "{value}"),
    "keyword": lambda d: _function(d, "other, size={decoy}", "{decoy}, size={value}"),
    "keyword only": lambda d: _function(d, "*, size", "size={value}"),
    "** call": lambda d: _function(d, "size={decoy}", '**{{"size": {value}}}'),
    "* call": lambda d: _function(d, "other, size", "*[{decoy}, {value}]"),
    "forwarded *args": lambda d: _forwarded(d, "{decoy}, {value}"),
    "forwarded **kwargs": lambda d: _forwarded(d, "other={decoy}, size={value}"),
    "partial": _partial,
    "local variable": _local,
    "returned dict": _returned_dict,
    "returned dict in steps": _stepped_dict,
    "lambda": _lambda,
    "lru_cache": _cached,
    "ChainMap": _chained_maps,
    "dict comprehension": _comprehended,
    "closure": _closure,
    "mapping passed": _passed_mapping,
    "setdefault in a function": _filled_in_a_function,
    "returned pair": _returned_pair,
    "import inside a function": _imported_inside,
    "branch that raises": _parameter_or,
    "conditional expression": _conditional,
    "if and else": _branches,
    "or": _or_default,
    "int()": _converted,
    "walrus": _walrus,
    "try import": _tried,
}
"""Every way to move the value on, by a name that a failure prints."""

ADDING: Final = frozenset({"conditional expression", "if and else", "or", "try import"})
"""Links after which another number may reach the pool too."""
