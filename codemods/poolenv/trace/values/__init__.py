"""Expressions that give one value: literals combined, tested, converted, read from outside."""
