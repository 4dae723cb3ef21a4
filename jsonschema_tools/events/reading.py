"""Events from JSON text, fast, and without changing a number on the way.

Integers are of any size; a fraction is a double where that is the same number, else a ``Decimal``. As in any JSON
reader, the last of two equal names counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema_tools.documents.numbers import MAX_DIGITS, NumberTooLarge
from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.plain import LONGEST_UNCOUNTED, MAX_EVENT_DEPTH, NotJson, plain, too_deep

LONGEST_SHALLOW = 2 * MAX_EVENT_DEPTH
"""The bytes of a text that cannot nest too deeply, whatever it says."""

_ALWAYS_EXACT = 16
"""The characters of a fraction that is the same number as a double: without an exponent it has 15 digits at most."""


@cache
def reader() -> Callable[[bytes], Any]:
    """The reader of texts that are not too deep; raises `ValueError` for what is no JSON, and some that is."""
    from msgspec.json import Decoder

    return Decoder(float_hook=exact_fraction).decode


def may_be_deep(text: bytes) -> bool:
    """Whether a JSON text has enough brackets to nest more deeply than events may."""
    return len(text) > LONGEST_SHALLOW and text.count(b"[") + text.count(b"{") > MAX_EVENT_DEPTH


def read_event(text: bytes) -> Document:
    """The value that a JSON text holds, its numbers exact. Raises `NotJson`."""
    try:
        event = reader()(text)
    except (ValueError, RecursionError):
        # The other reader can say why, or knows better.
        return _read_carefully(text)
    return plain(event) if may_be_deep(text) else event


def _read_carefully(text: bytes) -> Document:
    try:
        decoded = text.decode("utf-8").removeprefix("\ufeff")
        event = json.loads(decoded, parse_float=parse_fraction, parse_int=_whole, parse_constant=_refuse)
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


def exact_fraction(text: str) -> float | Decimal:
    """The number that a text stands for. Raises `NumberTooLarge` for one that is much longer than its text."""
    number = parse_fraction(text)
    # Those are counted, which takes the careful reader.
    if isinstance(number, Decimal) and abs(number.adjusted()) > LONGEST_UNCOUNTED:
        raise NumberTooLarge(text)
    return number


def parse_fraction(text: str) -> float | Decimal:
    """The number that a text stands for, exactly. Raises `NumberTooLarge`."""
    exponent = text.lower().partition("e")[2].lstrip("+-0")
    if not exponent and len(text) <= _ALWAYS_EXACT:
        return float(text)
    if len(text) > MAX_DIGITS or len(exponent) > 6:
        raise NumberTooLarge(text)
    exact, number = Decimal(text), float(text)
    if math.isfinite(number) and (exact.is_zero() or exact == Decimal(repr(number))):
        return number
    if not -MAX_DIGITS <= exact.adjusted() < MAX_DIGITS:
        raise NumberTooLarge(text)
    return exact
