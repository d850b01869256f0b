"""Every entry against the real library: its names import, its arguments, positions, defaults fit.

``pip install -e '.[catalogue]'`` (or ``'.[catalogue-wrappers]'``, in an environment of its own:
some of them hold SQLAlchemy and redis-py back), then
``pytest -m slow tests/catalogue -k 'catalogue-'`` (or ``-k 'wrappers-'``).
"""

from __future__ import annotations

import inspect

import pytest
from _pytest.mark import ParameterSet
from catalogue_signatures import (
    BY_HAND,
    BY_HAND_CALLABLES,
    extras,
    normal,
    parameters,
    require,
    resolve,
)

from poolenv.catalogue import Argument, Form, Sink, load

CATALOGUE = load()

UNLIKELY_POSITION = 9
"""Nobody gives ten arguments by position; entries leave such positions out."""

SENTINELS = ("<DEFAULT>", "<class 'advanced_alchemy.utils.dataclass.Empty'>")
"""Signature defaults that stand for the library's own, which test_installed_values looks at."""

EFFECTIVE = ("oracledb", "clickhouse-connect", "oslo.db")
"""Libraries whose signatures say None and that fill the default in themselves."""


def _extra(sink: Sink, name: str) -> str:
    package = "sqlmodel" if name.startswith("sqlmodel.") else sink.library
    return extras()[normal(package)].removeprefix("catalogue-")


def _checked() -> list[ParameterSet]:
    cases = []
    for sink in CATALOGUE.sinks:
        if sink.library in BY_HAND or sink.callables == sink.other_callables:
            continue
        for name in sink.callables:
            if name in sink.other_callables or name in BY_HAND_CALLABLES:
                continue
            extra = _extra(sink, name)
            marks = [] if extra == "test" else [pytest.mark.slow]
            cases.append(pytest.param(sink, name, marks=marks, id=f"{extra}-{name}"))
    return cases


def test_every_library_is_in_an_extra_or_named_as_checked_by_hand() -> None:
    """No entry is left out of the checks without a word."""
    known = set(extras()) | {normal(name) for name in BY_HAND}
    assert {sink.library for sink in CATALOGUE.sinks if normal(sink.library) not in known} == set()


@pytest.mark.parametrize(("sink", "name"), _checked())
def test_an_entry_fits_its_library(sink: Sink, name: str) -> None:
    """The callable imports, and each argument is where the entry says it is."""
    require(sink)
    target = resolve(name)
    assert callable(target)
    named, takes_any = parameters(target)
    if sink.form is Form.DICT_ARGUMENT:
        assert sink.dict_argument is not None
        if sink.dict_argument in named or not takes_any:
            assert named[sink.dict_argument].position == sink.dict_position
        return
    if sink.form is Form.OPTION:
        assert [named[word].position for word in ("name", "group")] == [0, 2]
        return
    if sink.form is Form.PREFIXED_DICT:
        assert named[sink.prefix_argument].position == 1
        assert named[sink.prefix_argument].default == sink.key_prefix
        return
    for argument in sink.arguments:
        if argument.name not in named:
            assert takes_any or argument.versions, f"{name} takes no {argument.name}"
            continue
        parameter = named[argument.name]
        if argument.position is not None or (parameter.position or 0) < UNLIKELY_POSITION:
            assert argument.position == parameter.position, argument.name
        _check_default(sink, argument, parameter.default)


def _check_default(sink: Sink, argument: Argument, default: object) -> None:
    if str(default) in SENTINELS or (default is None and sink.library in EFFECTIVE):
        return
    if default is inspect.Parameter.empty:
        assert not argument.has_default, f"{argument.name} is required"
        return
    assert argument.has_default, f"{argument.name} has the default {default!r}"
    assert argument.default == default, argument.name
    assert type(argument.default) is type(default) or isinstance(default, (int, float))


@pytest.mark.slow
@pytest.mark.parametrize("setting", list(CATALOGUE.settings), ids=lambda s: str(s.id))
def test_the_library_of_a_setting_is_known(setting: Sink) -> None:
    """A setting is read by some library of an extra."""
    assert normal(setting.library) in extras()
