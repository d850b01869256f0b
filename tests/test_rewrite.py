"""Edits become new bytes, with the import that the new text needs in its proper place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poolenv.model import Edit, FileChange, Skipped, Snapshot, SourceFile
from poolenv.rewrite import rewrite
from poolenv.syntax.source.positions import splice

NEW = 'int(os.getenv("DB_POOL_SIZE", "5"))'


def source_file(text: str, *, path: str = "db.py", encoding: str = "utf-8") -> SourceFile:
    """A file as ``discover`` reads it."""
    bom = text.startswith("\ufeff")
    text = text.removeprefix("\ufeff")
    data = (b"\xef\xbb\xbf" if bom else b"") + text.encode(encoding)
    return SourceFile(path, data, text, encoding, bom, is_test=False)


def snapshot_of(*files: SourceFile, **other: bytes) -> Snapshot:
    """A repository of these files."""
    python = {file.path: file for file in files}
    return Snapshot("/repo", None, python, frozenset(python), other)


def edit_of(source: SourceFile, old: str = "SIZE", new: str = NEW, **more: object) -> Edit:
    """The edit that puts ``new`` where ``old`` stands first."""
    start = source.text.index(old)
    line = source.text.count("\n", 0, start) + 1
    imports = frozenset({"os"}) if "os." in new else frozenset[str]()
    return Edit(source.path, start, start + len(old), old, new, "test", line, imports)


def rewritten(text: str, *, encoding: str = "utf-8") -> FileChange | Skipped:
    """What becomes of one file whose ``SIZE`` is edited."""
    source = source_file(text, encoding=encoding)
    changes, skipped = rewrite(snapshot_of(source), (edit_of(source),))
    results: list[FileChange | Skipped] = [*changes, *skipped]
    assert len(results) == 1
    return results[0]


def after(text: str) -> str:
    """The new text of a file whose ``SIZE`` is edited, shortened to ``ENV`` for reading."""
    change = rewritten(text)
    assert isinstance(change, FileChange), change
    undone = "".join(
        e.old for e in change.edits
    )  # every edit is listed: undoing all gives the old file
    assert undone == "SIZE"
    assert splice(text.removeprefix("\ufeff"), change.edits).encode() in change.after
    return change.after.decode().replace(NEW, "ENV")


PLACES = {
    "sorted into the plain imports": (
        "import logging\nimport sys\n\nfrom sqlalchemy import create_engine\n\nE = f(SIZE)\n",
        "import logging\nimport os\nimport sys\n\n"
        "from sqlalchemy import create_engine\n\nE = f(ENV)\n",
    ),
    "last of the plain imports": (
        "import abc\nimport logging\nfrom typing import Any\n\nE = f(SIZE)\n",
        "import abc\nimport logging\nimport os\nfrom typing import Any\n\nE = f(ENV)\n",
    ),
    "before the from-imports of the standard library": (
        "from typing import Any\n\nimport sqlalchemy\n\nE = f(SIZE)\n",
        "import os\nfrom typing import Any\n\nimport sqlalchemy\n\nE = f(ENV)\n",
    ),
    "one list sorted by module (force-sort-within-sections)": (
        "from abc import ABC\nimport logging\nfrom typing import Any\n\nE = f(SIZE)\n",
        "from abc import ABC\nimport logging\nimport os\nfrom typing import Any\n\nE = f(ENV)\n",
    ),
    "a section of its own": (
        '"""Doc."""\n\nfrom sqlalchemy import create_engine\n\nE = f(SIZE)\n',
        '"""Doc."""\n\nimport os\n\nfrom sqlalchemy import create_engine\n\nE = f(ENV)\n',
    ),
    "a section of its own after __future__": (
        "from __future__ import annotations\n\nimport sqlalchemy\n\nE = f(SIZE)\n",
        "from __future__ import annotations\n\nimport os\n\nimport sqlalchemy\n\nE = f(ENV)\n",
    ),
    "a section above the comment of the next": (
        '"""Doc."""\n\n# Third party\nimport sqlalchemy\n\nE = f(SIZE)\n',
        '"""Doc."""\n\nimport os\n\n# Third party\nimport sqlalchemy\n\nE = f(ENV)\n',
    ),
    "below the comment that names the section": (
        '"""Doc."""\n\n# Standard library\nimport sys\n\nE = f(SIZE)\n',
        '"""Doc."""\n\n# Standard library\nimport os\nimport sys\n\nE = f(ENV)\n',
    ),
    "before a renamed import of the same module": (
        "import os as o\n\nE = f(SIZE, o)\n",
        "import os\nimport os as o\n\nE = f(ENV, o)\n",
    ),
    "no imports at all": ("E = f(SIZE)\n", "import os\n\nE = f(ENV)\n"),
    "no imports, a function first": (
        "def f(size=SIZE):\n    pass\n",
        "import os\n\n\ndef f(size=ENV):\n    pass\n",
    ),
    "after the docstring": (
        '"""Doc."""\n\nE = f(SIZE)\n',
        '"""Doc."""\n\nimport os\n\nE = f(ENV)\n',
    ),
    "after __future__": (
        "from __future__ import annotations\n\nE = f(SIZE)\n",
        "from __future__ import annotations\n\nimport os\n\nE = f(ENV)\n",
    ),
    "after #! and the coding cookie": (
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nE = f(SIZE)\n",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\nimport os\n\nE = f(ENV)\n",
    ),
    "a comment stays with its statement, a licence on top": (
        "# Licence\n\n# The pool\nE = f(SIZE)\n",
        "# Licence\n\nimport os\n\n# The pool\nE = f(ENV)\n",
    ),
    "CRLF": (
        "import sys\r\n\r\nE = f(SIZE)\r\n",
        "import os\r\nimport sys\r\n\r\nE = f(ENV)\r\n",
    ),
    "a byte-order mark stays first": (
        "\ufeffimport sys\n\nE = f(SIZE)\n",
        "\ufeffimport os\nimport sys\n\nE = f(ENV)\n",
    ),
    "a form feed stays": (
        '"""Doc."""\n\x0c\nimport sys\n\nE = f(SIZE)\n',
        '"""Doc."""\n\x0c\nimport os\nimport sys\n\nE = f(ENV)\n',
    ),
    "never into a try": (
        "try:\n    import ujson as json\nexcept ImportError:\n    import json\n\nE = f(SIZE)\n",
        "import os\n\ntry:\n    import ujson as json\nexcept ImportError:\n    import json\n\n"
        "E = f(ENV)\n",
    ),
    "an import for type checkers binds nothing": (
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import os\n\nE = f(SIZE)\n",
        "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import os\n\n"
        "E = f(ENV)\n",
    ),
    "an import below the edit binds nothing": (
        "E = f(SIZE)\n\nimport os\n",
        "import os\n\nE = f(ENV)\n\nimport os\n",
    ),
    "semicolons": (
        '"""Doc."""; import sys\nE = f(SIZE)\n',
        '"""Doc."""; import sys\n\nimport os\n\nE = f(ENV)\n',
    ),
    "no newline at the end": ("E = f(SIZE)", "import os\n\nE = f(ENV)"),
    # Already bound: nothing is added.
    "import os": ("import os\n\nE = f(SIZE)\n", "import os\n\nE = f(ENV)\n"),
    "import os.path": ("import os.path\n\nE = f(SIZE)\n", "import os.path\n\nE = f(ENV)\n"),
    "import a, os": ("import sys, os\n\nE = f(SIZE)\n", "import sys, os\n\nE = f(ENV)\n"),
    "both branches import": (
        "if X:\n    import os\nelse:\n    import os\nE = f(SIZE)\n",
        "if X:\n    import os\nelse:\n    import os\nE = f(ENV)\n",
    ),
    "the function imports it first": (
        "def f():\n    import os\n    return g(SIZE)\n",
        "def f():\n    import os\n    return g(ENV)\n",
    ),
    "a class attribute is not seen by its methods": (
        "import os\n\n\nclass C:\n    os = 1\n\n    def m(self):\n        return f(SIZE)\n",
        "import os\n\n\nclass C:\n    os = 1\n\n    def m(self):\n        return f(ENV)\n",
    ),
    "a parameter does not reach the defaults": (
        "import os\n\n\ndef f(os, size=SIZE):\n    pass\n",
        "import os\n\n\ndef f(os, size=ENV):\n    pass\n",
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_the_import_goes_where_a_person_would_put_it(case: str) -> None:
    before, expected = PLACES[case]
    assert after(before) == expected


SHADOWED = {
    "a parameter": ("import os\n\ndef f(os):\n    return g(SIZE)\n", 3),
    "a keyword-only parameter": ("def f(*, os):\n    return g(SIZE)\n", 1),
    "a local variable": ("def f():\n    os = 3\n    return g(SIZE)\n", 2),
    "a local variable of the function around": (
        "def f():\n    os = 3\n    def g():\n        return h(SIZE)\n    return g\n",
        2,
    ),
    "a module variable": ("import os\nos = 3\nE = f(SIZE)\n", 2),
    "a renamed import": ("import posix as os\nE = f(SIZE)\n", 1),
    "a from-import": ("from compat import os\nE = f(SIZE)\n", 1),
    "a loop's target": ("for os in x:\n    f(SIZE)\n", 1),
    "an except's name": ("try:\n    x\nexcept E as os:\n    pass\nE = f(SIZE)\n", 3),
    "a fallback": ("try:\n    import os\nexcept E:\n    os = None\nE = f(SIZE)\n", 4),
    "a class attribute": ("import os\n\nclass C:\n    os = 'linux'\n    size = f(SIZE)\n", 4),
    "a comprehension's target": ("import os\nE = [f(SIZE) for os in x]\n", 2),
    "a lambda's parameter": ("import os\nE = lambda os: f(SIZE)\n", 2),
    "a function that rebinds the global": (
        "import os\n\ndef f():\n    global os\n    os = 1\n\nE = f(SIZE)\n",
        5,
    ),
    "del": ("import os\ndel os\nE = f(SIZE)\n", 2),
    "a match": ("match x:\n    case {'a': os}:\n        f(SIZE)\n", 2),
}


@pytest.mark.parametrize("case", SHADOWED)
def test_a_file_where_os_means_something_else_is_refused(case: str) -> None:
    before, line = SHADOWED[case]
    assert rewritten(before) == Skipped(
        "db.py", line, f"the name os is bound to something else at line {line}"
    )


def test_a_function_that_imports_os_after_the_edit_is_refused() -> None:
    result = rewritten("def f():\n    x = g(SIZE)\n    import os\n    return x, os\n")
    assert isinstance(result, Skipped)
    assert result.line == 2
    assert "imported at line 3" in result.reason


def test_an_inserted_argument_after_a_lambda_is_outside_of_it() -> None:
    source = source_file("import os\n\nE = f(lambda os: os)\n")
    end = source.text.index(")\n")
    edit = Edit("db.py", end, end, "", ", size=" + NEW, "test", 3, frozenset({"os"}))
    changes, skipped = rewrite(snapshot_of(source), (edit,))
    assert skipped == ()
    assert changes[0].after.decode() == f"import os\n\nE = f(lambda os: os, size={NEW})\n"


def test_edits_without_imports_add_nothing() -> None:
    source = source_file("E = f(10)  # at most 10\n")
    edits = (edit_of(source, "(10", "(5"), edit_of(source, "most 10", "most 5"))
    changes, _ = rewrite(snapshot_of(source), edits)
    assert changes[0].after == b"E = f(5)  # at most 5\n"


def test_other_files_are_edited_as_text_and_odd_bytes_stay() -> None:
    data = b"NAME=\xff\r\nDB_MAX_OVERFLOW=10\r\n"
    text = data.decode("utf-8", "surrogateescape")
    start = text.index("10")
    edit = Edit(".env", start, start + 2, "10", "5", "test", 2)
    snapshot = Snapshot("/repo", None, {}, frozenset(), {".env": data})
    changes, skipped = rewrite(snapshot, (edit,))
    assert skipped == ()
    assert changes == (
        FileChange(".env", data, b"NAME=\xff\r\nDB_MAX_OVERFLOW=5\r\n", edits=(edit,)),
    )


def test_the_encoding_and_the_mode_are_kept() -> None:
    text = "# coding: latin-1\nNAME = 'Jos\xe9'\nE = f(SIZE)\n"
    source = SourceFile("db.py", text.encode("latin-1"), text, "latin-1", False, False, 0o100755)
    changes, _ = rewrite(snapshot_of(source), (edit_of(source),))
    assert changes[0].mode == 0o100755
    assert b"Jos\xe9" in changes[0].after
    assert changes[0].after.startswith(b"# coding: latin-1\nimport os\n\nNAME")


def test_one_file_that_fails_does_not_stop_the_others() -> None:
    good = source_file("E = f(SIZE)\n", path="good.py")
    broken = source_file("E = f(SIZE\n", path="broken.py")
    latin = source_file("# coding: ascii\nE = f(SIZE)\n", path="latin.py", encoding="ascii")
    moved = source_file("E = f(SIZE)\n", path="moved.py")
    edits = (
        edit_of(good),
        edit_of(broken),
        edit_of(latin, new="'\u20ac'"),
        Edit("moved.py", 0, 4, "SIZE", "5", "test", 1),
        Edit("gone.py", 0, 4, "SIZE", "5", "test", 1),
    )
    changes, skipped = rewrite(snapshot_of(good, broken, latin, moved), edits)
    assert [change.path for change in changes] == ["good.py"]
    assert [(s.path, s.line) for s in skipped] == [
        ("broken.py", 1),
        ("gone.py", 1),
        ("latin.py", 2),
        ("moved.py", 1),
    ]
    assert "ascii cannot hold" in skipped[2].reason


def ruff_sorted(text: str, *, fix: bool = False) -> str:
    """What ruff's isort rule makes of a file; with ``fix`` False, asserts it finds nothing."""
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "I", "-q"]
    command += ["--fix"] if fix else ["--output-format", "concise"]
    run = subprocess.run(
        [*command, "--stdin-filename", "db.py", "-"], input=text.encode(), capture_output=True
    )
    assert fix or run.returncode == 0, run.stdout.decode() + text
    return run.stdout.decode()


@pytest.mark.parametrize("case", [c for c in PLACES if "force-sort" not in c and "semi" not in c])
def test_what_ruff_found_sorted_stays_sorted(case: str, tmp_path: Path) -> None:
    before, _ = PLACES[case]
    change = rewritten(ruff_sorted(before, fix=True))
    assert isinstance(change, FileChange)
    ruff_sorted(change.after.decode("utf-8-sig"))


NAMES = st.sampled_from(
    ["abc", "logging", "sys", "typing", "os.path", "zlib", "re", "sqlalchemy", "flask", "attr"]
)
IMPORTS = st.one_of(
    NAMES.map(lambda name: f"import {name}"),
    NAMES.map(lambda name: f"import {name} as renamed_{name[0]}"),
    NAMES.map(lambda name: f"from {name} import b, a"),
    NAMES.map(lambda name: f"from {name} import (\n    {'a' * 50},\n    {'b' * 50},\n)"),
    st.sampled_from(["from . import models", "from .config import settings", "from .. import x"]),
    NAMES.map(lambda name: f"# why {name}\nimport {name}  # late"),
)
HEADS = st.sampled_from(
    ["", '"""Doc."""\n', "#!/bin/sh\n", "# Licence\n\n", '"""Doc."""\n\n\n', "# coding: utf-8\n"]
)
FUTURE = st.sampled_from(["", "from __future__ import annotations\n"])
TAILS = st.sampled_from(
    ["E = f(SIZE)\n", "def f(size=SIZE):\n    pass\n", "# note\nclass C:\n    size = SIZE\n"]
)


@settings(max_examples=25)
@given(HEADS, FUTURE, st.lists(IMPORTS, max_size=6, unique=True), TAILS, st.booleans())
def test_any_sorted_import_block_stays_sorted(
    head: str, future: str, imports: list[str], tail: str, crlf: bool
) -> None:
    text = head + future + "\n".join(imports) + ("\n\n" if imports else "") + tail
    clean = ruff_sorted(text.replace("\n", "\r\n") if crlf else text, fix=True)
    change = rewritten(clean)
    assert isinstance(change, FileChange)
    ruff_sorted(change.after.decode())
    assert change.after.count(b"\r\n") in (0, change.after.count(b"\n"))
    assert splice(clean, change.edits).encode() == change.after
