"""A schema cannot make validating an event slow.

Why: events come from anywhere, and a regular expression over a long string can take for ever.
Example: `pattern` or `format` without `maxLength`; `patternProperties` without `propertyNames.maxLength`;
`uniqueItems: true` over objects or arrays without `maxItems`.
Instead: add the limit. Source: the security metaschema of AJV 6, which does not look into a list of `items`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.checks import Context, Family, Problem, Rule
from jsonschema_tools.documents.values import escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.subjects import every_file

_SCHEMA = ("items", "additionalItems", "additionalProperties", "if", "then", "else", "not", "contains", "propertyNames")
_MAP = ("definitions", "patternProperties", "properties", "dependencies")
_LIST = ("allOf", "anyOf", "oneOf")


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from _look(file.document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        return
    yield from _limits(schema, pointer)
    for key in _SCHEMA:
        yield from _look(schema.get(key), f"{pointer}/{key}")
    for key in _MAP:
        group = schema.get(key)
        for name, subschema in group.items() if isinstance(group, dict) else ():
            yield from _look(subschema, f"{pointer}/{key}/{escape_token(name)}")
    for key in _LIST:
        if key in schema:
            yield from _look_through(schema[key], f"{pointer}/{key}")


def _look_through(members: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(members, list) or not members:
        yield Problem("an empty list of schemas, or none", pointer, "Give it a member, or remove it.")
    else:
        for index, member in enumerate(members):
            yield from _look(member, f"{pointer}/{index}")


def _limits(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    for keyword in ("pattern", "format"):
        if keyword in schema and "maxLength" not in schema:
            yield Problem(f"{keyword} without maxLength", f"{pointer}/{keyword}", "Add maxLength.")
    names = schema.get("propertyNames")
    if "patternProperties" in schema and (
        "propertyNames" not in schema or (isinstance(names, dict) and "maxLength" not in names)
    ):
        yield Problem(
            "patternProperties without propertyNames.maxLength", f"{pointer}/patternProperties", "Add the limit."
        )
    if schema.get("uniqueItems") is True and "maxItems" not in schema and _may_be_large(schema.get("items")):
        yield Problem("uniqueItems over objects or arrays without maxItems", f"{pointer}/uniqueItems", "Add maxItems.")


def _may_be_large(items: Any) -> bool:
    kinds = items.get("type", "object") if isinstance(items, dict) else "object"
    return any(kind in ("object", "array") for kind in (kinds if isinstance(kinds, list) else [kinds]))


RULE = Rule("schema-is-secure", Family.ROBUSTNESS, "validating cannot be made slow", every_file, check)
