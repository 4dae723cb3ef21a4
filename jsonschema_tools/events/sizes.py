"""The size of a value, estimated: enough to decide what is cheap to look at."""

from __future__ import annotations

from jsonschema_tools.documents.values import Document

_SMALL = 100


def is_small(value: Document) -> bool:
    """Whether a value is small enough to look at at once."""
    if not isinstance(value, dict | list):
        return True
    count, pending = 0, [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict | list):
            count += len(inner)
            if count > _SMALL:
                return False
            pending += inner.values() if isinstance(inner, dict) else inner
    return True


def size(value: Document) -> int:
    """How many values there are in a value, about."""
    count, pending = 0, [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict | list):
            count += len(inner)
            pending += inner.values() if isinstance(inner, dict) else inner
    return count // 10
