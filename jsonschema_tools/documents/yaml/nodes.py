"""YAML (and JSON) text to nodes that know their place in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

from jsonschema_tools.documents.numbers import NumberTooLarge
from jsonschema_tools.documents.yaml.errors import position_of
from jsonschema_tools.documents.yaml.events import read_events
from jsonschema_tools.documents.yaml.scalars import key_text, plain_value
from jsonschema_tools.documents.yaml.tabs import legible
from jsonschema_tools.documents.yaml.text import Disguise, ForbiddenCharacter
from jsonschema_tools.errors import Position

_NODE_EVENTS = (ScalarEvent, AliasEvent, CollectionStartEvent, CollectionEndEvent)


def compose(text: str, source: str) -> Node | None:
    """The node of the whole document; ``None`` where the text has no value. Raises `DocumentError`."""
    readable, disguise = legible(text, source)
    events: Iterator[Any] = (event for event in read_events(readable, source) if isinstance(event, _NODE_EVENTS))
    first = next(events, None)
    return None if first is None else _node(first, events, {}, disguise)


def _node(event: Any, stream: Iterator[Any], anchors: dict[str, Node], disguise: Disguise | None) -> Node:
    if type(event) is AliasEvent:
        return anchors.get(event.anchor or "", Node(position_of(event.start_mark)))
    node = Node(position_of(event.start_mark), is_mapping=isinstance(event, MappingStartEvent))
    if event.anchor is not None:
        anchors[event.anchor] = node
    if isinstance(event, CollectionStartEvent):
        for item in stream:
            if isinstance(item, CollectionEndEvent):
                break
            if node.is_mapping:
                key = _node(item, stream, anchors, disguise)
                value = _node(next(stream), stream, anchors, disguise)
                _add_entry(node, item, key, value, disguise)
            else:
                node.children[str(len(node.children))] = _node(item, stream, anchors, disguise)
    return node


def _add_entry(node: Node, event: Any, key: Node, value: Node, disguise: Disguise | None) -> None:
    if not isinstance(event, ScalarEvent):
        return
    if event.value == "<<" and not event.style:
        node.merged.append(value)
        return
    try:
        text = event.value if disguise is None else disguise.restore(event.value, event.style)
        name = text if event.style or event.tag else key_text(plain_value(text))
    except (NumberTooLarge, ForbiddenCharacter):
        return
    node.children[name] = value
    node.keys[name] = key.position


class Node:
    """A value in the text. ``children`` are its items, or its entries by key; ``keys`` where each of these begins."""

    __slots__ = ("children", "is_mapping", "keys", "merged", "position")

    def __init__(self, position: Position, *, is_mapping: bool = False) -> None:
        self.position = position
        self.is_mapping = is_mapping
        self.children: dict[str, Node] = {}
        self.keys: dict[str, Position] = {}
        self.merged: list[Node] = []

    def mappings(self) -> list[Node]:
        """What ``<<`` merges when it is given this node."""
        return [self] if self.is_mapping else list(self.children.values())
