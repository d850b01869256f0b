"""Every new expression is run, in one subprocess that sees no packages and no environment."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from poolenv.model import Check, Scalar
from poolenv.prove.expressions import reads_environment

TIME_LIMIT = 20.0
"""Seconds for all expressions of a run."""

TRUE_WORDS = ("1", "true", "yes", "on", "TRUE", " on ")
FALSE_WORDS = ("0", "false", "no", "off")
"""What people write into a variable that is a flag."""

_SCRIPT = """
import json, os, sys
results = []
for code, variables in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(variables)
    names = {"os": os, "getenv": os.getenv, "environ": os.environ}
    names["__builtins__"] = {"int": int, "float": float, "bool": bool, "str": str}
    try:
        value = eval(code, names)
        results.append([type(value).__name__, repr(value), None])
    except Exception as error:
        results.append([type(error).__name__, str(error), "error"])
json.dump(results, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """One new expression, the variable it should read, and the value it should have."""

    path: str
    line: int
    expression: ast.expr
    source: str
    """The expression as it stands in the file."""
    variable: str | None
    value: Scalar
    converted_elsewhere: bool = False
    """The repository's own read without conversion, of which only the default was changed."""
    types: frozenset[str] = frozenset()
    """Names of other types that the value may have (a float for an argument in seconds)."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    type: str
    text: str
    failed: bool

    def __str__(self) -> str:
        return f"{self.type}: {self.text}" if self.failed else f"{self.text} ({self.type})"


@dataclass(frozen=True, slots=True)
class _Case:
    trial: Trial
    name: str
    setting: str | None
    """The text of the variable; None leaves it unset."""


def evaluate(trials: Iterable[Trial]) -> tuple[Check, ...]:
    """Run each expression with its variable unset, set to another value, empty and junk.

    Unset it has to give the trial's value and type, set the other value; what empty and junk
    do is recorded. An expression that reads no environment is only compared with its value.
    """
    cases = [case for trial in trials for case in _cases(trial)]
    if not cases:
        return ()
    outcomes = _run([(ast.unparse(case.trial.expression), _environment(case)) for case in cases])
    if isinstance(outcomes, str):
        return tuple(Check(case.trial.path, case.name, False, outcomes) for case in cases)
    return tuple(_judge(case, outcome) for case, outcome in zip(cases, outcomes, strict=True))


def _cases(trial: Trial) -> tuple[_Case, ...]:
    unset = _Case(trial, "unset", None)
    if not reads_environment(trial.expression) or trial.variable is None:
        return (unset,)
    return (
        unset,
        *(_Case(trial, "set", text) for text in _others(trial.value)),
        _Case(trial, "empty", ""),
        _Case(trial, "junk", "junk"),
    )


def _others(value: Scalar) -> tuple[str, ...]:
    """Texts of a value that differs from the trial's; for a flag all its spellings."""
    if isinstance(value, bool):
        return (*TRUE_WORDS, *FALSE_WORDS)
    if isinstance(value, int):
        return (str(abs(value) + 3),)
    if isinstance(value, float):
        return (str(abs(value) + 0.5),)
    return ("7",)


def _environment(case: _Case) -> dict[str, str]:
    return {} if case.setting is None else {str(case.trial.variable): case.setting}


def _run(jobs: list[tuple[str, dict[str, str]]]) -> list[_Outcome] | str:
    """The outcome of each job, or why there are none."""
    kept = {k: v for k, v in os.environ.items() if k == "SYSTEMROOT"}
    try:
        run = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _SCRIPT],
            input=json.dumps(jobs),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
            env=kept,
        )
    except subprocess.TimeoutExpired:
        return f"not evaluated within {TIME_LIMIT:.0f} seconds"
    except OSError as error:
        return f"not evaluated: {error.strerror}"
    if run.returncode != 0:
        return f"not evaluated: the interpreter stopped with exit code {run.returncode}"
    return [_Outcome(kind, text, error is not None) for kind, text, error in json.loads(run.stdout)]


def _judge(case: _Case, outcome: _Outcome) -> Check:
    trial = case.trial
    said = {"unset": "unset", "set": f"{case.setting!r}", "empty": "empty", "junk": "'junk'"}
    state = f"{trial.variable} {said[case.name]}" if trial.variable else "as written"
    detail = f"line {trial.line}: {trial.source}: {state} gives {outcome}"
    if case.name in ("empty", "junk"):
        return Check(trial.path, case.name, True, detail)
    wanted = trial.value if case.name == "unset" else _read(str(case.setting), trial.value)
    if not _gives(outcome, wanted, trial):
        return Check(trial.path, case.name, False, f"{detail}, not {wanted!r}")
    return Check(trial.path, case.name, True, detail)


def _read(text: str, value: Scalar) -> Scalar:
    """What a text means in the type of a value."""
    if isinstance(value, bool):
        return text in TRUE_WORDS
    if isinstance(value, float):
        return float(text)
    return text if isinstance(value, str) else int(text)


def _gives(outcome: _Outcome, wanted: Scalar, trial: Trial) -> bool:
    if outcome.failed:
        return False
    if outcome.text == repr(wanted) and outcome.type == type(wanted).__name__:
        return True
    if outcome.type == "str" and not isinstance(wanted, str):
        return trial.converted_elsewhere and outcome.text == repr(str(wanted))
    allowed = outcome.type in trial.types and isinstance(wanted, int | float)
    return allowed and float(outcome.text) == float(wanted or 0)
