"""What is known of formats: who conforms, which texts surely do or surely do not, and which format implies another.

Formats are asserted under every draft. Implementations differ at the edges of most formats, so a proof uses only what
holds for all of them: ``outer`` is a pattern that every conforming text matches, ``inner`` one whose texts all
conform. A witness uses texts that nobody argues about; a name that is not in the table is an annotation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from jsonschema_tools.schemas.assertions import checker

_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_SURE_DATE = r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
_ZONE = r"([zZ]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_SURE_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-](0[0-9]|1[0-2]):[0-5][0-9])"
_LABEL = r"[a-z]([a-z0-9]{0,59}[a-z0-9])?"
_HOST = rf"{_LABEL}(\.{_LABEL}){{0,3}}"
_MAIL = rf"^{_LABEL}@{_LABEL}(\.{_LABEL})?\.(com|org|net|example)$"
_BYTE = r"([1-9]?[0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
_HEX = r"[0-9a-fA-F]"
_IPV4 = rf"^{_BYTE}(\.{_BYTE}){{3}}$"
_IPV6 = rf"^({_HEX}{{1,4}}(:{_HEX}{{1,4}}){{7}}|::1|2001:db8::{_HEX}{{1,4}})$"
_UUID = rf"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}"
_POINTER = r"(/([a-zA-Z0-9_-]|~0|~1)*)*"
_SCHEME = r"^[a-zA-Z][a-zA-Z0-9+.-]*:"
_URI = rf"(https?|ftp)://{_HOST}(/[a-zA-Z0-9_.-]*){{0,8}}"
_REFERENCE = rf"^({_URI}|(/[a-z0-9]+)+)$"


@dataclass(frozen=True, slots=True)
class Format:
    """``samples`` conform beyond doubt; ``implies`` are the formats that conforming texts also have."""

    outer: str
    inner: str
    samples: tuple[str, ...]
    implies: frozenset[str] = frozenset()


def _format(outer: str, inner: str, *samples: str, implies: str = "") -> Format:
    return Format(outer, inner, samples, frozenset(implies.split()))


FORMATS: dict[str, Format] = {
    "date": _format(f"^{_DATE}$", f"^{_SURE_DATE}$", "2024-01-31"),
    "date-time": _format(f"^{_DATE}[tT]{_TIME}{_ZONE}$", f"^{_SURE_DATE}T{_SURE_TIME}$", "2024-01-31T12:00:00Z"),
    "time": _format(f"^{_TIME}{_ZONE}$", f"^{_SURE_TIME}$", "12:00:00Z"),
    "duration": _format("^P[0-9YMWDTHS.,]+$", "^P([1-9][0-9]?D|[1-9]W|T[1-9]H)$", "P1D"),
    "email": _format("@", _MAIL, "a@example.org", implies="idn-email"),
    "idn-email": _format("@", _MAIL, "a@example.org"),
    "hostname": _format(r"^[a-zA-Z0-9.-]{1,254}$", f"^{_HOST}$", "example.org", implies="idn-hostname"),
    "idn-hostname": _format(r"^[^\s]{1,254}$", f"^{_HOST}$", "example.org"),
    "ipv4": _format(_IPV4, _IPV4, "192.0.2.1", implies="hostname idn-hostname"),
    "ipv6": _format(r"^[0-9a-fA-F:.]{2,45}$", _IPV6, "2001:db8::1"),
    "uri": _format(_SCHEME, f"^{_URI}$", "https://example.org/a", implies="uri-reference iri iri-reference"),
    "uri-reference": _format("", _REFERENCE, "/a", "https://example.org/a", implies="iri-reference"),
    "iri": _format(_SCHEME, f"^{_URI}$", "https://example.org/a", implies="iri-reference"),
    "iri-reference": _format("", _REFERENCE, "/a", "https://example.org/a"),
    "uri-template": _format("", f"^{_URI}$", "https://example.org/{a}"),
    "uuid": _format(f"^{_UUID}$", f"^{_UUID}$", "123e4567-e89b-12d3-a456-426614174000"),
    "json-pointer": _format("^(/|$)", f"^{_POINTER}$", "/a", ""),
    "relative-json-pointer": _format("^[0-9]", f"^(0|[1-9][0-9]?)(#|{_POINTER})$", "0/a", "1#"),
    "regex": _format("", "^[a-z0-9 ]*$", "^a+$"),
}

REFUSED = ("(", "%", "/~", "not a {", "\\", "", "a b")
"""Texts that formats refuse: each format but the loosest refuses some of them."""

_LENIENT: dict[str, Callable[[str], bool]] = {"email": lambda text: "@" in text, "idn-email": lambda text: "@" in text}
"""What the reference validator is content with, where it is much looser than the format's definition."""


@lru_cache(maxsize=4096)
def conforms(name: str, text: str) -> bool | None:
    """Whether a text conforms to a format of the table; ``None`` where implementations disagree."""
    try:
        strict = checker(name)(text)
    except UnicodeEncodeError:
        return None
    lenient = _LENIENT.get(name)
    return None if lenient is not None and lenient(text) is not strict else strict
