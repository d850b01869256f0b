"""What poolenv knows of pool constructors: TOML data and its loader."""

from poolenv.catalogue.entry import Argument, Catalogue, Form, Sink
from poolenv.catalogue.loader import load

__all__ = ["Argument", "Catalogue", "Form", "Sink", "load"]
