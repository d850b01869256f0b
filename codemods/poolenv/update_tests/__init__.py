"""Stage: the tests that assert old values, updated with the evidence that they do."""

from poolenv.update_tests.stage import update_tests

__all__ = ["update_tests"]
