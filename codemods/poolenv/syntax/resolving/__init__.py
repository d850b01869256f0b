"""What an expression refers to, across the repository's files."""
