"""What comparing two views yields: facts, and pairs of views to compare next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema_tools.compatibility.model import Change
from jsonschema_tools.compatibility.view import At, View
from jsonschema_tools.documents.numbers import number_text
from jsonschema_tools.documents.values import Document, ExactFloat

Path = tuple[str, ...]
"""Where a fact belongs, in words that do not shift when something is inserted elsewhere."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A difference: its kind, and the value on either side where there is one. ``detail`` tells facts of one kind and
    place apart whose values do not."""

    kind: str
    old: At | None
    new: At | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two views that belong together, below the present ones by ``steps``."""

    steps: Path
    old: View
    new: View


Found = Iterator[Fact | Pair]


def change_of(fact: Fact, path: Path, homes: tuple[str | None, str | None] = (None, None)) -> Change:
    """The fact with its fingerprint; ``homes`` as `homes` finds them."""
    old, new = fact.old, fact.new
    values = [None if at is None else [canonical(at.value)] for at in (old, new)]
    seed = json.dumps([fact.kind, list(path), fact.detail, values])
    return Change(
        kind=fact.kind,
        old_pointer=old.pointer if old else None,
        new_pointer=new.pointer if new else None,
        old=old.value if old else None,
        new=new.value if new else None,
        fingerprint=hashlib.sha256(seed.encode()).hexdigest()[:16],
        old_home=homes[0],
        new_home=homes[1],
    )


def homes(fact: Fact, old: View, new: View) -> tuple[str | None, str | None]:
    """Where the value of a fact is, or would be, in the two schemas that were compared; see `Change`."""
    definitions = old.definition, new.definition
    tails = [_tail(fact.old, old), _tail(fact.new, new)]
    tail = next((found for found in tails if found is not None), None)
    sides = zip((fact.old, fact.new), (old, new), definitions, reversed(definitions), strict=True)
    return tuple(_home(*side, tail) for side in sides)  # type: ignore[return-value]


def _tail(at: At | None, view: View) -> str | None:
    """The part of a pointer below the schema that has the keyword."""
    owners = [part.pointer for part in view.parts if at is not None and at.pointer.startswith(f"{part.pointer}/")]
    return None if at is None or not owners else at.pointer.removeprefix(max(owners, key=len))


def _home(at: At | None, view: View, definition: str | None, other: str | None, tail: str | None) -> str | None:
    if view.pointer is None or tail is None:
        return None
    if definition is not None and other is not None:
        return at.pointer if at is not None else definition + tail
    if at is None:
        return view.pointer + tail
    below = definition is not None and at.pointer.startswith(f"{definition}/")
    return at.pointer if definition is None else view.pointer + (at.pointer.removeprefix(definition) if below else tail)


def canonical(value: Document) -> str:
    """A text that two values share when they are equal as JSON has it."""
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, ExactFloat):
        return ["exact", number_text(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
