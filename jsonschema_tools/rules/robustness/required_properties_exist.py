"""Every required property is declared.

Why: a required property that nothing describes is usually a misspelt one.
Example: `required: [naem]` beside `properties: {name: ...}`.
Instead: declare the property, or do not require it. A schema with `required` must have `properties`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.checks import Context, Family, Problem, Rule
from jsonschema_tools.documents.values import escape_token
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.subjects import released_files

_REMEDY = "Declare it in properties, or do not require it."


def check(file: SchemaFile, _context: Context) -> Iterator[Problem]:
    yield from _look(file.document, "")


def _look(schema: Any, pointer: str) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        return
    properties = schema.get("properties")
    required = schema.get("required")
    if required or required == []:
        here = f"{pointer}/required"
        if not isinstance(required, list):
            yield Problem("required is no list", here, "Write a list of property names.")
        elif not isinstance(properties, dict):
            yield Problem("there is a list of required properties, but no properties", here, _REMEDY)
        else:
            for index, name in enumerate(required):
                if not isinstance(name, str) or properties.get(name, False) in (False, None):
                    yield Problem(f"property {name!r} is required but not declared", f"{here}/{index}", _REMEDY)
    for name, subschema in properties.items() if isinstance(properties, dict) else ():
        yield from _look(subschema, f"{pointer}/properties/{escape_token(name)}")


RULE = Rule(
    "schema-required-properties-exist", Family.ROBUSTNESS, "all required properties must exist", released_files, check
)
