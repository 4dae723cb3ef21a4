"""Whether a property name matches a key of ``patternProperties``, as JavaScript without flags has it: by UTF-16 units.

Source: json-schema-faker 0.5, which makes a ``RegExp`` of the key.
"""

from __future__ import annotations

from jsonschema_tools.nodejs.examples.values import refuse, utf16_units
from jsonschema_tools.patterns.searching import is_legacy_pattern, legacy_matches


def matches(pattern: str, name: str) -> bool:
    """Whether the pattern is found anywhere in the name. Raises `SchemaError` where that cannot be said."""
    units = utf16_units(pattern)
    found = legacy_matches(units, utf16_units(name))
    if found is None:
        reason = "takes too long to search" if is_legacy_pattern(units) else "is not a regular expression"
        refuse(f"the key `{pattern}` of `patternProperties` {reason}")
    return found
