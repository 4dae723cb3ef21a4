"""Compatibility as the Node.js tool checks it: everything that the old version says is still said.

Only ``$id``, ``description``, ``examples`` and ``maxLength`` may change, and an ``enum`` may gain values. New keys are
free. Source: the compatibility tests of jsonschema-tools 1.3.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.documents.pointers import escape_token
from jsonschema_tools.documents.values import Document, Equality, Timestamp, describe, equal, value_key
from jsonschema_tools.nodejs.ecmascript import same_in_ecmascript, strict_key, truthy

_FREE = frozenset({"$id", "description", "examples", "maxLength"})


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not there unchanged. ``pointer`` is where it should be in the new version, or what is above it
    there; ``place`` where it is in the old one."""

    pointer: str
    message: str
    place: str


def missing(old: Document, new: Document) -> Iterator[Missing]:
    """Everything in the old version that the new one does not have unchanged.

    What is equal in both is there, whatever its type: see `missing_to_upstream` for where the Node.js tool differs.
    """
    return _Rule(Equality()).compare(old, new, "")


def missing_to_upstream(old: Document, new: Document) -> Iterator[Missing]:
    """As the Node.js tool says it, word for word: it also fails where both versions have the same ``null``, the same
    list or mapping in an ``enum``, or a property with the name of a keyword."""
    return _Rule(None).compare(old, new, "")


@dataclass(frozen=True, slots=True)
class _Rule:
    """The rule; ``alike`` tells what is the same in both versions, ``None`` where only JavaScript does."""

    alike: Callable[[Document, Document], bool] | None

    def compare(self, old: Any, new: Any, pointer: str) -> Iterator[Missing]:
        if self.alike is not None and self.alike(old, new):
            return
        # To upstream a timestamp is an object without keys, and null is an object too.
        old, new = ({} if isinstance(value, Timestamp) else value for value in (old, new))
        if old is None:
            # Upstream fails on every null of the old schema, also where the new one has it too.
            yield Missing(pointer, f"{describe(old)} became {describe(new)}", pointer)
        elif isinstance(old, (dict, list)) and type(old) is type(new):
            yield from self._members(old, new, pointer)
        elif isinstance(old, dict) and new is None and _FREE.issuperset(old):
            return
        elif not same_in_ecmascript(old, new):
            yield Missing(pointer, f"{describe(old)} became {describe(new)}", pointer)

    def _members(self, old: Any, new: Any, pointer: str) -> Iterator[Missing]:
        entries = old.items() if isinstance(old, dict) else enumerate(old)
        for key, value in entries:
            here = f"{pointer}/{escape_token(str(key))}"
            if key in _FREE:
                continue
            if isinstance(old, dict) and key == "required" and self._is_keyword(value):
                yield from _compare_required(value, new.get("required"), here)
            elif isinstance(old, dict) and key == "enum" and self._is_keyword(value):
                yield from self._enum(value, new.get("enum"), here)
            elif isinstance(old, dict) and key not in new:
                yield Missing(pointer, f"{key!r} was removed", here)
            elif isinstance(old, list) and key >= len(new):
                yield Missing(pointer, f"item {key} was removed", here)
            else:
                yield from self.compare(value, new[key], here)

    def _is_keyword(self, value: Any) -> bool:
        """Whether it is not a property that has the name of a keyword; upstream does not ask."""
        return self.alike is None or not isinstance(value, dict)

    def _enum(self, old: Any, new: Any, pointer: str) -> Iterator[Missing]:
        if not isinstance(old, list):
            yield Missing(pointer, f"enum was {describe(old)}", pointer)
        elif not truthy(new):
            yield Missing(pointer.rpartition("/")[0], "enum was removed", pointer)
        elif not isinstance(new, list):
            if old:
                yield Missing(pointer, f"enum became {describe(new)}", pointer)
        else:
            key = value_key if self.alike is not None else strict_key
            # To JavaScript a list or mapping is the same as no other: those have no key.
            known = set(map(key, new)) - ({None} if self.alike is None else set())
            for value in old:
                if key(value) not in known:
                    yield Missing(pointer, f"{describe(value)} was taken out of the enum", pointer)


def _compare_required(old: Any, new: Any, pointer: str) -> Iterator[Missing]:
    if new is None:
        yield Missing(pointer.rpartition("/")[0], "the list of required properties was removed", pointer)
    elif not isinstance(old, list) or not isinstance(new, list) or not equal(_sorted(old), _sorted(new)):
        yield Missing(pointer, "the list of required properties changed", pointer)


def _sorted(names: list[Any]) -> list[Any]:
    return sorted(names, key=str)
