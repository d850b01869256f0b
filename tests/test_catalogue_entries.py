"""How entries of the catalogue are written: a user's own, packaged ones, and mistakes in both."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from poolenv.catalogue import Form, Sink, load
from poolenv.catalogue.loader import argument_sets, read_sinks, read_table
from poolenv.model import PoolenvError

ACME: Mapping[str, object] = {"callables": ["acme.db.engine"], "like": "sqlalchemy.create_engine"}


def test_a_company_factory_takes_one_line() -> None:
    """``like`` takes arguments and limits over."""
    catalogue = load((ACME,))
    sink = catalogue.by_callable["acme.db.engine"]
    assert sink.arguments == catalogue.by_callable["sqlalchemy.create_engine"].arguments
    assert sink.limit_sum == ("pool_size", "max_overflow")
    assert (sink.id, sink.library, sink.form) == ("acme.db.engine", "this repository", Form.CALL)
    assert b"acme" in catalogue.tokens


def test_an_own_pool_with_its_own_arguments() -> None:
    """Type, variable and unit follow from the role."""
    entry = {
        "callables": ["acme.pool.Pool"],
        "limit_sum": ["workers"],
        "arguments": [
            {"name": "workers", "role": "max", "default": 8, "position": 0},
            {"name": "wait", "role": "acquire_timeout"},
        ],
    }
    workers, wait = load((entry,)).by_callable["acme.pool.Pool"].arguments
    assert (workers.type, workers.variable, workers.unit) == ("int", "POOL_MAX_SIZE", "connections")
    assert (wait.type, wait.variable, wait.unit) == ("float", "POOL_TIMEOUT", "seconds")
    assert (workers.has_default, wait.has_default) == (True, False)


def test_an_own_entry_wins_over_a_packaged_one() -> None:
    """A repository may know better what a name of a library is to it."""
    entry = {
        "callables": ["asyncpg.create_pool"],
        "arguments": [{"name": "max_size", "role": "max"}],
    }
    sink = load((entry,)).by_callable["asyncpg.create_pool"]
    assert [argument.name for argument in sink.arguments] == ["max_size"]


ARGUMENT: Mapping[str, object] = {"name": "n", "role": "max"}


def _entry(**changes: object) -> Mapping[str, object]:
    return {"callables": ["acme.Pool"], "arguments": [ARGUMENT], **changes}


def _with_argument(**changes: object) -> Mapping[str, object]:
    return _entry(arguments=[{**ARGUMENT, **changes}])


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (_entry(colour="red"), "unknown key 'colour'"),
        (_entry(calable="x"), "unknown key 'calable'; did you mean 'callables'?"),
        (_entry(callables=[]), "callables is empty: give the names"),
        (_entry(callables=[], id="x"), "callables is empty"),
        (_entry(callables="acme.Pool()"), "'acme.Pool()' is not a qualified name"),
        (_entry(callables=[3]), "callables has to be a list of texts"),
        (_entry(arguments=[]), "a sink needs arguments"),
        (_entry(arguments={"n": "max"}), "arguments has to be a list of tables"),
        (_entry(arguments=[ARGUMENT, ARGUMENT]), "argument 'n' is there twice"),
        (_entry(limit_sum=["m"]), "a limit names 'm'"),
        (_entry(min_argument="m"), "a limit names 'm'"),
        (_entry(limit_sum=["n"], limit_fixed=1), "give only one of"),
        (_entry(limit_fixed=-1), "limit_fixed has to be a whole number from 0"),
        (_entry(form="url"), "form is 'url'; it has to be one of call"),
        (_entry(form="setting"), "a setting has no callables"),
        (_entry(form="dict-argument"), "dict_argument belongs to the form dict-argument"),
        (_entry(like="nothing"), "like names 'nothing'"),
        (_entry(uses="nothing"), "uses names 'nothing'"),
        (_entry(only=["m"]), "only/changes name 'm'"),
        (_entry(like="asyncpg.create_pool", changes={"min_size": 3}), "changes.min_size has to be"),
        (_entry(keyword_only="yes"), "keyword_only has to be true or false"),
        (_with_argument(role="maxx"), "argument n: role is 'maxx'; it has to be one of size"),
        (_with_argument(type="integer"), "argument n: type is 'integer'"),
        (_with_argument(default=1.5), "argument n: default 1.5 is not of type int"),
        (_with_argument(default=True), "argument n: default True is not of type int"),
        (_with_argument(default=[1]), "default has to be a number, a text or a boolean"),
        (_with_argument(position="first"), "position has to be a whole number"),
        (_with_argument(position=True), "position has to be a whole number"),
        (_with_argument(no_limit=0), "no_limit has to be a list"),
        (_with_argument(strings="maybe"), "strings is 'maybe'"),
        (_with_argument(unit=""), "unit has to be a text"),
        (_with_argument(limit=3), "argument n: unknown key 'limit'"),
        (_entry(arguments=[{"role": "max"}]), "name has to be a text, not None"),
        (
            _entry(
                arguments=[{**ARGUMENT, "position": 0}, {**ARGUMENT, "name": "m", "position": 0}]
            ),
            "two arguments have the same position",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_the_entry(entry: Mapping[str, object], said: str) -> None:
    """The line names pyproject.toml and the entry, and says what is wrong."""
    with pytest.raises(PoolenvError) as caught:
        load((ACME, entry))
    message = str(caught.value)
    assert message.startswith("[[tool.poolenv.sinks]] in pyproject.toml, entry 2")
    assert said in message
    assert "\n" not in message


def _read(text: str) -> tuple[Sink, ...]:
    table = read_table("acme.toml", text)
    return read_sinks(table, argument_sets(table))


def test_a_file_defines_a_set_of_arguments_once() -> None:
    """``uses`` takes a set over, ``only`` and ``changes`` say what differs."""
    first, second = _read(
        """
        library = "acme"
        version = "1"
        [[arguments.pool]]
        name = "size"
        role = "size"
        default = 5
        position = 1
        [[arguments.pool]]
        name = "wait"
        role = "acquire_timeout"
        [[sinks]]
        callables = ["acme.Pool"]
        uses = "pool"
        limit_sum = ["size"]
        [[sinks]]
        callables = ["acme.Other"]
        like = "acme.Pool"
        only = ["size"]
        keyword_only = true
        changes = { size = { default = 7 } }
        """
    )
    assert [(a.name, a.default, a.position) for a in first.arguments] == [
        ("size", 5, 1),
        ("wait", None, None),
    ]
    assert [(a.name, a.default, a.position) for a in second.arguments] == [("size", 7, None)]
    assert second.limit_sum == ("size",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("library = ", "acme.toml: not valid TOML"),
        ("color = 1", "acme.toml: unknown key 'color'"),
        ('[[sinks]]\ncallables = ["a.b"]\nlibrary = "x"\nversion = "1"', "acme.toml, sink 1 (a.b)"),
        ('[[sinks]]\ncallables = ["a.b"]', "sink 1 (a.b)"),
    ],
)
def test_a_mistake_in_a_packaged_file_names_the_file(text: str, said: str) -> None:
    """The same one line, with the file's name."""
    with pytest.raises(PoolenvError) as caught:
        _read(text)
    assert said in str(caught.value)
