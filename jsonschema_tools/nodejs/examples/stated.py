"""Values that a schema states itself: ``default``, ``const``, ``enum``, and upstream's ``template``.

Source: json-schema-faker 0.5.0-rcv.34 with ``useDefaultValue``.
"""

from __future__ import annotations

import math
import re
from typing import Any

from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.merging import listed
from jsonschema_tools.nodejs.examples.numbers import picked
from jsonschema_tools.nodejs.examples.strings import cast
from jsonschema_tools.nodejs.examples.values import at, compared, number_at, refuse, text_of, truthy

_PLACEHOLDER = re.compile(r"#\{([A-Za-z0-9_.-]+)\}")


def stated_value(schema: Any, owner: Any) -> Any:
    """The value that the schema itself states, `UNDEFINED` if it does not."""
    if not isinstance(schema, (dict, list)):
        refuse(f"{text_of(schema)} is not a schema that says which value to generate")
    default, template = at(schema, "default"), at(schema, "template")
    if default is not UNDEFINED:
        return default
    if template is not UNDEFINED:
        return _filled_in(template, owner)
    return at(schema, "const")


def _filled_in(template: Any, owner: Any) -> Any:
    if isinstance(template, list):
        return [_filled_in(part, owner) for part in template]
    if not isinstance(template, str):
        return template
    if owner is UNDEFINED and _PLACEHOLDER.search(template):
        refuse("there is nothing from which the `template` could take values")
    return _PLACEHOLDER.sub(lambda match: text_of(at(owner, match[1])), template)


def enumerated(schema: Any) -> Any:
    """The value that chance picks of the schema's ``enum``, as the schema's type; null when none is left."""
    _drop_out_of_bounds(schema)
    return cast(picked(schema["enum"]) if schema["enum"] else None, schema, at(schema, "type"))


def as_typed(value: Any, schema: Any) -> Any:
    """A value from elsewhere as the schema's type; its ``enum`` loses what is out of bounds, as upstream has it."""
    _drop_out_of_bounds(schema)
    return cast(value, schema, at(schema, "type"))


def _drop_out_of_bounds(schema: Any) -> None:
    """Thin out the ``enum`` of a numeric schema. Nothing negative is left as soon as there is a positive bound."""
    if at(schema, "type") not in ("integer", "number") or not truthy(at(schema, "enum")):
        return
    low = max(number_at(schema, "minimum", 0.0), 0.0)
    high = number_at(schema, "maximum", 0.0) or math.inf
    step = number_at(schema, "multipleOf", 0.0) or 1.0
    if truthy(at(schema, "exclusiveMinimum")) and low == number_at(schema, "minimum", math.nan):
        low += step
    if truthy(at(schema, "exclusiveMaximum")) and high == number_at(schema, "maximum", math.nan):
        high -= step
    if low or high != math.inf:
        values = listed(schema["enum"], "enum")
        schema["enum"] = [value for value in values if compared(value, low) >= 0 and compared(value, high) <= 0]
