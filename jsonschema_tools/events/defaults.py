"""Missing properties filled in with the ``default`` of their schema, in a copy of the event.

As AJV does it with ``useDefaults``: in ``properties`` and in a list of ``items``, also below ``allOf`` and through
``$ref``s inside the schema; not below ``anyOf``, ``oneOf``, ``not`` and ``if``, where it is not known whether the
schema applies.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any
from urllib.parse import unquote

from jsonschema_tools.documents.pointers import at
from jsonschema_tools.documents.values import Document

_DEEPEST = 256


def with_defaults(event: Document, schema: Document) -> Document:
    """A copy of the event that has the defaults of the schema. The event is not changed."""
    filled = _copied(event)
    _fill(filled, schema, schema, 0)
    return filled


def _copied(event: Document) -> Document:
    """A copy of an event, however deep it is."""
    top = [event]
    pending: list[tuple[Any, Any]] = [(top, 0)] if isinstance(event, dict | list) else []
    while pending:
        holder, step = pending.pop()
        holder[step] = copied = holder[step].copy()
        entries = copied.items() if isinstance(copied, dict) else enumerate(copied)
        pending += [(copied, key) for key, item in entries if isinstance(item, dict | list)]
    return top[0]


def _fill(value: Any, schema: Any, root: Any, depth: int) -> None:
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return
    if isinstance(schema.get("$ref"), str):
        _fill(value, _inside(root, schema["$ref"]), root, depth + 1)
    for part in _list(schema.get("allOf")):
        _fill(value, part, root, depth + 1)
    if isinstance(value, dict):
        _fill_object(value, schema, root, depth)
    elif isinstance(value, list):
        items = schema.get("items")
        if isinstance(items, list):
            value += [deepcopy(item["default"]) for item in _leading_defaults(items[len(value) :])]
        per_item = items if isinstance(items, list) else [items] * len(value)
        for item, subschema in zip(value, per_item, strict=False):
            _fill(item, subschema, root, depth + 1)


def _fill_object(value: dict[str, Any], schema: dict[str, Any], root: Any, depth: int) -> None:
    properties = schema.get("properties")
    for name, subschema in properties.items() if isinstance(properties, dict) else ():
        if name not in value and isinstance(subschema, dict) and "default" in subschema:
            value[name] = deepcopy(subschema["default"])
        if name in value:
            _fill(value[name], subschema, root, depth + 1)


def _leading_defaults(items: list[Any]) -> list[dict[str, Any]]:
    """The schemas up to the first that has no default: a list has no holes."""
    found: list[dict[str, Any]] = []
    for item in items:
        if not (isinstance(item, dict) and "default" in item):
            break
        found.append(item)
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _inside(root: Any, reference: str) -> Any:
    """What a reference inside the document leads to; ``None`` for any other."""
    address, _, pointer = reference.partition("#")
    if address or (pointer and not pointer.startswith("/")):
        return None
    try:
        return at(root, unquote(pointer))
    except LookupError:
        return None
