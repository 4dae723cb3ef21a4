"""All values of a map have one type.

Why: a map becomes a column of type map, which has one type for all its values.
Example: `additionalProperties: {type: [string, integer]}`, or without a type; `additionalProperties: {type: string}`
beside a declared property of type integer.
Instead: one `type` for `additionalProperties`, the same for every property that is declared beside it; or give the
map a property of its own: `tags: {type: object, additionalProperties: {type: string}}`. An object is a map where
`additionalProperties` is a schema or where it has `patternProperties`; `true` and `false` only say whether it is open.
The current file is looked at, materialized. Source: the schema guidelines of Wikimedia's Event Platform.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import in_place, materialized
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.traversal import located_subschemas

_REMEDY = "Give all values of the map one type, or move the map into a property of its own."


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    # Parts that are in order, a fragment and the schema around it, can make a map that is not: each is judged whole.
    yield from in_place(problems(materialized(file, context)), file, context)


def problems(document: Document) -> Iterator[Problem]:
    """What is wrong with the maps of a schema."""
    for pointer, schema in located_subschemas(document, conditions=True):
        shared: frozenset[str] | None = None
        for place, value in _values(schema):
            types = value_types(value)
            if not types:
                yield Problem("a value of a map without a type", f"{pointer}{place}", "Give it one type.")
            elif len(types) > 1:
                yield Problem(f"a value of a map with {len(types)} types", f"{pointer}{place}", "Give it one type.")
            elif shared is not None and types != shared:
                message = f"type {', '.join(types)} in a map whose values have type {', '.join(shared)}"
                yield Problem(message, f"{pointer}{place}", _REMEDY)
            else:
                shared = types


def _values(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What the values of a map may be, with where that stands; nothing where the schema is no map."""
    values, patterns = schema.get("additionalProperties"), schema.get("patternProperties")
    patterns = patterns if isinstance(patterns, dict) else {}
    if not isinstance(values, dict) and not patterns:
        return
    if isinstance(values, dict):
        yield "/additionalProperties", values
    properties = schema.get("properties")
    for key, members in (("patternProperties", patterns), ("properties", properties)):
        for name, value in members.items() if isinstance(members, dict) else ():
            if value is not False:
                yield f"/{key}/{escape_token(name)}", value


def value_types(schema: Any) -> frozenset[str]:
    """The types that a schema allows, as far as it says so; empty where it says nothing."""
    if not isinstance(schema, dict):
        return frozenset()
    stated = schema.get("type")
    if isinstance(stated, str):
        return frozenset([stated])
    if isinstance(stated, list):
        return frozenset(name for name in stated if isinstance(name, str))
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if isinstance(values, list):
        return frozenset(map(_type_of, values))
    for key in ("oneOf", "anyOf"):
        members = schema.get(key)
        if isinstance(members, list):
            allowed = [value_types(member) for member in members]
            return frozenset(name for names in allowed for name in names) if all(allowed) else frozenset()
    stated_parts = [names for part in _list(schema.get("allOf")) if (names := value_types(part))]
    return frozenset.intersection(*stated_parts) if stated_parts else frozenset()


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    kinds = {str: "string", int: "integer", dict: "object", list: "array"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "number")


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


RULE = Rule(
    "maps-share-their-value-type",
    Family.ROBUSTNESS,
    "all values of a map have one type",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
