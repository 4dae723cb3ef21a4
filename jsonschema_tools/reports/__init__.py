"""Renderers: from a value to text, a folder for each subject and a file for each format."""
