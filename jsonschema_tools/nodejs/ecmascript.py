"""What JavaScript makes of the values of a document: the few operations whose outcome decides a verdict of upstream."""

from __future__ import annotations

import math
from collections.abc import Hashable
from typing import Any

from jsonschema_tools.documents.values import Document, Timestamp


def truthy(value: Document) -> bool:
    """Whether JavaScript counts the value as true: an empty list or mapping does, 0 and an empty text do not."""
    if isinstance(value, (dict, list)):
        return True
    return bool(value) and not (isinstance(value, float) and math.isnan(value))


def members(value: Document) -> list[tuple[str, Any]]:
    """The keys and values of a mapping, a list or a text (``Object.entries``); none of anything else."""
    if isinstance(value, dict):
        return list(value.items())
    return [(str(index), item) for index, item in enumerate(value)] if type(value) in (list, str) else []


def same_in_ecmascript(left: Document, right: Document) -> bool:
    """Strict equality (``===``) of values out of two files: numbers are doubles, lists and mappings never the same."""
    if isinstance(left, Timestamp) or isinstance(right, Timestamp) or isinstance(left, (dict, list)):
        return False
    if _is_number(left) and _is_number(right):
        return as_double(left) == as_double(right)
    return type(left) is type(right) and bool(left == right)


def strict_key(value: Document) -> Hashable:
    """A key that values share if they are `same_in_ecmascript`; ``None`` for one that is the same as no other."""
    if isinstance(value, (Timestamp, dict, list)) or value != value:
        return None
    return ("number", as_double(value)) if _is_number(value) else (type(value), value)


def as_double(number: float) -> float:
    """The number as JavaScript holds it."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _is_number(value: Document) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def deep_equal(left: Document, right: Document) -> bool:
    """Whether two documents are the same to ``assert.deepStrictEqual``: a timestamp is no text, -0 is not 0."""
    if isinstance(left, dict):
        return (
            isinstance(right, dict)
            and len(left) == len(right)
            and all(key in right and deep_equal(value, right[key]) for key, value in left.items())
        )
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(deep_equal, left, right))
    if type(left) is str:
        return type(right) is str and left == right
    if _is_number(left) and _is_number(right):
        one, other = as_double(left), as_double(right)
        return (one == other and math.copysign(1, one) == math.copysign(1, other)) or (one != one and other != other)
    return type(left) is type(right) and bool(left == right)


def deep_key(value: Any) -> Hashable:
    """The same for two values, neither of them a list or a mapping, exactly where `deep_equal` holds."""
    if not _is_number(value):
        return type(value), value
    double = as_double(value)
    return (float, "nan") if double != double else (float, double, math.copysign(1, double))
