"""Classes and instances: what an attribute holds."""
