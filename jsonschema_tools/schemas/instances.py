"""Events held against a schema of draft-07 as AJV 6 does it in upstream; formats are asserted by its quick patterns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jsonschema_tools.documents.values import Document, escape_token
from jsonschema_tools.schemas.dialects import DRAFT_07, metaschema_uri

_FORMATS = {
    "date": r"\d\d\d\d-[0-1]\d-[0-3]\d",
    "time": r"(?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:[zZ]|[+-]\d\d(?::?\d\d)?)?",
    "date-time": (
        r"\d\d\d\d-[0-1]\d-[0-3]\d[tT\s](?:[0-2]\d:[0-5]\d:[0-5]\d|23:59:60)(?:\.\d+)?(?:[zZ]|[+-]\d\d(?::?\d\d)?)"
    ),
    "uri": r"(?i:[a-z][a-z0-9+-.]*:)(?:/?/)?[^\s]*",
    "uri-reference": r"(?i:(?:[a-z][a-z0-9+-.]*:)?/?/)?(?:[^\\\s#][^\s#]*)?(?:#[^\\\s]*)?",
    "email": (
        r"(?i:[a-z0-9.!#$%&'*+/=?^_`{|}~-]+"
        r"@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*)"
    ),
    "hostname": (
        r"(?=.{1,253}\.?$)(?i:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-0-9a-z]{0,61}[0-9a-z])?)*\.?)"
    ),
    "uuid": r"(?:urn:uuid:)?(?i:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})",
    "json-pointer": r"(?:/(?:[^~/]|~0|~1)*)*",
    "relative-json-pointer": r"(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^~/]|~0|~1)*)*)",
}
"""Formats of AJV 6 in its quick mode, as regular expressions for the whole text."""

_CHECKED_BY_LIBRARY = frozenset({"ipv4", "ipv6", "regex", "uri-template", "json-pointer-uri-fragment", "url"})


def problems_of_instances(schema: Document, instances: Sequence[Document]) -> Iterator[tuple[int, str, str]]:
    """Index, JSON Pointer in the instance, and message of everything that is wrong with the instances.

    What keeps the schema from being used at all is reported for every instance, as upstream does: a format or a
    ``$schema`` that AJV 6 does not know, a schema that is not valid.
    """
    from jsonschema_rs import Draft7Validator, ReferencingError, ValidationError

    obstacle = _obstacle(schema)
    if obstacle is None:
        try:
            validator = Draft7Validator(_plain(schema), validate_formats=True, formats=format_checkers())
        except (ValidationError, ReferencingError, ValueError) as error:
            obstacle = f"the schema cannot be used: {str(error).splitlines()[0]}"
    for index, instance in enumerate(instances):
        if obstacle is not None:
            yield index, "", obstacle
        elif not validator.is_valid(instance):
            for found in validator.iter_errors(instance):
                yield index, "".join(f"/{escape_token(str(step))}" for step in found.instance_path), found.message


def _obstacle(schema: Document) -> str | None:
    declared = schema.get("$schema")
    if declared is not None and (metaschema_uri(schema) != DRAFT_07 or "draft-07" not in str(declared)):
        return f"the schema cannot be used: its $schema {declared!r} is not draft-07"
    unknown = sorted(set(_formats(schema)) - set(_FORMATS) - _CHECKED_BY_LIBRARY)
    return f"the schema cannot be used: unknown format {unknown[0]!r}" if unknown else None


def _formats(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("format"), str):
            yield value["format"]
        for key, item in value.items():
            if key not in ("examples", "default", "enum", "const"):
                yield from _formats(item)
    elif isinstance(value, list):
        for item in value:
            yield from _formats(item)


def _plain(schema: Document) -> Any:
    return {key: value for key, value in schema.items() if key not in ("$schema", "$id")}


def format_checkers() -> dict[str, Callable[[str], bool]]:
    """For each format that AJV 6 checks by a quick pattern, whether a text is of it."""
    return {name: _matcher(re.compile(pattern, re.ASCII)) for name, pattern in _FORMATS.items()}


def _matcher(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None
