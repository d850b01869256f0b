"""The byte strings that decide which files can hold a sink at all."""

from __future__ import annotations

from typing import Final

from poolenv.catalogue.entry import Form, Sink

_MODULE_TOKENS: Final = ()


def tokens_of(sinks: tuple[Sink, ...]) -> frozenset[bytes]:
    """A small set of byte strings, at least one of which is in every file that uses a sink."""
    tokens: set[bytes] = set()
    for sink in sinks:
        if sink.form is Form.SETTING:
            names = sink.setting[:1] or tuple(arg.name for arg in sink.arguments)
        else:
            names = tuple(name.rpartition(".")[2] for name in sink.callables)
        tokens |= {name.encode() for name in names}
    return frozenset(tokens)
