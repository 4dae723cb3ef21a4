"""Fields filled into the text of an event, all other values in it staying byte for byte what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from jsonschema_tools.documents.json_writing import json_text
from jsonschema_tools.documents.values import Document
from jsonschema_tools.events.defaults import with_defaults
from jsonschema_tools.events.reading import read_event
from jsonschema_tools.intake.model import Request
from jsonschema_tools.intake.routing import Route

Patch = Mapping[Any, Any]
"""What to set in an object by name, or in a list by index: a `Within` for a value that is patched itself, else a text
or the `Raw` text of a JSON value."""

Fill = Callable[[bytes, Document, Route, Request], bytes]
"""The text of an event of a schema with what a gate fills in. May raise `NotJson`, `ValueError`, `RecursionError`."""


class Within(dict[Any, Any]):
    """A patch of an object or a list inside."""


@cache
def codecs() -> tuple[Callable[[bytes], dict[str, Any]], Callable[[Any], bytes], Callable[[bytes], Any]]:
    """What gives the members of an object by name, as their texts (raises `ValueError`), the JSON text of texts and
    `Raw` texts in objects and lists, and a JSON text that stands as it is where it is put."""
    from msgspec import Raw
    from msgspec.json import Decoder, Encoder

    return Decoder(dict[str, Raw]).decode, Encoder().encode, Raw


def opened(raw: bytes) -> dict[str, Any]:
    """The members of an object by name, as their texts. Raises `ValueError`."""
    return codecs()[0](raw)


def encoded(value: Any) -> bytes:
    """The JSON text of texts and `Raw` texts in objects and lists."""
    return codecs()[1](value)


@cache
def _list_reader() -> Callable[[bytes], list[Any]]:
    from msgspec import Raw
    from msgspec.json import Decoder

    return Decoder(list[Raw]).decode


def overlaid(raw: bytes, patch: Patch) -> bytes:
    """The text of an object or a list with a patch. Raises `ValueError` where it is neither."""
    read_object, encode, raw_text = codecs()
    holder: Any = _list_reader()(raw) if raw.lstrip(b" \t\r\n")[:1] == b"[" else read_object(raw)
    if isinstance(holder, list) and not all(isinstance(step, int) for step in patch):
        raise ValueError("a list has no members with names")
    for step, value in patch.items():
        new = value
        if isinstance(value, Within):
            inner = holder.get(step, b"{}") if isinstance(holder, dict) else holder[step]
            new = raw_text(overlaid(bytes(inner), value))
        if isinstance(holder, list) and step >= len(holder):
            holder.append(new)
        else:
            holder[step] = new
    return encode(holder)


def missing_defaults(raw: bytes, schema: Document, _route: Route, _request: Request) -> bytes:
    """An event with the defaults of its schema that it lacks, as AJV fills them in. Raises `NotJson`."""
    if not _has_defaults(schema):
        return raw
    event = read_event(raw)
    patch = additions(event, with_defaults(event, schema))
    return overlaid(raw, patch) if patch else raw


def _has_defaults(schema: Document) -> bool:
    key = id(schema)
    known = _KNOWN.get(key)
    if known is None or known[0] is not schema:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[key] = (schema, '"default"' in json_text(schema))
    return known[1]


_KNOWN: dict[int, tuple[Document, bool]] = {}
_MOST_KNOWN = 1000


def additions(before: Document, after: Document) -> Patch:
    """The patch that makes a value another one that differs from it only in what was added inside."""
    patch = Within()
    for step, was, value in _pairs(before, after):
        if was is _NOTHING:
            patch[step] = _raw(value)
        elif isinstance(value, dict | list) and (inner := additions(was, value)):
            patch[step] = inner
    return patch


_NOTHING: Any = object()
_LINE = re.compile("\n *")


def _pairs(before: Document, after: Document) -> Iterable[tuple[Any, Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        return ((name, before.get(name, _NOTHING), value) for name, value in after.items())
    if isinstance(before, list) and isinstance(after, list):
        padded = before + [_NOTHING] * (len(after) - len(before))
        return ((index, was, value) for index, (was, value) in enumerate(zip(padded, after, strict=True)))
    return ()


def _raw(value: Document) -> Any:
    from msgspec import Raw

    # In JSON text a line break stands only between tokens.
    return Raw(_LINE.sub("", json_text(value)).encode())
