"""What AJV 6, which upstream validates with, makes of formats, regular expressions, multiples and values."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Any

from jsonschema_tools.documents.values import Document, ExactFloat, Timestamp, describe
from jsonschema_tools.nodejs.ecmascript import as_double

_SPACE = r"\s\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What ``\\s`` stands for in ECMAScript, inside of brackets."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_OCTET = r"(?:25[0-5]|2[0-4]\d|[01]?\d\d?)"
_ZONE = r"(?:[zZ]|[+-]\d\d(?::?\d\d)?)"
_TIME = r"(?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?"
_DATE = r"\d\d\d\d-[0-1]\d-[0-3]\d"
_VARIABLE = r"(?:[a-z0-9_]|%[0-9a-f]{2})+(?::[1-9][0-9]{0,3}|\*)?"

_PATTERNS = {
    "date": _DATE,
    "time": f"{_TIME}{_ZONE}?",
    "date-time": f"{_DATE}[tT{_SPACE}]{_TIME}{_ZONE}",
    "uri": rf"(?i:[a-z][a-z0-9+\-.]*:)(?:/?/)?[^{_SPACE}]*",
    "uri-reference": rf"(?i:(?:[a-z][a-z0-9+\-.]*:)?/?/)?(?:[^\\{_SPACE}#][^{_SPACE}#]*)?(?:#[^\\{_SPACE}]*)?",
    "uri-template": (
        r"(?i:(?:[^\x00-\x20\"'<>%\\^`{|}]|%[0-9a-f]{2})|"
        rf"\{{[+#./;?&=,!@|]?{_VARIABLE}(?:,{_VARIABLE})*\}})*"
    ),
    "email": rf"(?i:[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*)",
    "hostname": rf"(?=.{{1,253}}\.?\Z)(?i:{_LABEL}(?:\.{_LABEL})*\.?)",
    "ipv4": rf"(?:{_OCTET}\.){{3}}{_OCTET}",
    "uuid": r"(?:urn:uuid:)?(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    "json-pointer": r"(?:/(?:[^~/]|~0|~1)*)*",
    "json-pointer-uri-fragment": r"(?i:#(?:/(?:[a-z0-9_\-.!$&'()*+,;:=@]|%[0-9a-f]{2}|~0|~1)*)*)",
    "relative-json-pointer": r"(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)",
}
"""Quick patterns of AJV 6, as Python expressions for the whole text."""

_NOT_OURS = frozenset({"url"})
"""Known to AJV too, and left to the validator."""

FORMATS = frozenset({*_PATTERNS, "regex", "ipv6", *_NOT_OURS})
"""The formats that AJV 6 knows; it refuses a schema that names another."""


@functools.cache
def format_checkers() -> dict[str, Callable[[str], bool]]:
    """For each format that is not left to the validator, whether a text is of it."""
    checkers = {name: _matcher(re.compile(pattern, re.ASCII)) for name, pattern in _PATTERNS.items()}
    return {**checkers, "regex": is_pattern, "ipv6": is_ipv6}


def _matcher(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """Whether a text is an address, with spaces around it and a zone behind it, as AJV's format ``ipv6`` has it."""
    try:
        return bool(IPv6Address(text.strip().partition("%")[0]))
    except ValueError:
        return False


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression of ECMAScript, as AJV's format ``regex`` has it."""
    from jsonschema_tools.patterns.searching import has_foreign_end, is_legacy_pattern

    return is_legacy_pattern(text) and not has_foreign_end(text)


class Matches:
    """A keyword for jsonschema-rs: ``pattern`` with the regular expressions of ECMAScript."""

    def __init__(self, _schema: Any, pattern: str, _path: Any) -> None:
        self._pattern = pattern

    def validate(self, instance: Document) -> None:
        """Raise `ValueError` when a text does not match."""
        from jsonschema_tools.patterns.searching import Undecided, legacy_matches

        if isinstance(instance, str):
            found = legacy_matches(self._pattern, instance)
            if found is None:
                raise ValueError(str(Undecided(self._pattern, instance)))
            if not found:
                raise ValueError(f"{instance!r} does not match {self._pattern!r}")


class MultipleOf:
    """A keyword for jsonschema-rs: ``multipleOf``, with the quotient in doubles: 0.3 is no multiple of 0.1."""

    def __init__(self, _schema: Any, divisor: float, _path: Any) -> None:
        self._divisor = as_double(divisor)

    def validate(self, instance: Document) -> None:
        """Raise `ValueError` when a number is no multiple."""
        if isinstance(instance, (int, float)) and not isinstance(instance, bool):
            quotient = as_double(instance) / self._divisor
            if not abs(quotient) < _LARGEST_PLAIN or quotient != int(quotient):
                raise ValueError(f"{describe(instance)} is not a multiple of {self._divisor}, computed in doubles")


_LARGEST_PLAIN = 1e21
"""From here on JavaScript writes numbers with an exponent, which AJV stumbles over."""


def plain(value: Document) -> Document:
    """The document with numbers as doubles hold them, and every timestamp as what AJV sees: an object without keys."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, Timestamp):
        return {}
    return _in_double(value) if type(value) in (int, ExactFloat) else value


def _in_double(number: float) -> float:
    double = as_double(number)
    if math.isinf(double):
        return _INFINITE if double > 0 else -_INFINITE
    return double if isinstance(number, float) else int(double)


_INFINITE = 2**1024
"""Stands for what is infinite to JavaScript: JSON has no such number."""
