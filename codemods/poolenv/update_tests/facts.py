"""What the plan says of each pool argument, in the words a test could use for it."""

from __future__ import annotations

from dataclasses import dataclass

from poolenv.model import Decision, Edit, Plan, PoolKey, Scalar
from poolenv.syntax.bindings.holders import holder_name
from poolenv.syntax.program import Program

ATTRIBUTES = {
    "size": ("pool_size", "size"),
    "maxsize": ("pool_size", "maxsize", "max_size"),
    "timeout": ("pool_timeout", "timeout"),
    "recycle": ("pool_recycle", "recycle"),
    "pre_ping": ("pool_pre_ping", "pre_ping"),
    "get_max_size": ("max_size",),
    "get_min_size": ("min_size",),
    "maxconnections": ("maxconnections", "max_connections"),
    "stale_timeout": ("stale_timeout",),
}
"""Names that pool objects give to what their constructors call otherwise."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One pool argument with its default before and after."""

    argument: str
    old: Scalar
    new: Scalar
    variable: str | None
    keys: frozenset[str]
    """Normalised names of it: the argument, the variable, the constant, the field."""
    paths: frozenset[str]
    """Where the value is written, passed on and used."""
    edit: Edit | None
    pool: PoolKey
    sink: str
    """Last part of the constructor's name, ``create_engine``."""

    @property
    def changed(self) -> bool:
        """The default is another one after the change."""
        return not same(self.old, self.new)

    @property
    def reads_environment(self) -> bool:
        """A process with the variable set sees another value than the default."""
        return self.variable is not None


def same(one: Scalar, other: Scalar) -> bool:
    """Equal, with ``True`` and ``1`` told apart."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other


def key(name: str) -> str:
    """The form in which spellings of one name are equal: ``_MAX_OVERFLOW``, ``max_overflow``."""
    return name.lower().strip("_")


def facts_of(program: Program, plan: Plan) -> tuple[Fact, ...]:
    """One fact per decision on a known value outside of tests, in the plan's order."""
    return tuple(
        _fact(program, decision)
        for decision in plan.decisions
        if not decision.site.in_test and decision.site.value is not None
    )


def _fact(program: Program, decision: Decision) -> Fact:
    site, edit = decision.site, decision.edit
    names = {site.argument, decision.variable, site.env}
    source = (site.source.path, site.source.line) if site.source else None
    if source is not None:
        module = program.module(source[0])
        if module is not None and site.source is not None:
            place = module.lines.range_of_span(site.source)
            names.add(holder_name(module.tree, module.lines, *place))
    paths = {site.path, *(step.path for step in site.chain)}
    paths.update([edit.path] if edit else [], [source[0]] if source else [])
    return Fact(
        argument=site.argument,
        old=site.value,
        new=decision.new_value if edit is not None else site.value,
        variable=decision.variable or site.env,
        keys=frozenset(key(name) for name in names if name),
        paths=frozenset(paths),
        edit=edit,
        pool=site.pool,
        sink=site.sink.rpartition(".")[2],
    )
