"""Portable events: valid ones that every store and engine reads as the same values, by the types of their columns.

An integer has no fraction, no exponent and at most 64 bits; a decimal has the digits of its type; a number is a double.
A time is in UTC as ``2026-01-31T12:30:00.123Z``: with ``T`` and ``Z``, at most three digits of a second, no leap second
and no year 0. A UUID is lower case, without ``urn:uuid:``. No text has the character U+0000. Flink and Spark read
others as null or fail, PostgreSQL has no U+0000, and engines with a type for UUIDs spell them so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal as Exact
from typing import Any, NamedTuple

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.tables.types import PRECISION, Array, Decimal, Map, Scalar, Struct, Type

_TIME = re.compile(r"(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(\.\d{1,3})?Z", flags=re.ASCII)
_TIME_OF_UTC = re.compile(r"[^.]*(\.\d+)?Z", flags=re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INT64 = range(-(2**63), 2**63)
_NUL = "\0"


class Unportable(NamedTuple):
    """A value that stores do not hold alike: its JSON Pointer in the event, why, and the cure."""

    pointer: str
    message: str
    remedy: str


def unportable(type_: Type, value: Any, pointer: str = "") -> Iterator[Unportable]:
    """What is not portable in a valid event, or in a part of one.

    Args:
        type_: the columns of the events, or the type of the part.
        value: plain data; numbers with a fraction or exponent are `float` or `decimal.Decimal`.
        pointer: where the part is, as a JSON Pointer.

    What no column has is not looked at, and neither is null, which every column takes.
    """
    match type_:
        case Struct(fields) if isinstance(value, dict):
            for field in fields:
                item = value.get(field.name)
                if item is not None:
                    yield from unportable(field.type, item, f"{pointer}/{escape_token(field.name)}")
        case Array(element) if isinstance(value, list):
            for index, item in enumerate(value):
                yield from unportable(element, item, f"{pointer}/{index}")
        case Map(inner) if isinstance(value, dict):
            for name, item in value.items():
                place = f"{pointer}/{escape_token(name)}"
                yield from _text(name, place)
                yield from unportable(inner, item, place)
        case Scalar.JSON:
            yield from _any(value, pointer)
        case Decimal(scale):
            yield from _decimal(value, pointer, scale)
        case Scalar():
            yield from _SCALARS[type_](value, pointer)


def _nothing(_value: Any, _pointer: str) -> Iterator[Unportable]:
    yield from ()


def _text(value: Any, pointer: str) -> Iterator[Unportable]:
    if isinstance(value, str) and _NUL in value:
        yield Unportable(pointer, "the text has the character U+0000", "Leave the character out.")


def _any(value: Any, pointer: str) -> Iterator[Unportable]:
    """What is not portable in JSON that is kept as it is: texts anywhere in it, and numbers that are no doubles."""
    if isinstance(value, dict):
        for name, item in value.items():
            place = f"{pointer}/{escape_token(name)}"
            yield from _text(name, place)
            yield from _any(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _any(item, f"{pointer}/{index}")
    else:
        yield from _text(value, pointer)
        yield from _double(value, pointer)


def _integer(value: Any, pointer: str) -> Iterator[Unportable]:
    if isinstance(value, float | Exact):
        yield Unportable(pointer, "the integer is written with a fraction or an exponent", f"Write {_whole(value)}.")
    elif isinstance(value, int) and value not in _INT64:
        remedy = "Give the property a maximum beyond 64 bits, for a decimal of 38 digits, or make it a string."
        yield Unportable(pointer, "the integer has more than 64 bits", remedy)


def _whole(value: float | Exact) -> str:
    """An integer in digits, where there are not too many to read."""
    exact = Exact(repr(value)) if isinstance(value, float) else value
    return f"{exact:.0f}" if exact.is_finite() and exact.adjusted() < PRECISION else "it in digits"


def _decimal(value: Any, pointer: str, scale: int) -> Iterator[Unportable]:
    if isinstance(value, bool) or not isinstance(value, int | float | Exact):
        return
    exact = Exact(repr(value)) if isinstance(value, float) else Exact(value)
    if exact and exact.adjusted() >= PRECISION - scale:
        message = f"the number has more than {PRECISION - scale} digits before the point"
        yield Unportable(pointer, message, "Send a smaller number, or a string.")
    elif scale == 0 and not isinstance(value, int):
        yield from _integer(value, pointer)


def _double(value: Any, pointer: str) -> Iterator[Unportable]:
    if isinstance(value, bool) or not isinstance(value, int | float | Exact):
        return
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    if not finite:
        yield Unportable(pointer, "the number is too large for a double", "Send a smaller number, or a string.")


def _time(value: Any, pointer: str) -> Iterator[Unportable]:
    if not isinstance(value, str) or _TIME.fullmatch(value):
        return
    found = _TIME_OF_UTC.fullmatch(value)
    if found is None:
        yield Unportable(pointer, "the time is not in UTC, with T and Z", "Write it as 2026-01-31T12:30:00Z.")
    elif len(found[1] or "") > 4:
        yield Unportable(pointer, "the time has more than three digits of a second", "Cut it to milliseconds.")
    else:
        remedy = "Write it as 2026-01-31T12:30:00Z, with seconds from 00 to 59 and a year from 0001 on."
        yield Unportable(pointer, "the time is one that engines do not read alike", remedy)


def _date(value: Any, pointer: str) -> Iterator[Unportable]:
    if isinstance(value, str) and value.startswith("0000"):
        yield Unportable(pointer, "the date is in the year 0", "Send a date from the year 1 on.")


def _uuid(value: Any, pointer: str) -> Iterator[Unportable]:
    if isinstance(value, str) and not _UUID.fullmatch(value):
        remedy = "Write it in lower case, without `urn:uuid:`."
        yield Unportable(pointer, "the UUID is not in its usual spelling", remedy)


_SCALARS: Mapping[Scalar, Callable[[Any, str], Iterator[Unportable]]] = {
    Scalar.BOOLEAN: _nothing,
    Scalar.STRING: _text,
    Scalar.INT64: _integer,
    Scalar.DOUBLE: _double,
    Scalar.TIMESTAMP: _time,
    Scalar.DATE: _date,
    Scalar.UUID: _uuid,
}
