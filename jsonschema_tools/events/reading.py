"""Events from JSON text, fast, and without changing a number on the way.

orjson reads numbers as 64-bit integers and doubles. A text in which a number may not fit is found without reading
it, and read with exact numbers: integers of any size, and a ``Decimal`` where a double is not the same number.
As in any JSON reader, the last of two equal names counts.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema_tools.documents.numbers import MAX_DIGITS, NumberTooLarge
from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.plain import NotJson, plain, too_deep

_CLASSES = bytes.maketrans(b"123456789.E", b"0000000000e")
_SIGNS = (b"0" * 17, b"0" * 16 + b"e", b"0e-00")
"""What a number that may not fit looks like once all digits and the point are 0: more than 16 digits, or an exponent
of several digits. Other texts, such as UUIDs, look so now and then."""

_BEGIN = re.compile(rb"(?:^|[\[:,\s])(?=-?\d)")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_MOST_DIGITS = 21
_BEFORE = 20
"""A number begins no further before such a place; one that is longer has another such place nearer to its begin."""


@cache
def reader() -> Callable[[bytes], Any]:
    """The reader of texts in which every number fits; it raises `ValueError`."""
    import orjson

    return orjson.loads


def lines_with_long_numbers(block: bytes) -> list[int]:
    """The lines (from 0, ascending) of a text in which a number is not what `reader` makes of it.

    Fast: for whole blocks of many events.
    """
    classes = block.translate(_CLASSES)
    found = sorted(place for sign in _SIGNS for place in _places(sign, classes, block))
    lines, line, before = [], 0, 0
    for place in found:
        line, before = line + block.count(b"\n", before, place), place
        lines.append(line)
    return lines


def _places(sign: bytes, classes: bytes, block: bytes) -> Iterator[int]:
    """Where a number that does not fit goes on like this."""
    place = classes.find(sign)
    while place >= 0:
        for begin in _BEGIN.finditer(block, max(0, place - _BEFORE), place + 1):
            number = _NUMBER.match(block, begin.end())
            if number is not None and number.end() > place and not _fits(number[0]):
                yield place
        place = classes.find(sign, place + len(sign))


def _fits(literal: bytes) -> bool:
    """Whether the quick reader makes the same number of a literal."""
    if literal.lstrip(b"-").isdigit():
        return len(literal) <= _MOST_DIGITS and -(2**63) <= int(literal) < 2**64
    try:
        return isinstance(_exact(literal.decode()), float)
    except NumberTooLarge:
        return False


def read_event(text: bytes) -> Document:
    """The value that a JSON text holds, its numbers exact. Raises `NotJson`."""
    if not lines_with_long_numbers(text):
        try:
            return reader()(text)
        except ValueError:
            # Not for this reader: a number that is infinite as a double, or no JSON. The other one can say.
            pass
    return _read_exactly(text)


def _read_exactly(text: bytes) -> Document:
    try:
        decoded = text.decode("utf-8").removeprefix("\ufeff")
        event = json.loads(decoded, parse_float=_exact, parse_int=_whole, parse_constant=_refuse)
    except UnicodeDecodeError as error:
        raise NotJson(f"the byte 0x{text[error.start]:02X} is not UTF-8") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} " if error.lineno > 1 else ""
        raise NotJson(f"{error.msg[:1].lower()}{error.msg[1:]}, at {place}column {error.colno}") from None
    except NumberTooLarge:
        raise NotJson(f"a number has more than {MAX_DIGITS} digits") from None
    except RecursionError:
        raise too_deep() from None
    return plain(event)


def _refuse(name: str) -> None:
    raise NotJson(f"{name} is not a number that JSON knows")


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise NumberTooLarge(text)
    return int(text)


def _exact(text: str) -> float | Decimal:
    exponent = text.lower().partition("e")[2].lstrip("+-0")
    if len(text) > MAX_DIGITS or len(exponent) > 6:
        raise NumberTooLarge(text)
    exact, number = Decimal(text), float(text)
    if math.isfinite(number) and (exact.is_zero() or exact == Decimal(repr(number))):
        return number
    if not -MAX_DIGITS <= exact.adjusted() < MAX_DIGITS:
        raise NumberTooLarge(text)
    return exact
