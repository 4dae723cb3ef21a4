"""YAML and JSON text to plain data, and back: exact numbers, positions, pointers, the order of keys."""
