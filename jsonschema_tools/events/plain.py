"""Values of Python as what JSON has, or the refusal of those that JSON does not have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jsonschema_tools.documents.numbers import MAX_DIGITS
from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, ExactFloat

MAX_EVENT_DEPTH = 900
"""Lists and objects inside one another, at most: what Python reads by default, and validators bear."""

_FEW_BITS = 3 * MAX_DIGITS
"""A whole number of fewer bits has no more digits than allowed."""

LONGEST_UNCOUNTED = 40
"""A number of so many digits is about as long as its text."""

MOST_DIGITS = 100_000
"""The digits that all longer numbers of an event have together once they are written out, at most: exponents make few
characters many digits, and a validator may have to compute with each."""


class NotJson(ValueError):
    """A text or value that is no JSON; ``pointer`` where that is known."""

    def __init__(self, message: str, pointer: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer


def too_deep() -> NotJson:
    """The refusal of a value that nests too deeply."""
    return NotJson(f"the event nests more than {MAX_EVENT_DEPTH} levels deep")


def plain(value: Any) -> Document:
    """The value as what validators understand: itself where it is made of JSON's types, else a copy that is.

    Subclasses, tuples and mappings stand for the JSON types they resemble. Raises `NotJson` for what JSON does not
    have: other types, NaN, names that are no text, half a surrogate pair.
    """
    digits = _Digits()
    try:
        return _plain(value, 0, digits)
    except RecursionError:
        raise too_deep() from None


class _Digits:
    """The digits of the long numbers of an event."""

    def __init__(self) -> None:
        self._left = MOST_DIGITS

    def of(self, number: Decimal) -> Decimal | float:
        """The number, counted unless a double holds it, which validators do not write out. Raises `NotJson`."""
        if number == Decimal(repr(float(number))):
            return float(number)
        digits = abs(number.adjusted()) if number else 0
        if digits >= MAX_DIGITS or len(number.as_tuple().digits) > MAX_DIGITS:
            raise NotJson(f"a number has more than {MAX_DIGITS} digits")
        if digits > LONGEST_UNCOUNTED:
            self._left -= digits
        if self._left < 0:
            raise NotJson(f"the numbers with exponents have more than {MOST_DIGITS} digits in all")
        return number


def _plain(value: Any, depth: int, digits: _Digits) -> Any:
    kind = type(value)
    if kind is str:
        return value if value.isascii() else _text(value)
    if kind is int:
        return value if value.bit_length() < _FEW_BITS else _whole(value)
    if kind is bool or value is None:
        return value
    if kind is float or kind is Decimal:
        return _finite(value) if kind is float else digits.of(_finite(value))
    if depth >= MAX_EVENT_DEPTH:
        raise too_deep()
    if kind is not dict and kind is not list:
        return _plain(_converted(value), depth, digits)
    copy: Any = None
    for step, item in value.items() if kind is dict else enumerate(value):
        if kind is dict:
            _check_name(step)
        try:
            entry = _plain(item, depth + 1, digits)
        except NotJson as error:
            raise NotJson(error.message, f"/{escape_token(str(step))}{error.pointer}") from None
        if entry is not item:
            copy = copy or value.copy()
            copy[step] = entry
    return copy or value


def _check_name(name: Any) -> None:
    if type(name) is not str:
        raise NotJson(f"{_article(name)} is the name of a property; names are texts")
    if not name.isascii():
        _text(name)


def _converted(value: Any) -> Any:
    """A value of one of JSON's types for one of another type that stands for it."""
    if isinstance(value, ExactFloat):
        return Decimal(value.text)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__int__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, tuple | list):
        return list(value)
    raise NotJson(f"{_article(value)} is no JSON value")


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotJson("the text has half of a surrogate pair, which is no character") from None
    return text


def _whole(number: int) -> int:
    if abs(number) >= 10**MAX_DIGITS:
        raise NotJson(f"a number has more than {MAX_DIGITS} digits")
    return number


def _finite(number: Any) -> Any:
    if not (number.is_finite() if isinstance(number, Decimal) else math.isfinite(number)):
        raise NotJson(f"{number} is not a number that JSON knows")
    return number


def _article(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
