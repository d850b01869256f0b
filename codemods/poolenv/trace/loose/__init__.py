"""Settings that look like a pool's and that no way was found from to a pool."""
