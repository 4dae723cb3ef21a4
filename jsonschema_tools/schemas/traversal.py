"""The subschemas of a draft-07 schema: all of them, or those that upstream walks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.vocabulary import Holds, keywords

_SCHEMA = keywords(7, holds=Holds.SCHEMA)
_CONDITIONS = frozenset({"if", "then", "else"})
_LIST = keywords(7, holds=Holds.LIST)
_MAP = keywords(7, holds=Holds.MAP)


def subschemas(schema: Document) -> Iterator[dict[str, Any]]:
    """The schema itself and every schema object inside, parents first; see `located_subschemas`."""
    return (subschema for _, subschema in located_subschemas(schema))


def located_subschemas(
    schema: Document, pointer: str = "", *, conditions: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The schema itself and every schema object inside with its JSON Pointer, parents first.

    Without ``conditions``, ``if``, ``then`` and ``else`` are not entered. The keywords of later drafts are not, either.
    Source: json-schema-traverse 0.4, which does not know conditions.
    """
    if not isinstance(schema, dict):
        return
    yield pointer, schema
    for key, value in list(schema.items()):
        if isinstance(value, list):
            if key in _LIST:
                for index, item in enumerate(value):
                    yield from located_subschemas(item, f"{pointer}/{key}/{index}", conditions=conditions)
        elif key in _MAP:
            if isinstance(value, dict):
                for name, item in value.items():
                    here = f"{pointer}/{key}/{escape_token(name)}"
                    yield from located_subschemas(item, here, conditions=conditions)
        elif key in _SCHEMA and (conditions or key not in _CONDITIONS):
            yield from located_subschemas(value, f"{pointer}/{key}", conditions=conditions)
