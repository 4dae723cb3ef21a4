"""Attacks: what a stranger's clone, server, schema or event tries, and that it is refused."""
