"""JSON text to a document. What is not JSON is read as YAML, since upstream reads ``.json`` files with js-yaml."""

from __future__ import annotations

import json
from typing import Any

from jsonschema_tools.documents.limits import MAX_DEPTH
from jsonschema_tools.documents.numbers import parse_decimal
from jsonschema_tools.documents.values import Document
from jsonschema_tools.documents.yaml.reading import parse_exactly, parse_yaml
from jsonschema_tools.errors import DocumentError, Position

_COMPLAINTS: tuple[tuple[str, str, str], ...] = (
    (
        "Expecting property name",
        "a key in double quotes is expected here",
        "Write the key in double quotes; remove a trailing comma.",
    ),
    ("Illegal trailing comma", "a comma stands after the last item", "Remove the comma."),
    ("Expecting ',' delimiter", "a comma or a closing bracket is expected here", "Separate the items with commas."),
    ("Expecting ':' delimiter", "a colon is expected after the key", 'Write the entry as "key": value.'),
    ("Unterminated string", "the string that begins here is never closed", "Close it with a double quote."),
    (
        "Invalid control character",
        "a string contains a line break or control character",
        "Write it as an escape such as \\n.",
    ),
    ("Invalid \\", "the string has a backslash escape that does not exist", "Write \\\\ for a backslash."),
    ("Extra data", "something follows the end of the document", "Remove it; a file holds one document."),
    (
        "Expecting value",
        "a value is expected here",
        "Write a string in double quotes, a number, true, false or null; remove a trailing comma.",
    ),
)


class _NotPlainJson(ValueError):
    """A duplicate key, or a constant that JSON does not have."""


def parse_json(text: str, source: str) -> Document:
    """The document that a JSON text without byte order mark holds. Raises `DocumentError`."""
    try:
        document = json.loads(
            text, parse_float=parse_decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        return _parse_as_yaml(text, source, error)
    except (ValueError, RecursionError):
        return parse_exactly(text, source)
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(document) > MAX_DEPTH:
        return parse_exactly(text, source)
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _NotPlainJson
    return mapping


def _refuse_constant(_: str) -> None:
    raise _NotPlainJson


def _parse_as_yaml(text: str, source: str, error: json.JSONDecodeError) -> Document:
    try:
        return parse_yaml(text, source)
    except DocumentError:
        if not text.lstrip().startswith(("{", "[")):
            raise
    raise _translated(error, source) from None


def _translated(error: json.JSONDecodeError, source: str) -> DocumentError:
    message, remedy = next(
        ((meaning, cure) for beginning, meaning, cure in _COMPLAINTS if error.msg.startswith(beginning)),
        ("the text is not valid JSON", "Check the line and the one above it."),
    )
    return DocumentError(message, source=source, position=Position(error.lineno, error.colno), remedy=remedy)


def _depth(document: Document) -> int:
    depth, level = 0, [document]
    while level := [item for item in level if isinstance(item, (dict, list))]:
        depth += 1
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    return depth
