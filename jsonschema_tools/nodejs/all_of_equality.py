"""When two schemas, or two values of one keyword, count as the same in a merge.

Source: json-schema-compare 0.2, on which upstream's merging of ``allOf`` rests. It is an equality of meaning in places
(the order of ``required`` is no matter, an absent ``minLength`` is 0) and of text elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Final

from jsonschema_tools.documents.values import equal, own_keys
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_likeness import (
    SCHEMA_KEYWORDS,
    Likeness,
    keyword_likeness,
    likenesses,
    schema_likeness,
)
from jsonschema_tools.nodejs.javascript_order import ordered


class _Undefined:
    """The one value of an absent key."""

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = _Undefined()

NO_SCHEMA = "a schema must be an object or a boolean"
"""The complaint about a keyword that the declared draft does not know, and whose value cannot be merged."""

_MAY_BE_ABSENT = frozenset(
    {
        "properties",
        "patternProperties",
        "dependencies",
        "uniqueItems",
        "minLength",
        "minItems",
        "minProperties",
        "required",
    }
)


def same_schema(left: Any, right: Any) -> bool:
    """Whether two schemas (mappings, booleans, or `UNDEFINED`) count as the same.

    As upstream has it, a boolean beside an object counts as an empty object, ``false`` too.
    """
    if left is right or (_accepts_all(left) and _accepts_all(right)):
        return True
    if not _is_schema(left) or not _is_schema(right):
        raise SchemaError(NO_SCHEMA, remedy="Correct the value.")
    if left is UNDEFINED or right is UNDEFINED or (isinstance(left, bool) and isinstance(right, bool)):
        return False
    left, right = ({} if isinstance(schema, bool) else schema for schema in (left, right))
    return all(_same_keyword(key, left, right) for key in {**left, **right})


def unique(values: list[Any], same: Callable[[Any, Any], bool], likeness: Likeness) -> list[Any]:
    """The values of which no earlier one is the same, in order. Only those of one likeness are compared."""
    if len(values) < 2:
        return values
    kept: list[Any] = []
    known: dict[Hashable, list[Any]] = {}
    for value, key in zip(values, likenesses(values, likeness), strict=True):
        alike = known.setdefault(key, [])
        if not any(same(value, other) for other in alike):
            alike.append(value)
            kept.append(value)
    return kept


def unique_schemas(schemas: list[Any]) -> list[Any]:
    """The schemas of which no earlier one is the same, in order."""
    return unique(schemas, same_schema, schema_likeness)


def unique_values(keyword: str, values: list[Any]) -> list[Any]:
    """The values of a keyword of which no earlier one is the same, in order."""

    def same(left: Any, right: Any) -> bool:
        return _same_keyword(keyword, {keyword: left}, {keyword: right})

    return unique(values, same, lambda value: keyword_likeness(keyword, value))


def _same_keyword(key: str, left: dict[str, Any], right: dict[str, Any]) -> bool:
    a, b = left.get(key, UNDEFINED), right.get(key, UNDEFINED)
    if key in SCHEMA_KEYWORDS:
        return same_schema(a, b)
    if equal(a, b):
        return True
    if (a is UNDEFINED or b is UNDEFINED) and key not in _MAY_BE_ABSENT:
        return False
    comparer = _COMPARERS.get(key)
    return comparer is not None and comparer(a, b)


def _same_names(left: Any, right: Any) -> bool:
    return equal(ordered(_as_list(left)), ordered(_as_list(right)))


def _same_types(left: Any, right: Any) -> bool:
    left, right = ([value] if not isinstance(value, list) else value for value in (left, right))
    return equal(ordered(left), ordered(right))


def _same_group(left: Any, right: Any) -> bool:
    """Maps (or lists) of schemas. Two lists of names under one key count as the same, as upstream has it."""
    if not _entries(left) or not _entries(right):
        return not _entries(left) and not _entries(right)
    a, b = _entries(left), _entries(right)
    for key in {**a, **b}:
        one, other = a.get(key, UNDEFINED), b.get(key, UNDEFINED)
        if isinstance(one, list) and isinstance(other, list):
            continue
        if isinstance(one, list) or isinstance(other, list):
            return False
        if one is UNDEFINED or other is UNDEFINED or not same_schema(one, other):
            return False
    return True


def _same_items(left: Any, right: Any) -> bool:
    if isinstance(left, dict) and isinstance(right, dict):
        return same_schema(left, right)
    if isinstance(left, list) and isinstance(right, list):
        return _same_group(left, right)
    return equal(left, right)


def _same_alternatives(left: Any, right: Any) -> bool:
    if not isinstance(left, list) or not isinstance(right, list):
        return False
    a, b = unique_schemas(left), unique_schemas(right)
    keys = likenesses([*a, *b], schema_likeness)
    known: dict[Hashable, list[Any]] = {}
    for schema, key in zip(b, keys[len(a) :], strict=True):
        known.setdefault(key, []).append(schema)
    shared = [one for one, key in zip(a, keys, strict=False) if any(same_schema(one, o) for o in known.get(key, ()))]
    return len(shared) == max(len(a), len(b))


def _absent_or(default: Any) -> Callable[[Any, Any], bool]:
    def same(left: Any, right: Any) -> bool:
        return (left is UNDEFINED and equal(right, default)) or (right is UNDEFINED and equal(left, default))

    return same


_COMPARERS: dict[str, Callable[[Any, Any], bool]] = {
    "uniqueItems": _absent_or(False),
    "minLength": _absent_or(0),
    "minItems": _absent_or(0),
    "minProperties": _absent_or(0),
    "required": _same_names,
    "enum": _same_names,
    "type": _same_types,
    "items": _same_items,
    "anyOf": _same_alternatives,
    "allOf": _same_alternatives,
    "oneOf": _same_alternatives,
    "properties": _same_group,
    "patternProperties": _same_group,
    "dependencies": _same_group,
}


def _accepts_all(schema: Any) -> bool:
    return schema is UNDEFINED or schema is True or (isinstance(schema, dict) and not schema)


def _is_schema(value: Any) -> bool:
    return value is UNDEFINED or isinstance(value, (dict, bool))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _entries(group: Any) -> dict[str, Any]:
    if isinstance(group, dict):
        return {key: group[key] for key in own_keys(group)}
    return {str(index): item for index, item in enumerate(_as_list(group))}
