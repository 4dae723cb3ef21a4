"""Which version a schema is: from the field that names it to a semantic version (SemVer 2.0.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    for name in _steps(path):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def field_pointer(document: Document, path: str) -> str:
    """The JSON Pointer of the value that `field` finds at a path."""
    names = [path] if isinstance(document, dict) and path in document else _steps(path)
    return join(names)


def _steps(path: str) -> list[str]:
    steps = _STEP.finditer(path)
    return [next((group for group in step.groups() if group is not None), step.group()) for step in steps]


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
