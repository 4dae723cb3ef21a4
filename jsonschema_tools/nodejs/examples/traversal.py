"""From a schema to an example: one value for a schema, from the outside in.

A schema without a known type becomes a copy of itself in which every part is an example; the mapping of properties
is treated as such a schema. Source: json-schema-faker 0.5.0-rcv.34 under upstream's options.
"""

from __future__ import annotations

import math
from typing import Any

from jsonschema_tools.errors import SchemaError
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.cleaning import cleaned
from jsonschema_tools.nodejs.examples.merging import opposite, without
from jsonschema_tools.nodejs.examples.numbers import number_example, picked, whole_between
from jsonschema_tools.nodejs.examples.objects import members
from jsonschema_tools.nodejs.examples.pattern_strings import string_for
from jsonschema_tools.nodejs.examples.resolution import Path, Resolution, place
from jsonschema_tools.nodejs.examples.stated import enumerated, stated_value
from jsonschema_tools.nodejs.examples.strings import fitted, string_example
from jsonschema_tools.nodejs.examples.values import (
    at,
    composite,
    entries,
    freeze,
    number_at,
    open_choice,
    refuse,
    truthy,
)

MAX_VALUES = 50_000
"""An example that needs more values than this is refused."""

_NUMERIC = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
_INFERRED = {
    "array": ("additionalItems", "items", "maxItems", "minItems", "uniqueItems"),
    "integer": _NUMERIC,
    "object": (
        "additionalProperties",
        "dependencies",
        "maxProperties",
        "minProperties",
        "patternProperties",
        "properties",
        "required",
    ),
    "string": ("maxLength", "minLength", "pattern", "format"),
}
_HOLDERS = ("additionalItems", "items", "additionalProperties", "dependencies", "patternProperties", "properties")


class Traversal:
    """Makes the example of one document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._resolution = Resolution(document)
        self._document = document
        self._values = 0

    def example(self, schema: Any, path: Path = (), owner: Any = UNDEFINED) -> Any:
        """The value for a schema, `UNDEFINED` where there is none; ``owner`` is what it becomes a part of."""
        self._values += 1
        try:
            if self._values > MAX_VALUES:
                refuse(f"it would have more than {MAX_VALUES} values")
            return self._example(schema, path, owner)
        except SchemaError as error:
            if error.pointer is None:
                raise error.replaced(pointer=place(self._document, path)) from None
            raise

    def _example(self, schema: Any, path: Path, owner: Any) -> Any:
        schema = self._resolution.resolved(schema, path)
        if not truthy(schema):
            return UNDEFINED
        if path[-1:] != ("properties",):
            fixed = stated_value(schema)
            if fixed is not UNDEFINED:
                return fixed
        if truthy(at(schema, "not")) and composite(schema["not"]):
            schema = opposite(schema["not"], without(schema, "not"))
            if at(schema, "type") == "object":
                return cleaned(self.example(schema, (*path, "not"), owner), schema)
        choice = open_choice(schema)
        if choice:
            return self.example(choice(owner), path)
        if isinstance(at(schema, "pattern"), str):
            return fitted(string_for(schema["pattern"]), schema)
        if isinstance(at(schema, "enum"), list):
            return enumerated(schema)
        return self._typed(schema, path, owner)

    def _typed(self, schema: Any, path: Path, owner: Any) -> Any:
        kind = at(schema, "type")
        if isinstance(kind, list):
            kind = picked(kind) if kind else UNDEFINED
        elif kind is UNDEFINED:
            kind = _inferred(schema, path)
            if kind is not UNDEFINED:
                schema["type"] = kind
        if not isinstance(kind, str):
            return self._copied(schema, path)
        if kind in ("integer", "number"):
            return number_example(schema, whole=kind == "integer")
        if kind == "string":
            return string_example(schema)
        if kind == "array":
            return self._items(schema, path)
        if kind == "object":
            parts = members(schema)
            return None if parts is None else self.example(parts, (*path, "properties"), schema)
        if kind not in ("boolean", "null"):
            refuse(f"the type {kind!r} is not known")
        return False if kind == "boolean" else None

    def _copied(self, schema: Any, path: Path) -> Any:
        copy: Any = [] if isinstance(schema, list) else {}
        for key, part in entries(schema):
            value = part
            if composite(part) and key != "definitions":
                value = self.example(part, (*path, key), copy)
                value = cleaned(value, schema[int(key)] if isinstance(schema, list) else at(schema, key))
            if isinstance(copy, list):
                copy.append(value)
            else:
                copy[key] = value
        return copy

    def _items(self, schema: Any, path: Path) -> list[Any]:
        items, additional = at(schema, "items"), at(schema, "additionalItems")
        if not truthy(items) and not truthy(additional):
            if any(at(schema, keyword) is not UNDEFINED for keyword in ("minItems", "maxItems", "uniqueItems")):
                refuse("the array has no `items` that say what is in it")
            return []
        if isinstance(items, list):
            return [self.example(item, (*path, "items", index)) for index, item in enumerate(items)]
        if not truthy(items):
            items = additional if composite(additional) else {}
        values = [self.example(items, (*path, "items", index)) for index in range(_length(schema))]
        if truthy(at(schema, "uniqueItems")):
            return self._distinct(values, items, (*path, "items"))
        return values

    def _distinct(self, values: list[Any], items: Any, path: Path) -> list[Any]:
        """The values that differ, and further ones for those that do not, as long as new ones come out."""
        found = {freeze(value): value for value in reversed(values)}
        distinct = list(reversed(found.values()))
        failures = 0
        while len(distinct) != len(values) and failures < 100:
            steps = self._resolution.steps
            value = self.example(items, path)
            if freeze(value) not in found:
                found[freeze(value)] = value
                distinct.append(value)
            elif failures and steps == self._resolution.steps:
                break
            else:
                failures += 1
        return distinct


def _inferred(schema: Any, path: Path) -> Any:
    if path[-1:] and path[-1] in _HOLDERS:
        return UNDEFINED
    return next(
        (kind for kind, keys in _INFERRED.items() if any(at(schema, k) is not UNDEFINED for k in keys)), UNDEFINED
    )


def _length(schema: Any) -> int:
    """How many items: ``maxItems``, else few."""
    low, high = number_at(schema, "minItems", 1.0), number_at(schema, "maxItems", 5.0)
    few = whole_between(low, high)
    asked = number_at(schema, "maxItems", 0.0) or few
    length = max(math.floor(asked + 0.5), math.ceil(number_at(schema, "minItems", 0.0)))
    if length > MAX_VALUES:
        refuse(f"it would have more than {MAX_VALUES} values")
    return length
