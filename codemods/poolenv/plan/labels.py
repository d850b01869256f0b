"""The word that tells an engine's variable from the shared one: ``REPLICA``."""

from __future__ import annotations

import re

_GENERIC = frozenset(
    re.findall(
        r"\w+",
        "engine pool db database async sync session sessions sessionmaker create make get build"
        " connection connections conn client self cls the my base default init new open setup"
        " config settings app main instance object result sql sqlalchemy factory local core lib"
        " models model py src for from with by to of in on at and url uri dsn",
    )
)


def label(name: str) -> str:
    """The words of a name that say something, in capitals; empty where none does."""
    plain = re.sub("sqlalchemy", "sqlalchemy", name.rpartition(".")[2], flags=re.I)
    plain = plain.replace("PostgreSQL", "Postgres").replace("SQL", "Sql")
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    words = re.sub(r"([A-Z])([A-Z][a-z])", r"\1_\2", words)
    parts = [w for w in re.split(r"[^A-Za-z0-9]+", words.lower()) if w and w not in _GENERIC]
    found = "_".join(parts).upper()
    return found if re.fullmatch(r"[A-Z][A-Z0-9_]*", found) else ""


def constant_label(name: str, variable: str, argument: str) -> str:
    """``REPLICA`` of ``REPLICA_POOL_SIZE``: what leads the argument's own words."""
    upper = name.upper()
    for ending in (variable, argument.upper()):
        if upper.endswith(f"_{ending}"):
            return label(upper.removesuffix(f"_{ending}"))
    return ""


def apart_from(text: str, shared: str) -> str:
    """The words of a label that a shared name does not have yet: ``ADAPTER`` of
    ``POSTGRE_ADAPTER`` beside ``POSTGRES_POOL_SIZE``."""
    there = shared.split("_")
    new = [
        w for w in text.split("_") if not any(w == t or w + "S" == t or w == t + "S" for t in there)
    ]
    return "_".join(new)


def with_label(shared: str, own: str, variable: str) -> str:
    """``DB_REPLICA_POOL_SIZE`` of ``DB_POOL_SIZE``."""
    if shared.endswith(f"_{variable}"):
        return f"{shared.removesuffix(variable)}{own}_{variable}"
    prefix, underscore, rest = shared.partition("_")
    if shared == variable or not underscore:
        return f"{own}_{shared}"
    return f"{prefix}_{own}_{rest}"
