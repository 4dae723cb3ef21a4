"""Every property has one type, known from the schema alone.

Why: events are read into typed columns.
Example: `type: [string, integer]`; an array without `items.type`; an object without `properties`; null in `enum`.
Instead: one type; `items: {type: ...}`; `properties`, or `additionalProperties` for a map. All members of a `oneOf`
have the same type and, where they are objects, the same `required` list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.checks import Context, Family, Problem, Rule
from jsonschema_tools.documents.values import equal, escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.subjects import released_files

_NOTHING = object()


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from _look(file.document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("type"), list):
        yield Problem("a list of types", f"{pointer}/type", "Choose one type.")
    if schema.get("type") == "array":
        yield from _array(schema, pointer)
    if schema.get("type") == "object":
        yield from _object(schema, pointer)
    for index, value in enumerate(_list(schema.get("enum"))):
        if value is None:
            yield Problem("null in an enum", f"{pointer}/enum/{index}", "Leave the property out of the event instead.")
    properties = schema.get("properties")
    for name, subschema in properties.items() if isinstance(properties, dict) else ():
        here = f"{pointer}/properties/{escape_token(name)}"
        if not (isinstance(subschema, dict) and subschema.get("type")):
            yield Problem(f"property {name!r} has no type", here, "Give it one.")
        yield from _look(subschema, here)
    for index, part in enumerate(_list(schema.get("allOf"))):
        yield from _look(part, f"{pointer}/allOf/{index}")
    if _list(schema.get("oneOf")):
        yield from _one_of(schema["oneOf"], f"{pointer}/oneOf")


def _array(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    items = schema.get("items")
    if not (isinstance(items, dict) and items.get("type")):
        yield Problem("an array whose items have no type", pointer, "Add items with a type.")
    else:
        yield from _look(items, f"{pointer}/items")


def _object(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    described = any(schema.get(key) or schema.get(key) in ({}, []) for key in ("properties", "oneOf", "allOf"))
    values = schema.get("additionalProperties")
    if not described and not values and values != {}:
        yield Problem("an object without properties", pointer, "Add properties, or additionalProperties for a map.")
    if values:
        yield from _look(values, f"{pointer}/additionalProperties")


def _one_of(members: list[Any], pointer: str) -> Iterator[Problem]:
    first = members[0]
    kind = first.get("type", _NOTHING) if isinstance(first, dict) else _NOTHING
    for index, member in enumerate(members):
        here = f"{pointer}/{index}"
        own = member.get("type", _NOTHING) if isinstance(member, dict) else _NOTHING
        if own is not kind and (isinstance(own, list) or not equal(own, kind)):
            yield Problem("members of oneOf have different types", here, "Give all members the same type.")
        elif kind == "object" and not _same_shape(first, member):
            yield Problem("members of oneOf require different properties", here, "Give all the same required list.")
        yield from _look(member, here)


def _same_shape(first: dict[str, Any], member: dict[str, Any]) -> bool:
    ours, theirs = first.get("required"), member.get("required")
    return isinstance(ours, list) and isinstance(theirs, list) and set(map(str, ours)) == set(map(str, theirs))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULE = Rule("schema-deterministic-types", Family.ROBUSTNESS, "every property has one known type", released_files, check)
