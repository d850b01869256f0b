"""Doctests, in docstrings and text files: ``>>> engine.pool.size()`` and the ``5`` below it."""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from poolenv.model import SourceFile
from poolenv.syntax.bindings.scopes import Module
from poolenv.syntax.source.positions import Lines
from poolenv.update_tests.claims import Claim
from poolenv.update_tests.flow import Seen
from poolenv.update_tests.rewritten import decoded
from poolenv.update_tests.subjects import Subjects
from poolenv.update_tests.units import unit_of


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A claim of a doctest, with the range of its expected output in the file."""

    claim: Claim
    start: int
    end: int


def examples_of(module: Module, subjects: Subjects) -> Iterator[Example]:
    """Claims of every docstring of a file whose expected output is one literal."""
    if ">>>" not in module.source.text:
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
            yield from _in_docstring(module, node, subjects)


def text_module(path: str, data: bytes) -> Module:
    """A text file of tests, for ``examples_of_text``; it holds no code of its own."""
    text = decoded(data)
    source = SourceFile(path, data, text, "utf-8", bom=False, is_test=True)
    return Module(source, ast.Module(body=[], type_ignores=[]), Lines(path, text))


def examples_of_text(module: Module, subjects: Subjects) -> Iterator[Example]:
    """Claims of a whole text file, which ``doctest.testfile`` reads as one docstring."""
    yield from _in_text(module, module.lines.text, 0, subjects)


def _in_docstring(module: Module, node: ast.Constant, subjects: Subjects) -> Iterator[Example]:
    start, end = module.lines.range_of(node)
    # The quotes become blanks: they are no part of the first prompt or of the last output.
    text = re.sub(
        r"\A\w*[\"']+|[\"']+\Z", lambda quotes: " " * len(quotes[0]), module.lines.text[start:end]
    )
    yield from _in_text(module, text, start, subjects)


def _in_text(module: Module, text: str, start: int, subjects: Subjects) -> Iterator[Example]:
    """The claims of a text that begins at an offset of the file."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return
    inside = _as_module(module, examples)
    if inside is None:
        return
    unit = unit_of((inside.scope,), tuple(inside.tree.body), ())
    lines = Lines(module.path, text)
    for statement, example in zip(inside.tree.body, examples, strict=False):
        want = example.want.strip()
        if not isinstance(statement, ast.Expr) or not want or "\n" in want:
            continue
        literal = _literal(want)
        if literal is None:
            continue
        first = lines.offset(example.lineno + 1 + example.source.count("\n"), 1)
        at = lines.text.index(want, first) + start
        for subject in subjects.of(Seen(statement.value, (inside.scope,), {})):
            seen = Seen(literal, (inside.scope,), {})
            yield Example(Claim(seen, subject, ast.Eq, unit, statement), at, at + len(want))


def _as_module(module: Module, examples: list[doctest.Example]) -> Module | None:
    """The examples' statements as a module of their own, at the docstring's path."""
    body: list[ast.stmt] = []
    for number, example in enumerate(examples):
        try:
            parsed = ast.parse(example.source).body
        except SyntaxError:
            return None
        if len(parsed) != 1:
            return None
        body.append(ast.increment_lineno(parsed[0], number * 100))
    tree = ast.Module(body=body, type_ignores=[])
    return Module(replace(module.source), tree, module.lines)


def _literal(text: str) -> ast.expr | None:
    try:
        expression = ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
    return expression if isinstance(expression, ast.Constant | ast.UnaryOp) else None
