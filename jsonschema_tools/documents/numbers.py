"""Numbers between text and plain data, without losing a digit.

Read: `parse_decimal` makes an ``int`` of every whole number, a ``float`` where that is faithful, and an `ExactFloat`
otherwise. Write: `number_text` is ECMAScript's ``Number::toString`` (ECMA-262, 6.1.6.1.20), continued to numbers of
any size; upstream rounds those to a double.
"""

from __future__ import annotations

import math
from decimal import Decimal

from jsonschema_tools.documents.values import ExactFloat

MAX_DIGITS = 4300
"""Numbers with more digits than this, written out, are refused: nothing measurable needs them."""

_FAITHFUL_DIGITS = 15


class NumberTooLarge(ValueError):
    """A number with more than `MAX_DIGITS` digits before or after its point."""


def parse_decimal(text: str) -> int | float:
    """The number that a decimal literal (``-12``, ``1.50``, ``1e3``) stands for, exactly.

    Raises `NumberTooLarge`.
    """
    if len(text) <= _FAITHFUL_DIGITS:
        number = float(text)
        if number.is_integer():
            if 0 < abs(number) < 2**53:
                return int(number)
        elif math.isfinite(number) and abs(number) > 1e-300:
            return number
    return _parse_long(text)


def _parse_long(text: str) -> int | float:
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or len(exponent.lstrip("+-0")) > 6:
        raise NumberTooLarge(text)
    exact = Decimal(text)
    if exact.is_zero():
        return -0.0 if exact.is_signed() else 0
    if not -MAX_DIGITS <= exact.adjusted() < MAX_DIGITS or len(exact.as_tuple().digits) > MAX_DIGITS:
        raise NumberTooLarge(text)
    _, digits, power = exact.as_tuple()
    if isinstance(power, int) and (power >= 0 or not any(digits[power:])):
        return int(exact)
    number = float(exact)
    if number != 0 and Decimal(repr(number)) == exact:
        return number
    return ExactFloat(number, _ecmascript_text(exact))


def number_text(number: int | float) -> str:
    """How JSON and JavaScript write the number: ``1``, ``0.1``, ``1e+21``, ``1e-7``; ``-0.0`` is ``0``."""
    if isinstance(number, ExactFloat):
        return number.text
    if isinstance(number, int):
        if -(10**21) < number < 10**21:
            return str(number)
        text = str(number)
        significant = text.lstrip("-").rstrip("0")
        return _ecmascript_text(Decimal(number)) if len(significant) <= 17 else text
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    return _ecmascript_text(Decimal(repr(number)))


def json_text_of(number: float | Decimal) -> str:
    """A number as messages have it: as JSON has it, with its point, and with the exponent of `number_text`."""
    text = str(number).lower()
    mantissa, _, exponent = text.partition("e")
    if not exponent:
        return text
    sign = "-" if exponent.startswith("-") else "+"
    return f"{mantissa}e{sign}{exponent.lstrip('+-0') or '0'}"


def _ecmascript_text(number: Decimal) -> str:
    sign, digit_tuple, power = number.as_tuple()
    assert isinstance(power, int)
    digits = "".join(map(str, digit_tuple)).lstrip("0")
    power += len(digits) - len(digits.rstrip("0"))
    digits = digits.rstrip("0")
    point = len(digits) + power
    if len(digits) <= point <= 21:
        text = digits + "0" * (point - len(digits))
    elif 0 < point <= 21:
        text = f"{digits[:point]}.{digits[point:]}"
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
        text = f"{mantissa}e{point - 1:+d}"
    return f"-{text}" if sign else text
