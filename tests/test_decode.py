"""Bytes to text as the interpreter reads them, with a reason where it would not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.syntax.source.decode import Decoded, UndecodableError, decode

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b"", Decoded("", "utf-8", False), id="empty"),
        pytest.param("é = 1".encode(), Decoded("é = 1", "utf-8", False), id="utf-8-by-default"),
        pytest.param(BOM + b"a = 1\n", Decoded("a = 1\n", "utf-8", True), id="bom"),
        pytest.param(
            BOM + b"# coding: utf-8\n", Decoded("# coding: utf-8\n", "utf-8", True), id="bom+cookie"
        ),
        pytest.param(
            b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
            Decoded("# -*- coding: latin-1 -*-\nx = 'é'\n", "iso-8859-1", False),
            id="latin-1",
        ),
        pytest.param(
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
            Decoded(
                "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n", "cp1252", False
            ),
            id="second-line",
        ),
        pytest.param(
            b"#!python\r# coding: latin-1\rx = '\xe9'",
            Decoded("#!python\r# coding: latin-1\rx = 'é'", "iso-8859-1", False),
            id="lines-end-with-cr",
        ),
        pytest.param(
            b"x = 1\n# coding: latin-1\n",
            Decoded("x = 1\n# coding: latin-1\n", "utf-8", False),
            id="no-cookie-below-code",
        ),
        pytest.param(
            b"\n\n# coding: latin-1\n",
            Decoded("\n\n# coding: latin-1\n", "utf-8", False),
            id="no-cookie-on-line-3",
        ),
        pytest.param(
            b"coding = 'latin-1'\n",
            Decoded("coding = 'latin-1'\n", "utf-8", False),
            id="no-comment",
        ),
        pytest.param(
            b"a\r\nb\rc\n\x0cd\te",
            Decoded("a\r\nb\rc\n\x0cd\te", "utf-8", False),
            id="newlines-form-feed-and-tab-stay",
        ),
        pytest.param(
            "# coding: euc-jp\nx = 'あ'\n".encode("euc-jp"),
            Decoded("# coding: euc-jp\nx = 'あ'\n", "euc_jp", False),
            id="multi-byte-codec",
        ),
    ],
)
def test_text_encoding_and_bom(data: bytes, expected: Decoded) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize(
    ("data", "reason", "line"),
    [
        pytest.param(
            b"a = 1\r\nb = '\xe9'\n",
            "not UTF-8 (byte 0xe9) and without a coding cookie: add one or save as UTF-8",
            2,
            id="latin-1-without-cookie",
        ),
        pytest.param(
            b"# coding: ascii\n\nx = '\xe9'\n",
            "not ascii (byte 0xe9), though its coding cookie says 'ascii'",
            3,
            id="not-what-the-cookie-says",
        ),
        pytest.param(
            b"# coding: klingon\n",
            "its coding cookie names 'klingon', which Python does not know",
            1,
            id="unknown-codec",
        ),
        pytest.param(
            b"# coding: rot13\n",
            "its coding cookie names 'rot13', which does not decode it",
            1,
            id="codec-that-is-not-of-text",
        ),
        pytest.param(
            BOM + b"# coding: latin-1\n",
            "has a UTF-8 byte-order mark, but its cookie says 'latin-1'",
            None,
            id="bom-against-cookie",
        ),
        pytest.param(
            b"# coding: utf-16-le\n",
            "does not come back byte for byte when written as utf-16-le",
            1,
            id="codec-that-can't-read-its-cookie",
        ),
        pytest.param(
            b"# coding: utf-7\nx = '+AGE-'\n",
            "does not come back byte for byte when written as utf-7",
            1,
            id="written-otherwise-than-read",
        ),
        pytest.param(
            "x = 1\n".encode("utf-16"),
            "UTF-16, which is not Python source: save it as UTF-8",
            None,
            id="utf-16",
        ),
        pytest.param(b"x = '\0'\n", "holds NUL bytes, so it is not Python source", None, id="nul"),
    ],
)
def test_what_can_not_be_decoded_says_why(data: bytes, reason: str, line: int | None) -> None:
    with pytest.raises(UndecodableError) as caught:
        decode(data)

    assert (caught.value.reason, caught.value.line) == (reason, line)


HEADS = st.sampled_from(
    [
        b"",
        BOM,
        b"# coding: latin-1\n",
        b"# coding: cp1252\n",
        b"# coding: utf-7\n",
        b"# coding: big5\n",
    ]
)


@given(head=HEADS, body=st.binary(max_size=40))
def test_whatever_decodes_is_written_back_byte_for_byte(head: bytes, body: bytes) -> None:
    try:
        text, encoding, bom = decode(head + body)
    except UndecodableError:
        return

    assert (BOM if bom else b"") + text.encode(encoding) == head + body


@given(st.binary(max_size=60))
def test_utf_8_is_all_that_is_read_without_a_cookie(data: bytes) -> None:
    try:
        expected = data.removeprefix(BOM).decode()
    except UnicodeDecodeError:
        with pytest.raises(UndecodableError):
            decode(data)
        return
    if "\0" not in expected and "coding" not in expected:
        assert decode(data).text == expected
