"""YAML text, read and written as js-yaml 3.x does it."""
