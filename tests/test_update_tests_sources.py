"""Checks that read the sources: texts and patterns must still find the rewritten form."""

from __future__ import annotations

import re
import time

import pytest
from hand_made_plan import Change, migrated, updated

LITERAL = "engine = create_engine(URL, pool_size=5, max_overflow=10)\n"
BY_LITERAL = Change("app/db.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))')
DEFAULT = 'engine = create_engine(URL, max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "10")))\n'
BY_DEFAULT = Change("app/db.py", '"DB_MAX_OVERFLOW", |"10"|', '"5"')
READ = 'from pathlib import Path\n\nSOURCE = Path("app/db.py").read_text()\n\n\n'


def checked(test: str, source: str, *changes: Change) -> tuple[str, list[str]]:
    """The check script after the update, and the remarks."""
    files = {"app/db.py": source, "scripts/check_limits.py": test}
    found, remarks = updated(files, *changes)
    return found["scripts/check_limits.py"], remarks


def test_text_of_a_default() -> None:
    before = READ + 'def test():\n    assert \'"DB_MAX_OVERFLOW", "10"\' in SOURCE\n'
    found, _ = checked(before, DEFAULT, BY_DEFAULT)
    assert found == before.replace("10", "5")


def test_text_of_a_literal_becomes_the_text_of_the_read() -> None:
    before = READ + 'def test():\n    assert "max_overflow=10" in SOURCE\n'
    found, _ = checked(before, LITERAL, BY_LITERAL)
    written = '\'max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5"))\''
    assert found == READ + f"def test():\n    assert {written} in SOURCE\n"


def test_text_in_single_quotes_stays_readable() -> None:
    before = READ + "def test():\n    assert 'max_overflow=10' in SOURCE\n"
    found, _ = checked(before, LITERAL, BY_LITERAL)
    assert '\'max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5"))\' in SOURCE' in found


def test_raw_text_gets_other_quotes_where_its_own_do_not_fit() -> None:
    before = READ + 'def test():\n    assert r"max_overflow=10" in SOURCE\n'
    found, _ = checked(before, LITERAL, BY_LITERAL)
    assert '\'max_overflow=int(os.getenv("DB_MAX_OVERFLOW", "5"))\' in SOURCE' in found


def test_text_of_another_file_stays() -> None:
    before = (
        "from pathlib import Path\n\n\ndef test():\n"
        "    assert 'DB_MAX_OVERFLOW=10' in Path('.env.example').read_text()\n"
    )
    files = {
        "app/db.py": DEFAULT,
        ".env.example": "DB_MAX_OVERFLOW=10\n",
        "tests/test_env.py": before,
    }
    found, _ = updated(files, BY_DEFAULT)
    assert found == files


def test_several_files_with_different_forms_is_a_remark() -> None:
    files = {
        "app/a.py": LITERAL,
        "app/b.py": LITERAL,
        "tests/test_source.py": (
            "from pathlib import Path\n\n\ndef test():\n"
            "    for path in ('app/a.py', 'app/b.py'):\n"
            "        assert 'max_overflow=10' in Path(path).read_text()\n"
        ),
    }
    changes = (
        Change("app/a.py", "max_overflow=|10|", 'int(os.getenv("A", "5"))'),
        Change("app/b.py", "max_overflow=|10|", 'int(os.getenv("B", "5"))'),
    )
    found, remarks = updated(files, *changes)
    assert found == files
    assert remarks[0].startswith("tests/test_source.py:6: looks for 'max_overflow=10' in several")


PATTERNS = {
    "literal_in_a_group": (
        LITERAL,
        BY_LITERAL,
        r"r'max_overflow=(\d+)'",
        r"""r'max_overflow=int\(os\.getenv\("DB_MAX_OVERFLOW", "(\d+)"\)\)'""",
    ),
    "raw_double_quotes": (
        LITERAL,
        BY_LITERAL,
        r'r"max_overflow\s*=\s*(\d+)"',
        r'r"max_overflow\s*=\s*int\(os\.getenv\(\"DB_MAX_OVERFLOW\", \"(\d+)\"\)\)"',
    ),
    "plain_string": (
        LITERAL,
        BY_LITERAL,
        r"'max_overflow=(\\d+)'",
        r"""'max_overflow=int\\(os\\.getenv\\("DB_MAX_OVERFLOW", "(\\d+)"\\)\\)'""",
    ),
    "named_group_after_another": (
        LITERAL,
        BY_LITERAL,
        r"r'(\w+)=5, max_overflow=(?P<overflow>\d+)\)'",
        r"""r'(\w+)=5, max_overflow=int\(os\.getenv\("DB_MAX_OVERFLOW", """
        r""""(?P<overflow>\d+)"\)\)\)'""",
    ),
    "default_still_matches": (
        DEFAULT,
        BY_DEFAULT,
        r"""r'"DB_MAX_OVERFLOW",\s*"(\d+)"'""",
        r"""r'"DB_MAX_OVERFLOW",\s*"(\d+)"'""",
    ),
    "number_in_the_pattern": (
        DEFAULT,
        BY_DEFAULT,
        r"""r'"DB_MAX_OVERFLOW",\s*"(10)"'""",
        r"""r'"DB_MAX_OVERFLOW",\s*"(5)"'""",
    ),
    "either_form_already": (
        LITERAL,
        BY_LITERAL,
        r"""r'(?:max_overflow=|DB_MAX_OVERFLOW", ")(\d+)'""",
        r"""r'(?:max_overflow=|DB_MAX_OVERFLOW", ")(\d+)'""",
    ),
}


@pytest.mark.parametrize("name", PATTERNS)
@pytest.mark.parametrize("compiled", [False, True], ids=["called", "compiled"])
def test_pattern(name: str, compiled: bool) -> None:
    source, change, pattern, expected = PATTERNS[name]
    group = 2 if "(\\w+)" in pattern else 1

    def script(pattern: str, value: str) -> str:
        search = f"re.search({pattern}, SOURCE)"
        if compiled:
            search = f"re.compile({pattern}).search(SOURCE)"
        return (
            "import re\n" + READ + f"match = {search}\n"
            f'if not match or match.group({group}) != "{value}":\n'
            f'    print("❌ max_overflow: expected {value}")\n    raise SystemExit(1)\n'
        )

    before, after = script(pattern, "10"), script(expected, "5")
    found, remarks = checked(before, source, change)
    assert found == after
    assert remarks == []
    assert _exit_code(before, source) == 0
    assert _exit_code(before, migrated({"app/db.py": source}, change)["app/db.py"]) == 1
    assert _exit_code(after, migrated({"app/db.py": source}, change)["app/db.py"]) == 0


def _exit_code(script: str, source: str) -> int:
    """Run a check script of this file against a source; its own read of the disk is replaced."""
    names: dict[str, object] = {"SOURCE": source}
    try:
        exec(script.replace('SOURCE = Path("app/db.py").read_text()', ""), names)
    except SystemExit as stop:
        return int(str(stop.code))
    return 0


def test_one_pattern_over_two_rewritten_forms_and_one_that_stays() -> None:
    files = {
        "app/a.py": "create_engine(URL, max_overflow=10)\n",
        "app/b.py": "create_engine(URL, max_overflow=10)\n",
        "app/c.py": "create_engine(URL, pool_size=5, max_overflow=10)\n",
        "scripts/verify_pools.py": (
            "import re\nfrom pathlib import Path\n\n"
            'FILES = ["app/a.py", "app/b.py", "app/c.py"]\n'
            "for path in FILES:\n"
            "    found = re.findall(r'max_overflow=(\\d+)', Path(path).read_text())\n"
            '    assert found, f"{path}: no max_overflow"\n'
        ),
    }
    changes = (
        Change("app/a.py", "max_overflow=|10|", 'int(os.getenv("DB_MAX_OVERFLOW", "5"))'),
        Change("app/b.py", "max_overflow=|10|", 'int(os.getenv("B_OVERFLOW", "5"))'),
        Change(
            "app/c.py", "pool_size=|5|", 'int(os.getenv("S", "5"))', argument="pool_size", old=5
        ),
    )
    after = migrated(files, *changes)
    written = re.search(r"findall\(r'(.*)', Path", after["scripts/verify_pools.py"])
    assert written is not None
    assert re.findall(written[1], after["app/a.py"]) == ["5"]
    assert re.findall(written[1], after["app/b.py"]) == ["5"]
    assert re.findall(written[1], after["app/c.py"]) == ["10"]


def test_pattern_that_cannot_be_kept_is_a_remark() -> None:
    before = "import re\n" + READ + "assert re.search(r'max_overflow=\\d\\d\\)$', SOURCE)\n"
    found, remarks = checked(before, LITERAL, BY_LITERAL)
    assert found == before
    assert remarks[0].startswith("scripts/check_limits.py:7: the pattern 'max_overflow=")


def test_pattern_that_would_never_end_costs_seconds() -> None:
    before = "import re\n" + READ + "assert re.search(r'(x+x+)+max_overflow=(\\d+)', SOURCE)\n"
    source = "# " + "x" * 60 + "\n" + LITERAL
    started = time.monotonic()
    found, remarks = checked(before, source, BY_LITERAL)
    assert found == before
    assert "could not be tried on it in time" in remarks[0]
    assert time.monotonic() - started < 30


def test_script_block_becomes_consistent() -> None:
    before = """import re
from pathlib import Path

text = Path("app/db.py").read_text(encoding="utf-8")
overflow = re.search(r'DB_MAX_OVERFLOW", "(\\d+)"', text)
if overflow and int(overflow.group(1)) == 10:
    print("✅ max_overflow is 10")
elif overflow:
    print(f"❌ expected 10, found {overflow.group(1)} (10 files read)")
else:
    print("❌ DB_MAX_OVERFLOW must default to 10, pool_size to 10")
retries = re.search(r'RETRIES = (\\d+)', text)
if retries.group(1) == "10":
    print("✅ retries: 10, as expected: 10")
"""
    found, _ = checked(before, DEFAULT, BY_DEFAULT)
    assert found == before.replace("(1)) == 10", "(1)) == 5").replace(
        "✅ max_overflow is 10", "✅ max_overflow is 5"
    ).replace("❌ expected 10", "❌ expected 5").replace(
        "must default to 10, pool", "must default to 5, pool"
    )


def test_table_of_paths_and_expected_values() -> None:
    files = {
        "web/db.py": DEFAULT,
        "jobs/db.py": DEFAULT,
        "scripts/check_pools.py": (
            "import re\nfrom pathlib import Path\n\nROOT = Path(__file__).parents[1]\n"
            'EXPECTED = {ROOT / "web" / "db.py": "10", ROOT / "jobs/db.py": "10", "x.py": "10"}\n'
            "for path, expected in EXPECTED.items():\n"
            '    match = re.search(r\'"DB_MAX_OVERFLOW", "(\\d+)"\', path.read_text())\n'
            "    if match.group(1) != expected:\n"
            '        print(f"❌ {path}: {match.group(1)}, not {expected}")\n'
        ),
    }
    changes = (
        Change("web/db.py", '"DB_MAX_OVERFLOW", |"10"|', '"5"'),
        Change("jobs/db.py", '"DB_MAX_OVERFLOW", |"10"|', '"2"', new=2),
    )
    found, _ = updated(files, *changes)
    line = found["scripts/check_pools.py"].splitlines()[4]
    assert line.startswith(
        'EXPECTED = {ROOT / "web" / "db.py": "5", ROOT / "jobs/db.py": "2", "x.py": "10"}'
    )


def test_pattern_put_together_from_a_table() -> None:
    before = (
        "import re\n"
        + READ
        + 'for name, expected in [("max_overflow", "10"), ("retries", "10")]:\n'
        "    match = re.search(rf'{name}=(\\d+)', SOURCE)\n"
        "    assert match.group(1) == expected\n"
    )
    found, remarks = checked(before, LITERAL, BY_LITERAL)
    assert found == before.replace('"max_overflow", "10"', '"max_overflow", "5"')
    assert "the pattern 'max_overflow=(\\\\d+)' no longer finds the value" in remarks[0]


def test_helper_called_with_paths_and_values() -> None:
    files = {
        "web/db.py": DEFAULT,
        "jobs/db.py": DEFAULT,
        "scripts/verify_pools.py": (
            "import re\nfrom pathlib import Path\n\n\n"
            "def check(path, name, expected):\n"
            "    match = re.search(name + r'\", \"(\\d+)', Path(path).read_text())\n"
            "    assert match.group(1) == expected, f'{name} should be {expected}'\n\n\n"
            'check("web/db.py", "DB_MAX_OVERFLOW", "10")\n'
            'check("jobs/db.py", "DB_MAX_OVERFLOW", "10")\n'
            'check("jobs/db.py", "DB_RETRIES", "10")\n'
        ),
    }
    changes = (
        Change("web/db.py", '"DB_MAX_OVERFLOW", |"10"|', '"5"'),
        Change("jobs/db.py", '"DB_MAX_OVERFLOW", |"10"|', '"2"', new=2),
    )
    found, _ = updated(files, *changes)
    assert found["scripts/verify_pools.py"].endswith(
        'check("web/db.py", "DB_MAX_OVERFLOW", "5")\n'
        'check("jobs/db.py", "DB_MAX_OVERFLOW", "2")\n'
        'check("jobs/db.py", "DB_RETRIES", "10")\n'
    )


def test_messages_beside_a_text_follow_it() -> None:
    before = READ + (
        'if "max_overflow=10" in SOURCE:\n'
        '    print("max_overflow=10, 10 workers")\n'
        "else:\n"
        '    raise SystemExit("max_overflow should be 10")\n'
        'print("max_overflow=10 was checked")\n'
    )
    found, _ = checked(before, LITERAL, BY_LITERAL)
    assert 'raise SystemExit("max_overflow should be 5")' in found
    assert 'print("max_overflow=5, ' in found
    assert found.endswith('print("max_overflow=10 was checked")\n')  # outside the block


def test_messages_beside_a_pattern_follow_it() -> None:
    before = (
        "import re\n"
        + READ
        + (
            'if not re.search(r"max_overflow=10", SOURCE):\n'
            '    print("max_overflow is not 10; pool_size is not 10")\n'
        )
    )
    found, _ = checked(before, LITERAL, BY_LITERAL)
    assert "max_overflow is not 5; pool_size is not 10" in found


def test_doctests_of_a_text_file() -> None:
    text = "The limit:\n\n>>> from app.db import engine\n>>> engine.pool._max_overflow\n10\n"
    files = {"app/db.py": LITERAL, "tests/limits.rst": text, "docs/limits.rst": text}
    found, _ = updated(files, BY_LITERAL)
    assert found["tests/limits.rst"] == text.replace("10", "5")
    assert found["docs/limits.rst"] == text  # a document, which nobody runs
