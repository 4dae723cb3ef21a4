"""The cure for an event that its schema refuses, by keyword."""

from __future__ import annotations

_OTHERWISE = "Mend the event, or release a version of the schema that allows it."
_SHORTER = "Send less of it, or release a version of the schema with a higher limit."

_REMEDIES = {
    "required": "Add the property to the event.",
    "type": "Send a value of the type that the schema names.",
    "enum": "Send one of the values that the schema lists, or release a version that lists this one.",
    "const": "Send the value that the schema names.",
    "format": "Write the value as its format wants it: date-time as 2026-01-31T12:00:00Z, for example.",
    "pattern": "Write the value so that the pattern matches it.",
    "additionalProperties": "Leave the property out, or release a version of the schema that has it.",
    "false": "Leave the value out: the schema allows none here.",
    "maxLength": _SHORTER,
    "maxItems": _SHORTER,
    "maxProperties": _SHORTER,
    "uniqueItems": "Send each item once.",
}


def remedy_for(keyword: str | None) -> str:
    """What to do about an event that breaks a keyword."""
    return _REMEDIES.get(keyword or "", _OTHERWISE)
