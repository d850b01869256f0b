"""Asks expressions for values: one question is an expression and the access path into it.

A path is a tuple of ``.name`` (attribute) and ``[key`` (item) steps: what ``**options`` passes as
``pool_size`` is the question ``(options, ("[pool_size",))``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

from poolenv.model import Holder, Origin, PoolKey, Scalar
from poolenv.syntax.bindings.scopes import Module, Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.callers import Callers
from poolenv.syntax.program import Program
from poolenv.syntax.resolving.references import (
    At,
    ClassReference,
    External,
    Frame,
    FunctionReference,
    Instance,
    Reference,
)
from poolenv.syntax.resolving.resolve import Resolver
from poolenv.trace.literals import constant
from poolenv.trace.outcome import (
    Lost,
    Open,
    Outcome,
    Value,
    alternatives,
    may_lack,
    one_end,
    one_per_place,
    step,
)

Path = tuple[str, ...]

_STEPS = 400
_NOTHING = 1 << 30
_WRITTEN_OUT = frozenset({ast.Constant, ast.Dict})
"""What answers at once, and so is no step on the way."""
_MANY = 64
_MOST = 512
"""Values of which each place counts once from here on, and those that are given up."""
_QUESTIONS = 800
_FEWEST = 150
_SPARED_PART = 8
"""Further questions of one argument: at first, after too many, and the part given again."""
_ONCE_MORE = 2_400
_RESERVE = 8_000
"""Those of an argument that came upon values and was cut off, and of all such ones of a run."""


@dataclass(slots=True, eq=False)
class Tracer:
    """Follows values through one program; answers are remembered, cycles end with nothing."""

    program: Program
    resolver: Resolver
    callers: Callers
    follow: Callable[[Tracer, ast.expr, Path, At], tuple[Outcome, ...]]
    """What one expression gives, by what kind it is: it may ask the tracer further questions."""
    questions: int = 0
    most: int = _QUESTIONS
    """How many of them the next argument may pose."""
    limit: int = _QUESTIONS
    """How many of them what is asked now may pose."""
    reserve: int = _RESERVE
    """How many are left for arguments that came upon values and were cut off."""
    spared_at: int = 1 << 30
    """How deep the last parameter was that was answered by its declaration alone."""
    open_parameters: list[Open] = field(default_factory=list)
    """Parameters that the last question led to and that outside callers may fill."""
    call_sites: dict[PoolKey, CallSite] = field(default_factory=dict)
    """The calls that values were passed by, by their place."""
    assignments: dict[tuple[str, str], tuple[tuple[Found, ast.expr], ...]] = field(
        default_factory=dict
    )
    """Remembered by ``objects.outside``, by the attribute and the file of the class."""
    presets: dict[int, tuple[CallSite, ...]] = field(default_factory=dict)
    """Remembered by ``functions.presets``, by the class."""
    _memo: dict[tuple[object, ...], tuple[Outcome, ...]] = field(default_factory=dict)
    _stack: dict[tuple[object, ...], int] = field(default_factory=dict)
    """The questions that are being answered, with how many were before each."""
    _provisional: dict[tuple[object, ...], tuple[tuple[Outcome, ...], int]] = field(
        default_factory=dict
    )
    """Answers that were cut off at a question still open: good until that one is answered."""
    _cut_at: dict[int, list[tuple[object, ...]]] = field(default_factory=dict)
    """Their keys, by how many questions were open before that one."""
    _depends_on: int = 1 << 30
    """The first of them that an answer was cut off at: what depends on it is not remembered."""
    _readings: dict[tuple[object, ...], ast.Call] = field(default_factory=dict)
    _made: dict[int, ast.expr] = field(default_factory=dict)
    """Made-up nodes, by the identity of the node each was made for."""

    def start(self, *, most: int | None = None) -> None:
        """Begin with an argument of its own; a run full of long ways gets less for each.

        ``most`` bounds what is worth little: the URL beside the arguments.
        """
        if self._is_cut() and self.limit >= self.most:
            self.most = max(_FEWEST, self.most // 2)
        self.limit = self.most if most is None else min(most, self.most)
        self.questions, self.spared_at = 0, _NOTHING
        self.callers.reading.grant()
        self.open_parameters.clear()

    def ask_argument(self, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...]:
        """Begin with an argument of its own and ask for it.

        Where it was cut off and came upon values, many objects may lead there by a long way: it is
        asked once more out of the run's reserve. One that is cut off again ends the reserve; one
        for which a declaration answered has its answer.
        """
        self.start()
        found = self.ask(node, path, at)
        cut = self.questions > self.limit and self.spared_at >= _NOTHING
        if cut and self.reserve > 0 and any(isinstance(o, Value) for o in found):
            self.questions, self.limit = 0, min(self.reserve, _ONCE_MORE)
            self.callers.reading.grant()
            self.open_parameters.clear()
            found = self.ask(node, path, at)
            self.reserve = 0 if self._is_cut() else self.reserve - self.questions
        return found

    def _is_cut(self) -> bool:
        return self.questions > self.limit or self.spared_at < _NOTHING

    def spare(self) -> None:
        """Where the questions are used up, a few are left for what a declaration says.

        Each time half as far from where the argument is passed, so that it comes to an end.
        """
        if self.questions >= self.limit and 2 * len(self._stack) <= self.spared_at:
            self.questions = self.limit - self.limit // _SPARED_PART
            self.spared_at = len(self._stack)

    def ask(self, node: ast.expr, path: Path, at: At) -> tuple[Outcome, ...]:
        """Every value that ``node`` followed by ``path`` may have; () where the key is absent."""
        key = (id(node), path, frame_key(at.frame), at.assume, id(at.on))
        if key in self._memo:
            return self._memo[key]
        if key in self._provisional:
            found, depends_on = self._provisional[key]
            self._depends_on = min(self._depends_on, depends_on)
            return found
        if key in self._stack:
            self._depends_on = min(self._depends_on, self._stack[key])
            return ()
        self.questions += type(node) not in _WRITTEN_OUT
        depth = len(self._stack)
        if depth > _STEPS or self.questions > self.limit:
            self._depends_on = -1
            if isinstance(node, ast.Constant) and not path:
                return (self.literal(node, constant(node), at.scope.module),)
            reason = "the way to it is too long to follow"
            return (self.lost(reason, node, at, mapping=may_lack(path)),)
        self._stack[key] = depth
        try:
            found = alternatives(self.follow(self, node, path, at))
        finally:
            del self._stack[key]
        if len(found) > _MANY:
            found = one_per_place(found)
        if len(found) > _MANY:
            found = one_end(found)
        if len(found) > _MOST:
            found = (self.lost(f"more than {_MOST} values may reach it", node, at),)
        self._remember(key, found, depth)
        return found

    def _remember(self, key: tuple[object, ...], found: tuple[Outcome, ...], depth: int) -> None:
        """Keep an answer: for good, or until the open question it was cut off at is answered."""
        self._forget(depth)
        if self._depends_on >= depth:
            self._memo[key] = found
            self._depends_on = _NOTHING
        elif depth == 0:
            self._depends_on = _NOTHING
        elif self._depends_on >= 0:
            self._provisional[key] = (found, self._depends_on)
            self._cut_at.setdefault(self._depends_on, []).append(key)

    def _forget(self, depth: int) -> None:
        """Drop the answers that were good only until the question at a depth is answered."""
        for cut in self._cut_at.pop(depth, ()):
            self._provisional.pop(cut, None)

    def guarded(
        self, key: tuple[object, ...], question: Callable[[], tuple[Outcome, ...]]
    ) -> tuple[Outcome, ...]:
        """Answer a question that is no expression; () where it is being asked already."""
        if key in self._stack:
            self._depends_on = min(self._depends_on, self._stack[key])
            return ()
        depth = len(self._stack)
        self._stack[key] = depth
        try:
            return question()
        finally:
            del self._stack[key]
            self._forget(depth)
            if self._depends_on >= depth:
                self._depends_on = _NOTHING

    def keep(self, node: ast.expr, made: ast.expr) -> ast.expr:
        """What was first made up for a node of the tree: answers are remembered by identity."""
        return self._made.setdefault(id(node), made)

    def reading(self, function: FunctionReference, *given: str) -> ast.Call:
        """The call that stands for reading an attribute: the same one for the same receiver.

        A property is called with nothing, ``__getattr__`` is given the attribute's name.
        """
        receiver = function.receiver
        assert receiver is not None
        key: tuple[object, ...] = (id(receiver.scope.node),)
        if isinstance(receiver, Instance):
            outer = receiver.at.frame if receiver.at is not None else None
            key = (*key, id(receiver.call), frame_key(outer))
        return self.asking(function.scope, *given, by=key)

    def asking(self, scope: Scope, *given: str, by: tuple[object, ...] = ()) -> ast.Call:
        """A made-up call of a function with texts: the same one for the same texts and ``by``."""
        key = (id(scope.node), *by, *given)
        if key not in self._readings:
            args = [ast.copy_location(ast.Constant(value=name), scope.node) for name in given]
            made = ast.Call(func=ast.Name(id=scope.name), args=[*args], keywords=[])
            self._readings[key] = ast.copy_location(made, scope.node)
        return self._readings[key]

    def literal(self, node: ast.expr, value: Scalar, module: Module) -> Value:
        """A literal where it stands."""
        lines = module.lines
        span = lines.span(node)
        source = lines.source(node)
        return Value(value, True, source, span, Origin.LITERAL, steps=(step(module, node),))

    def lost(self, reason: str, node: ast.expr, at: At, *, mapping: bool = False) -> Lost:
        """An end of the way without a value."""
        module = at.scope.module
        return Lost(reason, module.lines.span(node), (step(module, node),), mapping=mapping)

    def unread(self, name: str, node: ast.expr, at: At) -> Value:
        """An environment read that has no default."""
        module = at.scope.module
        span = module.lines.span(node)
        return Value(
            None,
            False,
            module.lines.source(node),
            span,
            Origin.ENV_DEFAULT,
            Holder.ENV_DEFAULT,
            env=name,
            typed=False,
            whole=span,
            steps=(step(module, node),),
        )

    def refer(self, node: ast.expr, at: At) -> tuple[Reference, ...]:
        """What an expression refers to."""
        return self.resolver.refer(node, at)

    def externals(self, node: ast.expr, at: At) -> frozenset[str]:
        """The qualified names of the library objects an expression may be."""
        return frozenset(r.name for r in self.refer(node, at) if isinstance(r, External))


def frame_key(frame: Frame | None) -> tuple[object, ...]:
    """A frame's identity: the calls it was entered by, on which class, and their loops' keys."""
    key: list[object] = []
    while frame is not None:
        key.append(id(frame.call))
        if isinstance(frame.receiver, Instance | ClassReference):
            key.append(id(frame.receiver.scope))
        if frame.at.assume:
            key.append(frame.at.assume)
        if frame.at.on is not None:
            key.append(id(frame.at.on))
        frame = frame.at.frame
    return tuple(key)
