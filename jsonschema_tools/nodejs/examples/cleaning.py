"""What upstream takes out of a generated value: empty objects that are not required, and absent values.

It changes mappings in place and makes lists anew, which decides what is shared within an example. Source:
json-schema-faker 0.5.0-rcv.34.
"""

from __future__ import annotations

from typing import Any

from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.values import at, open_choice


def cleaned(value: Any, schema: Any, *, listed: bool = False) -> Any:
    """The value without empty objects; ``schema`` says which are required. ``listed``: the value is in a list."""
    if isinstance(value, list):
        items = (cleaned(item, schema, listed=True) for item in value)
        return [item for item in items if item is not UNDEFINED]
    if not isinstance(value, dict):
        return value
    for key, part in list(value.items()):
        if part == {} and isinstance(part, dict):
            if _may_go(key, schema):
                del value[key]
            continue
        replacement = cleaned(part, schema)
        if replacement is UNDEFINED:
            del value[key]
        elif replacement != {} or not isinstance(replacement, dict):
            value[key] = replacement
    return UNDEFINED if listed and not value else value


def _may_go(key: str, schema: Any) -> bool:
    required = at(schema, "required")
    chosen = open_choice(schema) or open_choice(at(schema, "additionalProperties"))
    return not chosen and not (isinstance(required, list) and key in required)
