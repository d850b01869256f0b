"""Arguments that a policy adds to calls which do not pass them, where that can't raise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from poolenv.catalogue.entry import Argument, Sink
from poolenv.catalogue.limits import minimum_after
from poolenv.model import (
    Action,
    Addition,
    Edit,
    Policy,
    Pool,
    PoolKey,
    Role,
    Scalar,
    Site,
    Span,
)
from poolenv.plan.expressions import environment_read
from poolenv.plan.in_urls import set_in_url
from poolenv.plan.insertion import Insertion, insertions
from poolenv.plan.missing import Missing
from poolenv.plan.outside_callers import filled_outside
from poolenv.plan.pool_limits import (
    default_numbers,
    effective_maximum,
    is_number,
    lost_of,
    maximum_cap,
    ways_of,
)
from poolenv.plan.spreading import Growth
from poolenv.plan.sqlite import SqliteReach, memory_lost
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks, asked, matches

After = Mapping[tuple[PoolKey, str], tuple[Scalar, ...]]
"""Each argument's values after the change, by the call that its sites are listed at."""


def missing_arguments(
    pools: tuple[Pool, ...],
    after: After,
    policy: Policy,
    sinks: Sinks,
    surroundings: Surroundings,
    sites: Iterable[Site] = (),
) -> tuple[Missing, ...]:
    """What the rules want added: one entry per pool and argument, in order of the pools.

    Pools that share a call (a wrapper's callers) get the lowest value that one of them asks for.
    """
    sharing: dict[Span, list[Pool]] = {}
    for pool in pools:
        if pool.call is not None:
            sharing.setdefault(pool.call, []).append(pool)
    reach = SqliteReach(surroundings)
    found: list[Missing] = []
    for pool in pools:
        if pool.in_test or sinks.sink(pool.sink).limit_fixed is not None:
            continue
        others = tuple(sharing[pool.call]) if pool.call is not None else (pool,)
        for argument, value in _wanted(pool, after, policy, sinks):
            why = _hindrance(pool, others, argument, surroundings, reach)
            why = why or memory_lost(pool, others, argument, sinks, reach)
            why = why or _known_otherwise(pool, argument, sinks)
            why = why or _above(pool, argument, value, after, sinks)
            why = why or set_in_url(pool, argument, sinks.sink(pool.sink), sites)
            found.append(Missing(pool, argument, value, why))
        found += _false_flags(pool, policy, sinks)
    return _lowest(found)


def _wanted(
    pool: Pool, after: After, policy: Policy, sinks: Sinks
) -> Iterator[tuple[Argument, Scalar]]:
    sink = sinks.sink(pool.sink)
    values = {
        a.name: [v for key in ways_of(pool) for v in after.get((key, a.name), ())]
        for a in sink.arguments
    }
    added: dict[str, Scalar] = {}
    for argument in sink.arguments:
        if argument.name in pool.passed | pool.lost or not argument.rewrite:
            continue
        if any(other.name in added for other in _other_names(sink, argument)):
            continue
        value = next(
            (
                asked(rule, argument)
                for rule in policy.rules
                if rule.action is Action.ENSURE and matches(rule, argument)
            ),
            None,
        )
        if value is None:
            value = _room(
                pool, argument, {**values, **{n: [v] for n, v in added.items()}}, policy, sinks
            )
        if value is not None:
            added[argument.name] = value
    least = _minimum(pool, sink, values, added)
    if least is not None and sink.min_argument is not None:
        added[sink.min_argument] = least
    for name, value in added.items():
        yield sinks.argument(pool.sink, name), value


def _room(
    pool: Pool,
    argument: Argument,
    values: Mapping[str, list[Scalar]],
    policy: Policy,
    sinks: Sinks,
) -> int | None:
    """The cap that the library's default is above, so that only a new argument keeps it.

    A rule that sets the argument where it is written holds for the new one too, below the cap.
    """
    sink = sinks.sink(pool.sink)
    effective = effective_maximum(sink, pool) if not sink.limit_sum else None
    if argument.name not in sink.limit_sum and argument.name != effective:
        return None
    caps = [
        rule.value
        for rule in policy.rules
        if rule.action is Action.CAP and matches(rule, argument) and isinstance(rule.value, int)
    ]
    most = maximum_cap(policy)
    if most is not None and argument.role is Role.OVERFLOW:
        caps.append(max(0, most - _size(pool, sink, values)))
    elif most is not None:
        caps.append(most)
    default = argument.default
    if not caps or not argument.has_default or default in argument.version_dependent:
        return None
    room = min(caps)
    lifts = default in argument.no_limit
    if not lifts and not (isinstance(default, int) and default > room):
        return None
    fixed = [
        rule.value
        for rule in policy.rules
        if rule.action is Action.SET and matches(rule, argument) and isinstance(rule.value, int)
    ]
    return min([room, *(value for value in fixed if value not in argument.no_limit)])


def _size(pool: Pool, sink: Sink, values: Mapping[str, list[Scalar]]) -> int:
    """The size beside an overflow; the library's own where none is passed."""
    names = [a.name for a in sink.arguments if a.role is Role.SIZE]
    known = [v for name in names for v in values.get(name, ()) if isinstance(v, int)]
    if known or any(name in pool.passed for name in names):
        return max(known, default=0)
    return max([0, *default_numbers(sink, Role.SIZE)])


def _minimum(
    pool: Pool, sink: Sink, values: Mapping[str, list[Scalar]], added: Mapping[str, Scalar]
) -> int | None:
    """The minimum to add where the library's default is above the new maximum."""
    name = sink.min_argument
    if name is None or name in pool.passed | pool.lost:
        return None
    argument = next(a for a in sink.arguments if a.name == name)
    if not argument.rewrite:
        return None
    maxima = [a for a in sink.arguments if a.role is Role.MAX]
    lifted = {v for a in maxima for v in a.no_limit}
    numbers = [
        v
        for a in maxima
        for v in ([added[a.name]] if a.name in added else values.get(a.name, []))
        if isinstance(v, int) and is_number(v) and v not in lifted
    ]
    given = {name: added[name]} if name in added else {}
    return minimum_after(sink, min(numbers), given) if numbers else None


def _hindrance(
    pool: Pool,
    others: tuple[Pool, ...],
    argument: Argument,
    surroundings: Surroundings,
    reach: SqliteReach,
) -> str | None:
    if any(one.open_ended for one in others):
        return "a ** mapping that the code does not show may pass it already"
    if any(argument.name in one.passed | one.lost for one in others):
        return "another caller passes it through the same call"
    if pool.call is None:
        return "the options stand in a mapping that poolenv does not extend"
    if surroundings.around(pool.call).in_text:
        return "the call stands inside an f-string"
    filled = filled_outside(surroundings, pool.call)
    if filled is not None:
        return f"code outside of this repository may pass it in {filled}"
    legal = argument.pool_classes
    if pool.pool_class == "NullPool" and not legal:
        return f"NullPool keeps no connection, so {argument.name} has no effect"
    if not legal:
        return None
    pool_class = pool.pool_class or pool.other_class
    if pool_class is not None:
        return None if pool_class in legal else f"{pool_class} takes no {argument.name}"
    if any(url.startswith("sqlite") for one in others for url in one.urls):
        return f"its URL may be SQLite, whose pool may take no {argument.name}"
    where = reach.of(pool)
    if where is None:
        return None
    return (
        f"SQLite may be the database too ({where} names it), and its in-memory pool takes no"
        f" {argument.name}"
    )


def _other_names(sink: Sink, argument: Argument) -> Iterator[Argument]:
    """The arguments that say the same: ``maxsize`` and ``connections_per_node``."""
    for other in sink.arguments:
        same = other.role is argument.role and other.variable == argument.variable
        if same and other.name != argument.name:
            yield other


def _known_otherwise(pool: Pool, argument: Argument, sinks: Sinks) -> str | None:
    """Versions that don't take an argument raise for it, or ignore it."""
    sink = sinks.sink(pool.sink)
    for other in _other_names(sink, argument):
        if other.name in pool.passed | pool.lost:
            return f"the code passes {other.name}, which is the same limit"
    if argument.opens_pool:
        return f"{argument.name} makes a pool of a call that may open a single connection"
    if argument.versions:
        return f"only {sink.library} {argument.versions} takes it, and the call names no version"
    return None


def _above(pool: Pool, argument: Argument, value: Scalar, after: After, sinks: Sinks) -> str | None:
    """A minimum that the call passes and a maximum below it would raise."""
    least = sinks.sink(pool.sink).min_argument
    if least is None or argument.role is not Role.MAX or least not in pool.passed:
        return None
    if least in lost_of(pool):
        return f"{least} is not known, and one above the maximum raises"
    known = [v for key in ways_of(pool) for v in after.get((key, least), ())]
    above = [v for v in known if isinstance(v, int) and isinstance(value, int) and v > value]
    return f"{least} is {above[0]} here, and one above the maximum raises" if above else None


def _false_flags(pool: Pool, policy: Policy, sinks: Sinks) -> Iterator[Missing]:
    """Flags that a rule wants on and the code says False to: it is left to its author."""
    for argument in sinks.sink(pool.sink).arguments:
        wanted = any(
            rule.action is Action.ENSURE and matches(rule, argument) and rule.value is True
            for rule in policy.rules
        )
        if (
            wanted
            and argument.name in pool.passed
            and False in pool.arguments.get(argument.name, ())
        ):
            why = f"the code passes {argument.name}=False, and ensure adds only what is missing"
            yield Missing(pool, argument, True, why)


def _lowest(found: Iterable[Missing]) -> tuple[Missing, ...]:
    every = tuple(found)
    lowest: dict[tuple[Span | None, str], Scalar] = {}
    for one in every:
        if one.hindrance is None and isinstance(one.value, int | float):
            key = (one.pool.call, one.argument.name)
            held = lowest.get(key)
            lowest[key] = min(held, one.value) if isinstance(held, int | float) else one.value
    return tuple(
        replace(one, value=lowest.get((one.pool.call, one.argument.name), one.value))
        if one.hindrance is None
        else one
        for one in every
    )


def additions(
    missing: Iterable[Missing],
    names: Mapping[Site, str],
    surroundings: Surroundings,
    growth: Growth,
) -> tuple[tuple[Addition, ...], tuple[Edit, ...]]:
    """The additions, and all edits for them in the order in which a plan holds them.

    ``growth`` is what the edits of values add to the lines.
    """
    every = tuple(missing)
    by_call: dict[Span, dict[str, Insertion]] = {}
    variables: dict[tuple[Span, str], str] = {}
    for one in every:
        span = one.pool.call
        if one.hindrance is not None or span is None:
            continue
        name = variables.setdefault((span, one.argument.name), names.get(one.site, ""))
        quote = surroundings.quote(span.path)
        read = environment_read(name, one.value, "", changed=True, quote=quote)
        text = str(one.value) if not one.reads else read
        wanted = Insertion(f"{one.argument.name}={text}", reads=one.reads)
        by_call.setdefault(span, {}).setdefault(one.argument.name, wanted)
    edits: dict[tuple[Span, str], Edit] = {}
    ordered: list[Edit] = []
    for span, of_call in by_call.items():
        made, commas = insertions(surroundings, span, tuple(of_call.values()), growth)
        edits.update({(span, n): e for n, e in zip(of_call, made, strict=False)})
        ordered += (*commas, *reversed(made))
    found = (_addition(one, edits, variables) for one in every)
    in_order = sorted(found, key=lambda a: (a.pool.path, a.pool.line, a.pool.column, a.argument))
    return tuple(in_order), tuple(ordered)


def _addition(
    one: Missing,
    edits: Mapping[tuple[Span, str], Edit],
    variables: Mapping[tuple[Span, str], str],
) -> Addition:
    key = (one.pool.call, one.argument.name) if one.pool.call is not None else None
    edit = edits.get(key) if key is not None and one.hindrance is None else None
    unit = f": {one.value} milliseconds" if one.argument.unit == "milliseconds" else ""
    reason = one.hindrance or f"the policy asks for it{unit}"
    if edit is None and one.hindrance is None:
        reason = "the call can't be extended where it stands"
    variable = variables.get(key) if key is not None and edit is not None and one.reads else None
    return Addition(
        one.pool.key, one.argument.name, one.value, edit, reason, variable, one.pool.call
    )
