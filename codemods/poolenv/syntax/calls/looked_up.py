"""The calls of a class or function that is taken out of a table by a name.

``STORES[kind](url, 20)``, ``STORES[kind].of(settings)`` and ``STORES[kind]().open(url, 20)``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from poolenv.syntax.bindings.scopes import Scope
from poolenv.syntax.bindings.search import Found
from poolenv.syntax.calls.call_site import CallSite
from poolenv.syntax.calls.reading import Reading
from poolenv.syntax.calls.table_keys import assumed, either
from poolenv.syntax.calls.table_search import Held, Search
from poolenv.syntax.calls.tables import made_puts
from poolenv.syntax.resolving.classes import has_decorator

_MOST_STEPS = 300


def looked_up(reading: Reading, *targets: Scope) -> Iterator[CallSite]:
    """The calls of what tables of the repository give by a name, one of some targets.

    What the key is known to be where a target is called is supposed at the place.
    """
    found: list[CallSite] = []
    for target in targets:
        key = (target.module.path, "looked up", id(target.node))
        found.extend(reading.confirmed(key, _calls(reading, target)))
    return _joined_by_call(found)


def methods_looked_up(reading: Reading, owner: Scope, method: Scope) -> Iterator[CallSite]:
    """The calls of a method on what tables give: the class, what it makes, or an object in it."""
    targets = [owner]
    for one in targets:
        targets.extend(
            below
            for below in reading.subclasses(one)
            if method.name not in below.bindings and below not in targets
        )
    bound = not has_decorator(method, "staticmethod")
    found: list[CallSite] = []
    for target in targets:
        key = (target.module.path, "looked up", id(target.node), method.name)
        search = Search(reading, target)
        started = [*search.beginnings(target), *_objects(reading, target)]
        calls = _followed(search, started, method.name) if started else iter(())
        found.extend(reading.confirmed(key, calls))
    return (replace(site, bound=bound) for site in _joined_by_call(found))


def _objects(reading: Reading, target: Scope) -> Iterator[Held]:
    """What is made of a class where it is put into a table: ``{"postgres": Postgres()}``."""
    return (Held("object", hit) for hit in made_puts(reading, target))


def taken_from_table(reading: Reading, hit: Found) -> Iterator[CallSite]:
    """The calls of what stands in a table at one place: a class or function of a library."""
    search = Search(reading, None)
    return _joined_by_call(_followed(search, [Held("item", hit)]))


def _calls(reading: Reading, target: Scope) -> Iterator[CallSite]:
    """The calls of one class or function, for each key that it stands under."""
    search = Search(reading, target)
    return _followed(search, list(search.beginnings(target)))


def _followed(search: Search, waiting: list[Held], method: str | None = None) -> Iterator[CallSite]:
    """The calls of what is held; of one of its methods, where that is asked for."""
    bound = search.target is not None and search.target.is_class
    seen: set[tuple[object, ...]] = set()
    for _ in range(_MOST_STEPS):
        if not waiting:
            return
        held = waiting.pop()
        identity = (id(held.hit.node), held.kind, held.key, id(held.by), held.known, *held.places)
        if identity in seen:
            continue
        seen.add(identity)
        call = _call_of_method(held, method) if method else _call(held)
        if call is not None:
            known = assumed(held.by, held.key, held.hit.scope)
            yield CallSite(call, replace(held.at, assume=known), bound=bound)
        elif _call(held) is not None:
            waiting.append(held.outside("object"))
        else:
            waiting.extend(search.after(held))


def _call(held: Held) -> ast.Call | None:
    """The call of what is held."""
    match held.hit.outer[-1:]:
        case (ast.Call(func=function) as call,) if function is held.hit.node:
            return call if held.kind == "item" else None
    return None


def _call_of_method(held: Held, method: str) -> ast.Call | None:
    """The call of a method of the class or object that is held."""
    match held.hit.outer[-2:]:
        case (ast.Call(func=function) as call, ast.Attribute(attr=attr) as named):
            if function is named and attr == method and held.kind in ("item", "object"):
                return call
    return None


def _joined_by_call(sites: Iterable[CallSite]) -> Iterator[CallSite]:
    """One site for each call, whichever of several targets it is looked up for."""
    found: dict[int, CallSite] = {}
    for site in sites:
        held = found.get(id(site.call))
        if held is not None:
            site = replace(held, at=replace(held.at, assume=either(held.at.assume, site.at.assume)))
        found[id(site.call)] = site
    return iter(found.values())
