"""Run by the target's interpreter, as a script of its own: see ``__main__.py``."""
