"""Scalar values of events as every store has them alike: what does not fit is refused, and nothing is rounded unsaid.

Functions take plain data of a valid event and return the value of a column: ``bool``, ``int`` within 64 bits, the
nearest ``float``, ``str``, an exact ``Decimal``, a ``datetime`` in UTC with microseconds, a ``date``; JSON is its text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Context, Inexact, InvalidOperation
from decimal import Decimal as Number
from functools import cache
from typing import Any

from jsonschema_tools.tables.types import PRECISION, Decimal, Scalar

_INT64 = range(-(2**63), 2**63)
_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:)(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):?(\d\d)?)", flags=re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", flags=re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_EXACT = Context(prec=1000, Emax=999_999, Emin=-999_999, traps=[Inexact, InvalidOperation])

Convert = Callable[[Any], Any]


class Misfit(ValueError):
    """A valid value that a column cannot hold: ``pointer`` leads to it in the event, ``remedy`` is the cure."""

    def __init__(self, message: str, pointer: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.remedy = remedy

    def inside(self, token: str) -> Misfit:
        """The same, seen from further outside; ``token`` is the escaped step to the value."""
        return Misfit(self.message, f"/{token}{self.pointer}", self.remedy)


def boolean(value: Any) -> bool:
    """A boolean."""
    if value is True or value is False:
        return bool(value)
    raise _other(value, "boolean")


def string(value: Any) -> str:
    """A string."""
    if isinstance(value, str):
        return value
    raise _other(value, "string")


def int64(value: Any) -> int:
    """An integer of 64 bits; ``3.0`` is 3 (JSON Schema draft-06, 6.1.1)."""
    if type(value) is int:
        number = value
    elif isinstance(value, float | Number) and value == (whole := int(value)):
        number = whole
    else:
        raise _other(value, "integer")
    if number in _INT64:
        return number
    raise Misfit(
        "the integer has more than 64 bits",
        remedy="Give the property a maximum beyond 64 bits: then it is a decimal of 38 digits, or make it a string.",
    )


def double(value: Any) -> float:
    """The double that is nearest to a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | Number):
        raise _other(value, "number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if math.isinf(number):
        raise Misfit("the number is too large for a double", remedy="Send a smaller number, or a string.")
    return number


def timestamp(value: Any) -> datetime:
    """An instant in UTC, cut to microseconds; a leap second is the second after it (RFC 3339, 5.6)."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _other(value, "time with an offset, by RFC 3339,")
    day, minutes, seconds, fraction, utc, sign, hours, rest = found.groups()
    leap = seconds == "60"
    try:
        at = datetime.fromisoformat(f"{day}T{minutes}{'59' if leap else seconds}+00:00")
        if fraction:
            at = at.replace(microsecond=int(fraction[:6].ljust(6, "0")))
        shift = timedelta(seconds=int(leap))
        if not utc:
            offset = timedelta(hours=int(hours), minutes=int(rest or 0))
            shift += -offset if sign == "+" else offset
        return at + shift
    except (ValueError, OverflowError):
        remedy = "Send a time whose instant lies in the years 1 to 9999."
        raise Misfit("the time is none of the calendar from the year 1 to 9999 in UTC", remedy=remedy) from None


def day(value: Any) -> date:
    """A day."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise _other(value, "date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Misfit(
            "the date is none of the calendar from the year 1 to 9999", remedy="Send a date of these years."
        ) from None


def uuid(value: Any) -> str:
    """A UUID in lower case; ``urn:uuid:`` is cut off (RFC 9562, 4)."""
    if isinstance(value, str):
        text = value.lower().removeprefix("urn:uuid:")
        if _UUID.fullmatch(text):
            return text
    raise _other(value, "UUID")


def decimal(scale: int) -> Convert:
    """What makes numbers decimals with a number of digits behind the point."""
    step, limit = Number(1).scaleb(-scale), Number(10) ** (PRECISION - scale)

    def convert(value: Any) -> Number:
        if isinstance(value, bool) or not isinstance(value, int | float | Number):
            raise _other(value, "number")
        # The text of a double is the number that the event has.
        number = Number(repr(value)) if isinstance(value, float) else Number(value)
        if abs(number) >= limit:
            raise Misfit(
                f"the number has more than {PRECISION - scale} digits before the point",
                remedy="Send a smaller number, or a string.",
            )
        try:
            return number.quantize(step, context=_EXACT)
        except (Inexact, InvalidOperation):
            raise Misfit(
                f"the number has more than {scale} digits behind the point", remedy=f"Send {scale} at most."
            ) from None

    return convert


def json(value: Any) -> str:
    """The JSON text of any value, its numbers exact."""
    text: bytes = _encoder().encode(value)
    return text.decode("utf-8")


@cache
def _encoder() -> Any:
    from msgspec.json import Encoder

    return Encoder(decimal_format="number")


_SCALARS: dict[Scalar, Convert] = {
    Scalar.BOOLEAN: boolean,
    Scalar.STRING: string,
    Scalar.INT64: int64,
    Scalar.DOUBLE: double,
    Scalar.TIMESTAMP: timestamp,
    Scalar.DATE: day,
    Scalar.UUID: uuid,
    Scalar.JSON: json,
}


def scalar(type_: Scalar | Decimal) -> Convert:
    """What makes values of events values of a type; raises `Misfit`."""
    return decimal(type_.scale) if isinstance(type_, Decimal) else _SCALARS[type_]


def _other(value: Any, wanted: str) -> Misfit:
    kinds = {bool: "boolean", str: "string", list: "array", dict: "object"}
    found = kinds.get(type(value), "number")
    article = "an" if wanted[0] in "aeio" else "a"
    return Misfit(
        f"the column takes {article} {wanted.rstrip(',')}, and this is {'an' if found[0] in 'ao' else 'a'} {found}"
        if found not in wanted
        else f"the column takes {article} {wanted.rstrip(',')}, and this is none",
        remedy="Release the version by which this is valid, so that the table knows of it.",
    )
