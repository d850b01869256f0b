"""From answers to pools: what one call opens, and the most connections that can be."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from poolenv.catalogue.entry import Form, Sink
from poolenv.catalogue.limits import takes
from poolenv.catalogue.possibilities import most_of
from poolenv.model import Origin, Pool, PoolKey, Scalar, Span
from poolenv.syntax.bindings.expressions import keyword_of
from poolenv.syntax.resolving.references import At, External
from poolenv.syntax.use import UrlParameter, Use
from poolenv.trace.outcome import Lost, Outcome, Value
from poolenv.trace.sites import Answer
from poolenv.trace.tracer import Tracer

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*(?=:)")
_POOL_CLASS = re.compile(r"[A-Z]\w*Pool$")
_URL_QUESTIONS = 60
"""Further questions that a URL may pose: its scheme only says which server is meant."""

Chain = tuple[PoolKey, ...]


@dataclass(frozen=True, slots=True)
class _Common:
    """What the pools of one use have in common, whatever calls they come by."""

    in_url: dict[str, tuple[Scalar, ...]]
    pool_class: str | None
    schemes: tuple[str, ...]


def pools_of(
    tracer: Tracer, found: Iterable[Answer], urls: tuple[UrlParameter, ...] = ()
) -> Iterator[Pool]:
    """The pools of all answers: one per use, or one per outermost call of its wrappers."""
    seen: set[tuple[PoolKey, str, PoolKey | None]] = set()
    every = tuple(found)
    called = {span for answer in every if answer.use.call is not None for span in _spans(answer)}
    fitting = {id(answer.use.call) for answer in every if answer.use.questions}
    for answer in every:
        if answer.use.call is None and _spans(answer) <= called:
            continue
        if not answer.use.questions and id(answer.use.call) in fitting:
            continue  # imported under one name: the arguments are those of the other class
        unused = answer.use.sink.form is Form.DICT_ARGUMENT and not answer.outcomes
        unused = unused or _given_a_pool(answer.use)
        if unused or not (answer.use.sink.opens_pool and answer.use.opens):
            continue
        common = _Common(
            _in_url(answer.use, urls), _pool_class(tracer, answer.use), _schemes(tracer, answer.use)
        )
        for chain, name in _chains(tracer, answer):
            pool = _pool(tracer, answer, chain, name, common)
            identity = (pool.key, pool.sink, pool.use)
            if identity not in seen:
                seen.add(identity)
                yield pool


def _given_a_pool(use: Use) -> bool:
    """``redis.Redis(connection_pool=pool)`` opens no pool of its own."""
    return use.call is not None and any(k.arg == "connection_pool" for k in use.call.keywords)


def _spans(answer: Answer) -> set[Span]:
    return {o.span for _, outcomes in answer.outcomes for o in outcomes if isinstance(o, Value)}


def _chains(tracer: Tracer, answer: Answer) -> list[tuple[Chain, str | None]]:
    """The ways to the sink through calls of wrappers; the empty way where there is none."""
    chains: dict[Chain, str | None] = {}
    for _, outcomes in answer.outcomes:
        for outcome in outcomes:
            if outcome.calls and not _is_far(outcome) and not _is_outside(outcome):
                chains[outcome.calls] = outcome.call_names[-1] or answer.use.name
    if not chains:
        return [((), answer.use.name)]
    longest = [c for c in chains if not any(o != c and o[: len(c)] == c for o in chains)]
    python = tracer.program.snapshot.python
    only_tests = all(python[chain[-1].path].is_test for chain in longest)
    defaults = [
        o
        for _, several in answer.outcomes
        for o in several
        if isinstance(o, Value) and o.origin is Origin.FUNCTION_DEFAULT
    ]
    left = any(o.left for o in defaults) and not any(o.calls for o in defaults)
    own: dict[Chain, str | None] = {(): answer.use.name} if left else {}
    if only_tests:
        within = [_before_tests(tracer, chain) for chain in longest]
        nearest = [c for c in within if c] or [()]
        own.update((c, chains.get(c) or answer.use.name) for c in nearest)
    return [*own.items(), *((chain, chains[chain]) for chain in longest)]


def _before_tests(tracer: Tracer, chain: Chain) -> Chain:
    """The calls of a chain up to the first one that a test makes."""
    python = tracer.program.snapshot.python
    first = next((i for i, key in enumerate(chain) if python[key.path].is_test), len(chain))
    return chain[:first]


def _is_far(outcome: Outcome) -> bool:
    """An unknown mapping from beyond the nearest call: who opens the pool is not known either."""
    return isinstance(outcome, Lost) and outcome.mapping and len(outcome.calls) > 1


def _is_outside(outcome: Outcome) -> bool:
    """What only callers from outside may give: no pool of its own, and no unknown value."""
    return isinstance(outcome, Lost) and outcome.outside


def _in_url(use: Use, urls: tuple[UrlParameter, ...]) -> dict[str, tuple[Scalar, ...]]:
    """The arguments that the query of a URL in the call itself gives."""
    if use.call is None or not use.sink.url_query:
        return {}
    span = use.at.scope.module.lines.span(use.call)
    return {
        one.argument.name: (one.value,)
        for one in urls
        if span.holds(one.span) and one.argument.name in use.sink.url_query
    }


def _pool(tracer: Tracer, answer: Answer, chain: Chain, name: str | None, common: _Common) -> Pool:
    use = answer.use
    passed_on, lost = _arguments(tracer, answer, chain)
    arguments = {**common.in_url, **passed_on}
    passed = frozenset(
        question.argument.name
        for question, outcomes in answer.outcomes
        if any(isinstance(o, Value) or not o.mapping for o in outcomes)
    )
    illegal = any(not takes(common.pool_class, a) for a in use.sink.arguments if a.name in passed)
    pool_class = None if illegal else common.pool_class
    limit = most_of(use.sink, arguments, lost, pool_class)
    key = chain[-1] if chain else answer.key
    defaults = _defaults(use.sink, {*arguments, *lost}, pool_class)
    span = use.at.scope.module.lines.span(use.call) if use.call is not None else None
    everything = [o for _, outcomes in answer.outcomes for o in outcomes]
    return Pool(
        key=key,
        sink=use.sink.id,
        name=name,
        arguments=MappingProxyType({**arguments, **defaults}),
        max_connections=limit.connections,
        limit=limit.kind,
        pool_class=pool_class,
        other_class=common.pool_class if illegal else None,
        urls=common.schemes,
        call=span if use.sink.form is Form.CALL else None,
        in_test=tracer.program.snapshot.python[key.path].is_test,
        passed=passed | frozenset(common.in_url),
        open_ended=any(isinstance(o, Lost) and o.mapping for o in everything),
        use=answer.key,
        lost=lost,
        between=tuple(reversed(chain[:-1])),
    )


def _defaults(sink: Sink, given: set[str], pool_class: str | None) -> dict[str, tuple[Scalar, ...]]:
    """What the library itself takes for the arguments that nothing gives."""
    return {
        a.name: (a.default,)
        for a in sink.arguments
        if a.has_default and a.name not in given and takes(pool_class, a)
    }


def _arguments(
    tracer: Tracer, answer: Answer, chain: Chain
) -> tuple[dict[str, tuple[Scalar, ...]], frozenset[str]]:
    """The possible values of each argument on one way, and the arguments without one.

    Where only tests go on from a way, it has what they pass that isn't written in test code.
    """
    reaching: dict[str, list[Outcome]] = {}
    lost: set[str] = set()
    for question, outcomes in answer.outcomes:
        if any(_is_far(o) for o in outcomes):
            lost.add(question.argument.name)
        outcomes = tuple(o for o in outcomes if not _is_outside(o))
        on_way = [o for o in outcomes if chain[: len(o.calls)] == o.calls]
        if not on_way and outcomes and not question.splat and not question.path:
            on_way = [o for o in outcomes if _only_through_tests(tracer, o, chain)]
            if not on_way:
                lost.add(question.argument.name)
        reaching.setdefault(question.argument.name, []).extend(on_way)
    values: dict[str, tuple[Scalar, ...]] = {}
    for name, on_way in reaching.items():
        on_way = [o for o in on_way if not (isinstance(o, Value) and o.ruled_out)]
        longest = max((len(o.calls) for o in on_way), default=0)
        meant = [o for o in on_way if len(o.calls) == longest or _beside(o)]
        known = [o.value for o in meant if isinstance(o, Value) and o.known and not o.partial]
        if known:
            values[name] = tuple(dict.fromkeys(known))
        if len(known) < len(meant):
            lost.add(name)
    return values, frozenset(lost)


def _only_through_tests(tracer: Tracer, outcome: Outcome, chain: Chain) -> bool:
    """A test leads from a way on to something that isn't written in test code."""
    python = tracer.program.snapshot.python
    further = outcome.calls[len(chain) :]
    written = python.get(outcome.span.path)
    return (
        outcome.calls[: len(chain)] == chain
        and all(python[key.path].is_test for key in further)
        and (written is None or not written.is_test)
    )


def _beside(outcome: Outcome) -> bool:
    """The other branch of a choice, which no call further out replaces as it does a default."""
    return isinstance(outcome, Value) and outcome.origin is Origin.CONDITIONAL


def _pool_class(tracer: Tracer, use: Use) -> str | None:
    """The pool class that the call names: ``poolclass=NullPool``, directly or in a ``**dict``."""
    if use.call is None:
        return None
    for keyword in use.call.keywords:
        if keyword.arg == "poolclass":
            return _class_name(tracer, keyword.value, use.at)
        if keyword.arg is None:
            found = _class_in_mapping(tracer, keyword.value, use.at)
            if found is not None:
                return found
    return None


def _class_name(tracer: Tracer, node: ast.expr, at: At) -> str | None:
    """The one class that an expression names; None where it may be several."""
    references = tracer.refer(node, at)
    return _only({r.plain for r in references if isinstance(r, External)})


def _class_in_mapping(tracer: Tracer, node: ast.expr, at: At) -> str | None:
    found = tracer.ask(node, ("[poolclass",), at)
    matches = [
        re.search(r"comes from (\S+), outside", o.reason) for o in found if isinstance(o, Lost)
    ]
    return _only({match.group(1) for match in matches if match})


def _only(names: set[str]) -> str | None:
    classes = {name.rpartition(".")[2] for name in names}
    pools = {name for name in classes if _POOL_CLASS.match(name)}
    return next(iter(pools)) if len(pools) == len(classes) == 1 else None


def _schemes(tracer: Tracer, use: Use) -> tuple[str, ...]:
    """The schemes of the URLs that reach the call (``postgresql+asyncpg``), never the URLs."""
    named = _named_engines(tracer, use)
    if use.call is None or named:
        return named
    names = ("url", "name_or_url", "conninfo", "dsn", "db_url", "database_url", "host")
    node = keyword_of(use.call, *names)
    if node is None and len(use.call.args) > use.shift:
        node = use.call.args[use.shift]
    if node is None:
        return ()
    texts = [*_leading_text(node)]
    tracer.start(most=_URL_QUESTIONS)
    for outcome in tracer.ask(node, (), use.at):
        if isinstance(outcome, Value) and isinstance(outcome.value, str):
            texts.append(outcome.value)
    found = [m.group(0).lower() for text in texts if (m := _SCHEME.match(text))]
    return tuple(dict.fromkeys(found))


def _named_engines(tracer: Tracer, use: Use) -> tuple[str, ...]:
    """The server that ``"engine": "tortoise.backends.mysql"`` beside the credentials names."""
    found: list[str] = []
    for question in use.questions[:1]:
        if "[credentials" not in question.path:
            continue
        beside = (*question.path[: question.path.index("[credentials")], "[engine")
        for outcome in tracer.ask(question.node, beside, question.at):
            if isinstance(outcome, Value) and isinstance(outcome.value, str):
                last = outcome.value.rpartition(".")[2]
                found.append("postgresql" if last in ("asyncpg", "psycopg") else last)
    return tuple(dict.fromkeys(found))


def _leading_text(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=str() as text), *_]):
            yield text
        case ast.Call(args=[ast.Constant(value=str() as text), *_]) if ":" not in text:
            yield f"{text}:"
        case ast.Call(args=[first, *_]):
            yield from _leading_text(first)
