"""Stage: a new test that pins the limits in the migrated repository."""

from poolenv.limits_test.stage import limits_test

__all__ = ["limits_test"]
