"""Where the values of a document stand in its text. Only error reports ask, so the text is read anew for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jsonschema_tools.documents.reading import decode
from jsonschema_tools.errors import DocumentError, Position

if TYPE_CHECKING:
    from jsonschema_tools.documents.yaml.nodes import Node


def locate(text: str | bytes, pointer: str, *, source: str, content_type: str = "yaml") -> Position | None:
    """The place of the value at a JSON Pointer, followed through aliases and ``<<``.

    Where the pointer leads nowhere, the place of the last value on its way; ``None`` where the text has no values or
    cannot be read.
    """
    found = _walk(text, pointer, source)
    return found[0].position if found else None


def locate_key(text: str | bytes, pointer: str, *, source: str, content_type: str = "yaml") -> Position | None:
    """As `locate`, the place of the key where the value is an entry of a mapping."""
    found = _walk(text, pointer, source)
    return (found[1] or found[0].position) if found else None


def _walk(text: str | bytes, pointer: str, source: str) -> tuple[Node, Position | None] | None:
    from jsonschema_tools.documents.yaml.nodes import compose

    try:
        node = compose(decode(text, source), source)
    except DocumentError:
        return None
    if node is None:
        return None
    key: Position | None = None
    for token in pointer.split("/")[1:]:
        child = _child(node, token.replace("~1", "/").replace("~0", "~"))
        if child is None:
            break
        node, key = child
    return node, key


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
