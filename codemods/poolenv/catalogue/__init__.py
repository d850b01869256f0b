"""What poolenv knows of pool constructors: TOML data and its loader."""
