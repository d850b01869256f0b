"""Everything the templates may say, gathered once from the migration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from poolenv import catalogue
from poolenv.catalogue import Catalogue
from poolenv.document.changes import Applied, Setting, applied, variable_of
from poolenv.document.connections import Connections, PoolRow, connections
from poolenv.document.evidence import Evidence, evidence
from poolenv.document.markdown import value, values
from poolenv.document.refusals import Refusals, refusals
from poolenv.masking import holds_secret
from poolenv.model import Migration, Options, PoolKey, Remark, Scalar, Skipped

_CONVERSION = re.compile(r"\b(?:int|float)\(")
_DEPENDENCIES = (
    "requirements",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "pipfile",
    "poetry.lock",
    "uv.lock",
    "environment.y",
    "constraints",
)


@dataclass(frozen=True, slots=True)
class ConfigurationRow:
    """One argument of one pool after the change."""

    pool: PoolRow
    argument: str
    unit: str
    before: str
    after: str
    variables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the documents are written from."""

    options: Options
    code_commit: str
    base: str
    rules: tuple[str, ...]
    changes: Applied
    connections: Connections
    configuration: tuple[ConfigurationRow, ...]
    refusals: Refusals
    evidence: Evidence
    migration: Migration
    remarks: tuple[Remark, ...]
    skipped: tuple[Skipped, ...]
    imports: tuple[str, ...]
    dependency_files: tuple[str, ...]
    secrets_in_new_text: tuple[str, ...]
    """Places of the new text that hold something like a credential."""

    @property
    def moved(self) -> tuple[Setting, ...]:
        """Values that were written in code and are a variable's default now."""
        return tuple(s for s in self.changes.settings if s.moved)

    @property
    def changed(self) -> tuple[Setting, ...]:
        """Values whose default is another now."""
        return tuple(s for s in self.changes.settings if s.changed)

    @property
    def converted(self) -> tuple[Setting, ...]:
        """Values whose new text converts what the variable holds to a number."""
        return tuple(s for s in self.changes.settings if _CONVERSION.search(s.new_text))

    @property
    def as_text(self) -> tuple[Setting, ...]:
        """Values that became reads without such a conversion: flags, texts that are converted."""
        return tuple(s for s in self.moved if s not in self.converted and s.variable is not None)

    @property
    def untried(self) -> int:
        """How many values nobody gave a text that is no number, as the edit holds no read."""
        added = sum(a.variable is not None for a in self.changes.additions)
        tried = sum(r.values for r in self.evidence.recorded if r.name == "empty")
        return len(self.changes.settings) + added - tried

    @property
    def lowered(self) -> tuple[Setting, ...]:
        """Values whose default is smaller now."""
        return tuple(s for s in self.changes.settings if s.lowered)


def gather(migration: Migration, options: Options, code_commit: str) -> Facts:
    """Derive every figure of the documents."""
    known = catalogue.load(options.sinks)
    changes = applied(migration)
    pools = connections(migration, changes.left_out, known)
    edits = [e for c in (*migration.code, *migration.tests) for e in c.edits]
    files = (*migration.code, *migration.tests)
    new_files = [(c.path, c.after.decode("utf-8", "replace")) for c in files if c.before is None]
    return Facts(
        options=options,
        code_commit=code_commit,
        base=migration.snapshot.revision or "the working tree",
        rules=tuple(
            f"{r.action.value} {r.target}={_plain(r.value)}" for r in migration.plan.policy.rules
        ),
        changes=changes,
        connections=pools,
        configuration=_configuration(migration, pools, known),
        refusals=refusals(migration),
        evidence=evidence(migration.checks),
        migration=migration,
        remarks=tuple(
            sorted(
                {*migration.plan.remarks, *migration.test_remarks},
                key=lambda r: (r.path, r.line, r.text),
            )
        ),
        skipped=tuple(
            sorted(set(migration.skipped), key=lambda s: (s.path, s.line or 0, s.reason))
        ),
        imports=tuple(sorted({name for e in edits for name in e.imports})),
        dependency_files=tuple(
            sorted(c.path for c in files if _name(c.path).startswith(_DEPENDENCIES))
        ),
        secrets_in_new_text=tuple(
            sorted(
                {f"{e.path}:{e.line}" for e in edits if _adds_secret(e.old, e.new)}
                | {path for path, text in new_files if holds_secret(text)}
            )
        ),
    )


def _adds_secret(old: str, new: str) -> bool:
    return holds_secret(new) and not holds_secret(old)


def _plain(scalar: Scalar) -> str:
    return str(scalar).lower() if isinstance(scalar, bool) else str(scalar)


def _name(path: str) -> str:
    return path.lower().rsplit("/", 1)[-1]


def _configuration(
    migration: Migration, pools: Connections, known: Catalogue
) -> tuple[ConfigurationRow, ...]:
    units = {(s.id, a.name): a.unit for s in known.sinks for a in s.arguments}
    variables: dict[tuple[PoolKey, str], set[str]] = {}
    for decision in migration.plan.decisions:
        name = variable_of(decision, migration.snapshot)
        if name is not None:
            variables.setdefault((decision.site.pool, decision.site.argument), set()).add(name)
    for addition in migration.plan.additions:
        if addition.edit is not None and addition.variable is not None:
            call = addition.call
            key = addition.pool if call is None else PoolKey(call.path, call.line, call.column)
            variables.setdefault((key, addition.argument), set()).add(addition.variable)
    rows: dict[tuple[object, ...], ConfigurationRow] = {}
    for pool in pools.pools:
        for argument in sorted({*pool.arguments_before, *pool.arguments_after, *pool.passed}):
            unit = units.get((pool.sink, argument), "")
            if _is_no_news(pool, argument, unit):
                continue
            row = ConfigurationRow(
                pool=pool,
                argument=argument,
                unit="" if unit in ("flag", "value") else unit,
                before=_values(
                    pool, argument, pool.arguments_before.get(argument), pool.by_default
                ),
                after=_values(
                    pool,
                    argument,
                    pool.arguments_after.get(argument),
                    pool.by_default - pool.added,
                ),
                variables=_variables(variables, pool, argument),
            )
            shown = (pool.path, pool.line, argument, row.unit, row.before, row.after)
            rows.setdefault((*shown, row.variables), row)  # one call may open several pools alike
    return tuple(rows.values())


def _is_no_news(pool: PoolRow, argument: str, unit: str) -> bool:
    """The library's default, before and after, of what does not bound the connections."""
    stays = pool.arguments_before.get(argument) == pool.arguments_after.get(argument)
    return stays and argument in pool.by_default - pool.added and unit != "connections"


def _variables(
    found: Mapping[tuple[PoolKey, str], set[str]], pool: PoolRow, argument: str
) -> tuple[str, ...]:
    """Those of the pool's own call; else those of the library's call inside its wrapper."""
    return next(
        (tuple(sorted(own)) for key in pool.keys if (own := found.get((key, argument)))), ()
    )


def _values(
    pool: PoolRow,
    argument: str,
    scalars: tuple[Scalar, ...] | None,
    by_default: frozenset[str],
) -> str:
    if not scalars:
        return "not known" if argument in pool.passed else "not passed"
    shown = values(scalars) if len(scalars) > 1 else value(scalars[0])
    if argument in pool.lost:
        return f"{shown} or not known" if argument in pool.arguments_before else "not known"
    return f"{shown} (library's default)" if argument in by_default else shown
