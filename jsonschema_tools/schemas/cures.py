"""What to do about a keyword whose value its JSON Schema draft does not allow."""

from __future__ import annotations

import difflib
from typing import Any

from jsonschema_tools.documents.pointers import at, split
from jsonschema_tools.documents.values import Document, describe, equal
from jsonschema_tools.schemas.vocabulary import TYPES

ANY = "Give the keyword a value that its JSON Schema draft allows."


def cure(document: Document, pointer: str) -> str:
    """A remedy for the invalid value at a JSON Pointer in a schema: one for the keyword, or `ANY`."""
    steps = split(pointer)
    try:
        value = at(document, pointer)
    except LookupError:
        return ANY
    match [name for name in steps if not name.isdecimal()][-1:]:
        case ["type"]:
            return _type(value)
        case ["required"]:
            return _required(value)
        case ["enum"]:
            return _enum(value)
        case ["pattern"] if isinstance(value, str):
            return "Correct the regular expression: it is one of ECMA-262, without flags."
        case ["exclusiveMinimum" | "exclusiveMaximum" as name] if isinstance(value, bool):
            return f"Since draft-06 it is the bound itself: `{name}: 0`, instead of the other keyword."
    return ANY


def _type(value: Any) -> str:
    names = value if isinstance(value, list) else [value]
    wrong = [name for name in names if not (isinstance(name, str) and name in TYPES)]
    near = difflib.get_close_matches(str(wrong[0]).lower(), sorted(TYPES), 1) if wrong else []
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"Use {', '.join(sorted(TYPES))}, or a list of these, each once."


def _required(value: Any) -> str:
    if isinstance(value, bool):
        return "List the names in the object around it: `required: [name]`."
    if isinstance(value, str):
        return f"Write a list: `required: [{value}]`."
    return "List names of properties, each once."


def _enum(value: Any) -> str:
    if not isinstance(value, list):
        return "Write a list of values."
    twice = [item for index, item in enumerate(value) if any(equal(item, other) for other in value[:index])]
    return f"Remove the second {describe(twice[0])}." if twice else "Name at least one value."
