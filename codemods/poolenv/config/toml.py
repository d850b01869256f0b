"""``[tool.poolenv]`` of pyproject.toml, or a file of its own, as Options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from poolenv.config import checks
from poolenv.config.rules import (
    check_conflicts,
    check_rule,
    known_targets,
    nearest,
    overlay,
    preset_rules,
)
from poolenv.model import Action, Options, Policy, PoolenvError, Rule, Scalar

_TABLE: Final = "[tool.poolenv]"
_POLICY: Final[Mapping[str, Callable[[object, str], object]]] = MappingProxyType(
    {
        "prefix": checks.prefix,
        "rewrite_tests": checks.flag,
        "rewrite_flags": checks.flag,
    }
)
_OPTIONS: Final[Mapping[str, Callable[[object, str], object]]] = MappingProxyType(
    {
        "include": checks.globs,
        "exclude": checks.globs,
        "base": checks.revision,
        "branch": checks.revision,
        "document": checks.inside_path,
        "security_document": checks.inside_path,
        "limits_test": checks.test_file_name,
    }
)
_ACTIONS: Final = tuple(action.value for action in Action)
KEYS: Final = frozenset({*_POLICY, *_OPTIONS, *_ACTIONS, "preset", "sinks"})


def load(root: Path, config: Path | None = None) -> Options:
    """Options of ``config``, or of ``[tool.poolenv]`` in the root's pyproject.toml.

    A missing pyproject.toml (or one without the table) gives the defaults. Raises PoolenvError
    for a named file that is missing, bad TOML, unknown keys and values of a wrong type.
    """
    path = root / "pyproject.toml" if config is None else config
    table = _default_table(root, path) if config is None else _own_table(path)
    for key in table:
        if key not in KEYS:
            hint = nearest(key, KEYS, f"one of {', '.join(sorted(KEYS))}")
            raise PoolenvError(f"{path}: {_TABLE} has no key {key!r}; {hint}")
    try:
        return _options(table, str(path))
    except RecursionError:
        raise PoolenvError(f"{path}: {_TABLE} is nested too deeply") from None


def _default_table(root: Path, path: Path) -> Mapping[str, object]:
    if not path.is_file():
        return {}
    if not path.resolve().is_relative_to(root.resolve()):
        raise PoolenvError(
            f"{path}: not read, as it is a link that leaves the repository; name it with --config"
        )
    data = _read(path)
    # A template or a half-edited file that doesn't speak of poolenv is none of our business.
    return _nested(_parse(path, data), path) or {} if b"poolenv" in data else {}


def _own_table(path: Path) -> Mapping[str, object]:
    if not path.is_file():
        raise PoolenvError(f"{path}: no such file; --config names a TOML file")
    document = _parse(path, _read(path))
    nested = _nested(document, path)
    if nested is not None:
        return nested
    if path.name == "pyproject.toml":
        raise PoolenvError(f"{path}: no {_TABLE} in it")
    return document


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PoolenvError(f"{path}: can't be read: {error.strerror}") from None


def _parse(path: Path, data: bytes) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PoolenvError(f"{path}: not UTF-8 at byte {error.start}, as TOML has to be") from None
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise PoolenvError(f"{path}: not valid TOML: {error}") from None


def _nested(document: Mapping[str, object], path: Path) -> Mapping[str, object] | None:
    """``[tool.poolenv]``, or None where the document has none."""
    tool = document.get("tool", {})
    table = tool.get("poolenv") if isinstance(tool, dict) else None
    if table is None or isinstance(table, dict):
        return table
    raise PoolenvError(f"{path}: tool.poolenv: expected a table, not {checks.kind_of(table)}")


def _options(table: Mapping[str, object], path: str) -> Options:
    sinks = _sinks(table.get("sinks", []), f"{path}: sinks")
    policy: dict[str, Any] = {
        key: check(table[key], f"{path}: {key}") for key, check in _POLICY.items() if key in table
    }
    others: dict[str, Any] = {
        key: check(table[key], f"{path}: {key}") for key, check in _OPTIONS.items() if key in table
    }
    rules = _rules(table, path, sinks)
    options = replace(Options(), policy=replace(Policy(), rules=rules, **policy), **others)
    if options.document.lower() == options.security_document.lower():
        raise PoolenvError(f"{path}: document and security_document name the same file")
    return replace(options, sinks=sinks)


def _rules(
    table: Mapping[str, object], path: str, sinks: tuple[Mapping[str, object], ...]
) -> tuple[Rule, ...]:
    if not any(key in table for key in ("preset", *_ACTIONS)):
        return ()
    known = known_targets(sinks)
    rules: list[Rule] = []
    for action in Action:
        targets = table.get(action.value, {})
        if not isinstance(targets, dict):
            raise PoolenvError(
                f"{path}: {action.value}: expected a table of roles and values, "
                f"not {checks.kind_of(targets)}"
            )
        for target, value in targets.items():
            where = f"{path}: {action.value}.{target}"
            rules.append(check_rule(Rule(action, target, _scalar(value, where)), where, known))
    own = check_conflicts(tuple(rules), path)
    if "preset" not in table:
        return own
    where = f"{path}: preset"
    return overlay(preset_rules(checks.text(table["preset"], where), where), own, known)


def _scalar(value: object, where: str) -> Scalar:
    if isinstance(value, bool | int | float | str):
        return value
    raise PoolenvError(f"{where}: expected a number, not {checks.kind_of(value)}")


def _sinks(value: object, where: str) -> tuple[Mapping[str, object], ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PoolenvError(f"{where}: expected [[tool.poolenv.sinks]] tables")
    return tuple(MappingProxyType(item) for item in value)
