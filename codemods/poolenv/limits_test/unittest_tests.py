"""The test methods of a generated file in unittest's style."""

from __future__ import annotations

DEFAULT = '''    def test_default(self) -> None:
        """Without the variable, a module falls back to the limit."""
        for limit in LIMITS:
            with self.subTest(module=limit.module, variable=limit.variable):
                found = limited(parse(limit.module), limit.variable, limit.default)
                message = f"{len(found)} reads default to {limit.default!r}"
                self.assertGreaterEqual(len(found), limit.reads, message)
'''

VARIABLE = '''    def test_variable_is_used(self) -> None:
        """With the variable set, its value is the limit."""
        for limit in filter(lambda row: row.typed, LIMITS):
            other = other_than(limit.default)
            with self.subTest(module=limit.module, variable=limit.variable):
                tree = parse(limit.module)
                found = limited(tree, limit.variable, limit.default)
                with environment(limit.variable, str(other).lower()):
                    for node in found:
                        self.assertEqual(evaluate(node, names_of(tree)), other)
'''

JUNK = '''    def test_junk_is_refused(self) -> None:
        """A value that is no number is an error that shows it, not another limit."""
        for limit in filter(lambda row: row.typed, LIMITS):
            if isinstance(limit.default, bool):
                continue
            with self.subTest(module=limit.module, variable=limit.variable):
                tree = parse(limit.module)
                found = limited(tree, limit.variable, limit.default)
                with environment(limit.variable, "junk"):
                    for node in found:
                        with self.assertRaisesRegex(ValueError, "junk"):
                            evaluate(node, names_of(tree))
'''

LOADED = '''    def test_loaded_module(self) -> None:
        """The module itself, run with the variable unset, set, and set to junk."""
        for row in LOADED:
            with self.subTest(module=row.module, variable=row.variable):
                path = str(ROOT / row.module)
                with environment(row.variable):
                    self.assertEqual(runpy.run_path(path)[row.name], row.default)
                other = other_than(row.default)
                with environment(row.variable, str(other)):
                    self.assertEqual(runpy.run_path(path)[row.name], other)
                refused = self.assertRaisesRegex(ValueError, "junk")
                with environment(row.variable, "junk"), refused:
                    runpy.run_path(path)
'''

WRITTEN = '''    def test_written_default(self) -> None:
        """The default beside the name is the limit."""
        for row in WRITTEN:
            with self.subTest(module=row.module, name=row.name):
                found = list(map(str, defaults(parse(row.module), row.name)))
                self.assertGreaterEqual(found.count(str(row.default)), row.places)
'''

NO_LITERALS = '''    def test_no_number_came_back(self) -> None:
        """No bare number is given to the argument, it comes from the environment."""
        for module, name in NO_LITERALS:
            with self.subTest(module=module, name=name):
                self.assertEqual(literals(parse(module), name), [])
'''


def assembled(parts: list[str]) -> str:
    """The tests as methods of one class."""
    head = "class ConnectionPoolLimits(unittest.TestCase):\n"
    tail = '\n\nif __name__ == "__main__":\n    unittest.main()\n'
    return (
        head + '    """Each limit is where the table says it is."""\n\n' + "\n".join(parts) + tail
    )
