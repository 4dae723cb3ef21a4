"""What schemas that count as the same in a merge have in common, as a key: only those of one key are compared.

Being the same is no equality (``true``, ``{}`` and ``false``: see `comparison`), so a key can only say which schemas
are *not* the same. It leaves out whatever may be absent, and does not look into alternatives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Any, Final

from jsonschema_tools.documents.values import value_key

Likeness = Callable[[Any], Hashable]

_NOTHING: Final = frozenset[Any]()
_FEW = 4
"""So many values are compared sooner than keys are made of them."""

SCHEMA_KEYWORDS = frozenset({"additionalProperties", "additionalItems", "contains", "propertyNames", "not"})
"""Keywords whose value is one schema."""
_GROUPS = frozenset({"properties", "patternProperties", "dependencies"})
_ALTERNATIVES = frozenset({"anyOf", "allOf", "oneOf"})
_DEFAULTS: dict[str, Hashable] = {
    "uniqueItems": value_key(False),
    **dict.fromkeys(("minLength", "minItems", "minProperties"), value_key(0)),
}


class _NoSchema(ValueError):
    """Something that is no schema stands where one should be: what it is the same as, only a comparison can say."""


def likenesses(values: list[Any], likeness: Likeness) -> list[Hashable]:
    """The key of each value; one for all where they are few, strange or deep."""
    if len(values) > _FEW:
        try:
            return [likeness(value) for value in values]
        except (_NoSchema, RecursionError):
            pass
    return [None] * len(values)


def comparisons(schemas: list[Any]) -> int:
    """How many comparisons it may take to find the schemas that count as the same."""
    return sum(count * count for count in Counter(likenesses(schemas, schema_likeness)).values())


def schema_likeness(schema: Any) -> Hashable:
    """A key that schemas share if `comparison.same_schema` takes them for the same."""
    if isinstance(schema, bool):
        return _NOTHING
    if not isinstance(schema, dict):
        raise _NoSchema
    keys = {keyword: keyword_likeness(keyword, value) for keyword, value in schema.items()}
    return frozenset(entry for entry in keys.items() if entry[1] != _NOTHING)


def keyword_likeness(keyword: str, value: Any) -> Hashable:
    """A key that values of a keyword share if they count as the same."""
    if keyword in SCHEMA_KEYWORDS:
        return schema_likeness(value)
    if keyword in _GROUPS:
        return _group(value)
    if keyword in _ALTERNATIVES and isinstance(value, list):
        return "alternatives"
    if keyword in ("required", "enum"):
        return frozenset(map(value_key, value)) if isinstance(value, list) else _NOTHING
    if keyword == "type":
        return frozenset(map(value_key, value if isinstance(value, list) else [value]))
    if keyword == "items" and isinstance(value, (dict, list)):
        return schema_likeness(value) if isinstance(value, dict) else _group(value)
    key = value_key(value)
    return _NOTHING if key == _DEFAULTS.get(keyword, _NOTHING) else key


def _group(group: Any) -> Hashable:
    """Of a mapping or list of schemas; what lists of names say is no matter."""
    if isinstance(group, list):
        group = {str(index): item for index, item in enumerate(group)}
    if not isinstance(group, dict):
        return _NOTHING
    return frozenset(
        (name, "names" if isinstance(schema, list) else schema_likeness(schema)) for name, schema in group.items()
    )
