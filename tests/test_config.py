"""What ``[tool.poolenv]`` and the command line ask for, and how wrong words are answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poolenv.config import PRESETS, CommandLine, load, merge, parse_rule
from poolenv.model import Action, Options, PoolenvError, Rule


def _pyproject(root: Path, body: str) -> Path:
    path = root / "pyproject.toml"
    path.write_text(f"[tool.poolenv]\n{body}\n")
    return path


def _rules(*rules: tuple[str, str, int | bool]) -> tuple[Rule, ...]:
    return tuple(Rule(Action(action), target, value) for action, target, value in rules)


def test_no_configuration_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Options()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert load(tmp_path) == Options()


def test_every_key(tmp_path: Path) -> None:
    _pyproject(
        tmp_path,
        """
        set = { pool_size = 8 }
        cap = { overflow = 5 }
        ensure = { recycle = 300, health_check = true }
        prefix = "SHOP_DB"
        include = ["backend/**"]
        exclude = ["backend/migrations/**"]
        branch = "limits"
        base = "origin/main"
        document = "docs/LIMITS.md"
        security_document = "docs/SECURITY.md"
        limits_test = "test_limits.py"
        rewrite_tests = true
        rewrite_flags = true
        """,
    )
    options = load(tmp_path)
    assert options.policy.rules == _rules(
        ("set", "pool_size", 8),
        ("cap", "overflow", 5),
        ("ensure", "recycle", 300),
        ("ensure", "health_check", True),
    )
    assert (options.policy.prefix, options.policy.rewrite_tests) == ("SHOP_DB", True)
    assert options.policy.rewrite_flags
    assert (options.include, options.exclude) == (("backend/**",), ("backend/migrations/**",))
    assert (options.branch, options.base) == ("limits", "origin/main")
    assert options.document == "docs/LIMITS.md"
    assert options.security_document == "docs/SECURITY.md"
    assert options.limits_test == "test_limits.py"


def test_a_file_of_its_own_needs_no_table(tmp_path: Path) -> None:
    own = tmp_path / "poolenv.toml"
    own.write_text("cap = { size = 5 }\n")
    assert load(tmp_path, own).policy.rules == _rules(("cap", "size", 5))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('prefx = "DB"', "no key 'prefx'; did you mean 'prefix'?"),
        ("zzz = 1", "no key 'zzz'; expected one of base, branch, cap"),
        ("cap = 5", "cap: expected a table of roles and values, not the number 5"),
        ("cap = { overflw = 5 }", "'overflw'; did you mean 'overflow'?"),
        ("cap = { max_overflow = '5' }", "cap.max_overflow: max_overflow takes a whole number"),
        ("cap = { max_overflow = 0 }", "a cap has to be above 0"),
        ("cap = { health_check = true }", "health_check is true or false, which has no cap"),
        ("cap = { pool_size = 2.5 }", "pool_size takes a whole number, not 2.5"),
        ("cap = { pool_size = true }", "pool_size takes a whole number, not True"),
        ("set = { recycle = nan }", "recycle takes a number from 0"),
        ("set = { size = [5] }", "set.size: expected a number, not a list"),
        ("set = { size = -1 }", "size takes a whole number from 0"),
        ("ensure = { health_check = 1 }", "health_check takes true or false, not 1"),
        ("set = { size = 5 }\ncap = { size = 4 }", "set size=5 and cap size=4 contradict"),
        ('preset = "hard-limit"', "no preset is called 'hard-limit'; did you mean 'hard-limits'?"),
        ('include = "backend"', "include: expected a list of strings, not the string 'backend'"),
        ("rewrite_tests = 1", "rewrite_tests: expected true or false, not the number 1"),
        ('prefix = "9-DB"', "prefix: '9-DB' can't begin a variable's name"),
        ('branch = "-f"', "branch: '-f' is not a name git takes"),
        ('document = "../LIMITS.md"', "has to be a file inside the repository"),
        ('document = "/etc/motd"', "has to be a file inside the repository"),
        ('document = ".git/hooks/x"', "has to be a file inside the repository"),
        ('limits_test = "a/test_x.py"', "a Python file's name without a folder"),
        ('document = "A.md"\nsecurity_document = "a.md"', "name the same file"),
        ("sinks = 3", "sinks: expected [[tool.poolenv.sinks]] tables"),
        ("cap = {", "not valid TOML"),
    ],
)
def test_mistakes_are_named_with_file_and_key(tmp_path: Path, body: str, words: str) -> None:
    path = _pyproject(tmp_path, body)
    with pytest.raises(PoolenvError) as caught:
        load(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message
    assert caught.value.exit_code == 2


def test_a_named_file_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PoolenvError, match="no such file; --config names a TOML file"):
        load(tmp_path, tmp_path / "nothing.toml")


def test_a_broken_pyproject_that_does_not_speak_of_poolenv_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "{{ cookiecutter.name }}\n')
    assert load(tmp_path) == Options()


def test_a_link_that_leaves_the_repository_is_not_followed(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    outside = _pyproject(tmp_path, 'prefix = "STOLEN"')
    (repository / "pyproject.toml").symlink_to(outside)
    with pytest.raises(PoolenvError, match="a link that leaves the repository"):
        load(repository)


@pytest.mark.parametrize(
    ("action", "text", "rule"),
    [
        (Action.CAP, "max_overflow=5", Rule(Action.CAP, "max_overflow", 5)),
        (Action.SET, " size = 8 ", Rule(Action.SET, "size", 8)),
        (Action.SET, "acquire_timeout=2.5", Rule(Action.SET, "acquire_timeout", 2.5)),
        (Action.ENSURE, "health_check=true", Rule(Action.ENSURE, "health_check", True)),
        (Action.ENSURE, "pool_pre_ping=True", Rule(Action.ENSURE, "pool_pre_ping", True)),
    ],
)
def test_rules_as_typed(action: Action, text: str, rule: Rule) -> None:
    assert parse_rule(action, text) == rule


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("max_overflow", "expected ROLE=VALUE, like --cap max_overflow=5"),
        ("=5", "expected ROLE=VALUE"),
        ("size=", "expected ROLE=VALUE"),
        ("pool_sise=5", "did you mean 'pool_size'?"),
        ("size=five", "size takes a whole number, not 'five'"),
        ("size=0", "a cap has to be above 0"),
        ("size=-3", "size takes a whole number from 0"),
        ("size=99999999999", "size takes a whole number from 0"),
        ("size=1_000", "size takes a whole number, not '1_000'"),
        ("pool_use_lifo=true", "listed by scan, but never rewritten"),
    ],
)
def test_wrong_rules(text: str, words: str) -> None:
    with pytest.raises(PoolenvError) as caught:
        parse_rule(Action.CAP, text)
    assert words in str(caught.value)


@given(st.text(max_size=40) | st.text("a=1\n", min_size=3), st.sampled_from(Action))
def test_any_text_is_a_rule_or_one_clear_line(text: str, action: Action) -> None:
    try:
        said = str(parse_rule(action, text).value)
    except PoolenvError as error:
        said = str(error)
    assert said.isprintable()


def test_the_command_line_wins_by_target(tmp_path: Path) -> None:
    _pyproject(tmp_path, "cap = { size = 5, overflow = 10 }\nensure = { recycle = 300 }")
    given = CommandLine(set_rules=("size=8",), prefix="APP_", include=("api/*",))
    options = merge(load(tmp_path), given)
    assert options.policy.rules == _rules(
        ("cap", "overflow", 10), ("ensure", "recycle", 300), ("set", "size", 8)
    )
    assert (options.policy.prefix, options.include) == ("APP", ("api/*",))


def test_a_role_typed_wins_over_an_argument_configured(tmp_path: Path) -> None:
    # The more specific name wins within one set of rules; 10 would otherwise silently stay.
    _pyproject(tmp_path, "cap = { max_overflow = 10 }")
    options = merge(load(tmp_path), CommandLine(cap_rules=("overflow=5",)))
    assert options.policy.rules == _rules(("cap", "overflow", 5))


def test_own_rules_win_over_a_preset(tmp_path: Path) -> None:
    given = CommandLine(preset="hard-limits", set_rules=("size=3",))
    rules = merge(Options(), given).policy.rules
    assert Rule(Action.SET, "size", 3) in rules
    assert Rule(Action.CAP, "size", 5) not in rules
    assert set(PRESETS["hard-limits"]) - set(rules) == {Rule(Action.CAP, "size", 5)}
    _pyproject(tmp_path, 'preset = "hard-limits"\nset = { size = 3 }')
    assert set(load(tmp_path).policy.rules) == set(rules)


def test_contradictions_on_the_command_line() -> None:
    given = CommandLine(set_rules=("size=3",), cap_rules=("size=5",))
    with pytest.raises(PoolenvError, match="set size=3 and cap size=5 contradict each other"):
        merge(Options(), given)
    same = CommandLine(cap_rules=("size=5", "size=5"))
    assert merge(Options(), same).policy.rules == _rules(("cap", "size", 5))


def test_nothing_given_changes_nothing(tmp_path: Path) -> None:
    _pyproject(tmp_path, 'cap = { size = 5 }\nbranch = "x"\nrewrite_tests = true')
    options = load(tmp_path)
    assert merge(options, CommandLine()) == options
