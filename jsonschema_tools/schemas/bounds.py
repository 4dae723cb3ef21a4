"""Numeric bounds: every number in a schema gets a ``minimum`` and a ``maximum``, so that any language can hold it."""

from __future__ import annotations

from jsonschema_tools.documents.values import Document, clone
from jsonschema_tools.schemas.traversal import subschemas

Bounds = tuple[int | float, int | float]


def with_bounds(schema: Document, bounds: Bounds) -> Document:
    """A copy in which every subschema of type number or integer has both bounds; those already there stay."""
    bounded = clone(schema)
    for subschema in subschemas(bounded):
        if subschema.get("type") in ("number", "integer"):
            subschema.setdefault("minimum", bounds[0])
            subschema.setdefault("maximum", bounds[1])
    return bounded
