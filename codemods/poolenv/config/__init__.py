"""What one run was asked for: the command line over ``[tool.poolenv]`` over the defaults."""

from poolenv.config.command_line import CommandLine, merge
from poolenv.config.rules import PRESETS, parse_rule
from poolenv.config.toml import load

__all__ = ["PRESETS", "CommandLine", "load", "merge", "parse_rule"]
