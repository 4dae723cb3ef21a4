"""JSON Pointers (RFC 6901): the one place where they are joined, split and followed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_LONG = 20
"""No index has so many digits, and Python refuses to read very many."""


def escape_token(token: str) -> str:
    """A reference token as it stands in a JSON Pointer (section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape_token(token: str) -> str:
    """The name that a reference token of a JSON Pointer means (section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def join(steps: Iterable[object]) -> str:
    """The JSON Pointer of names and indexes, from the root on."""
    return "".join(f"/{escape_token(str(step))}" for step in steps)


def split(pointer: str) -> list[str]:
    """The names and indexes of a JSON Pointer, from the root on. It is not checked that it begins with ``/``."""
    return [unescape_token(token) for token in pointer.split("/")[1:]]


def child(value: Any, step: str) -> Any:
    """The value that a step leads to (section 4). Raises `LookupError` where it leads nowhere."""
    if isinstance(value, dict):
        return value[step]
    if isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < _LONG:
        return value[int(step)]
    raise LookupError(step)


def at(document: Any, pointer: str) -> Any:
    """The value at a JSON Pointer. Raises `LookupError` where it leads nowhere."""
    for step in split(pointer):
        document = child(document, step)
    return document
