"""Mappings, sequences and loops: what stands at a key, and what statements change there."""
