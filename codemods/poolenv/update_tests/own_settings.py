"""What a test sets up for itself: variables of the environment, arguments, patched settings."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from poolenv.syntax.bindings.expressions import last_name, text_of
from poolenv.update_tests.facts import Fact, key
from poolenv.update_tests.flow import Flow, Seen
from poolenv.update_tests.literals import means
from poolenv.update_tests.tables import entries_of
from poolenv.update_tests.units import Unit

_ASSERTS = ("assert_called", "assert_any_call", "assert_awaited", "assert_has")
_ENVIRONMENT = frozenset({"environ", "env", "os.environ"})


@dataclass(slots=True)
class OwnSettings:
    """What one unit sets, by normalised name; ``cleared`` are variables it takes away."""

    given: dict[str, list[Seen]] = field(default_factory=dict)
    """Arguments that the test passes to calls, with the literals it uses."""
    patched: dict[str, list[Seen]] = field(default_factory=dict)
    """Settings that the test replaces: ``monkeypatch.setattr(settings, "X", 10)``."""
    variables: dict[str, list[Seen]] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    clears_all: bool = False

    def gives(self, fact: Fact, literal: ast.expr) -> bool:
        """The test itself passes this very value for the argument."""
        return _any_same(self.given, fact, literal)

    def patches(self, fact: Fact, literal: ast.expr) -> bool:
        """The test itself replaces the setting by this very value."""
        return _any_same(self.patched, fact, literal)

    def exports(self, fact: Fact, literal: ast.expr) -> bool:
        """The test itself sets the fact's variable to this value (or to an unknown one)."""
        return any(
            not isinstance(seen.expr, ast.Constant) or means_same(seen.expr, literal)
            for seen in self.variables.get(fact.variable or "", ())
        )

    def controls(self, variable: str) -> bool:
        """The test clears or sets the variable, so the machine's own value does not matter."""
        return self.clears_all or variable in self.cleared or variable in self.variables


def _any_same(values: dict[str, list[Seen]], fact: Fact, literal: ast.expr) -> bool:
    return any(
        means_same(seen.expr, literal) for name in fact.keys for seen in values.get(name, ())
    )


def means_same(one: ast.expr, other: ast.expr) -> bool:
    """Two literals are one value, ``10`` and ``"10"`` alike."""
    first = getattr(one, "value", None)
    return isinstance(first, int | float | str) and (
        means(other, first) or (isinstance(first, str) and _number(first, other))
    )


def _number(text: str, literal: ast.expr) -> bool:
    try:
        return means(literal, int(text)) or means(literal, float(text))
    except ValueError:
        return False


def is_assertion_call(call: ast.Call) -> bool:
    """``assertEqual(…)``, ``assert_called_with(…)``, ``mock.call(…)``: it passes nothing on."""
    name = last_name(call.func)
    return name.startswith(("assert", *_ASSERTS)) or name in ("call", "eq_", "dict", "snapshot")


def own_settings(flow: Flow, unit: Unit) -> OwnSettings:
    """Read what a unit and the fixtures and helpers around it set."""
    own = OwnSettings()
    for node, scopes in (*unit.inside, *unit.walk_around()):
        if isinstance(node, ast.Call):
            _call(flow, node, own, Seen(node, scopes, {}))
        elif isinstance(node, ast.Assign):
            _assignment(flow, node, own, Seen(node.value, scopes, {}))
        elif isinstance(node, ast.Delete):
            own.cleared |= {
                text_of(target.slice) or ""
                for target in node.targets
                if isinstance(target, ast.Subscript) and is_environment(target.value)
            }
    return own


def _assignment(flow: Flow, node: ast.Assign, own: OwnSettings, value: Seen) -> None:
    for target in node.targets:
        if isinstance(target, ast.Attribute) and not _is_self(target.value):
            _add(flow, own.patched, key(target.attr), value)
        elif isinstance(target, ast.Subscript) and is_environment(target.value):
            _add(flow, own.variables, text_of(target.slice) or "", value)


def _call(flow: Flow, call: ast.Call, own: OwnSettings, here: Seen) -> None:
    name = last_name(call.func)
    first = call.args[0] if call.args else None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    if name in ("setenv", "putenv") and len(call.args) > 1 and first is not None:
        for found in flow.values(here.at(first)):
            _add(flow, own.variables, text_of(found.expr) or "", here.at(call.args[1]))
    elif first is not None and (name == "delenv" or (name == "pop" and is_environment(owner))):
        own.cleared |= {text_of(found.expr) or "" for found in flow.values(here.at(first))}
    elif name == "clear" and is_environment(owner):
        own.clears_all = True
    elif name == "setattr" and len(call.args) >= 2:
        _setattr(flow, call, own, here)
    elif name in ("object", "patch") and call.args:
        _patched(flow, call, own, here)
    elif name == "dict" and owner is not None:
        _patch_dict(flow, call, own, here)
    elif name == "update" and is_environment(owner):
        _environment(flow, call.args[:1], own, here)
    elif not is_assertion_call(call):
        _arguments(flow, call, own, here)


def _setattr(flow: Flow, call: ast.Call, own: OwnSettings, here: Seen) -> None:
    """``monkeypatch.setattr(settings, "X", 10)`` and ``setattr("app.config.X", 10)``."""
    name = call.args[1] if len(call.args) > 2 else call.args[0]
    written = text_of(name)
    if written is not None:
        _add(flow, own.patched, key(written.rpartition(".")[2]), here.at(call.args[-1]))


def _patched(flow: Flow, call: ast.Call, own: OwnSettings, here: Seen) -> None:
    texts = [text for argument in call.args[:2] if (text := text_of(argument))]
    if texts and len(call.args) > 1:
        _add(flow, own.patched, key(texts[-1].rpartition(".")[2]), here.at(call.args[-1]))


def _patch_dict(flow: Flow, call: ast.Call, own: OwnSettings, here: Seen) -> None:
    first = call.args[0] if call.args else None
    is_env = is_environment(first) or (text_of(first) or "").endswith("environ")
    if is_env:
        _environment(flow, call.args[1:2], own, here)
        for keyword in call.keywords:
            if keyword.arg == "clear":
                own.clears_all |= getattr(keyword.value, "value", None) is True
            elif keyword.arg == "values":
                _environment(flow, [keyword.value], own, here)
            elif keyword.arg:
                _add(flow, own.variables, keyword.arg, here.at(keyword.value))
    elif len(call.args) > 1:
        for found in flow.values(here.at(call.args[1])):
            for name, value in entries_of(found.expr) or ():
                _add(flow, own.patched, key(name), found.at(value))


def _environment(flow: Flow, mappings: list[ast.expr], own: OwnSettings, here: Seen) -> None:
    for mapping in mappings:
        for found in flow.values(here.at(mapping)):
            for name, value in entries_of(found.expr) or ():
                _add(flow, own.variables, name, found.at(value))


def _arguments(flow: Flow, call: ast.Call, own: OwnSettings, here: Seen) -> None:
    if isinstance(call.func, ast.Name) and _is_of_this_file(call.func.id, here):
        # A helper of the test file: what it does with its parameters is read inside it.
        return
    for keyword in call.keywords:
        if keyword.arg == "env":
            _environment(flow, [keyword.value], own, here)
            own.clears_all |= isinstance(keyword.value, ast.Dict)
        elif keyword.arg:
            _add(flow, own.given, key(keyword.arg), here.at(keyword.value))
        else:
            _mapping(flow, keyword.value, own, here)
    for argument in call.args:
        if isinstance(argument, ast.Dict | ast.Name):
            _mapping(flow, argument, own, here)


def _mapping(flow: Flow, mapping: ast.expr, own: OwnSettings, here: Seen) -> None:
    for found in flow.values(here.at(mapping)):
        for name, value in entries_of(found.expr) or ():
            _add(flow, own.given, key(name), found.at(value))
            for inner, deeper in entries_of(value) or ():
                _add(flow, own.given, key(inner), found.at(deeper))


def _add(flow: Flow, where: dict[str, list[Seen]], name: str, value: Seen) -> None:
    if name:
        where.setdefault(name, []).extend(flow.values(value))


def is_environment(node: ast.expr | None) -> bool:
    """``os.environ``, ``environ`` or ``env``."""
    name = last_name(node)
    return name in _ENVIRONMENT


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def _is_of_this_file(name: str, here: Seen) -> bool:
    bindings = here.scopes[-1].bindings.get(name, ())
    return any(binding.kind == "def" for binding in bindings)
