"""The key of an event: some of its fields, by name, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jsonschema_tools.documents.pointers import join
from jsonschema_tools.intake.filling import encoded, opened


class NoKey(Exception):
    """An event lacks a part of its key; ``pointer`` is where it would be."""

    def __init__(self, message: str, pointer: str) -> None:
        super().__init__(message)
        self.pointer = pointer


def key_reader(fields: Mapping[str, str]) -> Callable[[bytes], bytes]:
    """What reads the key of an event's text: a JSON object of the fields at the given paths, by name, as they stand.

    It raises `NoKey` where one is missing, ``null``, or no single value.
    """
    steps = {name: path.split(".") for name, path in fields.items()}
    return lambda raw: encoded({name: _part(raw, path) for name, path in steps.items()})


def _part(raw: bytes, path: Sequence[str]) -> Any:
    value: Any = raw
    for step in path:
        value = opened(value).get(step, b"null") if bytes(value).lstrip()[:1] == b"{" else b"null"
    first = bytes(value).lstrip()[:1]
    if first in (b"n", b"{", b"["):
        said = "is missing" if first == b"n" else "is no single value"
        name = ".".join(path)
        raise NoKey(f"{name}, which is part of the key of the stream, {said}", join(path))
    return value
