"""Trees with true positions, also of syntax newer than the interpreter's."""

from __future__ import annotations

import ast
import sys
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.syntax.source.newer_syntax import mask
from poolenv.syntax.source.parse import parse
from poolenv.syntax.source.positions import Lines

MASKED = [
    pytest.param(
        "def f[T: int = str, *Ts, **P](x): ...\n",
        "def f(                        x): ...\n",
        id="type-parameters-of-a-function",
    ),
    pytest.param(
        "class A[T]: ...\nclass B[\n  T,  # é\n] (A): ...\n",
        "class A( ): ...\nclass B(\n          \n   A): ...\n",
        id="type-parameters-of-a-class",
    ),
    pytest.param(
        "type X[T] = list[T]; y = 5\n",
        "(                 ); y = 5\n",
        id="type-statement",
    ),
    pytest.param(
        "if a: type X = (\n  int\n)\ntype = 5\ntype(type)\ntype in [1]\n",
        "if a: (         \n     \n)\ntype = 5\ntype(type)\ntype in [1]\n",
        id="type-is-also-a-name",
    ),
    pytest.param(
        """x = f"pg://{os.environ["U"]}:é{p!r:>{w["a"]}}@h"\n""",
        """x = f"pg://{0              }:é{0            }@h"\n""",
        id="same-quotes-in-an-f-string",
    ),
    pytest.param(
        "x = f'{chr(10)}' f'{\"\\n\".join(y)}'\n",
        "x = f'{chr(10)}' f'{0           }'\n",
        id="backslash-in-an-f-string",
    ),
    pytest.param(
        'x = f"""{\n  a["b"]  # }\n}"""\n',
        'x = f"""{\n0            \n}"""\n',
        id="comment-in-an-f-string",
    ),
    pytest.param(
        'x = ("postgresql" f"{\n a\n}" "b")\n',
        'x = ((f"{0}"         \n  \n     ))\n',
        id="newline-in-an-f-string",
    ),
    pytest.param(
        'x = t"{a} b" rt"{a["b"]}"\n',
        'x = f"{a} b" rf"{0     }"\n',
        id="t-strings",
    ),
    pytest.param(
        "try: ...\nexcept A, b.C, D: ...\n",
        "try: ...\nexcept A| b.C| D: ...\n",
        id="except-without-parentheses",
    ),
    pytest.param(
        "lazy import x\nlazy  from y import z\nlazy = 1\n",
        "if 1:import x\nif 1: from y import z\nlazy = 1\n",
        id="lazy-import",
    ),
    pytest.param(
        "x = [*a for a in b], {**a for a in b}, [*a, 1], [*a]\n",
        "x = [ a for a in b], {  a for a in b}, [*a, 1], [*a]\n",
        id="unpacking-in-a-comprehension",
    ),
]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="reads its own newer strings unmasked")
@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_newer_syntax_is_masked_with_text_of_the_same_length(text: str, masked: str) -> None:
    assert mask(text) == masked
    ast.parse(masked)


@pytest.mark.parametrize("text", [case.values[0] for case in MASKED])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_literals_behind_newer_syntax_are_where_they_stand(text: object, newline: str) -> None:
    assert isinstance(text, str)
    whole = f"{text}é = engine('ü', pool_size=12345)\n".replace("\n", newline)

    tree = parse(whole, "a.py")

    [number] = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n.value == 12345]
    assert Lines("a.py", whole).source(number) == "12345"


def test_a_literal_inside_a_generic_function_keeps_its_position() -> None:
    text = 'async def make[E: "Engine"](url="é", size=7) -> E:\n\treturn engine(f"{url["a"]}", 7)\n'

    numbers = [
        n for n in ast.walk(parse(text, "a.py")) if isinstance(n, ast.Constant) and n.value == 7
    ]

    lines = Lines("a.py", text)
    assert [lines.source(number) for number in numbers] == ["7", "7"]
    assert [(lines.span(n).line, lines.span(n).column) for n in numbers] == [(1, 43), (2, 31)]


def test_older_strings_are_not_touched_beside_newer_ones() -> None:
    """``f"{prefix}_SIZE"`` may name a variable, so only what can't be read is masked."""
    tree = parse('a = f"{prefix}_SIZE"\nb = f"{c["d"]}"\n', "a.py")

    assert ast.unparse(tree.body[0]) == "a = f'{prefix}_SIZE'"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = 1\r\nb = 2\rc = 3\n\r\nd = 4", id="mixed-newlines-and-none-at-the-end"),
        pytest.param("\x0ca = 1\n\x0c\nb = 2\n\x0cif c:\n\tc = 3\n\td = 4\n", id="form-feeds-tabs"),
        pytest.param("a = '\\d'\nb = c is 1\nd = 4", id="no-warnings"),
        pytest.param("a = 'é'; b = 'ü'; d = 4", id="several-on-a-line"),
    ],
)
def test_odd_but_valid_files(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    last = parse(text, "a.py").body[-1]
    number = [node for node in ast.walk(last) if isinstance(node, ast.Constant)][-1]

    assert Lines("a.py", text).source(number) == "4"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        pytest.param("a = 1\nprint a\n", "a print statement", 2, id="print"),
        pytest.param("exec 'a'\n", "an exec statement", 1, id="exec"),
        pytest.param("try: a\nexcept KeyError, e: b\n", "`except X, e:`", 2, id="except"),
        pytest.param("a = `b`\n", "backticks", 1, id="backticks"),
        pytest.param("raise E, 'a'\n", "`raise X, message`", 1, id="raise"),
        pytest.param("if a <> b: c\n", "`<>`", 1, id="not-equal"),
        pytest.param("a = 0777\n", "an octal number such as 0777", 1, id="octal"),
        pytest.param("a = 10L\n", "a long number such as 10L", 1, id="long"),
        pytest.param("a = ur'b'\n", "a ur'' string", 1, id="ur"),
        pytest.param("def f(a, (b, c)): d\n", "tuple parameters", 1, id="tuple-parameters"),
    ],
)
def test_python_2_is_named_as_such(text: str, message: str, line: int) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse(text, "old.py")

    assert (caught.value.msg, caught.value.lineno) == (f"looks like Python 2 ({message})", line)
    assert caught.value.filename == "old.py"


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        pytest.param("a = (1\n", "'(' was never closed", 1, id="open-bracket"),
        pytest.param("def f[T](a:\n  b c\n", "'(' was never closed", 1, id="behind-a-mask"),
        pytest.param("def f[T](): ...\na b\n", "invalid syntax", 2, id="elsewhere"),
        pytest.param("a = f'{b[\"c\n", None, 1, id="string-without-an-end"),
        pytest.param("{% if a %}\nb = 1\n", "looks like a template", 1, id="template"),
        pytest.param("if a:\n\tb\n        c\n", None, 3, id="tabs-against-spaces"),
        pytest.param("a\0b", "source code string cannot contain null bytes", None, id="nul"),
        pytest.param("(" * 500 + ")" * 500, "too many nested parentheses", 1, id="brackets"),
        pytest.param("-" * 100_000 + "1", "nested too deeply to be parsed", None, id="minus"),
        pytest.param("+".join(["a"] * 20_000), "nested too deeply to be parsed", None, id="sum"),
        pytest.param('f"{' * 3000, None, 1, id="f-strings"),
    ],
)
def test_every_failure_is_one_line(text: str, message: str | None, line: int | None) -> None:
    with pytest.raises(SyntaxError) as caught:
        parse(text, "a.py")

    assert message is None or message in caught.value.msg
    assert line is None or caught.value.lineno == line
    assert "\n" not in caught.value.msg


def test_the_error_does_not_quote_the_source() -> None:
    with pytest.raises(SyntaxError) as caught:
        parse("engine('postgresql://u:s3cret@h' pool_size=5)\n", "a.py")

    assert "s3cret" not in f"{caught.value!r} {caught.value.text}"


def test_a_python_3_tuple_of_exceptions_is_not_taken_for_python_2() -> None:
    parse("try: ...\nexcept KeyError, ValueError: ...\n", "a.py")


WORDS = "f' \" ''' { } [ ] ( ) def class type lazy import except for X = : , * \\ # t' !r é"
PIECES = st.sampled_from([*WORDS.split(), " ", "\n", "\r\n", "\r"])


@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_gives_a_tree_or_a_syntax_error(text: str) -> None:
    with suppress(SyntaxError):
        assert isinstance(parse(text, "a.py"), ast.Module)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_a_mask_keeps_the_bytes_and_newlines_of_every_line(text: str) -> None:
    try:
        masked = mask(text)
    except ValueError:
        return

    if masked is not None:
        for old, new in zip(text.splitlines(True), masked.splitlines(True), strict=True):
            assert len(new.encode()) == len(old.encode())
            assert new.endswith(("\n", "\r")) == old.endswith(("\n", "\r"))


@pytest.mark.parametrize("unit", ["[*", "x[", "def f[", "f'{a}' ", "except a,", "f'{", "'a' "])
def test_hostile_files_take_no_more_than_linear_time(unit: str) -> None:
    text = "def g[T](): ...\n" + unit * 20_000 + "?"

    started = time.process_time()
    with pytest.raises(SyntaxError):
        parse(text, "a.py")

    assert time.process_time() - started < 5
