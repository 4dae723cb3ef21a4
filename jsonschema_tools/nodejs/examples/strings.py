"""Strings of generated examples: words, formats, and how a value is made to fit its schema's type.

Source: json-schema-faker 0.5.0-rcv.34 with the options and formats that upstream sets. The formats that give
the time of generation there (``date``, ``time``, ``datetime``) give the first moment of 2021 here.
"""

from __future__ import annotations

import math
import re
from typing import Any

from jsonschema_tools.documents.numbers import MAX_DIGITS
from jsonschema_tools.nodejs.all_of_equality import UNDEFINED
from jsonschema_tools.nodejs.examples.dates import rewritten
from jsonschema_tools.nodejs.examples.numbers import whole_between
from jsonschema_tools.nodejs.examples.pattern_strings import string_for
from jsonschema_tools.nodejs.examples.values import (
    as_document,
    at,
    from_utf16_units,
    number_at,
    refuse,
    text_of,
    truthy,
    utf16_length,
    utf16_units,
)

WORD = "dolor"
"""The word that chance picks of upstream's Latin ones, always."""

MAX_LENGTH = 1_000_000
"""A string that has to be longer than this (in UTF-16 code units) is refused."""

MOMENT = "2021-01-01T00:00:00.000Z"

FORMATS = {
    "date-time": MOMENT,
    "datetime": MOMENT,
    "date": MOMENT[:10],
    "time": MOMENT[11:],
    "email": "jjjj@hhhhh.dd",
    "hostname": "hhhhh.dd",
    "idn-email": "jjjj@hhhhh.dd",
    "idn-hostname": "hhhhh.dd",
    "ipv4": "38.38.38.38",
    "ipv6": ":".join(["cccc"] * 8),
    "iri": "http://hhhhh.ddhjhj",
    "iri-reference": "http://hhhhh.ddhjhj",
    "json-pointer": "/hk/hk",
    "regex": ".+?",
    "slug": "jj",
    "uri": "http://hhhhh.ddhjhj",
    "uri-reference": "http://example.org",
    "uri-template": "http://hhhhh.dd/{d9}/{d9}",
    "uuid": "22222222-2222-2222-2222-222222222222",
}
"""What is written for each known format, before it is made as long as the schema wants it."""

_ANY_LENGTH = float(2**53 - 1)
_FILLER = "/"
_FLOAT = re.compile(r"\s*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
_INTEGER = re.compile(r"\s*([+-]?[0-9]+)")


def string_example(schema: Any) -> str:
    """The value for type ``string`` of a schema without ``enum`` and without a textual ``pattern``."""
    low, high = _lengths(schema)
    if truthy(at(schema, "format")):
        text = _formatted(at(schema, "format"))
    elif truthy(at(schema, "pattern")):
        refuse("the `pattern` is not a string")
    else:
        text = _words(low, high)
    return fitted(text, schema)


def cast(value: Any, schema: Any, kind: Any) -> Any:
    """A value that was written in the schema, turned into the type ``kind`` the way JavaScript turns it."""
    if value is None or value is UNDEFINED:
        return None
    if kind == "string":
        return fitted(text_of(value), schema)
    if kind == "boolean":
        return truthy(value)
    if kind in ("integer", "number"):
        return _as_number(value, whole=kind == "integer")
    return value


def fitted(text: str, schema: Any) -> str:
    """The text filled up or cut to the schema's lengths, and rewritten where the format is a date or time."""
    low, high = _lengths(schema)
    if low > MAX_LENGTH:
        refuse(f"`minLength` asks for more than {MAX_LENGTH} characters")
    text = _filled(text, low, at(schema, "pattern"))
    if high and utf16_length(text) > high:
        text = from_utf16_units(utf16_units(text)[: math.floor(high)])
    return rewritten(text, at(schema, "format"))


def _filled(text: str, low: float, pattern: Any) -> str:
    missing = low - utf16_length(text)
    if missing > 0 and truthy(pattern):
        more = string_for(pattern)
        return text + more * math.ceil(missing / utf16_length(more)) if more else text
    while utf16_length(text) < low:
        text += _FILLER + text
    return text


def _lengths(schema: Any) -> tuple[float, float]:
    low, high = number_at(schema, "minLength", 0.0), number_at(schema, "maxLength", _ANY_LENGTH)
    return max(0.0, low), min(high, _ANY_LENGTH)


def _words(low: float, high: float) -> str:
    if low > MAX_LENGTH:
        refuse(f"`minLength` asks for more than {MAX_LENGTH} characters")
    count = max(1, math.ceil(low / len(WORD)))
    return (WORD * count)[: max(0, math.floor(whole_between(low, high)))]


def _formatted(name: Any) -> str:
    if not isinstance(name, str) or name not in FORMATS:
        refuse(f"the format {text_of(name)!r} is not known; known are {', '.join(sorted(FORMATS))}")
    return FORMATS[name]


def _as_number(value: Any, *, whole: bool) -> int | float:
    """JavaScript's ``parseInt`` or ``parseFloat``; they read a prefix, so ``parseInt`` makes 1 of 1e21."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not whole:
        return value if value else 0
    match = (_INTEGER if whole else _FLOAT).match(text_of(value))
    if match is None:
        refuse(f"{text_of(value)!r} is not a number")
    if whole and len(match[1]) <= MAX_DIGITS and int(match[1]):
        return int(match[1])
    return as_document(float(match[1]))
