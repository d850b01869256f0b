"""Keys that a loop or comprehension makes from those of another mapping."""

from __future__ import annotations

import ast


def source_keys(made: ast.expr, name: str, wanted: str) -> tuple[str, ...] | None:
    """The values of a variable for which an expression gives a text; None where that is open.

    ``made`` is the key as it is written (``key.removeprefix("DB_").lower()``), ``name`` the loop's
    variable in it, ``wanted`` the text it has to give.
    """
    match made:
        case ast.Name(id=other):
            return (wanted,) if other == name else None
        case ast.JoinedStr(values=values):
            return _formatted(values, name, wanted)
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Add(), right=inner):
            return _without(inner, name, wanted, text, "")
        case ast.BinOp(left=inner, op=ast.Add(), right=ast.Constant(value=str() as text)):
            return _without(inner, name, wanted, "", text)
        case ast.Call(func=ast.Attribute(value=inner, attr=how), args=args):
            befores = _before(how, args, wanted)
        case ast.Subscript(value=inner, slice=ast.Slice(lower=lower, upper=None, step=None)):
            befores = _cut_off(lower, wanted)
        case _:
            return None
    if befores is None:
        return None
    found: list[str] = []
    for before in befores:
        keys = source_keys(inner, name, before)
        if keys is None:
            return None
        found.extend(keys)
    return tuple(dict.fromkeys(found))


def _formatted(values: list[ast.expr], name: str, wanted: str) -> tuple[str, ...] | None:
    """``f"pool_{key}"``: one variable between constant texts."""
    inner = [v for v in values if isinstance(v, ast.FormattedValue)]
    if len(inner) != 1:
        return None
    at = values.index(inner[0])
    texts = [str(v.value) if isinstance(v, ast.Constant) else "" for v in values]
    return _without(inner[0].value, name, wanted, "".join(texts[:at]), "".join(texts[at + 1 :]))


def _without(
    inner: ast.expr, name: str, wanted: str, before: str, after: str
) -> tuple[str, ...] | None:
    """The source keys of what is left of a text between two others."""
    rest = wanted.removeprefix(before).removesuffix(after)
    return source_keys(inner, name, rest) if f"{before}{rest}{after}" == wanted else ()


def _before(how: str, args: list[ast.expr], wanted: str) -> tuple[str, ...] | None:
    """The texts that a method of text may have turned into the wanted one."""
    words = [a.value for a in args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    match how, words:
        case "lower" | "casefold", []:
            return (wanted.upper(), wanted) if wanted == wanted.lower() else ()
        case "upper", []:
            return (wanted.lower(), wanted) if wanted == wanted.upper() else ()
        case "strip" | "lstrip" | "rstrip", []:
            return (wanted,)
        case "removeprefix", [text]:
            return (f"{text}{wanted}", wanted)
        case "removesuffix", [text]:
            return (f"{wanted}{text}", wanted)
        case "replace", [old, new]:
            if not new:
                return (f"{old}{wanted}", f"{wanted}{old}", wanted)
            return (wanted.replace(new, old), wanted)
    return None


def _cut_off(lower: ast.expr | None, wanted: str) -> tuple[str, ...] | None:
    """``key[len("DB_"):]``: what was cut off is written beside."""
    match lower:
        case ast.Call(func=ast.Name(id="len"), args=[ast.Constant(value=str() as text)]):
            return (f"{text}{wanted}",)
    return None
