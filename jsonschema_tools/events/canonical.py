"""Schemas as the validator takes them: with exact numbers, and drafts by the names that it knows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from jsonschema_tools.documents.values import Document, ExactFloat
from jsonschema_tools.schemas.assertions import asserting
from jsonschema_tools.schemas.dialects import is_known_dialect, metaschema_uri

if TYPE_CHECKING:
    pass


def canonical(document: Document) -> Any:
    """The schema with exact numbers, and the name of its draft as that draft spells it."""
    schema = _exact(document)
    if isinstance(schema, dict) and "$schema" in schema and is_known_dialect(schema):
        return {**schema, "$schema": metaschema_uri(schema)}
    return schema


def for_compiler(document: Document) -> Any:
    """The schema as it is compiled: canonical, and with formats asserted."""
    return asserting(canonical(document))


def _exact(value: Document) -> Any:
    """Plain data in which a fraction with more digits than a double has is a decimal number, not a double."""
    if isinstance(value, ExactFloat):
        return Decimal(value.text)
    if type(value) is not str and isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return [_exact(item) for item in value] if isinstance(value, list) else value
