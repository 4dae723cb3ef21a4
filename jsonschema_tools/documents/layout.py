"""Where each value of a YAML or JSON text begins and ends in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.documents.yaml.events import read_events
from jsonschema_tools.documents.yaml.scalars import key_text, plain_value
from jsonschema_tools.documents.yaml.tabs import legible
from jsonschema_tools.errors import Position

_NODES = (ScalarEvent, AliasEvent, CollectionStartEvent, CollectionEndEvent)


@dataclass(slots=True)
class Part:
    """A value in a text: its JSON Pointer, and the characters that it is written in, ``start`` up to ``end``.

    ``key`` are those of its key, ``position`` the place that findings about it have: its key where it is a mapping or a
    list, else the value. ``children`` are the names of its entries, or the numbers of its items, in order.
    """

    pointer: str
    start: int
    end: int
    position: Position
    key: tuple[int, int] | None = None
    is_mapping: bool = False
    is_collection: bool = False
    is_flow: bool = False
    is_alias: bool = False
    children: list[str] = field(default_factory=list)


def _index(mark: Any) -> int:
    index: int = mark.index
    return index


def parts(text: str, source: str) -> list[Part]:
    """Every value of a text that is written out there; what an alias stands for is not. Raises `DocumentError`."""
    readable, _ = legible(text, source)
    events = (event for event in read_events(readable, source) if isinstance(event, _NODES))
    first = next(events, None)
    return [] if first is None else list(_parts(first, events, (), None))


def _parts(event: Any, events: Iterator[Any], steps: tuple[str, ...], key: Any) -> Iterator[Part]:
    is_collection = isinstance(event, CollectionStartEvent)
    begin = key if key is not None and is_collection else event
    part = Part(
        join(steps),
        _index(event.start_mark),
        _index(event.end_mark),
        Position(begin.start_mark.line + 1, begin.start_mark.column + 1),
        None if key is None else (_index(key.start_mark), _index(key.end_mark)),
        isinstance(event, MappingStartEvent),
        is_collection,
        bool(is_collection and event.flow_style),
        isinstance(event, AliasEvent),
    )
    yield part
    if not is_collection:
        return
    for item in events:
        if isinstance(item, CollectionEndEvent):
            part.end = _index(item.end_mark)
            return
        yield from _entry(item, events, steps, part)


def _entry(item: Any, events: Iterator[Any], steps: tuple[str, ...], holder: Part) -> Iterator[Part]:
    if not holder.is_mapping:
        name = str(len(holder.children))
        holder.children.append(name)
        yield from _parts(item, events, (*steps, name), None)
        return
    if not isinstance(item, ScalarEvent):
        # A key that is a collection: no pointer leads through it.
        list(_parts(item, events, (), None))
        list(_parts(next(events), events, (), None))
        return
    name = item.value if item.style or item.tag else str(key_text(plain_value(item.value)))
    if name == "<<" and not item.style:
        list(_parts(next(events), events, (), None))
        return
    holder.children.append(name)
    yield from _parts(next(events), events, (*steps, name), item)
