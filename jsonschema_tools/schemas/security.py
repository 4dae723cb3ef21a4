"""What in a schema can make validating an event slow. Source: the security metaschema of AJV 6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from jsonschema_tools.documents.values import escape_token

_SCHEMA = ("items", "additionalItems", "additionalProperties", "if", "then", "else", "not", "contains", "propertyNames")
_MAP = ("definitions", "patternProperties", "properties", "dependencies")
_LIST = ("allOf", "anyOf", "oneOf")
_LATER_SCHEMA = ("unevaluatedItems", "unevaluatedProperties", "contentSchema")
_LATER_MAP = ("$defs", "dependentSchemas")
_LATER_LIST = ("prefixItems",)


class Weakness(NamedTuple):
    """A limit that is missing: what, where (JSON Pointer), and the cure."""

    message: str
    pointer: str
    remedy: str


def weaknesses(schema: Any, pointer: str = "", *, strict: bool = False) -> Iterator[Weakness]:
    """Every missing limit of a schema.

    ``strict`` also looks where the source does not: into a list of ``items``, and the keywords of later drafts.
    """
    if not isinstance(schema, dict):
        return
    yield from _limits(schema, pointer)
    for key in _SCHEMA + (_LATER_SCHEMA if strict else ()):
        yield from weaknesses(schema.get(key), f"{pointer}/{key}", strict=strict)
    for key in _MAP + (_LATER_MAP if strict else ()):
        group = schema.get(key)
        for name, subschema in group.items() if isinstance(group, dict) else ():
            yield from weaknesses(subschema, f"{pointer}/{key}/{escape_token(name)}", strict=strict)
    for key in _LIST + (_LATER_LIST if strict else ()):
        if key in schema:
            yield from _in_list(schema[key], f"{pointer}/{key}", strict)
    if strict and isinstance(schema.get("items"), list):
        yield from _in_list(schema["items"], f"{pointer}/items", strict)


def _in_list(members: Any, pointer: str, strict: bool) -> Iterator[Weakness]:
    if not isinstance(members, list) or not members:
        yield Weakness("an empty list of schemas, or none", pointer, "Give it a member, or remove it.")
    else:
        for index, member in enumerate(members):
            yield from weaknesses(member, f"{pointer}/{index}", strict=strict)


def _limits(schema: dict[str, Any], pointer: str) -> Iterator[Weakness]:
    for keyword in ("pattern", "format"):
        if keyword in schema and "maxLength" not in schema:
            yield Weakness(f"{keyword} without maxLength", f"{pointer}/{keyword}", "Add maxLength.")
    names = schema.get("propertyNames")
    if "patternProperties" in schema and (
        "propertyNames" not in schema or (isinstance(names, dict) and "maxLength" not in names)
    ):
        yield Weakness(
            "patternProperties without propertyNames.maxLength", f"{pointer}/patternProperties", "Add the limit."
        )
    if schema.get("uniqueItems") is True and "maxItems" not in schema and _may_be_large(schema.get("items")):
        yield Weakness("uniqueItems over objects or arrays without maxItems", f"{pointer}/uniqueItems", "Add maxItems.")


def _may_be_large(items: Any) -> bool:
    kinds = items.get("type", "object") if isinstance(items, dict) else "object"
    return any(kind in ("object", "array") for kind in (kinds if isinstance(kinds, list) else [kinds]))
