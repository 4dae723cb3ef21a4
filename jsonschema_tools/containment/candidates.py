"""Values that the schemas offer themselves, tried before others are made."""

from __future__ import annotations

from collections.abc import Iterable

from jsonschema_tools.containment.evaluation import Undecided, all_hold
from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.containment.outcomes import (
    EMPTY,
    Found,
    Outcome,
    Unknown,
)
from jsonschema_tools.documents.values import Document

PLAUSIBLE_NAMES = ("extra", "other", "more")


def resolved(node: Node) -> Node:
    """The node that a recursive reference stands for, else the node itself."""
    while node.kind == "ref":
        node = node.payload if node.positive else node.payload.opposite
    return node


def first_suiting(candidates: Iterable[Document], nodes: list[Node]) -> Outcome:
    """The first candidate that satisfies all nodes; unknown where none does."""
    unknown: Outcome = EMPTY
    for value in candidates:
        try:
            if all_hold(nodes, value):
                return Found(value)
        except Undecided as error:
            unknown = Unknown(error.keyword, error.node)
    return unknown
