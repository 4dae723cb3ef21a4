"""JavaScript's comparison of values with ``<`` and in ``sort``, as lodash and json-schema-compare use it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cmp_to_key
from typing import Any

from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import value_key


def ordered(values: list[Any]) -> list[Any]:
    """The values, each once, in the order lodash ``sortBy`` puts them: as ECMAScript's ``<`` has it, null last."""
    once: dict[Hashable, Any] = {}
    for value in values:
        once.setdefault(id(value) if isinstance(value, (dict, list)) else (value_key(value),), value)
    found = list(once.values())
    if all(isinstance(value, str) for value in found):
        return sorted(found, key=utf16)
    return sorted(found, key=cmp_to_key(_ascending))


def utf16(text: str) -> bytes:
    """The sort key of strings in ECMAScript: UTF-16 code units."""
    return text.encode("utf-16-be", "surrogatepass")


def _ascending(left: Any, right: Any) -> int:
    """lodash's ``compareAscending``: ECMAScript's ``<`` and ``>``, then null, then NaN."""
    rank = _last(left) - _last(right)
    if rank or _last(left):
        return rank
    a, b = _primitive(left), _primitive(right)
    if isinstance(a, str) and isinstance(b, str):
        a, b = utf16(a), utf16(b)
    else:
        a, b = _number(a), _number(b)
    return int(a > b) - int(a < b)


def _last(value: Any) -> int:
    return 1 if value is None else 2 * (value != value)


def _primitive(value: Any) -> Any:
    """ECMAScript's ToPrimitive."""
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return number_text(value)
    return str(_primitive(value))


def _number(value: Any) -> Any:
    """ECMAScript's ToNumber; text that is no number becomes NaN."""
    if not isinstance(value, str):
        return value
    try:
        return float(value.strip() or 0)
    except ValueError:
        return float("nan")
