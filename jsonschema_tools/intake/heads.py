"""What the head of an event says: its schema, its stream and its time, read without the rest of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.versions import field

Head = tuple[Any, Any, Any]
"""What an event says of its schema, its stream and its time: each the first of its paths that the event has.

A schema or stream that is no text is what it is; `MISSING` stands for none at all.
"""


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING = _Missing()
"""No such field."""

ReadHead = Callable[[bytes], Head]


def head_reader(schema: Sequence[str], stream: Sequence[str], dt: Sequence[str]) -> ReadHead:
    """The reader of the heads of events, for the paths of the fields. It raises `NotJson`.

    Most events have texts there, which are read by a type that passes over all the rest; the others are read whole.
    """
    quick = _quick_reader(schema, stream, dt)

    def read(raw: bytes) -> Head:
        try:
            return quick(raw)
        except (ValueError, RecursionError):
            event = read_event(raw)
            return _first(event, schema), _first(event, stream), _first(event, dt)

    return read


def _first(event: Document, paths: Sequence[str]) -> Any:
    return next((found for path in paths if (found := _at(event, path)) is not MISSING), MISSING)


def _at(event: Document, path: str) -> Any:
    """The value at a path, which may be ``null``."""
    value = field(event, path)
    if value is not None or not isinstance(event, dict):
        return MISSING if value is None else value
    parent, _, name = path.rpartition(".")
    holder = field(event, parent) if parent else event
    return None if isinstance(holder, dict) and name in holder else MISSING


def _quick_reader(*groups: Sequence[str]) -> ReadHead:
    from msgspec import UNSET
    from msgspec.json import Decoder

    tree: dict[str, Any] = {}
    for path in (path for group in groups for path in group):
        _grow(tree, path.split("."))
    decode = Decoder(_struct(tree)).decode
    names: dict[str, Any] = {"UNSET": UNSET, "MISSING": MISSING, "decode": decode}
    told = ", ".join(_expression(tree, group) for group in groups)
    # It is made of the names f0, f1 and so on only: nothing of the paths is in it.
    made: ReadHead = eval(f"lambda raw: (head := decode(raw)) and ({told})", names)
    return made


def _grow(tree: dict[str, Any], steps: list[str]) -> None:
    branch = tree.setdefault(steps[0], {})
    if len(steps) > 1:
        _grow(branch, steps[1:])


def _struct(tree: dict[str, Any]) -> Any:
    from msgspec import UNSET, UnsetType, defstruct, field

    fields: list[Any] = []
    for number, branch in enumerate(tree.values()):
        if branch:
            inner = _struct(branch)
            fields.append((f"f{number}", inner, field(default_factory=inner)))
        else:
            fields.append((f"f{number}", str | UnsetType, UNSET))
    rename = {f"f{number}": name for number, name in enumerate(tree)}
    return defstruct("Head", fields, rename=rename, gc=False, frozen=True)


def _expression(tree: dict[str, Any], paths: Sequence[str]) -> str:
    text = "MISSING"
    for path in reversed(paths):
        place = f"head.{_attributes(tree, path.split('.'))}"
        text = f"({place} if {place} is not UNSET else {text})"
    return text


def _attributes(tree: dict[str, Any], steps: list[str]) -> str:
    name = f"f{list(tree).index(steps[0])}"
    return name if len(steps) == 1 else f"{name}.{_attributes(tree[steps[0]], steps[1:])}"
