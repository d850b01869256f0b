"""The text an edit writes: an environment read with a default, or a default of another value."""

from __future__ import annotations

import ast
import re

from poolenv.model import Scalar

_STRING = re.compile(
    r"(?P<prefix>[rRbBuU]{0,2})(?P<quote>'''|\"\"\"|'|\")(?P<body>.*)(?P=quote)", re.S
)
TRUE_WORDS = ("1", "true", "yes", "on")


def environment_read(
    name: str, value: Scalar, source_text: str, *, changed: bool, quote: str = '"'
) -> str:
    """``int(os.getenv("NAME", "5"))`` for a number, a set of accepted words for a flag.

    The author's own expression (``60 * 60``) stays readable where its value does not change. A
    text that the author's own code makes a number (``int("6")``) is read as a text.
    """
    variable = f"{quote}{name}{quote}"
    if isinstance(value, bool):
        words = ", ".join(f"{quote}{word}{quote}" for word in TRUE_WORDS)
        default = f"{quote}{str(value).lower()}{quote}"
        return f"os.getenv({variable}, {default}).strip().lower() in ({words})"
    if isinstance(value, str):
        return f"os.getenv({variable}, {quote}{value}{quote})"
    if _is_text(source_text):
        text = f"{quote}{value}{quote}" if changed else source_text.strip()
        return f"os.getenv({variable}, {text})"
    kind = "float" if isinstance(value, float) else "int"
    default = f"{quote}{value}{quote}"
    if not changed:
        own = source_text.strip()
        written = _written_number(own)
        if written is None:
            default = _one_line(own)
        elif not any(letter.isalpha() for letter in written):
            default = f"{quote}{written}{quote}"
    return f"{kind}(os.getenv({variable}, {default}))"


def _is_text(text: str) -> bool:
    """A plain string, however it is written."""
    try:
        node = ast.parse(f"({text}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _written_number(text: str) -> str | None:
    """A number as it is written, sign included; None for any other expression."""
    try:
        node = ast.parse(f"({text})", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    operand = node.operand if isinstance(node, ast.UnaryOp) and negative else node
    if not isinstance(operand, ast.Constant) or "#" in text or "\n" in text:
        return None
    if not isinstance(operand.value, int | float):
        return None
    return "".join(text.split())


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
