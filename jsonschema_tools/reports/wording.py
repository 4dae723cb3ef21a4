"""Words that reports have in common."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """``1 schema``, ``2 schemas``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
