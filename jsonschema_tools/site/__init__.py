"""A site that people read, and that is the look-up too: from the titles of a repository to its files, purely."""
