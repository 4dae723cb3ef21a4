"""What breaks a version for the Node.js tool: something that the old version says is no longer said.

Only ``$id``, ``description``, ``examples`` and ``maxLength`` may change, and an ``enum`` may gain values. New keys are
free. Source: the compatibility tests of jsonschema-tools 1.3.0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.ecmascript import same_in_ecmascript, strict_key, truthy
from jsonschema_tools.documents.values import Document, Timestamp, describe, equal, escape_token

_FREE = frozenset({"$id", "description", "examples", "maxLength"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not there unchanged. ``pointer`` is where it should be in the new version, or what is above it
    there; ``place`` where it is in the old one."""

    pointer: str
    message: str
    place: str


def missing(old: Document, new: Document) -> Iterator[Missing]:
    """Everything in the old version that the new one does not have unchanged."""
    return _compare(old, new, "")


def _compare(old: Any, new: Any, pointer: str) -> Iterator[Missing]:
    # To upstream a timestamp is an object without keys, and null is an object too.
    old, new = ({} if isinstance(value, Timestamp) else value for value in (old, new))
    if old is None:
        # Upstream fails on every null of the old schema, also where the new one has it too.
        yield Missing(pointer, f"{describe(old)} became {describe(new)}", pointer)
    elif isinstance(old, (dict, list)) and type(old) is type(new):
        yield from _compare_members(old, new, pointer)
    elif isinstance(old, dict) and new is None and _FREE.issuperset(old):
        return
    elif not same_in_ecmascript(old, new):
        yield Missing(pointer, f"{describe(old)} became {describe(new)}", pointer)


def _compare_members(old: Any, new: Any, pointer: str) -> Iterator[Missing]:
    entries = old.items() if isinstance(old, dict) else enumerate(old)
    for key, value in entries:
        here = f"{pointer}/{escape_token(str(key))}"
        if key in _FREE:
            continue
        if isinstance(old, dict) and key == "required":
            yield from _compare_required(value, new.get("required"), here)
        elif isinstance(old, dict) and key == "enum":
            yield from _compare_enum(value, new.get("enum"), here)
        elif isinstance(old, dict) and key not in new:
            yield Missing(pointer, f"{key!r} was removed", here)
        elif isinstance(old, list) and key >= len(new):
            yield Missing(pointer, f"item {key} was removed", here)
        else:
            yield from _compare(value, new[key], here)


def _compare_required(old: Any, new: Any, pointer: str) -> Iterator[Missing]:
    if new is None:
        yield Missing(pointer.rpartition("/")[0], "the list of required properties was removed", pointer)
    elif not isinstance(old, list) or not isinstance(new, list) or not equal(_sorted(old), _sorted(new)):
        yield Missing(pointer, "the list of required properties changed", pointer)


def _sorted(names: list[Any]) -> list[Any]:
    return sorted(names, key=str)


def _compare_enum(old: Any, new: Any, pointer: str) -> Iterator[Missing]:
    if not isinstance(old, list):
        yield Missing(pointer, f"enum was {describe(old)}", pointer)
    elif not truthy(new):
        yield Missing(pointer.rpartition("/")[0], "enum was removed", pointer)
    elif not isinstance(new, list):
        if old:
            yield Missing(pointer, f"enum became {describe(new)}", pointer)
    else:
        known = {strict_key(value) for value in new} - {None}
        for value in old:
            if strict_key(value) not in known:
                yield Missing(pointer, f"{describe(value)} was taken out of the enum", pointer)
