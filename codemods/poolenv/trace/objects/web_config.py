"""The configuration that a web application holds in ``app.config``: what fills it, in any file.

Flask and Quart (``current_app.config["POOL_SIZE"]``) and Sanic (``app.config.POOL_SIZE``): it is
filled by key, by ``update``, ``setdefault`` and ``from_mapping``, from a class or module by
``from_object``, and from a file by ``from_pyfile``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from poolenv.syntax.bindings.binding import Mutation
from poolenv.syntax.bindings.expressions import dotted, last_name, text_of
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.resolving.references import At, External, Instance
from poolenv.trace.containers import changes
from poolenv.trace.names import bindings
from poolenv.trace.outcome import Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer
from poolenv.trace.values.texts import texts_of

CONFIG = ".config"
_APPLICATIONS = frozenset({"flask.Flask", "quart.Quart", "sanic.Sanic"})
_CURRENT = frozenset({"flask.current_app", "quart.current_app"})
_LIBRARIES = tuple(sorted({name.partition(".")[0] for name in _APPLICATIONS}))
_OWN = "SQLALCHEMY_"
"""What Flask-SQLAlchemy reads itself: each place that sets it is one of its own settings."""
_MOST_FILES = 40
_ENTRY = (
    r"app\.config\s*(?:\[\s*[\"']NAME[\"']|\.setdefault\(\s*[\"']NAME|\.NAME\s*=|\.\w+\(.*NAME)"
)
_LAYER = r"app\.NAME\s*(?:\.(?:update|setdefault|from_\w+)\s*\(|\[\w+\]\s*=)"


def of_current(tracer: Tracer, name: str, path: Path, module: Module) -> tuple[Outcome, ...]:
    """What ``current_app.config`` holds at a path, or an application that a library makes."""
    if name not in _CURRENT and name not in _APPLICATIONS:
        return ()
    return _filled(tracer, path[1:], module) if path[:1] == (CONFIG,) else ()


def completed(
    tracer: Tracer, node: ast.Attribute, path: Path, at: At, found: tuple[Outcome, ...]
) -> tuple[Outcome, ...]:
    """What was found in ``app.config``, and where that counts only if nothing else does, the rest.

    The application is a parameter that no call shows: ``init_app`` of an extension.
    """
    if node.attr != CONFIG[1:] or not _is_named_so(node.value):
        return found
    if any(isinstance(o, Value) and not o.fallback for o in found):
        return found
    if not _may_be_application(tracer, node.value, at):
        return found
    more = _filled(tracer, path, at.scope.module)
    return (*(o for o in found if isinstance(o, Value)), *more) if more else found


def _is_named_so(owner: ast.expr) -> bool:
    return last_name(owner).endswith(("app", "application"))


def _may_be_application(tracer: Tracer, owner: ast.expr, at: At) -> bool:
    """An application of one of the libraries, or something by such a name that nothing shows."""
    references = tracer.refer(owner, at)
    if not references:
        return _is_named_so(owner) and any(map(tracer.program.mentions, _LIBRARIES))
    return any(
        r.plain in _APPLICATIONS | _CURRENT
        if isinstance(r, External)
        else isinstance(r, Instance) and tracer.resolver.derives_from(r.scope, _APPLICATIONS)
        for r in references
    )


def _filled(tracer: Tracer, path: Path, near: Module) -> tuple[Outcome, ...]:
    """What the repository puts at a path into the configuration of whichever application.

    No texts: the URL of a database is the deployment's, and what the code says is for tests.
    """
    key = path[0][1:] if path else ""
    if not key.isidentifier() or key.startswith(_OWN):
        return ()
    found = tracer.guarded(("web config", path), lambda: tuple(_entries(tracer, path, near)))
    return tuple(replace(o, sure=False) for o in found if isinstance(o, Value) and _is_number(o))


def _is_number(value: Value) -> bool:
    return not isinstance(value.value, str) or value.value.lstrip("-").isdigit()


def _entries(tracer: Tracer, path: Path, near: Module) -> Iterator[Outcome]:
    program = tracer.program
    naming = program.files_matching(path[0][1:], _ENTRY)
    layering = program.files_matching(CONFIG[1:], _LAYER)
    for one in sorted({near.path, *naming[:_MOST_FILES], *layering[:_MOST_FILES]}):
        module = program.module(one)
        if module is not None:
            yield from _in_module(tracer, module, path)


def _in_module(tracer: Tracer, module: Module, path: Path) -> Iterator[Outcome]:
    """What the statements of a module put there."""
    seen: set[int] = set()
    for hit in tracer.program.find_names(module, frozenset({CONFIG[1:]})):
        at = At(hit.scope, hit.stmt)
        match hit.node:
            case ast.Attribute(value=owner) if _may_be_application(tracer, owner, at):
                pass
            case _:
                continue
        match hit.outer[-2:]:
            case ast.Call(func=func) as call, ast.Attribute() as method if func is method:
                given = _layer(tracer, call, method.attr, path, at)
                yield from led_by(given, step(module, call))
        for mutation in hit.scope.mutations.get(dotted(hit.node) or "", ()):
            if id(mutation) not in seen:
                seen.add(id(mutation))
                yield from _put(tracer, mutation, path, At(hit.scope, mutation.stmt))


def _put(tracer: Tracer, mutation: Mutation, path: Path, at: At) -> tuple[Outcome, ...]:
    """What one statement puts at a path, by key or as an attribute."""
    if mutation.kind == "passed":
        return ()
    other = "." if path[0].startswith("[") else "["
    for spelled in (path, (f"{other}{path[0][1:]}", *path[1:])):
        values = changes.mutation_values(tracer, mutation, spelled, at)
        if values:
            return led_by(values, step(at.scope.module, mutation.stmt))
    return ()


def _layer(tracer: Tracer, call: ast.Call, how: str, path: Path, at: At) -> tuple[Outcome, ...]:
    """What ``from_object(Config)`` and ``from_pyfile("settings.py")`` give."""
    key, rest = path[0][1:], path[1:]
    if not call.args or not key.isupper():
        return ()
    first = call.args[0]
    if how == "from_pyfile":
        target = _python_file(tracer, text_of(first) or "", at.scope.module)
        return () if target is None else bindings.module_values(tracer, target, key, rest) or ()
    if how != "from_object":
        return ()
    found = tracer.ask(first, (f".{key}", *rest), at)
    if any(isinstance(o, Value) for o in found):
        return found
    texts = (t for t in texts_of(tracer, first, at) if isinstance(t, str))
    return tuple(o for text in texts for o in _named(tracer, text, key, rest, at.scope.module))


def _named(
    tracer: Tracer, name: str, key: str, rest: Path, importer: Module
) -> tuple[Outcome, ...]:
    """What ``package.module`` or ``package.module:Class`` gives, by its name."""
    program = tracer.program
    name = name.replace(":", ".")
    whole = program.find_module(importer.path, name)
    module = program.module(whole) if whole is not None else None
    if module is not None:
        return bindings.module_values(tracer, module, key, rest) or ()
    outer, _, last = name.rpartition(".")
    part = program.find_module(importer.path, outer) if outer else None
    module = program.module(part) if part is not None else None
    if module is None:
        return ()
    return bindings.module_values(tracer, module, last, (f".{key}", *rest)) or ()


def _python_file(tracer: Tracer, text: str, importer: Module) -> Module | None:
    """The file of the repository that a relative path means, from the folders around a module."""
    name = text.removeprefix("./").removeprefix("../")
    folders = importer.path.split("/")[:-1]
    for depth in range(len(folders), -1, -1):
        for folder in (folders[:depth], [*folders[:depth], "instance"]):
            path = "/".join((*folder, name))
            if path in tracer.program.snapshot.python:
                return tracer.program.module(path)
    return None
