"""Values that a schema states itself: ``default``, ``const``, ``enum``.

Source: json-schema-faker 0.5.0-rcv.34 with ``useDefaultValue``.
"""

from __future__ import annotations

import math
from typing import Any

from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.merging import listed
from jsonschema_tools.nodejs.examples.numbers import picked
from jsonschema_tools.nodejs.examples.strings import cast
from jsonschema_tools.nodejs.examples.values import at, compared, number_at, refuse, text_of, truthy


def stated_value(schema: Any) -> Any:
    """The value that the schema itself states, `UNDEFINED` if it does not."""
    if not isinstance(schema, (dict, list)):
        refuse(f"{text_of(schema)} is not a schema that says which value to generate")
    default = at(schema, "default")
    return default if default is not UNDEFINED else at(schema, "const")


def enumerated(schema: Any) -> Any:
    """The value that chance picks of the schema's ``enum``, as the schema's type; null when none is left."""
    _drop_out_of_bounds(schema)
    return cast(picked(schema["enum"]) if schema["enum"] else None, schema, at(schema, "type"))


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
