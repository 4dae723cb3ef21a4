"""The rules: one file each, listed in `registry`."""
