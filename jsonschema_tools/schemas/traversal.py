"""The subschemas of a draft-07 schema, as upstream walks them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.values import Document

_SCHEMA = frozenset({"items", "additionalItems", "contains", "additionalProperties", "propertyNames", "not"})
_LIST = frozenset({"items", "allOf", "anyOf", "oneOf"})
_MAP = frozenset({"definitions", "properties", "patternProperties", "dependencies"})


def subschemas(schema: Document) -> Iterator[dict[str, Any]]:
    """The schema itself and every schema object inside, parents first.

    ``if``, ``then``, ``else`` and the keywords of later drafts are not entered. Source: json-schema-traverse 0.4.
    """
    if not isinstance(schema, dict):
        return
    yield schema
    for key, value in list(schema.items()):
        if isinstance(value, list):
            if key in _LIST:
                for item in value:
                    yield from subschemas(item)
        elif key in _MAP:
            if isinstance(value, dict):
                for item in value.values():
                    yield from subschemas(item)
        elif key in _SCHEMA:
            yield from subschemas(value)
