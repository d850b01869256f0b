"""Import each module in child processes: at the base, with the change, and with variables set."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path

from poolenv.model import Addition, Check, Scalar, Variable
from poolenv.plumbing import first_line
from poolenv.prove_runtime.judgement import SET, UNSET, judge_set, judge_unset
from poolenv.prove_runtime.modules import module_name
from poolenv.prove_runtime.observation import Observation, read_observation
from poolenv.prove_runtime.values import as_environment, distinctive_values
from poolenv.sandbox import Copy, exported, run_limited, sanitised_environment


@dataclass(frozen=True, slots=True)
class _Probe:
    script: Path
    python: str
    variables: frozenset[str]
    timeout_s: float

    def observe(self, copy: Copy, path: str, setting: Mapping[str, str]) -> Observation:
        """Import one file of the copy with these environment variables."""
        name = module_name(copy, path)
        if name is None:
            return Observation(error="not importable by any name")
        with tempfile.TemporaryDirectory(prefix="poolenv-") as folder:
            report, specification = Path(folder, "report.json"), Path(folder, "spec.json")
            wanted = {
                "module": name.dotted,
                "paths": [str(root) for root in name.paths],
                "top": str(copy.top),
                "report": str(report),
            }
            specification.write_text(json.dumps(wanted), encoding="utf-8")
            environment = sanitised_environment(copy, self.variables, more=setting)
            # -B: what the interpreter compiles of the probe has no place in the installed package.
            command = (self.python, "-B", str(self.script), str(specification))
            ended = run_limited(command, copy.root, environment, self.timeout_s)
            if ended.timed_out:
                return Observation(error=f"stopped at the time limit of {self.timeout_s:g} s")
            try:
                return read_observation(json.loads(report.read_bytes()), copy.top)
            except (OSError, ValueError):
                last = ended.output.rstrip().rpartition("\n")[2]
                said = first_line(ended.problem or last)
                return Observation(error=f"the interpreter ended without a report: {said}")


def prove_runtime(  # noqa: PLR0913 - what to compare, for which variables, and its limits
    root: Path,
    base: str,
    branch_commit: str,
    modules: tuple[str, ...],
    variables: tuple[Variable, ...],
    *,
    timeout_s: float,
    additions: tuple[Addition, ...] = (),
    python: str | None = None,
) -> tuple[Check, ...]:
    """Two checks per module (paths relative to root): variables unset, and set to a number.

    It runs the target's code, each import in its own process with ``timeout_s`` seconds; sockets
    of Python code can't connect. ``additions`` are the arguments the plan added. ``python`` is the
    interpreter: by default that of the active virtual environment, then of ``.venv`` or ``venv``
    in ``root``, then poolenv's own. A module that does not import at the base is a check that did
    not run (``passed=None``).
    """
    names = frozenset(variable.name for variable in variables)
    added = frozenset((a.argument, a.value) for a in additions if a.edit is not None)
    values = distinctive_values(variables)
    script = files("poolenv.prove_runtime") / "probe"
    checks: list[Check] = []
    with (
        as_file(script) as path,
        exported(root, base) as before,
        exported(root, branch_commit) as after,
    ):
        probe = _Probe(path, python or find_python(root), names, timeout_s)
        for module in modules:
            checks += _checks(probe, (before, after), module, variables, values, added)
    return tuple(checks)


def find_python(root: Path) -> str:
    """The interpreter that most likely has the target's dependencies."""
    active = os.environ.get("VIRTUAL_ENV")
    folders = ([Path(active)] if active else []) + [root / ".venv", root / "venv"]
    for folder in folders:
        python = folder / "bin" / "python"
        if python.is_file():
            return str(python.absolute())
    return sys.executable


def _checks(
    probe: _Probe,
    copies: tuple[Copy, Copy],
    module: str,
    variables: tuple[Variable, ...],
    values: Mapping[str, Scalar],
    added: frozenset[tuple[str, Scalar]],
) -> tuple[Check, ...]:
    before, after = copies
    if not (before.root / module).is_file():
        reason = "is new, so there is nothing to compare"
        return Check(module, UNSET, None, reason), Check(module, SET, None, reason)
    old = probe.observe(before, module, {})
    unset = probe.observe(after, module, {})
    first = judge_unset(module, old, unset, variables, added)
    if unset.error or not unset.pools:
        return first, judge_set(module, unset, unset, variables, values)
    now = probe.observe(after, module, as_environment(values))
    return first, judge_set(module, unset, now, variables, values)
