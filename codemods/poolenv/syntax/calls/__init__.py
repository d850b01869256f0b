"""Who calls a function of the repository, by whatever name or table it is reached."""
