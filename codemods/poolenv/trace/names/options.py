"""Options that are declared by name in one place and read as an attribute in another.

``parser.add_argument("--pool-size", default=5)`` and ``args.pool_size``, and the same of click,
typer, absl, tornado and oslo.config. The declaration gives the value; it is listed, not rewritten.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from poolenv.model import Holder, Origin, Span
from poolenv.syntax.bindings.expressions import keyword_of, last_name, text_of
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.resolving.references import At
from poolenv.trace.outcome import Lost, Outcome, Value, led_by, step
from poolenv.trace.tracer import Path, Tracer

_OBSTACLE = "it is the default of an option that a library declares"
_INJECTED = "it is registered under its name, and put into the module by other code"
_ANSWERED = "it is the default of an option that is looked up by its name"
_OPTION = re.compile(r"opt(?:ion)?(?:$|[A-Z_])|setting|param", re.I)
_FILES = 60
_READ = re.compile(
    r"(?P<oslo>oslo_config\.cfg\.(?:CONF|ConfigOpts))(?:\.(?P<group>\w+))?\.(?P<option>\w+)"
    r"|(?P<tornado>tornado\.options\.options)\.(?P<define>\w+)"
    r"|(?P<absl>absl\.flags\.FLAGS)\.(?P<flag>\w+)"
)
_PARSED = re.compile(r"(?:argparse|configargparse|jsonargparse)\.\w+\.parse_(?:known_)?args")
_ANNOTATED = frozenset({"typer.Option", "typer.Argument"})
_TRAITS = re.compile(r"traitlets(?:\.traitlets)?\.C?(?:Int|Integer|Float|Bool)")
_DEFAULTS = ("default", "default_value", "fallback")

Declares = Callable[[ast.Call], bool]
"""Whether a call that names the option declares it."""


@dataclass(frozen=True, slots=True)
class _Declaration:
    """A call that declares an option, with where it stands."""

    call: ast.Call
    at: At


def attribute_of_options(
    tracer: Tracer, library: str, path: Path, module: Module, span: Span
) -> tuple[Outcome, ...] | None:
    """What ``CONF.database.pool_size`` and alike are declared with; None for anything else."""
    read = _READ.fullmatch(library + "".join(f".{part[1:]}" for part in path))
    if read is None:
        return None
    if read["oslo"]:
        name, group = read["option"], read["group"]
        found = _declarations(tracer, module, _spellings(name), _is_called("Opt"))
        if len(found) > 1 and group:
            found = [d for d in found if _mentions(d.at.scope.module, group)]
    elif read["tornado"]:
        name = read["define"]
        found = _declarations(tracer, module, _spellings(name), _is_called("define"))
    else:
        name = read["flag"]
        found = _declarations(tracer, module, frozenset({name}), _is_called("DEFINE_"))
    return _one_of(tracer, found, name, span)


def parsed_arguments(
    tracer: Tracer, function: str, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """What ``parser.parse_args()`` gives an attribute where the command line is silent."""
    if _PARSED.fullmatch(function.replace("()", "")) is None:
        return None
    if path[:1] == ("[0",):
        path = path[1:]
    if len(path) != 1 or not path[0].startswith("."):
        return None
    name, module = path[0][1:], at.scope.module
    dashed = name.replace("_", "-")
    texts = frozenset({f"--{name}", f"--{dashed}", f"-{name}", name})
    found = _declarations(tracer, module, texts, _is_called("add_argument"))
    found = [d for d in found if _destination(d.call) in (None, name)]
    return _one_of(tracer, found, name, module.lines.span(node))


def declared_default(
    tracer: Tracer, function: str, node: ast.Call, at: At
) -> tuple[Outcome, ...] | None:
    """The default in ``typer.Option(5)`` and ``traitlets.Int(5)``."""
    if function.endswith(".tag") and _TRAITS.fullmatch(function[:-6]):
        assert isinstance(node.func, ast.Attribute)
        return tracer.ask(node.func.value, (), at)
    if function not in _ANNOTATED and _TRAITS.fullmatch(function) is None:
        return None
    default = default_of(node, 0)
    return () if default is None else listed(tracer, default, node, at)


def flag_value(
    tracer: Tracer, function: str, node: ast.Call, path: Path, at: At
) -> tuple[Outcome, ...] | None:
    """absl's ``SIZE = flags.DEFINE_integer("size", 5, …)``, read as ``SIZE.value``."""
    if path != (".value",) or not function.startswith("absl.flags.DEFINE_"):
        return None
    default = default_of(node, 1)
    return None if default is None else listed(tracer, default, node, at)


def injected(tracer: Tracer, name: str, module: Module, span: Span) -> tuple[Outcome, ...] | None:
    """The default of a setting that other code puts into a module's globals by its name."""
    if "globals()" not in module.source.text:
        return None
    found = _declarations(tracer, module, frozenset({name}), lambda call: True)
    found = [d for d in found if default_of(d.call, None) is not None]
    return _one_of(tracer, found, name, span, _INJECTED) if found else None


def answered(tracer: Tracer, name: str, module: Module, span: Span) -> tuple[Outcome, ...]:
    """What ``IntOption("pool_size", default=5)`` says where a class answers an attribute itself."""
    found = _declarations(tracer, module, _spellings(name), _is_option)
    return () if not found else _one_of(tracer, found, name, span, _ANSWERED) or ()


def _is_option(call: ast.Call) -> bool:
    return _OPTION.search(last_name(call.func)) is not None and default_of(call, None) is not None


def _declarations(
    tracer: Tracer, near: Module, texts: frozenset[str], declares: Declares
) -> list[_Declaration]:
    """The calls that declare an option: those of the reading module, else of all others."""
    own = list(_in_module(tracer, near, texts, declares))
    if own:
        return own
    stems = {text.lstrip("-") for text in texts}
    paths = sorted({p for stem in stems for p in tracer.program.files_mentioning(stem)})
    found: list[_Declaration] = []
    for path in paths[:_FILES]:
        file = tracer.program.snapshot.python[path]
        if path == near.path or file.is_test:
            continue
        module = tracer.program.module(path)
        if module is not None:
            found.extend(_in_module(tracer, module, texts, declares))
    return found


def _in_module(
    tracer: Tracer, module: Module, texts: frozenset[str], declares: Declares
) -> Iterator[_Declaration]:
    for hit in tracer.program.find_settings(module, texts):
        if not isinstance(hit.node, ast.Constant) or not hit.outer:
            continue
        call = hit.outer[-1]
        if isinstance(call, ast.keyword) and len(hit.outer) > 1:
            call = hit.outer[-2]
        if isinstance(call, ast.Call) and declares(call):
            yield _Declaration(call, At(hit.scope, hit.stmt))


def _one_of(
    tracer: Tracer,
    found: list[_Declaration],
    name: str,
    span: Span,
    obstacle: str = _OBSTACLE,
) -> tuple[Outcome, ...] | None:
    """The values of the declarations of one module; no choice is made between several modules."""
    if not found:
        return None
    if len({id(d.at.scope.module) for d in found}) > 1:
        reason = f"the option {name} is declared in several modules; look which of them counts"
        return (Lost(reason, span),)
    values: list[Outcome] = []
    for declaration in found:
        default = default_of(declaration.call, 1 if _is_positional(declaration.call) else None)
        if default is not None:
            values += listed(tracer, default, declaration.call, declaration.at, obstacle)
    if values:
        return tuple(values)
    return (Lost(f"the option {name} is declared without a default", span),)


def listed(
    tracer: Tracer, default: ast.expr, call: ast.Call, at: At, obstacle: str = _OBSTACLE
) -> tuple[Outcome, ...]:
    """The values of a default that a call declares: found, never rewritten."""
    found: list[Outcome] = []
    env = text_of(keyword_of(call, "envvar", "env_var"))
    for outcome in tracer.ask(default, (), at):
        if isinstance(outcome, Value):
            outcome = replace(
                outcome,
                holder=Holder.FIXED,
                obstacle=outcome.obstacle or obstacle,
                env=outcome.env or env,
                origin=Origin.SETTINGS if outcome.origin is Origin.LITERAL else outcome.origin,
            )
        found.append(outcome)
    return led_by(found, step(at.scope.module, call))


def default_of(call: ast.Call, position: int | None) -> ast.expr | None:
    """The default that a declaration gives, at a keyword, a position or in a mapping."""
    default = keyword_of(call, *_DEFAULTS)
    if default is not None:
        return default
    if position is not None and position < len(call.args):
        found = call.args[position]
        return None if isinstance(found, ast.Constant) and found.value is ... else found
    for inner in (*call.args, *(keyword.value for keyword in call.keywords)):
        if isinstance(inner, ast.Dict):
            for key, value in zip(inner.keys, inner.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in _DEFAULTS:
                    return value
    return None


def _is_called(part: str) -> Declares:
    return lambda call: part in last_name(call.func)


def _is_positional(call: ast.Call) -> bool:
    """The default is the second argument: ``define("size", 5)``, ``DEFINE_integer("size", 5)``."""
    return last_name(call.func).lower().startswith("define")


def _destination(call: ast.Call) -> str | None:
    return text_of(keyword_of(call, "dest"))


def _spellings(name: str) -> frozenset[str]:
    return frozenset({name, name.replace("_", "-")})


def _mentions(module: Module, group: str) -> bool:
    return re.search(rf"[\"']{re.escape(group)}[\"']", module.source.text) is not None
