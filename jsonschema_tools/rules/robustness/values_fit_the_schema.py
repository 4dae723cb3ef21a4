"""What a schema names as a value is one that it allows, and some value is allowed at all.

Why: a default that is refused, a listed value of another type and bounds in the wrong order are mistakes.
Example: `type: string` with `default: 5` or `enum: [new, 3]`; `minimum: 5` with `maximum: 1`.
Instead: values of the type; the lower bound below the upper one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeGuard

from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.model import SchemaFile
from jsonschema_tools.rules.editable import materialized, written_here
from jsonschema_tools.rules.model import Context, Family, Problem, Profile, Rule
from jsonschema_tools.rules.subjects import current_files
from jsonschema_tools.schemas.traversal import located_subschemas
from jsonschema_tools.schemas.vocabulary import TYPES, type_of

_BOUNDS = (
    ("minimum", "maximum"),
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
)


def check(file: SchemaFile, context: Context) -> Iterator[Problem]:
    yield from written_here(_problems(materialized(file, context)), file, context)


def _problems(document: Document) -> Iterator[Problem]:
    for pointer, schema in located_subschemas(document, conditions=True):
        yield from _values(schema, pointer)
        for low, high in _BOUNDS:
            lowest, highest = schema.get(low), schema.get(high)
            if is_number(lowest) and is_number(highest) and lowest > highest:
                message = f"no value is allowed: {low} {describe(lowest)} is above {high} {describe(highest)}"
                yield Problem(message, f"{pointer}/{low}", "Exchange the two, or correct one.")


def _values(schema: dict[str, Any], pointer: str) -> Iterator[Problem]:
    kinds = schema.get("type")
    allowed = {kinds} if isinstance(kinds, str) else {k for k in kinds if isinstance(k, str)} if kinds else set()
    if not allowed or not allowed <= TYPES:
        return
    listed = schema.get("enum")
    values = [(f"{pointer}/enum/{i}", value) for i, value in enumerate(listed if isinstance(listed, list) else ())]
    values += [(f"{pointer}/{name}", schema[name]) for name in ("const", "default") if name in schema]
    for place, value in values:
        kind = type_of(value)
        if kind not in allowed and not (kind == "integer" and "number" in allowed):
            message = f"{describe(value)} is not of type {' or '.join(sorted(allowed))}"
            yield Problem(message, place, "Name a value of the type, or correct the type.")


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number of JSON."""
    return isinstance(value, int | float) and not isinstance(value, bool)


RULE = Rule(
    "values-fit-the-schema",
    Family.ROBUSTNESS,
    "defaults and listed values are of the type, and bounds leave room",
    current_files,
    check,
    profile=Profile.RECOMMENDED,
)
