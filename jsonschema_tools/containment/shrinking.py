"""A smaller witness: properties, items and text are left out as long as it still is one."""

from __future__ import annotations

from collections.abc import Iterator

from jsonschema_tools.containment.evaluation import Undecided, holds
from jsonschema_tools.containment.nodes import Node
from jsonschema_tools.documents.values import Document

MAX_TRIES = 400
LONG = 40
"""A longer text is made shorter, where half of it will do."""


def shrunk(event: Document, accepted: Node, refused: Node) -> Document:
    """The event without the parts that it does not need to be accepted by one schema and refused by the other."""
    tries = MAX_TRIES
    smaller = True
    while smaller:
        smaller = False
        for candidate in _without_one_part(event):
            tries -= 1
            if tries < 0:
                return event
            if _shows(candidate, accepted, refused):
                event, smaller = candidate, True
                break
    return event


def _shows(event: Document, accepted: Node, refused: Node) -> bool:
    try:
        return holds(accepted, event) and not holds(refused, event)
    except Undecided:
        return False


def _without_one_part(value: Document) -> Iterator[Document]:
    if isinstance(value, dict):
        for name in value:
            yield {other: item for other, item in value.items() if other != name}
        for name, item in value.items():
            yield from ({**value, name: smaller} for smaller in _without_one_part(item))
    elif isinstance(value, str) and len(value) > LONG:
        yield value[: len(value) // 2]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], smaller, *value[index + 1 :]] for smaller in _without_one_part(item))
