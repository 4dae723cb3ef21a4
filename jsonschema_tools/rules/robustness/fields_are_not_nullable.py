"""No field may be null.

Why: typed columns and many languages have one way to say that there is no value; a field that is left out says it.
Example: `type: [string, 'null']`; `oneOf` with `type: 'null'`; `nullable: true`, which is of OpenAPI.
Instead: one type, and the field left out of `required`: an event without a value leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.fields import field_at
from jsonschema_tools.schemas.traversal import located_subschemas

_REMEDY = "Optional fields are left out of `required`, and events leave them out: name one type."


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from written_here(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        kinds = schema.get("type")
        if isinstance(kinds, list) and "null" in kinds and len(kinds) > 1:
            yield Problem(f"{_named(pointer)} may be null", f"{pointer}/type", _REMEDY)
        if schema.get("nullable") is True:
            yield Problem(
                "nullable is no keyword of JSON Schema, and no field should be null", f"{pointer}/nullable", _REMEDY
            )
        for name in ("oneOf", "anyOf"):
            branches = schema.get(name)
            if isinstance(branches, list) and len(branches) > 1 and any(map(_is_null, branches)):
                yield Problem(f"{_named(pointer)} may be null", f"{pointer}/{name}", _REMEDY)


def _named(pointer: str) -> str:
    name = field_at(pointer)
    return "the event" if name is None else repr(name)


def _is_null(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "null"


RULE = Rule(
    "fields-are-not-nullable",
    Family.ROBUSTNESS,
    "no field may be null",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
