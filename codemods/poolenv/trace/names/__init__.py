"""Names: what is bound to them, here and in other files."""
