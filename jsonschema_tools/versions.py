"""Which version a schema is: from the field that names it to a semantic version (SemVer 2.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile
from posixpath import basename
from typing import Any
from urllib.parse import unquote

from semver import Version

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.values import Document
from jsonschema_tools.errors import SchemaError
from jsonschema_tools.schemas.metaschemas import check_mapping

MOVING_NAMES = ("latest", "current")
"""Names of what is another version from time to time."""

_MAX_NUMBER = 2**53 - 1
_NUMBERS = re.compile(r"(?:^|[^0-9])([0-9]{1,16})(?:\.([0-9]{1,16}))?(?:\.([0-9]{1,16}))?(?:$|[^0-9])")
_PLAIN = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
_BEFORE_PATH = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(//[^/?#]*)?")
_STEP = re.compile(r"""[^.\[\]]+|\[(?:(-?[0-9]+)|"([^"]*)"|'([^']*)')\]""")


def field(document: Document, path: str) -> Any:
    """The value at a path such as ``$id``, ``info.version`` or ``tags[0]``; ``None`` where there is none.

    Source: lodash ``get``, which upstream uses.
    """
    if isinstance(document, dict) and path in document:
        return document[path]
    value = document
    for name in steps(path):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def field_pointer(document: Document, path: str) -> str:
    """The JSON Pointer of the value that `field` finds at a path."""
    names = [path] if isinstance(document, dict) and path in document else steps(path)
    return join(names)


def steps(path: str) -> list[str]:
    """The names and indexes on a path such as `field` takes."""
    found = _STEP.finditer(path)
    return [next((group for group in step.groups() if group is not None), step.group()) for step in found]


def schema_version(document: Document, version_field: str = "$id") -> str:
    """The semantic version in the last path segment of the version field: ``/user/create/1.2`` is 1.2.0.

    Raises `SchemaError` when there is none. Source: semver 6 ``coerce``, which upstream uses.
    """
    check_mapping(document)
    value = field(document, version_field)
    remedy = f"Give the schema a {version_field} that ends in a semantic version, such as /user/create/1.0.0."
    pointer = field_pointer(document, version_field)
    if value is None:
        raise SchemaError(f"the schema has no {version_field}", remedy=remedy, pointer=pointer)
    if not isinstance(value, str):
        raise SchemaError(f"{version_field} must be a string", remedy=remedy, pointer=pointer)
    found = _NUMBERS.search(basename(value.rstrip("/")))
    numbers = [number or "0" for number in found.groups()] if found else []
    if not numbers or any(_is_bad(number) for number in numbers):
        remedy = f"Let it end in a semantic version: {value.rstrip('/')}/1.0.0."
        raise SchemaError(f"{version_field} {value!r} does not name a version", remedy=remedy, pointer=pointer)
    return ".".join(numbers)


def _is_bad(number: str) -> bool:
    return (len(number) > 1 and number[0] == "0") or int(number) > _MAX_NUMBER


def is_version(name: str) -> bool:
    """Whether a file name without its extension is a semantic version."""
    # Older releases of the library take a newline at the end, and digits of any script.
    return name.isascii() and not name.endswith("\n") and Version.is_valid(name)


def is_plain_version(name: str) -> bool:
    """Whether a name is a semantic version without prerelease and build metadata."""
    return _PLAIN.fullmatch(name) is not None and is_version(name)


def path_segments(uri: str) -> list[str]:
    """What a URI or path is once it is read: the segments of its path, percent-decoded, without empty ones and ``.``,
    the last without the extension of a content type."""
    path = re.split(r"[?#]", _BEFORE_PATH.sub("", uri, count=1), maxsplit=1)[0]
    names = [name for name in unquote(path).split("/") if name not in ("", ".")]
    if names:
        names[-1] = names[-1].removesuffix(".yaml").removesuffix(".json")
    return names


def is_permanent(uri: str) -> bool:
    """Whether what is at a URI never changes: its last path segment is a version, and no prerelease."""
    names = path_segments(uri)
    return bool(names) and is_version(names[-1]) and Version.parse(names[-1]).prerelease is None


def sort_versions(versions: Iterable[str]) -> list[str]:
    """Lowest first, by SemVer precedence."""
    return sorted(versions, key=lambda version: (Version.parse(version), version))


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Which versions are meant: those that meet every bound of one of the ``alternatives``.

    Versions are compared by SemVer precedence, prereleases like all others: ``includePrerelease`` of node-semver.
    """

    alternatives: tuple[tuple[tuple[str, Version], ...], ...]

    def __contains__(self, version: str) -> bool:
        own = Version.parse(version)
        return any(all(_meets(own, *bound) for bound in bounds) for bounds in self.alternatives)


_COMPARATOR = re.compile(
    r"(>=|<=|>|<|=|\^|~|)v?([0-9]{1,16}|[xX*])(?:\.([0-9]{1,16}|[xX*]))?(?:\.([0-9]{1,16}|[xX*])(-[0-9A-Za-z.-]+)?)?"
)


def version_range(text: str) -> VersionRange:
    """The range in a text such as ``>=1.1.0 <2.0.0``, ``^1.2.0``, ``~1.2``, ``1.x`` or ``1.0.0 || >=1.2.0``.

    Raises `ValueError`. Source: the ranges of node-semver, without those with a hyphen.
    """
    return VersionRange(tuple(_bounds(part) for part in text.split("||")))


def _bounds(text: str) -> tuple[tuple[str, Version], ...]:
    words = re.sub(r"([<>=~^])\s+", r"\1", text).split()
    if not words:
        raise ValueError("a part of it is empty")
    return tuple(bound for word in words for bound in _bounds_of(word))


def _bounds_of(word: str) -> list[tuple[str, Version]]:
    found = _COMPARATOR.fullmatch(word)
    if found is None:
        raise ValueError(f"{word!r} is no bound of a version")
    operator, *written, prerelease = found.groups()
    numbers = [int(number) for number in takewhile(lambda number: number and number.isdigit(), written)]
    if any(number and number.isdigit() for number in written[len(numbers) :]):
        raise ValueError(f"{word!r} has a number behind an x")
    # What is left out of a bound stands for all, prereleases included.
    before = prerelease and prerelease[1:] if len(numbers) == 3 else "0"
    low = Version(*[*numbers, 0, 0, 0][:3]).replace(prerelease=before)
    if not numbers and operator in ("<", ">"):
        raise ValueError(f"no version is {word!r}")
    if not numbers:
        return [(">=", low)]
    if operator == "^":
        # The first number that is not 0 stays, and a 0 that was written last.
        kept = next((index for index, number in enumerate(numbers) if number), len(numbers) - 1)
        return [(">=", low), ("<", _following(numbers[: kept + 1]))]
    if operator == "~":
        return [(">=", low), ("<", _following(numbers[:2]))]
    if len(numbers) == 3:
        return [(operator or "=", low)]
    whole = {"": [(">=", low), ("<", _following(numbers))], ">": [(">=", _following(numbers))]}
    whole |= {"=": whole[""], "<=": [("<", _following(numbers))]}
    return whole.get(operator, [(operator, low)])


def _following(numbers: list[int]) -> Version:
    """The lowest version whose first numbers are higher than these."""
    *before, last = numbers
    return Version(*[*before, last + 1, 0, 0][:3]).replace(prerelease="0")


def _meets(version: Version, operator: str, bound: Version) -> bool:
    order = version.compare(bound)
    return {">=": order >= 0, "<=": order <= 0, ">": order > 0, "<": order < 0, "=": order == 0}[operator]
