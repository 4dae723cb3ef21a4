"""Every property has one type, known from the schema alone.

Why: events are read into typed columns.
Example: `type: [string, integer]`; an array without `items.type`; an object without `properties`; null in `enum`.
Instead: one type; `items: {type: ...}`; `properties`, or `additionalProperties` for a map. All members of a `oneOf`
have the same type and, where they are objects, the same `required` list.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, describe, equal, value_key
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ecmascript import members, truthy
from jsonschema_tools.rules.ecmascript import no_schema, parts
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import released_files

_NOTHING = object()


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from problems(file.document)


def problems(document: Document) -> Iterator[Problem]:
    """What in a schema has no one known type."""
    yield from _look(document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if schema is None:
        yield no_schema(pointer)
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("type"), list):
        yield Problem("a list of types", f"{pointer}/type", "Choose one type.")
    if schema.get("type") == "array":
        yield from _array(schema, pointer)
    if schema.get("type") == "object":
        yield from _object(schema, pointer)
    for index, value in enumerate(schema["enum"] if isinstance(schema.get("enum"), list) else ()):
        if value is None:
            yield Problem("null in an enum", f"{pointer}/enum/{index}", "Leave the property out of the event instead.")
    yield from _inside(schema, pointer)


def _inside(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    for name, subschema in members(schema.get("properties")):
        here = f"{pointer}/properties/{escape_token(name)}"
        if not _has_type(subschema):
            yield Problem(f"property {name!r} has no type", here, "Give it one.")
        yield from _look(subschema, here)
    for part in parts(schema, "allOf", pointer):
        if isinstance(part, Problem):
            yield part
        else:
            yield from _look(part[1], part[0])
    if isinstance(schema.get("oneOf"), (list, str)) and schema["oneOf"]:
        yield from _one_of(schema["oneOf"], f"{pointer}/oneOf")


def _has_type(schema: Any) -> bool:
    return isinstance(schema, dict) and truthy(schema.get("type"))


def _array(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    items = schema.get("items")
    if not _has_type(items):
        yield Problem("an array whose items have no type", pointer, "Add items with a type.")
    else:
        yield from _look(items, f"{pointer}/items")


def _object(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    described = any(truthy(schema.get(key)) for key in ("properties", "oneOf", "allOf"))
    values = schema.get("additionalProperties")
    if not described and not truthy(values):
        yield Problem("an object without properties", pointer, "Add properties, or additionalProperties for a map.")
    if truthy(values):
        yield from _look(values, f"{pointer}/additionalProperties")


def _one_of(alternatives: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(alternatives, list):
        yield Problem(f"oneOf is {describe(alternatives)}", pointer, "Write a list of schemas.")
        return
    first = alternatives[0]
    kind = first.get("type", _NOTHING) if isinstance(first, dict) else _NOTHING
    for index, member in enumerate(alternatives):
        here = f"{pointer}/{index}"
        own = member.get("type", _NOTHING) if isinstance(member, dict) else _NOTHING
        if own is not kind and (isinstance(own, (list, dict)) or not equal(own, kind)):
            yield Problem("members of oneOf have different types", here, "Give all members the same type.")
        elif kind == "object" and not _same_shape(first, member):
            yield Problem("members of oneOf require different properties", here, "Give all the same required list.")
        yield from _look(member, here)


def _same_shape(first: dict[str, Any], member: dict[str, Any]) -> bool:
    ours, theirs = first.get("required"), member.get("required")
    if not isinstance(ours, list) or not isinstance(theirs, list):
        return False
    return set(map(value_key, ours)) == set(map(value_key, theirs))


RULE = Rule("schema-deterministic-types", Family.ROBUSTNESS, "every property has one known type", released_files, check)
