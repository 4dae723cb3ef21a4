"""Renderers: from a `Report` to text. Each is a pure function in a file of its own."""
