"""Whether an engine's database may be SQLite: in its tests, its ``.env``, its settings.

An engine whose URL comes from outside is PostgreSQL in production and ``sqlite://`` in many
repositories' tests, and SQLite's in-memory pool raises for arguments of other pools.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from poolenv.catalogue.entry import Argument
from poolenv.model import Pool, Role
from poolenv.plan.surroundings import Surroundings
from poolenv.plan.targets import Sinks

_SQLITE = re.compile(rb"sqlite(?:\+\w+)?:/{2,3}")
_SETTINGS_FILE = re.compile(
    r"(?:^|/)(?:\.env[^/]*|[^/]*\.env|[^/]+\.(?:ini|cfg|toml|ya?ml))$", re.IGNORECASE
)
_URL_KEYWORDS = ("url", "name_or_url", "db_url", "database_url", "sqlalchemy_url")
_FLASK_SETTING = "sqlalchemy_database_uri"
_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "os environ getenv get str url settings config self cls make_url args kwargs app setting"
        " format replace default data values env join strip environment conf current_app cfg",
    )
)
"""Words of a URL's expression that say nothing of which URL it is."""
_SQLITE_TEXT = re.compile(rb"[\"']sqlite")
"""``"sqlite://"``, and ``url.startswith("sqlite")`` in the file that makes the engine."""
_WRITTEN_HERE = frozenset({""})
"""No name leads to the URL: the call has it as a literal."""
_TEST_FOLDER = re.compile(r"tests?|testing|\..+")
_ROUNDS = 3
"""``URL`` is ``settings.database_url``, which is ``os.environ["DATABASE_URL"]``."""


@dataclass(slots=True)
class SqliteReach:
    """The files that name SQLite, and the engines that each may lead to."""

    surroundings: Surroundings
    _python: tuple[str, ...] | None = None
    _given: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, pool: Pool) -> str | None:
        """A file that makes this engine's database SQLite, or may do so; None where none does."""
        snapshot = self.surroundings.snapshot
        words = self._words(pool)
        if words == _WRITTEN_HERE:
            return None
        own = (pool.call or pool.key).path
        if _SQLITE_TEXT.search(snapshot.python[own].data):
            return own
        for path in self._naming_sqlite():
            file = snapshot.python[path]
            if file.is_test and _in_reach(path, pool.key.path) and _mentions(file.text, words):
                return path
        for path, data in sorted(snapshot.other.items()):
            if not (_SETTINGS_FILE.search(path) and _in_reach(path, pool.key.path)):
                continue
            for line in data.splitlines():
                if _SQLITE.search(line) and _mentions(line.decode(errors="replace"), words):
                    return path
        return None

    def _naming_sqlite(self) -> tuple[str, ...]:
        if self._python is None:
            snapshot = self.surroundings.snapshot
            holding = snapshot.holding(b"sqlite") if snapshot.holding else tuple(snapshot.python)
            found = (p for p in holding if _SQLITE.search(snapshot.python[p].data))
            self._python = tuple(sorted(found))
        return self._python

    def _words(self, pool: Pool) -> frozenset[str]:
        """The names that the engine's URL goes by, in small letters; empty: any may be it."""
        if pool.call is None:
            return frozenset({_FLASK_SETTING}) if "flask" in pool.sink else frozenset()
        way = self.surroundings.way_to(pool.call)
        if not way or not isinstance(way[-1], ast.Call):
            return frozenset()
        node = _url_of(way[-1])
        if node is None:
            return frozenset({_FLASK_SETTING}) if "flask" in pool.sink else frozenset()
        if isinstance(node, ast.Constant):
            return _WRITTEN_HERE
        words = set(_words_in(node))
        function = _parameter_of(way, words)
        for _ in range(_ROUNDS):
            more = {w for word in words - _GENERIC for w in self._given_to(word, pool.key.path)}
            if more <= words:
                break
            words |= more
        return frozenset((words | ({function} if function else set())) - _GENERIC)

    def _given_to(self, word: str, near: str) -> frozenset[str]:
        """The names in what is assigned to a name, in the engine's file and what it imports."""
        key = f"{near}:{word}"
        if key not in self._given:
            found: set[str] = set()
            for path in (near, *self._imported_by(near)):
                tree = self.surroundings.tree(path)
                for node in ast.walk(tree) if tree is not None else ():
                    value = _assigned(node, word)
                    found |= set(_words_in(value)) if value is not None else set()
            self._given[key] = frozenset(found)
        return self._given[key]

    def _imported_by(self, path: str) -> Iterator[str]:
        """The repository's modules that a file imports names from."""
        snapshot = self.surroundings.snapshot
        tree = self.surroundings.tree(path)
        for node in ast.walk(tree) if tree is not None else ():
            if isinstance(node, ast.ImportFrom):
                base = (node.module or "").replace(".", "/")
                names = [base, *(f"{base}/{alias.name}" for alias in node.names)]
                for name in names:
                    ending = f"{name.strip('/')}.py"
                    yield from (p for p in _near(path, ending) if p in snapshot.python)


def _near(path: str, ending: str) -> Iterator[str]:
    """Where a module may stand: below the folders that lead to the file that imports it."""
    for folder in PurePosixPath(path).parents:
        yield (folder / ending).as_posix()


def _url_of(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg in _URL_KEYWORDS:
            return keyword.value
    return call.args[0] if call.args and not isinstance(call.args[0], ast.Starred) else None


def _words_in(node: ast.AST) -> Iterator[str]:
    """Names, attributes, keys and variables of an expression, in small letters."""
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name.lower()
            case ast.Constant(value=str() as name) if re.fullmatch(r"[A-Za-z_]\w+", name):
                yield name.lower()


def _parameter_of(way: Iterable[ast.AST], words: set[str]) -> str | None:
    """The function whose parameter the URL is: tests reach the engine by its name."""
    for node in reversed(tuple(way)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if any(a.arg.lower() in words and a.arg not in ("self", "cls") for a in arguments):
                return node.name.lower()
            return None
    return None


def _assigned(node: ast.AST, word: str) -> ast.expr | None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
            return value if name.lower() == word else None
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            return value if name.lower() == word else None
        case ast.FunctionDef(name=name) if name.lower() == word:
            returned = next((n for n in ast.walk(node) if isinstance(n, ast.Return)), None)
            return returned.value if returned is not None else None
    return None


def _mentions(text: str, words: frozenset[str]) -> bool:
    """A text has one of the names as a whole word, or there is no name to look for."""
    if not words:
        return True
    return not words.isdisjoint(re.findall(r"\w+", text.lower()))


def _in_reach(path: str, engine: str) -> bool:
    """A file's project (its folder, without ``tests`` and what is below) holds the engine."""
    folders = PurePosixPath(path).parts[:-1]
    own = next((i for i, name in enumerate(folders) if _TEST_FOLDER.fullmatch(name)), len(folders))
    return PurePosixPath(engine).parts[:own] == folders[:own]


def memory_lost(
    pool: Pool,
    others: tuple[Pool, ...],
    argument: Argument,
    sinks: Sinks,
    reach: SqliteReach,
) -> str | None:
    """Why no connection may get too old: an in-memory SQLite database is gone with it.

    ``others`` are all pools that the same call opens.
    """
    of_sqlalchemy = any(a.pool_classes for a in sinks.sink(pool.sink).arguments)
    if argument.role is not Role.RECYCLE or not of_sqlalchemy:
        return None
    gone = "an in-memory SQLite database is gone with a connection that is replaced"
    if pool.pool_class in ("StaticPool", "SingletonThreadPool"):
        return f"{gone}, and {pool.pool_class} is for one"
    if any(url.startswith("sqlite") for one in others for url in one.urls):
        return f"{gone}, and its URL may be SQLite's"
    where = reach.of(pool) if pool.pool_class is None else None
    return f"{gone}, and SQLite may be the database ({where} names it)" if where else None
