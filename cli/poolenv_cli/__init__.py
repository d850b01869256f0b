"""The command line of poolenv: options in, one call, output."""
