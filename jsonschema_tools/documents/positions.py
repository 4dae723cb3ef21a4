"""Where the values of a document stand in its text. Only error reports ask, so the text is read anew for them."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from jsonschema_tools.documents.pointers import split
from jsonschema_tools.documents.reading import decode
from jsonschema_tools.errors import DocumentError, Position

if TYPE_CHECKING:
    from jsonschema_tools.documents.yaml.nodes import Node


def locate(text: str | bytes, pointer: str, *, source: str) -> Position | None:
    """The place of the value at a JSON Pointer, followed through aliases and ``<<``.

    Where the pointer leads nowhere, the place of the last value on its way; ``None`` where the text has no values or
    cannot be read.
    """
    found = _walk(text, pointer, source)
    return found.node.position if found else None


def locate_entry(text: str | bytes, pointer: str, *, source: str) -> tuple[Position, int] | None:
    """Where a person would look: at the key of a mapping or a list, else at the value; and how far the pointer led.

    The second value is the number of steps of the pointer for which there are values.
    """
    found = _walk(text, pointer, source)
    if found is None:
        return None
    at_key = found.key is not None and (found.node.children or found.node.is_mapping)
    return (found.key if at_key and found.key else found.node.position), found.steps


class _Walked(NamedTuple):
    node: Node
    key: Position | None
    steps: int


def _walk(text: str | bytes, pointer: str, source: str) -> _Walked | None:
    node = _composed(text, source)
    if node is None:
        return None
    key: Position | None = None
    steps = 0
    for name in split(pointer):
        child = _child(node, name)
        if child is None:
            break
        node, key = child
        steps += 1
    return _Walked(node, key, steps)


@functools.lru_cache(maxsize=64)
def _composed(text: str | bytes, source: str) -> Node | None:
    """The nodes of a text: findings tend to come several to a file."""
    from jsonschema_tools.documents.yaml.nodes import compose

    try:
        return compose(decode(text, source), source)
    except DocumentError:
        return None


def _child(node: Node, token: str) -> tuple[Node, Position | None] | None:
    """The child by that name: the node's own, else the first that its ``<<`` bring in."""
    seen: set[int] = set()
    candidates = [node]
    while candidates:
        mapping = candidates.pop()
        if token in mapping.children:
            return mapping.children[token], mapping.keys.get(token)
        if id(mapping) not in seen:
            seen.add(id(mapping))
            merged = [part for item in mapping.merged for part in item.mappings()]
            candidates += reversed(merged)
    return None
