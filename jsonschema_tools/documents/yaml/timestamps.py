"""Unquoted YAML timestamps, in the form that JavaScript's ``Date.prototype.toISOString`` gives them.

A day or a month outside the calendar moves on to the next one, as in ``Date.UTC`` (ECMA-262, 21.4.1.29):
``2021-02-30`` is the second of March. Years before 100 are of the twentieth century there.
"""

from __future__ import annotations

import re

from jsonschema_tools.documents.values import Timestamp

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?"
    r"(?:[ \t]*(?:Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?"
)
_DAY = 86_400_000
_DAYS_BEFORE_EPOCH = 719_468
_DAYS_PER_ERA = 146_097
"""An era is the 400 years after which the Gregorian calendar repeats."""


def parse_timestamp(text: str) -> Timestamp | None:
    """The moment that a YAML timestamp names, in UTC, to the millisecond; ``None`` when the text is not one."""
    match = _DATE.fullmatch(text)
    if match is not None:
        return _iso(_days(*map(int, match.groups())) * _DAY)
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    moment = _days(year, month, day) * _DAY + ((hour * 60 + minute) * 60 + second) * 1000
    moment += int(((match[7] or "") + "000")[:3])
    if match[8]:
        offset = (int(match[9]) * 60 + int(match[10] or 0)) * 60_000
        moment += offset if match[8] == "-" else -offset
    return _iso(moment)


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01. Years are taken to begin in March, so that a leap day is their last day."""
    if year < 100:
        year += 1900
    months = year * 12 + month - 3
    year, month = divmod(months, 12)
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * month + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * _DAYS_PER_ERA + day_of_era - _DAYS_BEFORE_EPOCH


def _iso(moment: int) -> Timestamp:
    days, milliseconds = divmod(moment, _DAY)
    era, day_of_era = divmod(days + _DAYS_BEFORE_EPOCH, _DAYS_PER_ERA)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = era * 400 + year_of_era + (month <= 2)
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    year_text = f"{year:04d}" if 0 <= year <= 9999 else f"{year:+07d}"
    return Timestamp(f"{year_text}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}.{fraction:03d}Z")
