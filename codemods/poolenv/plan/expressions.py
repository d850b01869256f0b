"""The text an edit writes: an environment read with a default, or a default of another value."""

from __future__ import annotations

import re

from poolenv.model import Scalar

_DECIMAL = re.compile(r"-?\d[\d_]*(\.\d[\d_]*)?")
_STRING = re.compile(
    r"(?P<prefix>[rRbBuU]{0,2})(?P<quote>'''|\"\"\"|'|\")(?P<body>.*)(?P=quote)", re.S
)
TRUE_WORDS = ("1", "true", "yes", "on")


def environment_read(name: str, value: Scalar, source_text: str, *, changed: bool) -> str:
    """``int(os.getenv("NAME", "5"))`` for a number, a set of accepted words for a flag.

    The author's own expression (``60 * 60``) stays readable where its value does not change.
    """
    if isinstance(value, bool):
        words = ", ".join(f'"{word}"' for word in TRUE_WORDS)
        default = "true" if value else "false"
        return f'os.getenv("{name}", "{default}").strip().lower() in ({words})'
    if isinstance(value, str):
        return f'os.getenv("{name}", "{value}")'
    kind = "float" if isinstance(value, float) else "int"
    text = str(value)
    if not changed:
        compact = source_text.strip()
        if _DECIMAL.fullmatch(compact):
            text = compact
        elif any(sign in compact for sign in "+*/") or "_" in compact or compact[:1].isalpha():
            return f'{kind}(os.getenv("{name}", {_one_line(compact)}))'
    return f'{kind}(os.getenv("{name}", "{text}"))'


def _one_line(text: str) -> str:
    return " ".join(text.split()) if "#" not in text else text


def other_default(source_text: str, value: Scalar) -> str:
    """The literal with another value, in the form in which it is written (quotes, prefix)."""
    match = _STRING.fullmatch(source_text.strip())
    if match:
        body = str(value).lower() if isinstance(value, bool) else str(value)
        return f"{match['prefix']}{match['quote']}{body}{match['quote']}"
    return str(value)


def converted(read: str, value: Scalar) -> str:
    """An environment read whose text would reach the library, made a number."""
    return f"{'float' if isinstance(value, float) else 'int'}({read})"
