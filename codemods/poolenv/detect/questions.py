"""Which expressions reach the arguments of a sink's call."""

from __future__ import annotations

import ast
from dataclasses import replace

from poolenv.catalogue.entry import Argument, Form, Sink
from poolenv.syntax.resolving.references import At
from poolenv.syntax.use import Question


def call_questions(sink: Sink, call: ast.Call, at: At, shift: int) -> tuple[Question, ...]:
    """The questions of one call; ``shift`` positional arguments are not the sink's own."""
    if sink.form is Form.OPTION:
        return tuple(_option_questions(sink, call, at))
    found: list[Question] = []
    if sink.form in (Form.DICT_ARGUMENT, Form.PREFIXED_DICT):
        found.extend(_mapping_questions(sink, call, at, shift))
    if sink.form in (Form.CALL, Form.PREFIXED_DICT):
        for argument in sink.arguments:
            found.extend(_argument_questions(argument, call, at, shift))
    return tuple(found)


def _argument_questions(argument: Argument, call: ast.Call, at: At, shift: int) -> list[Question]:
    for keyword in call.keywords:
        if keyword.arg == argument.name:
            return [Question(argument, keyword.value, (), at, keyword)]
    starred: list[Question] = []
    if argument.position is not None:
        place = argument.position + shift
        for index, passed in enumerate(call.args[: place + 1]):
            if isinstance(passed, ast.Starred):
                path = (f"[{place - index}",)
                starred.append(Question(argument, passed.value, path, at, passed, splat=True))
                break
            if index == place:
                return [Question(argument, passed, (), at, passed)]
    return starred + [
        Question(argument, keyword.value, (f"[{argument.name}",), at, keyword, splat=True)
        for keyword in call.keywords
        if keyword.arg is None
    ]


def _mapping_questions(sink: Sink, call: ast.Call, at: At, shift: int) -> list[Question]:
    """The mapping that one argument takes, with the keys the sink reads from it."""
    if sink.form is Form.PREFIXED_DICT:
        node, place = _passed(call, "configuration", shift)
        prefix, _ = _passed(call, sink.prefix_argument, shift + 1)
        key_prefix = sink.key_prefix if prefix is None else ""
        steps: tuple[str, ...] = ()
    else:
        at_position = None if sink.dict_position is None else sink.dict_position + shift
        node, place = _passed(call, sink.dict_argument or "", at_position)
        prefix, key_prefix = None, ""
        steps = tuple(f"[{key}" for key in sink.dict_path)
    if node is None or place is None:
        return [
            Question(
                argument,
                keyword.value,
                (f"[{sink.dict_argument}", *steps, f"[{key_prefix}{argument.name}"),
                at,
                keyword,
                splat=True,
                prefix=prefix,
            )
            for argument in sink.arguments
            for keyword in call.keywords
            if keyword.arg is None
        ]
    return [
        Question(
            argument,
            node,
            (*steps, f"[{key_prefix}{argument.name}"),
            at,
            place,
            splat=True,
            prefix=prefix,
        )
        for argument in sink.arguments
    ]


def _option_questions(sink: Sink, call: ast.Call, at: At) -> list[Question]:
    """``set_override("max_pool_size", 5, group="database")``: the name may be a loop's variable."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    name = named.get("name", call.args[0] if call.args else None)
    value = next((named[word] for word in ("override", "default") if word in named), None)
    if value is None and len(call.args) > 1:
        value = call.args[1]
    group = named.get("group", call.args[2] if len(call.args) > 2 else None)
    if not (isinstance(group, ast.Constant) and group.value == sink.option_group) or value is None:
        return []
    match name:
        case ast.Constant(value=text):
            return [Question(a, value, (), at, value) for a in sink.arguments if a.name == text]
        case ast.Name(id=variable):
            return [
                Question(a, value, (), replace(at, assume=((variable, a.name),)), value, splat=True)
                for a in sink.arguments
            ]
    return []


def _passed(
    call: ast.Call, name: str, position: int | None
) -> tuple[ast.expr | None, ast.expr | ast.keyword | None]:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value, keyword
    if position is not None and position < len(call.args):
        found = call.args[position]
        if not any(isinstance(a, ast.Starred) for a in call.args[: position + 1]):
            return found, found
    return None, None
