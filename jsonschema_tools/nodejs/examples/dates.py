"""Dates and times in the strings of generated examples, rewritten as upstream does with JavaScript's ``Date``.

Every string with a format ``date-time``, ``date`` or ``time`` goes through ``Date`` there, values of an ``enum`` and
strings made for a ``pattern`` too. Texts in ISO 8601 (or with a space for the ``T``) are understood here; a text
without a zone counts as UTC. Source: ECMA-262, 21.4.1.32 (the format), 21.4.1.29 (days outside of the calendar).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from jsonschema_tools.nodejs.examples.values import refuse

DATE_TIME_FORMATS = ("date-time", "datetime")

_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?)?"
_ZONE = r"(?P<zone>[Zz]|(?P<sign>[+-])(?P<hours>[0-9]{2}):?(?P<minutes>[0-9]{2}))?"
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?(?:[Tt ]" + _TIME + _ZONE + ")?"
)


def rewritten(text: str, schema_format: object) -> str:
    """The text as the format has it after ``Date`` read and wrote it; unchanged for other formats.

    Raises `SchemaError` where the text is no date or time.
    """
    if schema_format in DATE_TIME_FORMATS:
        return re.sub(r"([0-9])0+Z$", r"\1Z", _iso(text))
    if schema_format == "date":
        return _iso(text)[:10]
    if schema_format == "time":
        return _iso(f"1969-01-01 {text}")[11:]
    return text


def _iso(text: str) -> str:
    match = _MOMENT.fullmatch(text)
    moment = _moment(match) if match else None
    if moment is None:
        refuse(f"{text!r} is not a date or time in ISO 8601")
    return moment.isoformat(timespec="milliseconds") + "Z"


def _moment(match: re.Match[str]) -> datetime | None:
    """The moment in UTC, or ``None`` when a part is out of range; 24:00 and February 31 are the day after."""
    month, day = int(match["month"] or 1), int(match["day"] or 1)
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    milliseconds = int(((match["fraction"] or "") + "000")[:3])
    if not 1 <= day <= 31 or minute > 59 or second > 59 or (hour, minute, second, milliseconds) > (24, 0, 0, 0):
        return None
    try:
        start = datetime(int(match["year"]), month, 1)
        time = timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second, milliseconds=milliseconds)
        return start + time - _offset(match)
    except (ValueError, OverflowError):
        return None


def _offset(match: re.Match[str]) -> timedelta:
    if not match["sign"]:
        return timedelta(0)
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return offset if match["sign"] == "+" else -offset
