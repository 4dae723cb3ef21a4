"""A schema with nothing in it but keywords that programs other than ours may take at their word."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import Holds, keywords

_SCHEMA = keywords(holds=Holds.SCHEMA)
_LIST = keywords(holds=Holds.LIST)
_MAP = keywords(holds=Holds.MAP)
_LEFT_OUT = frozenset({"$id", "id", "examples", "$comment"})
_KNOWN = keywords() - _LEFT_OUT


def plain(schema: Document, formats: frozenset[str] = frozenset()) -> Document:
    """A copy of a schema without extensions, identifiers and examples, and without ``$ref``s out of it.

    Extensions (``x-...``, and what else no draft knows) mean something to programs that nobody here has chosen. Of
    ``format`` only these ``formats`` stay, of ``enum`` and ``const`` those without lists and objects. What a ``$ref``
    out of the document stood for may be anything.
    """
    if not isinstance(schema, dict):
        return schema
    return {key: _value(key, value, formats) for key, value in schema.items() if _stays(key, value, formats)}


def _stays(key: str, value: Any, formats: frozenset[str]) -> bool:
    match key:
        case "format":
            return value in formats
        case "$ref":
            return value == "#" or (isinstance(value, str) and value.startswith("#/"))
        case "enum" | "const":
            values = value if key == "enum" and isinstance(value, list) else [value]
            return not any(isinstance(each, (dict, list)) for each in values)
        case _:
            return key in _KNOWN


def _value(key: str, value: Any, formats: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [plain(item, formats) for item in value] if key in _LIST else value
    if key in _MAP and isinstance(value, dict):
        return {name: plain(item, formats) for name, item in value.items()}
    return plain(value, formats) if key in _SCHEMA else value
