"""Scopes of one module: what binds a name, and which binding reaches a place."""
