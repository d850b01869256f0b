"""What the place of a literal says of it: a plain None, a float by annotation, a probe's pool."""

from __future__ import annotations

import ast
import re
from collections.abc import Container

from poolenv.catalogue.possibilities import number
from poolenv.model import PoolKey, Role, Site
from poolenv.plan.surroundings import Surroundings

_ONE_ON_PURPOSE = re.compile(
    r"probe[sr]?|probing|ready|readiness|readyz|health|healthy|healthz|healthchecks?"
    r"|check|checks|checker|migrat\w*|scripts?",
    re.I,
)
"""Words of names whose code needs one connection, however many the application opens."""


def is_plain(site: Site, pools: Container[PoolKey], surroundings: Surroundings) -> bool:
    """A literal stands by itself: in the pool's call, a mapping, a constant, a default.

    ``pools`` are the calls that open pools. Inside any other call its meaning is that call's:
    ``Option("POOL_SIZE", int, None)``.
    """
    assert site.source is not None
    way = surroundings.way_to(site.source)
    outer = way[:-1]
    if outer and isinstance(outer[-1], ast.keyword):
        outer = outer[:-1]
    match outer[-1] if outer else None:
        case ast.Call(func=ast.Name(id="dict")):
            return True
        case ast.Call() as call:
            span = surroundings.lines(site.source.path).span(call)
            return PoolKey(span.path, span.line, span.column) in pools
        case ast.Dict() | ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
            return True
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            return way[-1] in (*args.defaults, *args.kw_defaults)
    return False


def is_float(site: Site, surroundings: Surroundings) -> bool:
    """A whole number given to what is annotated as a float: ``timeout: float = 30``."""
    if site.source is None or not isinstance(site.value, int) or isinstance(site.value, bool):
        return False
    way = surroundings.way_to(site.source)
    match way[-2] if len(way) > 1 else None:
        case ast.AnnAssign(annotation=annotation):
            return _floats(annotation)
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            positional = [*args.posonlyargs, *args.args]
            with_default = positional[len(positional) - len(args.defaults) :]
            defaults = zip(with_default, args.defaults, strict=True)
            pairs = [*defaults, *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
            return any(default is way[-1] and _floats(arg.annotation) for arg, default in pairs)
    return False


def _floats(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    words = set(re.findall(r"\w+", ast.unparse(annotation))) - {"None", "Optional", "typing"}
    return words == {"float"}


def one_on_purpose(site: Site, surroundings: Surroundings) -> str | None:
    """Why a pool of one connection stays one: code that probes, migrates or runs as a script."""
    value = number(site.value)
    smallest = {Role.SIZE: (1,), Role.MAX: (1,), Role.MIN: (0, 1), Role.OVERFLOW: (0,)}
    if site.source is None or isinstance(value, bool) or value not in smallest.get(site.role, ()):
        return None
    way = surroundings.way_to(site.source)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in way if isinstance(node, functions)]
    names.append(site.source.path.removesuffix(".py").rpartition("/")[2])
    for name in names:
        words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).split("_")
        if any(_ONE_ON_PURPOSE.fullmatch(word) for word in words):
            return f"a pool of one connection on purpose, as its name says ({name})"
    return None
