"""Every required property is declared.

Why: a required property that nothing describes is usually a misspelt one.
Example: `required: [naem]` beside `properties: {name: ...}`.
Instead: declare the property, or do not require it. A schema with `required` must have `properties`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.nodejs.ecmascript import members, truthy
from jsonschema_tools.rules.ecmascript import no_schema
from jsonschema_tools.rules.model import Context, Family, Problem, Rule
from jsonschema_tools.rules.subjects import released_files

_REMEDY = "Declare it in properties, or do not require it."


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from _look(file.document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if schema is None:
        yield no_schema(pointer)
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    if truthy(schema.get("required")):
        yield from _required(schema["required"], properties, f"{pointer}/required")
    for name, subschema in members(properties):
        yield from _look(subschema, f"{pointer}/properties/{escape_token(name)}")


def _required(required: Any, properties: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(required, list):
        yield Problem("required is no list", pointer, "Write a list of property names.")
    elif not truthy(properties):
        yield Problem("there is a list of required properties, but no properties", pointer, _REMEDY)
    else:
        declared = {name for name, schema in members(properties) if truthy(schema)}
        for index, name in enumerate(required):
            if str(name) not in declared:
                yield Problem(f"property {name!r} is required but not declared", f"{pointer}/{index}", _REMEDY)


RULE = Rule(
    "schema-required-properties-exist", Family.ROBUSTNESS, "all required properties must exist", released_files, check
)
