"""The test functions of a generated file in pytest's style."""

from __future__ import annotations

DEFAULT = '''@pytest.mark.parametrize("limit", LIMITS, ids=lambda row: "-".join(row[:2]))
def test_default(limit: Limit) -> None:
    """Without the variable, the module falls back to the limit."""
    found = limited(parse(limit.module), limit.variable, limit.default)
    message = f"{len(found)} reads of {limit.variable} default to {limit.default!r}"
    assert len(found) >= limit.reads, f"{message}: was another number put back?"
'''

VARIABLE = '''@pytest.mark.parametrize("limit", LIMITS, ids=lambda row: "-".join(row[:2]))
def test_variable_is_used(limit: Limit) -> None:
    """With the variable set, its value is the limit."""
    tree = parse(limit.module)
    found = limited(tree, limit.variable, limit.default)
    other = other_than(limit.default)
    with environment(limit.variable, str(other).lower()):
        for node in found if limit.typed else []:
            value = evaluate(node, names_of(tree))
            assert value == other, f"{limit.module}:{node.lineno} gives {value!r}"
'''

JUNK = '''@pytest.mark.parametrize("limit", LIMITS, ids=lambda row: "-".join(row[:2]))
def test_junk_is_refused(limit: Limit) -> None:
    """A value that is no number is an error that shows it, not another limit."""
    tree = parse(limit.module)
    found = limited(tree, limit.variable, limit.default)
    is_number = limit.typed and not isinstance(limit.default, bool)
    with environment(limit.variable, "junk"):
        for node in found if is_number else []:
            with pytest.raises(ValueError, match=f"junk|{limit.variable}"):
                evaluate(node, names_of(tree))
'''

WRITTEN = '''@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: "-".join(row[:2]))
def test_written_default(row: Written) -> None:
    """The default beside the name is the limit."""
    found = defaults(parse(row.module), row.name)
    count = [str(value) for value in found].count(str(row.default))
    assert count >= row.places, f"{row.module}: {row.name} defaults to {found}"
'''

LOADED = '''@pytest.mark.parametrize("row", LOADED, ids=lambda row: "-".join(row[:2]))
def test_loaded_module(row: Loaded) -> None:
    """The module itself, run with the variable unset, set, and set to junk."""
    path = str(ROOT / row.module)
    with environment(row.variable):
        assert runpy.run_path(path)[row.name] == row.default
    other = other_than(row.default)
    with environment(row.variable, str(other)):
        assert runpy.run_path(path)[row.name] == other
    message = f"junk|{row.variable}"
    with environment(row.variable, "junk"), pytest.raises(ValueError, match=message):
        runpy.run_path(path)
'''

NO_LITERALS = '''@pytest.mark.parametrize(("module", "name"), NO_LITERALS)
def test_no_number_came_back(module: str, name: str) -> None:
    """No bare number is given to the argument, it comes from the environment."""
    lines = literals(parse(module), name)
    assert not lines, f"{module}: {name} is a number again, line {lines}"
'''


def assembled(parts: list[str]) -> str:
    """The tests one below the other."""
    return "\n\n".join(parts)
