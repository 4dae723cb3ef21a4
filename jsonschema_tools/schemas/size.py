"""How large a schema is once its references are replaced, and how large it may be."""

from __future__ import annotations

from typing import Any

from jsonschema_tools.documents.values import Document, describe
from jsonschema_tools.errors import SchemaError

MAX_EXPANDED_NODES = 1_000_000
"""A document that is larger than this, once every reference is replaced, is refused."""

MAX_DEPTH = 256
"""Deepest nesting of a dereferenced document."""

TOO_DEEP = f"the schema nests deeper than {MAX_DEPTH} levels once its references are replaced"

FLATTER = "Make the schema flatter."


def measure(document: Document) -> None:
    """Raise `SchemaError` when a document with shared parts is too large or too deep once written out."""
    sizes: dict[int, tuple[int, int]] = {}

    def visit(value: Any, level: int) -> tuple[int, int]:
        if not isinstance(value, (dict, list)):
            return 1, 0
        known = sizes.get(id(value))
        if known is None:
            if level > MAX_DEPTH:
                raise SchemaError(TOO_DEEP, remedy=FLATTER)
            size, depth = 1, 0
            for item in value.values() if isinstance(value, dict) else value:
                item_size, item_depth = visit(item, level + 1)
                size += item_size
                depth = max(depth, item_depth)
            known = sizes[id(value)] = (size, depth + 1)
        return known

    size, depth = visit(document, 0)
    if size > MAX_EXPANDED_NODES or depth > MAX_DEPTH:
        raise SchemaError(
            f"the schema has {describe(size)} values at {depth} levels once its references are replaced;"
            f" at most {MAX_EXPANDED_NODES} at {MAX_DEPTH} levels are allowed",
            remedy="Refer to fewer or smaller schemas.",
        )
