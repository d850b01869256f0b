"""From answers to sites: one per argument and value, with its place and its chain."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from poolenv.masking import mask
from poolenv.model import Holder, Origin, PoolKey, Site, Span, Step, Unresolved
from poolenv.syntax.program import Program
from poolenv.syntax.use import Question, UrlParameter, Use, keeps_no_connection
from poolenv.trace.declared import declared_values
from poolenv.trace.outcome import Lost, Outcome, Value, led_by, step
from poolenv.trace.tracer import Tracer
from poolenv.trace.values.texts import texts_of


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for every question of one use."""

    use: Use
    key: PoolKey
    outcomes: tuple[tuple[Question, tuple[Outcome, ...]], ...]


def answers(tracer: Tracer, use: Use) -> Answer | None:
    """Ask all questions of a use; None where a setting's evidence speaks against it."""
    if not _evident(tracer, use):
        return None
    program, module = tracer.program, use.at.scope.module
    span = module.lines.span(use.node)
    found: list[tuple[Question, tuple[Outcome, ...]]] = []
    nameless: dict[tuple[object, ...], tuple[Outcome, ...]] = {}
    for question in (q for posed in use.questions for q in _prefixed(tracer, posed)):
        name = question.argument.name
        named = not _is_key(question) or program.mentions(name) or program.may_build(name)
        mapping = (id(question.node), question.path[:-1])
        shared = None if named else nameless.get(mapping)
        if shared is not None and not any(isinstance(o, Value) for o in shared):
            outcomes = shared
        else:
            outcomes = tracer.ask_argument(question.node, question.path, question.at)
            outcomes = (*outcomes, *_declared(tracer, outcomes))
        if not named:
            nameless[mapping] = outcomes
        if use.call is None:
            outcomes = tuple(
                o for o in outcomes if isinstance(o, Value) or not (o.mapping or o.absent)
            )
        if not outcomes and not question.splat:
            reason = "no value can be seen: its names lead to one another, or to nothing"
            outcomes = (tracer.lost(reason, question.node, question.at),)
        kept = [o for o in outcomes if not _foreign(question, o)]
        if kept:
            place = step(question.at.scope.module, question.place)
            found.append((question, led_by(kept, place)))
    if use.call is None and not found:
        return None
    return Answer(use, PoolKey(module.path, span.line, span.column), tuple(found))


def _prefixed(tracer: Tracer, question: Question) -> Iterator[Question]:
    """The question for each text that is put before its key; callers that pass another don't count.

    Where none is known, it is the prefix that is asked for, so that it is listed.
    """
    prefix = question.prefix
    if prefix is None:
        yield question
        return
    texts = [t for t in texts_of(tracer, prefix, question.at) if isinstance(t, str)]
    for text in texts:
        supposed = ((prefix.id, text),) if isinstance(prefix, ast.Name) else ()
        at = replace(question.at, assume=(*question.at.assume, *supposed))
        yield replace(
            question, path=(*question.path[:-1], f"[{text}{question.path[-1][1:]}"), at=at
        )
    if not texts:
        yield replace(question, node=prefix, path=("[*",), place=prefix)


def _is_key(question: Question) -> bool:
    """The argument is looked for in a mapping: those that no file names lack a value alike."""
    return bool(question.path) and question.path[-1].endswith(question.argument.name)


def one_per_configuration(found: list[Answer]) -> list[Answer]:
    """Join the flat settings of one class or module: ``SQLALCHEMY_POOL_SIZE`` and its siblings."""
    joined: dict[tuple[object, ...], Answer] = {}
    for answer in found:
        use = answer.use
        flat = use.call is None and not use.sink.setting
        key: tuple[object, ...] = (id(answer),)
        if flat:
            key = (id(use.at.scope.node), use.sink.id)
        held = joined.get(key)
        if held is None:
            joined[key] = answer
        else:
            joined[key] = replace(held, outcomes=(*held.outcomes, *answer.outcomes))
    return list(joined.values())


def doubtful_answer(tracer: Tracer, use: Use) -> Answer | None:
    """The values of a call by a name that leads nowhere, where its arguments speak for the sink.

    They are listed with the doubt and never rewritten. A class of a telling name on an object
    that nobody knows needs no more; a function of another package may mean anything by its name.
    """
    answer = None if use.call is None else answers(tracer, use)
    unsure = use.outside or _is_factory(use)
    if answer is None or (unsure and not _speaks_for_it(answer)):
        return None
    listed = tuple(
        (question, tuple(_doubted(o, use.doubt or "") for o in outcomes))
        for question, outcomes in answer.outcomes
    )
    if not any(isinstance(o, Value) for _, several in listed for o in several):
        return None
    return replace(answer, outcomes=listed)


def _is_factory(use: Use) -> bool:
    return use.sink.id.rpartition(".")[2].startswith(("create_", "engine_"))


def _speaks_for_it(answer: Answer) -> bool:
    """A module that imports the library, and an argument that only this library's function has."""
    text = answer.use.at.scope.module.source.text
    package = answer.use.sink.id.partition(".")[0]
    if re.search(rf"^\s*(?:import|from)\s+{package}\b", text, re.MULTILINE) is None:
        return False
    passed = {
        question.argument.name
        for question, outcomes in answer.outcomes
        if any(isinstance(o, Value) or not o.mapping for o in outcomes)
    }
    return bool(passed - {"pool_size"})


def _doubted(outcome: Outcome, doubt: str) -> Outcome:
    if isinstance(outcome, Lost):
        return outcome
    return replace(outcome, holder=Holder.FIXED, obstacle=doubt)


def _declared(tracer: Tracer, outcomes: tuple[Outcome, ...]) -> Iterator[Outcome]:
    """Values of matching declarations, where they are not among the outcomes already."""
    spans = {o.span for o in outcomes if isinstance(o, Value)}
    for parameter in {(id(p.scope), p.name, p.holder): p for p in tracer.open_parameters}.values():
        for outcome in declared_values(tracer, parameter):
            if isinstance(outcome, Value) and outcome.span not in spans:
                spans.add(outcome.span)
                yield outcome


def _foreign(question: Question, outcome: Outcome) -> bool:
    """A truth value or a text where the argument takes a number, and the text is none."""
    if not isinstance(outcome, Value) or question.argument.type not in ("int", "float"):
        return False
    if isinstance(outcome.value, bool):
        return True
    if not isinstance(outcome.value, str):
        return False
    return re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", outcome.value) is None


def _evident(tracer: Tracer, use: Use) -> bool:
    """What stands beside a setting speaks for the library; a missing key is an empty text."""
    wanted = use.sink.setting_evidence or {}
    for question, pattern in zip(use.evidence, wanted.values(), strict=True):
        outcomes = tracer.ask(question.node, question.path, question.at)
        texts = [o.value for o in outcomes if isinstance(o, Value) and isinstance(o.value, str)]
        if (texts or not outcomes) and not any(re.search(pattern, text) for text in texts or [""]):
            return False
    return True


def sites_of(program: Program, found: Iterable[Answer]) -> Iterator[Site]:
    """The sites of all answers, each place and value once.

    What can't be rewritten goes first, then what a variable sets already.
    """
    seen: set[tuple[object, ...]] = set()
    for answer in found:
        for question, outcomes in answer.outcomes:
            values = [o for o in outcomes if isinstance(o, Value)]
            for value in sorted(values, key=lambda v: (v.holder is not Holder.FIXED, not v.env)):
                site = _site(program, answer, question, value)
                key: tuple[object, ...] = (
                    (site.path, site.line, site.column, site.argument, site.source)
                    if answer.use.call is not None
                    else (site.source, question.argument.role)
                )
                if key in seen:
                    continue
                seen.add(key)
                seen.add((site.source, question.argument.role))
                yield site


def _site(program: Program, answer: Answer, question: Question, value: Value) -> Site:
    use = answer.use
    passed = value.argument if value.calls else None
    place = passed or question.at.scope.module.lines.span(question.place)
    if use.call is None and value.argument is None:
        place = value.span
    return Site(
        path=place.path,
        line=place.line,
        column=place.column,
        sink=use.sink.id,
        argument=question.argument.name,
        role=question.argument.role,
        value=value.value,
        source_text=mask(value.text),
        origin=value.origin,
        source=value.span if value.known else None,
        env=value.env,
        chain=tuple(Step(s.path, s.line, mask(s.text)) for s in value.steps),
        in_test=_in_test(program, place, value.span),
        pool=value.calls[-1] if value.calls else answer.key,
        holder=value.holder,
        obstacle=value.obstacle,
        untyped_env=value.env is not None and not value.typed,
        whole_source=value.whole if value.env is not None and not value.typed else None,
    )


def url_sites(program: Program, urls: Iterable[UrlParameter]) -> Iterator[Site]:
    """The pool arguments that stand in URLs: shown, never rewritten."""
    for found in urls:
        span = found.span
        module = program.module(span.path)
        assert module is not None
        yield Site(
            path=span.path,
            line=span.line,
            column=span.column,
            sink=found.sink.id,
            argument=found.argument.name,
            role=found.argument.role,
            value=found.value,
            source_text=str(found.value),
            origin=Origin.LITERAL,
            source=span,
            env=None,
            chain=(Step(span.path, span.line, mask(module.lines.line_text(span.line).strip())),),
            in_test=module.source.is_test,
            pool=PoolKey(span.path, span.line, span.column),
            holder=Holder.FIXED,
            obstacle="it stands in the query of a URL",
        )


def _in_test(program: Program, place: Span, source: Span) -> bool:
    python = program.snapshot.python
    return python[place.path].is_test or python[source.path].is_test


def unresolved_of(
    tracer: Tracer, found: Iterable[Answer], doubtful: Iterable[Use]
) -> tuple[Unresolved, ...]:
    """Everything that could not be known: one entry per argument."""
    program = tracer.program
    entries: dict[tuple[object, ...], dict[str, Unresolved]] = {}
    for use in doubtful:
        for entry in _doubts(tracer, use):
            key = (entry.path, entry.line, entry.column, entry.argument)
            entries.setdefault(key, {}).setdefault(entry.reason, entry)
    for answer in found:
        for question, outcomes in answer.outcomes:
            for lost in outcomes:
                if isinstance(lost, Lost) and _counts(answer.use, question, lost):
                    entry = _unresolved(program, answer, question, lost)
                    key = (entry.path, entry.line, entry.column, entry.argument)
                    entries.setdefault(key, {}).setdefault(entry.reason, entry)
    merged = _whole([_merged(list(several.values())) for several in entries.values()])
    return tuple(sorted(merged, key=lambda u: (u.path, u.line, u.column, u.argument)))


def _counts(use: Use, question: Question, lost: Lost) -> bool:
    """Not what only callers outside may pass, nor what else a call hands on to a NullPool."""
    unneeded = question.splat and lost.mapping and keeps_no_connection(use.call)
    return not (lost.outside or unneeded)


def _whole(entries: list[Unresolved]) -> list[Unresolved]:
    """One entry for a call of which several arguments end for one and the same reason."""
    groups: dict[tuple[object, ...], list[Unresolved]] = {}
    for entry in entries:
        groups.setdefault((entry.path, entry.line, entry.column, entry.reason), []).append(entry)
    return [
        group[0] if len(group) == 1 else replace(group[0], argument="**")
        for group in groups.values()
    ]


def _doubts(tracer: Tracer, use: Use) -> Iterator[Unresolved]:
    """What a doubtful call passes: its telling arguments, or the call as a whole."""
    module = use.at.scope.module
    passed = [q for q in use.questions if not q.splat]
    for question in passed or (None,):
        node = use.node if question is None else question.place
        span = module.lines.span(node)
        way = (step(module, node),) if question is None else _way(tracer, question)
        yield Unresolved(
            path=module.path,
            line=span.line,
            column=span.column,
            sink=use.sink.id,
            argument="**" if question is None else question.argument.name,
            reason=use.doubt or "",
            chain=tuple(Step(s.path, s.line, mask(s.text)) for s in way),
            in_test=tracer.program.snapshot.python[module.path].is_test,
        )


def _way(tracer: Tracer, question: Question) -> tuple[Step, ...]:
    """From an argument to where its first value is written, as far as that can be seen."""
    place = step(question.at.scope.module, question.place)
    found = led_by(tracer.ask(question.node, question.path, question.at), place)
    return next((o.steps for o in found if isinstance(o, Value)), (place,))


def _merged(entries: list[Unresolved]) -> Unresolved:
    """One entry for an argument whose ways end for several reasons: the first, and their number."""
    first = entries[0]
    if len(entries) == 1:
        return first
    ways = f"(one of {len(entries)} ways to it that end without a value)"
    return replace(first, reason=f"{first.reason} {ways}")


def _unresolved(program: Program, answer: Answer, question: Question, lost: Lost) -> Unresolved:
    place = question.at.scope.module.lines.span(question.place)
    whole = question.splat and lost.mapping
    return Unresolved(
        path=place.path,
        line=place.line,
        column=place.column,
        sink=answer.use.sink.id,
        argument="**" if whole else question.argument.name,
        reason=mask(lost.reason),
        chain=tuple(Step(s.path, s.line, mask(s.text)) for s in lost.steps),
        in_test=program.snapshot.python[place.path].is_test,
    )
