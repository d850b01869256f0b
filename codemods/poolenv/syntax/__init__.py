"""Python source as trees with exact positions; what every stage may import."""
