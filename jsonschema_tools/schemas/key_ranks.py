"""The order of keys in current files, as repositories mostly have it: what a schema is, what it says, what it holds."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.documents.ordering import Rank
from jsonschema_tools.documents.values import Document
from jsonschema_tools.schemas.traversal import located_subschemas

_ROOT = (
    ("title",),
    ("description",),
    ("$id",),
    ("$schema",),
    ("deprecated", "x-deprecated"),
    ("type",),
    (),
    ("additionalProperties", "allOf", "required", "properties"),
    ("patternProperties", "propertyNames", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies", "items"),
    ("definitions", "$defs"),
    ("examples",),
)
_INNER = (
    ("title", "$id", "$schema"),
    ("description", "type", "$ref"),
    (),
    (
        "items", "additionalItems", "additionalProperties", "required", "properties", "patternProperties",
        "propertyNames", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies",
    ),
    ("definitions", "$defs"),
    ("examples",),
)  # fmt: skip
"""Keys of one line stay as they are. Those that are named nowhere stand in the empty one."""


def key_ranks(document: Document) -> Iterator[tuple[str, Rank]]:
    """The JSON Pointer of each schema in a current file, and how its keys are ordered."""
    for pointer, _ in located_subschemas(document):
        yield pointer, _rank_of(_INNER if pointer else _ROOT)


def _rank_of(order: tuple[tuple[str, ...], ...]) -> Rank:
    ranks = {name: rank for rank, names in enumerate(order) for name in names}
    others = order.index(())
    return lambda name: ranks.get(name, others)
