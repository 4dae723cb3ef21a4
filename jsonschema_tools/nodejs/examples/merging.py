"""How upstream's example generator combines schemas, which is not how the specification does it.

Merging is by key, without knowing keywords: mappings merge, lists grow by what they lack, the later scalar wins.
It changes the schema merged into; lists keep the very items of the other schema. Source: json-schema-faker
0.5.0-rcv.34.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.values import at, entries, number_at, refuse, same_key, text_of, truthy

_SCALAR_TYPES = ("integer", "number", "string", "boolean", "null")
_NUMERIC = frozenset({"integer", "number"})


def merge_into(target: Any, other: Any) -> Any:
    """``target``, changed to hold the keys of ``other`` too; scalars cannot be changed."""
    pairs = entries(other)
    if not isinstance(target, dict):
        return target
    for key, value in pairs:
        known = at(target, key)
        if isinstance(value, list):
            if not truthy(known):
                known = target[key] = []
            if isinstance(known, list):
                _extend(known, value)
        elif isinstance(value, dict):
            target[key] = merge_into(known if isinstance(known, dict) else {}, value)
        else:
            target[key] = value
    return target


def _extend(known: list[Any], items: list[Any]) -> None:
    found = set(map(same_key, known))
    for item in list(items):
        if same_key(item) not in found:
            found.add(same_key(item))
            known.append(item)


def without(schema: Any, *keywords: str) -> dict[str, Any]:
    """A copy of the schema lacking the keywords: its lists are new, with the same items, its mappings deep copies."""
    return {key: _unshared(value) for key, value in entries(schema) if key not in keywords}


def _unshared(value: Any) -> Any:
    if isinstance(value, list):
        return value.copy()
    return merge_into({}, value) if isinstance(value, dict) or callable(value) else value


def opposite(forbidden: Any, schema: Any) -> Any:
    """A schema that takes what ``not`` forbids into account, as far as upstream does: bounds, lengths, types."""
    copy = merge_into({}, schema)
    _beyond(copy, forbidden, "maximum", "minimum")
    _beyond(copy, forbidden, "maxLength", "minLength")
    if at(forbidden, "minimum") is not UNDEFINED:
        copy["exclusiveMaximum"] = True
    if at(forbidden, "maximum") is not UNDEFINED:
        copy["exclusiveMinimum"] = True
    if truthy(at(forbidden, "type")):
        copy["type"] = _other_type(at(forbidden, "type"))
    elif truthy(at(forbidden, "enum")):
        if any(value is True for value in listed(at(forbidden, "enum"), "enum")):
            refuse("the search for a value outside of the forbidden `enum` never ends")
        copy["enum"] = [True]
    required = at(forbidden, "required")
    if truthy(required) and isinstance(at(copy, "properties"), dict):
        for name in names(required, "required"):
            copy["properties"].pop(name, None)
    return copy


def names(value: Any, keyword: str) -> list[str]:
    """The value as property names; it has to be a list."""
    return [text_of(name) for name in listed(value, keyword)]


def listed(value: Any, keyword: str) -> list[Any]:
    """The value, which has to be a list."""
    if not isinstance(value, list):
        refuse(f"the value of `{keyword}` is not a list")
    return value


def _beyond(schema: dict[str, Any], forbidden: Any, upper: str, lower: str) -> None:
    if at(forbidden, lower) is not UNDEFINED:
        schema[upper] = at(forbidden, lower)
    if at(forbidden, upper) is not UNDEFINED:
        limit = number_at(schema, upper, float("nan"))
        schema[lower] = 0 if number_at(forbidden, upper, 0.0) > limit else at(forbidden, upper)


def _other_type(forbidden: Any) -> Any:
    """The first scalar type that is none of the forbidden ones; the two numeric types count as one."""
    types = forbidden if isinstance(forbidden, list) else [forbidden]
    forbidden_types = {name for name in types if isinstance(name, str)}
    if forbidden_types & _NUMERIC:
        forbidden_types |= _NUMERIC
    return next((name for name in _SCALAR_TYPES if name not in forbidden_types), UNDEFINED)
