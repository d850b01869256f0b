"""Calls and parameters: what goes into a function of the repository, and what comes out."""
